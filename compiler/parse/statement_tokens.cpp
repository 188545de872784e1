#include "compiler/parse/statement_tokens.h"

#include <antlr4-runtime.h>

#include <algorithm>
#include <set>

#include "SyncParser.h"
#include "compiler/diag/kinds.h"
#include "compiler/parse/literal.h"

namespace syncline::parse {

namespace {

using P = grammar::SyncParser;
using antlr4::Token;

}  // namespace

StatementTokens::StatementTokens(const std::vector<Token*>& all, const TextMap& map) : map_(map) {
  for (Token* token : all) {
    if (token->getChannel() == Token::DEFAULT_CHANNEL && token->getType() != Token::EOF) tokens_.push_back(token);
  }
}

bool StatementTokens::at_end(std::size_t at) const {
  return at >= tokens_.size();
}

std::size_t StatementTokens::type(std::size_t at) const {
  return at_end(at) ? Token::EOF : tokens_[at]->getType();
}

source::Span StatementTokens::span(std::size_t at) const {
  if (!at_end(at)) return map_.span(tokens_[at]);
  const auto end = static_cast<std::uint32_t>(map_.text().size());
  return {map_.source(), end, end};
}

std::string_view StatementTokens::text(std::size_t at) const {
  return map_.slice(span(at));
}

std::size_t StatementTokens::stream_index(std::size_t at) const {
  return tokens_[at]->getTokenIndex();
}

std::size_t StatementTokens::index_after(const Token* token) const {
  const auto before = [](std::size_t index, const Token* other) { return index < other->getTokenIndex(); };
  return static_cast<std::size_t>(std::upper_bound(tokens_.begin(), tokens_.end(), token->getTokenIndex(), before) -
                                  tokens_.begin());
}

bool StatementTokens::first_on_line(const source::Span& span) const {
  const std::string_view before = map_.text().substr(0, span.begin);
  const std::size_t last = before.find_last_not_of(" \t\f\v");
  return last == std::string_view::npos || before[last] == '\n' || before[last] == '\r' || last < 3;
}

bool StatementTokens::is_name(std::size_t at) const {
  const std::size_t kind = type(at);
  if (kind == P::IDENT || kind == P::QUOTED) return true;
  const std::string_view word = at_end(at) ? std::string_view{} : text(at);
  return !word.empty() && (std::isalpha(static_cast<unsigned char>(word.front())) != 0);
}

bool StatementTokens::begins_by_words(std::size_t at) const {
  static const std::set<std::size_t> schedule_words = {P::K_EVERY,  P::K_AT,    P::K_CRON,    P::K_TIMEZONE, P::K_STARTING,
                                                       P::K_ENDING, P::K_CATCH, P::K_OVERLAP, P::K_STAGGER};
  const std::size_t third = type(at + 2);
  switch (type(at)) {
    case P::K_SYNC:
      return is_name(at + 1) && (third == P::K_FROM || third == P::K_RENAMED);
    case P::K_OVERRIDE:
      return is_name(at + 1) && third == P::K_FOR;
    case P::K_CONNECTION:
      return is_name(at + 1) && third == P::K_TYPE;
    case P::K_ALERT:
      return is_name(at + 1) && third == P::K_ON;
    case P::K_TEMPLATE:
      return is_name(at + 1) && (third == P::K_AS || third == P::OPEN);
    case P::K_INCLUDE:
      return type(at + 1) == P::STRING;
    case P::K_TYPE:
      return type(at + 1) == P::K_MAPPING && is_name(at + 2) && type(at + 3) == P::K_FROM;
    case P::K_SCHEDULE:
      return is_name(at + 1) && schedule_words.count(third) != 0;
    case P::K_DEFAULTS:
      return is_name(at + 1);
    case P::K_PARAM:
      return is_name(at + 1) && is_name(at + 2);
    case P::K_SET:
      return is_name(at + 1) && third == P::EQUAL;
    default:
      return false;
  }
}

bool StatementTokens::begins_statement(std::size_t at) const {
  if (at_end(at) || !begins_by_words(at) || !first_on_line(span(at))) return false;
  const bool could_be_inside = type(at) == P::K_SET || type(at) == P::K_PARAM || type(at) == P::K_DEFAULTS;
  const std::uint32_t begin = span(at).begin;
  return !could_be_inside || begin == 0 || map_.text()[begin - 1] == '\n';
}

std::size_t StatementTokens::next_statement(std::size_t begin, std::size_t stuck) const {
  for (std::size_t at = std::max(begin, stuck); !at_end(at); ++at) {
    if (type(at) == P::SEMICOLON) return at + 1;
    if (at > begin && begins_statement(at)) return at;
  }
  return tokens_.size();
}

std::size_t StatementTokens::end_of_statement(std::size_t begin) const {
  std::size_t at = begin;
  while (!at_end(at) && type(at) != P::SEMICOLON) ++at;
  return at;
}

std::string StatementTokens::statement_name(std::size_t begin) const {
  const std::size_t at = type(begin) == P::K_TYPE ? begin + 2 : begin + 1;
  if (!is_name(at)) return {};
  return type(at) == P::QUOTED ? unquoted(text(at)) : std::string(text(at));
}

void StatementTokens::cut_at_open_block(diag::Sink& sink) {
  const auto open = [](const Token* token) { return token->getType() == P::OPEN_DOLLAR || token->getType() == P::OPEN_COMMENT; };
  const auto found = std::find_if(tokens_.begin(), tokens_.end(), open);
  if (found == tokens_.end()) return;
  const std::string what =
      (*found)->getType() == P::OPEN_COMMENT ? "the comment" : "the " + quoted_for_people(map_.slice(*found)) + " block";
  sink.emit(diag::NeverEnds(what).at(map_.span(*found)).with_help("everything from here to the end of the file is inside it"));
  tokens_.erase(found, tokens_.end());
  cut_ = true;
}

}  // namespace syncline::parse

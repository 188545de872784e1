#include "compiler/parse/complain.h"

#include <antlr4-runtime.h>

#include <algorithm>
#include <set>

#include "SyncParser.h"
#include "compiler/diag/kinds.h"
#include "compiler/parse/expected.h"
#include "compiler/parse/literal.h"
#include "stdlib/base/text.h"

namespace syncline::parse {

namespace {

using P = grammar::SyncParser;
using diag::Diagnostic;
using diag::Fix;
using source::Span;

constexpr std::size_t kDeepest = 64;
constexpr std::size_t kLongestChain = 1000;

/// One broken statement and the message about it.
class Complaint {
 public:
  Complaint(const StatementTokens& tokens, std::size_t begin, antlr4::Parser& parser)
      : tokens_(tokens), begin_(begin), vocabulary_(parser.getVocabulary()) {
    std::vector<std::size_t> types;
    for (std::size_t at = begin; !tokens.at_end(at); ++at) {
      types.push_back(tokens.type(at));
      if (types.back() == P::SEMICOLON) break;
    }
    types.push_back(antlr4::Token::EOF);
    stuck_ = find_stuck(parser.getATN(), types);
    at_ = begin + stuck_.at;
  }

  std::size_t report(diag::Sink& sink) {
    if (tokens_.was_cut() && tokens_.at_end(at_)) return at_;
    const std::size_t next = forgotten_semicolon();
    if (next != 0) {
      sink.emit(missing_semicolon(next));
      return next;
    }
    sink.emit(wrong_word());
    return tokens_.next_statement(begin_, at_);
  }

 private:
  /// Where the next statement begins when only a `;` is missing before it; 0: something else is wrong.
  [[nodiscard]] std::size_t forgotten_semicolon() const {
    const bool complete = stuck_.expected.count(P::SEMICOLON) != 0;
    if (complete && at_ > begin_ && (tokens_.at_end(at_) || tokens_.begins_statement(at_))) return at_;
    for (std::size_t at = at_; at > begin_ && at + 3 > at_; --at) {
      if (tokens_.begins_statement(at)) return at;
    }
    return 0;
  }

  [[nodiscard]] Diagnostic missing_semicolon(std::size_t next) const {
    const std::uint32_t end = tokens_.span(next - 1).end;
    const Span here{tokens_.map().source(), end, end};
    const std::string got = tokens_.at_end(next) ? "the end of the file" : "the next statement";
    return diag::UnexpectedToken(place(), got, "`;`")
        .at(here, "the statement ends here without `;`")
        .with_fix(Fix{here, ";", "add `;`", true});
  }

  [[nodiscard]] std::string place() const { return describe_place(stuck_.rules, tokens_.statement_name(begin_)); }

  [[nodiscard]] Diagnostic wrong_word() const {
    switch (tokens_.type(at_)) {
      case P::OPEN_STRING:
        return diag::NeverEnds("the string")
            .at(tokens_.span(at_))
            .with_help("strings end with `'` on the same line; write `''` for one inside");
      case P::OPEN_QUOTED:
        return diag::NeverEnds("the quoted name").at(tokens_.span(at_)).with_help("quoted names end with `\"` on the same line");
      case P::BACKQUOTED: {
        const std::string_view inside = tokens_.text(at_).substr(1, tokens_.text(at_).size() - 2);
        return foreign_quotes("names are not quoted with backquotes", inside, tokens_.span(at_));
      }
      default:
        break;
    }
    if (expects_name(stuck_.expected)) {
      if (tokens_.type(at_) == P::OPEN_LIST && tokens_.type(at_ + 2) == P::CLOSE_LIST) {
        return foreign_quotes("names are not quoted with brackets", tokens_.text(at_ + 1),
                              source::join(tokens_.span(at_), tokens_.span(at_ + 2)));
      }
      const bool digits =
          tokens_.type(at_) == P::DIGIT_NAME || (tokens_.type(at_) == P::INT && stuck_.expected.count(P::INT) == 0);
      if (digits && !looks_like_quantity()) {
        return foreign_quotes(quoted_for_people(tokens_.text(at_)) + " starts with a digit", tokens_.text(at_),
                              tokens_.span(at_));
      }
    }
    return with_remedy(
        diag::UnexpectedToken(place(), stuck_at(), describe_expected(stuck_.expected, vocabulary_)).at(stuck_span()));
  }

  static Diagnostic foreign_quotes(std::string_view what, std::string_view name, const Span& span) {
    std::string quoted = "\"";
    for (const char letter : name) quoted += letter == '"' ? std::string("\"\"") : std::string(1, letter);
    quoted += '"';
    return diag::ForeignQuotes(what, text::printable(name))
        .at(span)
        .with_fix(Fix{span, quoted, "replace with `" + quoted + "`", true});
  }

  [[nodiscard]] bool double_comma() const {
    return tokens_.type(at_) == P::COMMA && at_ > begin_ && tokens_.type(at_ - 1) == P::COMMA;
  }

  [[nodiscard]] std::string stuck_at() const {
    if (tokens_.at_end(at_)) return "the end of the file";
    if (double_comma()) return "`,,`";
    return quoted_for_people(tokens_.text(at_));
  }

  [[nodiscard]] Span stuck_span() const {
    if (double_comma()) return source::join(tokens_.span(at_ - 1), tokens_.span(at_));
    if (!tokens_.at_end(at_) || at_ == 0) return tokens_.span(at_);
    const std::uint32_t end = tokens_.span(at_ - 1).end;
    return {tokens_.map().source(), end, end};
  }

  /// `50MB`: digits and a unit that belong apart.
  [[nodiscard]] bool looks_like_quantity() const {
    return tokens_.type(at_) == P::DIGIT_NAME && stuck_.expected.count(P::INT) != 0;
  }

  [[nodiscard]] Diagnostic with_remedy(Diagnostic&& made) const {
    const std::string_view word = tokens_.at_end(at_) ? std::string_view{} : tokens_.text(at_);
    if (word.empty()) return std::move(made);
    if (double_comma()) return std::move(made).with_fix(Fix{stuck_span(), ",", "keep one comma", true});
    if (looks_like_quantity()) return split_quantity(std::move(made), word);
    if (word == "!") return std::move(made).with_help("write `<>` for \"not equal\"");
    if (word == "#" || word == "/") return std::move(made).with_help("comments start with `--`");
    if (tokens_.type(at_) == P::UNKNOWN && word.size() > 1) {
      return std::move(made).with_help("strings stand in plain quotes `'…'`, names that need it in `\"…\"`");
    }
    if (tokens_.type(at_) == P::IDENT)
      return std::move(made).did_you_mean(ascii_upper(word), keywords_of(stuck_.expected, vocabulary_));
    if (tokens_.type(at_) == P::EQUAL && tokens_.type(at_ - 1) == P::EQUAL)
      return std::move(made).with_help("equality is one `=`");
    return std::move(made);
  }

  /// Swapped letters (`FORM`) first, then small distances.
  [[nodiscard]] Diagnostic with_likely_keyword(Diagnostic&& made, const std::string& word) const {
    const auto sorted = [](std::string letters) {
      std::sort(letters.begin(), letters.end());
      return letters;
    };
    const std::vector<std::string> keywords = keywords_of(stuck_.expected, vocabulary_);
    for (const std::string& keyword : keywords) {
      if (sorted(keyword) != sorted(word)) continue;
      return std::move(made)
          .with_help("did you mean `" + keyword + "`?")
          .with_fix(Fix{tokens_.span(at_), keyword, "replace with `" + keyword + "`", true});
    }
    return std::move(made).did_you_mean(word, keywords);
  }

  [[nodiscard]] Diagnostic split_quantity(Diagnostic&& made, std::string_view word) const {
    const std::size_t unit = word.find_first_not_of("0123456789");
    const std::string apart = std::string(word.substr(0, unit)) + " " + std::string(word.substr(unit));
    return std::move(made)
        .with_help("a number and its unit stand apart")
        .with_fix(Fix{tokens_.span(at_), apart, "replace with `" + apart + "`", true});
  }

  const StatementTokens& tokens_;
  std::size_t begin_;
  std::size_t at_ = 0;
  const antlr4::dfa::Vocabulary& vocabulary_;
  Stuck stuck_;
};

bool is_noun(std::size_t type) {
  static const std::set<std::size_t> nouns = {P::K_CONNECTION, P::K_SYNC, P::K_SCHEDULE, P::K_ALERT,   P::K_TEMPLATE,
                                              P::K_PARAM,      P::K_TYPE, P::K_OVERRIDE, P::K_DEFAULTS};
  return nouns.count(type) != 0;
}

}  // namespace

std::size_t complain_about_verb(const StatementTokens& tokens, std::size_t at, diag::Sink& sink) {
  const std::string verb = tokens.at_end(at) ? "" : ascii_upper(tokens.text(at));
  if (verb != "CREATE" && verb != "ALTER" && verb != "DROP") return at;
  const bool or_replace = tokens.type(at + 1) == P::K_OR && !tokens.at_end(at + 2);
  const std::size_t noun = at + (or_replace ? 3 : 1);
  if (!is_noun(tokens.type(noun))) return at;
  const std::string what = ascii_upper(tokens.text(noun));
  const Span verb_span{tokens.map().source(), tokens.span(at).begin, tokens.span(noun).begin};
  Diagnostic made = diag::VerbInStatement(verb, what, what).at(source::join(tokens.span(at), tokens.span(noun)));
  if (verb == "DROP") {
    made.help.emplace_back("delete the statement from the script");
  } else {
    made.fixes.push_back(Fix{verb_span, "", "remove `" + verb + "`", verb == "CREATE"});
  }
  sink.emit(std::move(made));
  return verb == "DROP" ? tokens.next_statement(at, at) : noun;
}

bool complain_about_depth(const StatementTokens& tokens, std::size_t begin, diag::Sink& sink) {
  static const std::set<std::size_t> opening = {P::OPEN, P::OPEN_LIST, P::K_CASE};
  static const std::set<std::size_t> closing = {P::CLOSE, P::CLOSE_LIST, P::K_END};
  static const std::set<std::size_t> chaining = {P::K_AND, P::K_OR, P::PLUS, P::MINUS, P::STAR, P::SLASH, P::CONCAT, P::K_NOT};
  std::size_t depth = 0;
  std::size_t prefixes = 0;
  std::size_t chain = 0;
  for (std::size_t at = begin; !tokens.at_end(at) && tokens.type(at) != P::SEMICOLON; ++at) {
    const std::size_t type = tokens.type(at);
    depth += opening.count(type);
    if (closing.count(type) != 0 && depth > 0) --depth;
    prefixes = type == P::K_NOT || type == P::MINUS ? prefixes + 1 : 0;
    chain = type == P::COMMA ? 0 : chain + chaining.count(type);
    if (depth > kDeepest || prefixes > kDeepest || chain > kLongestChain) {
      const std::size_t limit = chain > kLongestChain ? kLongestChain : kDeepest;
      sink.emit(diag::TooDeep("this expression", limit).at(tokens.span(at)));
      return true;
    }
  }
  return false;
}

std::size_t complain(const StatementTokens& tokens, std::size_t begin, antlr4::Parser& parser, diag::Sink& sink) {
  return Complaint(tokens, begin, parser).report(sink);
}

}  // namespace syncline::parse

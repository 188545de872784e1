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
constexpr std::size_t kLongestChain = 250;

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
      if (const std::size_t close = closing_bracket(); close != 0) {
        const Span whole = source::join(tokens_.span(at_), tokens_.span(close));
        const Span inside{whole.source, whole.begin + 1, whole.end - 1};
        return foreign_quotes("names are not quoted with brackets", tokens_.map().slice(inside), whole);
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

  /// Of `[my table]`: a few words later on the same line; 0: none.
  [[nodiscard]] std::size_t closing_bracket() const {
    if (tokens_.type(at_) != P::OPEN_LIST) return 0;
    for (std::size_t at = at_ + 2; at < at_ + 8 && !tokens_.first_on_line(tokens_.span(at)); ++at) {
      if (tokens_.type(at) == P::CLOSE_LIST) return at;
    }
    return 0;
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
    if (word == "!") return not_equal(std::move(made));
    if (word == "#" || word == "/") return std::move(made).with_help("comments start with `--`");
    if (tokens_.type(at_) == P::UNKNOWN && word.size() > 1) {
      return std::move(made).with_help("strings stand in plain quotes `'…'`, names that need it in `\"…\"`");
    }
    if (tokens_.type(at_) == P::IDENT)
      return std::move(made).did_you_mean(ascii_upper(word), keywords_of(stuck_.expected, vocabulary_));
    const bool word_like = std::isalpha(static_cast<unsigned char>(word.front())) != 0;
    if (expects_name(stuck_.expected) && word_like) return quoted_name(std::move(made), word);
    return with_word_before(std::move(made));
  }

  [[nodiscard]] Diagnostic not_equal(Diagnostic&& made) const {
    const Span both = source::join(tokens_.span(at_), tokens_.span(at_ + 1));
    if (tokens_.type(at_ + 1) != P::EQUAL) return std::move(made);
    return std::move(made).with_help("\"not equal\" is `<>` here").with_fix(Fix{both, "<>", "replace with `<>`", true});
  }

  /// A reserved word where a name belongs.
  [[nodiscard]] Diagnostic quoted_name(Diagnostic&& made, std::string_view word) const {
    const std::string quoted = fmt::format("\"{}\"", word);
    return std::move(made)
        .with_help(fmt::format("`{}` is a reserved word: as a name it needs double quotes", word))
        .with_fix(Fix{tokens_.span(at_), quoted, fmt::format("replace with `{}`", quoted), true});
  }

  /// The word before may be the misspelt one: `DEFALT 1` reads as part of a type.
  [[nodiscard]] Diagnostic with_word_before(Diagnostic&& made) const {
    if (at_ <= begin_ + 2 || tokens_.type(at_ - 1) != P::IDENT) return std::move(made);
    const std::string before(tokens_.text(at_ - 1));
    const auto close = text::did_you_mean(ascii_upper(before), keywords_of(stuck_.expected, vocabulary_));
    if (!close) return std::move(made);
    return std::move(made)
        .also(tokens_.span(at_ - 1), "or is this misspelt?")
        .with_help(fmt::format("did you mean `{}` instead of `{}`?", *close, before))
        .with_fix(Fix{tokens_.span(at_ - 1), *close, fmt::format("replace with `{}`", *close), false});
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

bool opens(std::size_t type) {
  return type == P::OPEN || type == P::OPEN_LIST || type == P::K_CASE;
}
bool closes(std::size_t type) {
  return type == P::CLOSE || type == P::CLOSE_LIST || type == P::K_END;
}

bool chains(std::size_t type) {
  switch (type) {
    case P::K_AND:
    case P::K_OR:
    case P::K_NOT:
    case P::PLUS:
    case P::MINUS:
    case P::STAR:
    case P::SLASH:
    case P::CONCAT:
      return true;
    default:
      return false;
  }
}

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
    made.fixes.push_back(
        Fix{verb_span, "", fmt::format("remove `{}{}`", verb, or_replace ? " OR REPLACE" : ""), verb == "CREATE"});
  }
  sink.emit(std::move(made));
  return verb == "DROP" ? tokens.next_statement(at, at) : noun;
}

bool complain_about_depth(const StatementTokens& tokens, std::size_t begin, diag::Sink& sink) {
  std::size_t depth = 0;
  std::size_t prefixes = 0;
  std::size_t chain = 0;
  for (std::size_t at = begin; !tokens.at_end(at); ++at) {
    const std::size_t type = tokens.type(at);
    if (type == P::SEMICOLON) return false;
    if (opens(type)) ++depth;
    if (closes(type) && depth > 0) --depth;
    prefixes = type == P::K_NOT || type == P::MINUS ? prefixes + 1 : 0;
    if (type == P::COMMA) chain = 0;
    if (chains(type)) ++chain;
    if (depth > kDeepest || prefixes > kDeepest || chain > kLongestChain) {
      const std::size_t limit = chain > kLongestChain ? kLongestChain : kDeepest;
      sink.emit(diag::TooDeep("this expression", limit).at(tokens.span(at)).with_help("split it into smaller parts"));
      return true;
    }
  }
  return false;
}

std::size_t complain(const StatementTokens& tokens, std::size_t begin, antlr4::Parser& parser, diag::Sink& sink) {
  return Complaint(tokens, begin, parser).report(sink);
}

}  // namespace syncline::parse

#include "compiler/parse/complain.h"

#include <antlr4-runtime.h>

#include <algorithm>
#include <set>

#include "SyncParser.h"
#include "compiler/diag/kinds.h"
#include "compiler/parse/expected.h"
#include "compiler/parse/literal.h"
#include "compiler/parse/repair.h"
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
  Complaint(const StatementTokens& tokens, std::size_t begin, const antlr4::dfa::Vocabulary& vocabulary, Walk& walk)
      : tokens_(tokens), begin_(begin), vocabulary_(vocabulary), walk_(walk) {
    std::vector<std::size_t> types;
    for (std::size_t at = begin; !tokens.at_end(at); ++at) {
      types.push_back(tokens.type(at));
      if (types.back() == P::SEMICOLON) break;
    }
    types.push_back(antlr4::Token::EOF);
    broken_ = follow(walk_, std::move(types), [&tokens, begin](std::size_t at) { return tokens.text(begin + at); });
    at_ = begin + broken_.at;
    stuck_ = explain(walk_, broken_.before.back());
  }

  std::size_t report(diag::Sink& sink) {
    if (tokens_.was_cut() && tokens_.at_end(at_)) return at_;
    const std::size_t next = next_statement_read();
    if (next != 0) {
      sink.emit(unfinished(next));
      return next;
    }
    sink.emit(wrong_word());
    return tokens_.next_statement(begin_, at_);
  }

 private:
  /// Where the next statement begins when its first words were read as part of this one; 0: something else is wrong.
  [[nodiscard]] std::size_t next_statement_read() const {
    const bool complete = stuck_.expected.count(P::SEMICOLON) != 0;
    if (complete && at_ > begin_ && tokens_.at_end(at_)) return at_;
    for (std::size_t at = at_; at > begin_ && at + 4 > at_; --at) {
      if (tokens_.begins_statement(at)) return at;
    }
    return 0;
  }

  /// Only a `;` is missing, or more.
  [[nodiscard]] Diagnostic unfinished(std::size_t next) {
    const std::uint32_t end = tokens_.span(next - 1).end;
    const Span here{tokens_.map().source(), end, end};
    const std::string got = tokens_.at_end(next) ? "the end of the file" : "the next statement";
    stuck_ = explain(walk_, broken_.before[next - begin_ - broken_.first]);
    if (stuck_.expected.count(P::SEMICOLON) != 0) {
      return diag::UnexpectedToken(place(), got, "`;`")
          .at(here, "the statement ends here without `;`")
          .with_fix(Fix{here, ";", "add `;`", true});
    }
    return diag::UnexpectedToken(place(), got, describe_expected(stuck_.expected, vocabulary_))
        .at(here, "something is missing here");
  }

  [[nodiscard]] std::string place() const { return describe_place(stuck_.rules, tokens_.statement_name(begin_)); }

  [[nodiscard]] Diagnostic wrong_word() {
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

  [[nodiscard]] Diagnostic with_remedy(Diagnostic&& made) {
    const std::string_view word = tokens_.at_end(at_) ? std::string_view{} : tokens_.text(at_);
    if (at_ == begin_ && tokens_.type(at_) == P::SEMICOLON)
      return std::move(made).with_fix(Fix{stuck_span(), "", "remove this `;`", true});
    if (double_comma()) return std::move(made).with_fix(Fix{stuck_span(), ",", "keep one comma", true});
    if (looks_like_quantity()) return split_quantity(std::move(made), word);
    if (word == "!") return not_equal(std::move(made));
    if (word == "#" || word == "/") return std::move(made).with_help("comments start with `--`");
    if (tokens_.type(at_) == P::UNKNOWN && word.size() > 1) {
      return std::move(made).with_help("strings stand in plain quotes `'…'`, names that need it in `\"…\"`");
    }
    if (const std::size_t open = open_text_on_line(); open != 0) return with_open_text(std::move(made), open);
    if (const auto repair = find_repair(walk_, broken_, vocabulary_)) return with_repair(std::move(made), *repair);
    if (at_ == begin_ && begins_clause(tokens_.type(at_))) return outside_statement(std::move(made));
    return after_block(std::move(made));
  }

  [[nodiscard]] Diagnostic not_equal(Diagnostic&& made) const {
    const Span both = source::join(tokens_.span(at_), tokens_.span(at_ + 1));
    if (tokens_.type(at_ + 1) != P::EQUAL) return std::move(made);
    return std::move(made).with_help("\"not equal\" is `<>` here").with_fix(Fix{both, "<>", "replace with `<>`", true});
  }

  [[nodiscard]] Diagnostic split_quantity(Diagnostic&& made, std::string_view word) const {
    const std::size_t unit = word.find_first_not_of("0123456789");
    const std::string apart = std::string(word.substr(0, unit)) + " " + std::string(word.substr(unit));
    return std::move(made)
        .with_help("a number and its unit stand apart")
        .with_fix(Fix{tokens_.span(at_), apart, "replace with `" + apart + "`", true});
  }

  /// A text that never ends behind the place, on the same line: one quote of the line is missing. 0: there is none.
  [[nodiscard]] std::size_t open_text_on_line() const {
    for (std::size_t at = at_ + 1; !tokens_.at_end(at) && !tokens_.first_on_line(tokens_.span(at)); ++at) {
      if (tokens_.type(at) == P::OPEN_STRING || tokens_.type(at) == P::OPEN_QUOTED) return at;
    }
    return 0;
  }

  [[nodiscard]] Diagnostic with_open_text(Diagnostic&& made, std::size_t open) const {
    const char quote = tokens_.type(open) == P::OPEN_QUOTED ? '"' : '\'';
    const std::string_view text = tokens_.text(open);
    Span mark = tokens_.span(open);
    mark.begin += text.front() == '~' ? 1 : 0;
    mark.end = mark.begin + 1;
    return std::move(made)
        .also(mark, "nothing closes this quote")
        .with_help(fmt::format("one `{}` of this line is missing, in front of {} or behind it", quote,
                               quoted_for_people(tokens_.text(at_))));
  }

  [[nodiscard]] Diagnostic with_repair(Diagnostic&& made, const Repair& repair) const {
    const std::size_t at = begin_ + repair.at;
    const Span span = tokens_.span(at);
    const std::string word = quoted_for_people(tokens_.text(at));
    switch (repair.kind) {
      case Repair::Kind::respell:
        if (at != at_) return misspelt_before(std::move(made), at, repair.word);
        return std::move(made)
            .with_help(fmt::format("did you mean `{}`?", repair.word))
            .with_fix(Fix{span, repair.word, fmt::format("replace with `{}`", repair.word), true});
      case Repair::Kind::quote: {
        const std::string quoted = fmt::format("\"{}\"", tokens_.text(at));
        return std::move(made)
            .with_help(word + " is a reserved word: as a name it needs double quotes")
            .with_fix(Fix{span, quoted, fmt::format("replace with `{}`", quoted), true});
      }
      case Repair::Kind::remove:
        return std::move(made).with_fix(Fix{span, "", "remove " + word, false});
      case Repair::Kind::swap:
        return other_way_round(std::move(made), at);
      case Repair::Kind::insert:
        break;
    }
    return missing_mark(std::move(made), repair.type);
  }

  /// A word in front of the place may be the misspelt one: `DEFALT 1` reads as part of a type.
  [[nodiscard]] Diagnostic misspelt_before(Diagnostic&& made, std::size_t at, const std::string& word) const {
    return std::move(made)
        .also(tokens_.span(at), "or is this misspelt?")
        .with_help(fmt::format("did you mean `{}` instead of {}?", word, quoted_for_people(tokens_.text(at))))
        .with_fix(Fix{tokens_.span(at), word, fmt::format("replace with `{}`", word), false});
  }

  [[nodiscard]] Diagnostic other_way_round(Diagnostic&& made, std::size_t at) const {
    const Span first = tokens_.span(at);
    const Span second = tokens_.span(at + 1);
    const Span between{first.source, first.end, second.begin};
    const std::string text = fmt::format("{}{}{}", tokens_.text(at + 1), tokens_.map().slice(between), tokens_.text(at));
    return std::move(made).with_fix(
        Fix{source::join(first, second), text,
            fmt::format("write {} in front of {}", quoted_for_people(tokens_.text(at + 1)), quoted_for_people(tokens_.text(at))),
            false});
  }

  [[nodiscard]] Diagnostic missing_mark(Diagnostic&& made, std::size_t type) const {
    const std::string literal = vocabulary_.getLiteralName(type);
    const std::string mark = literal.substr(1, literal.size() - 2);
    const std::uint32_t end = tokens_.span(at_ - 1).end;
    const bool close = type == P::COMMA || type == P::CLOSE || type == P::CLOSE_LIST || type == P::DOT;
    return std::move(made).with_fix(
        Fix{{tokens_.map().source(), end, end}, (close ? "" : " ") + mark, "add `" + mark + "`", false});
  }

  [[nodiscard]] Diagnostic outside_statement(Diagnostic&& made) const {
    const std::string clause = ascii_upper(tokens_.text(at_));
    made.help.push_back(
        fmt::format("`{}` begins a clause: clauses stand inside SYNC, OVERRIDE, TEMPLATE or DEFAULTS, in front of "
                    "the `;` of the statement",
                    clause));
    if (begin_ > 0 && tokens_.type(begin_ - 1) == P::SEMICOLON)
      return std::move(made).also(tokens_.span(begin_ - 1), "a statement ends here");
    return std::move(made);
  }

  /// A `$$` block of several lines in front of the place may have taken in what belongs to the script.
  [[nodiscard]] Diagnostic after_block(Diagnostic&& made) const {
    if (at_ == begin_ || tokens_.type(at_ - 1) != P::DOLLAR) return std::move(made);
    Span end = tokens_.span(at_ - 1);
    const Span begin{end.source, end.begin, end.begin + 2};
    if (tokens_.map().slice(end).find('\n') == std::string_view::npos) return std::move(made);
    end.begin = end.end - 2;
    return std::move(made)
        .also(begin, "a block begins here")
        .also(end, "and ends here")
        .with_help("if it should have ended earlier, its closing `$$` is missing");
  }

  const StatementTokens& tokens_;
  std::size_t begin_;
  std::size_t at_ = 0;
  const antlr4::dfa::Vocabulary& vocabulary_;
  Walk& walk_;
  Broken broken_;
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

std::size_t complain(const StatementTokens& tokens, std::size_t begin, const antlr4::dfa::Vocabulary& vocabulary, Walk& walk,
                     diag::Sink& sink) {
  walk.trim();
  return Complaint(tokens, begin, vocabulary, walk).report(sink);
}

}  // namespace syncline::parse

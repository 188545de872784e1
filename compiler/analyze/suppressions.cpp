#include "compiler/analyze/suppressions.h"

#include <algorithm>

#include "compiler/diag/kinds.h"
#include "stdlib/base/text.h"
#include "stdlib/types/calendar.h"

namespace syncline::analyze {
namespace {

using source::Span;

constexpr const char* kForm = "write `-- lint:ignore SY4008: reason`, or `-- lint:ignore SY4008 until 2026-12-31: reason`";

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Reads the words of one comment from the left.
class Cursor {
 public:
  Cursor(std::string_view text, const Span& at) : text_(text), span_(at) {}

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  bool skip(char mark) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != mark) return false;
    ++at_;
    return true;
  }
  bool skip_word(std::string_view wanted) {
    skip_blanks();
    const std::size_t before = at_;
    if (text::ascii_iequals(word(), wanted)) return true;
    at_ = before;
    return false;
  }
  std::string_view word() {
    skip_blanks();
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  /// Up to a blank or a colon.
  std::string_view date() {
    skip_blanks();
    const std::size_t begin = at_;
    while (at_ < text_.size() && !is_blank(text_[at_]) && text_[at_] != ':') ++at_;
    return text_.substr(begin, at_ - begin);
  }
  [[nodiscard]] bool rest_is_blank() const { return text_.find_first_not_of(" \t", at_) == std::string_view::npos; }
  [[nodiscard]] Span span_of(std::string_view part) const {
    const auto begin = span_.begin + static_cast<std::uint32_t>(part.data() - text_.data());
    return {span_.source, begin, begin + static_cast<std::uint32_t>(part.size())};
  }

 private:
  std::string_view text_;
  Span span_;
  std::size_t at_ = 0;
};

/// One comment; what is wrong with it goes to `sink`.
class Reader {
 public:
  Reader(const ast::Comment& comment, const source::SourceSet& sources, std::int64_t today, diag::Sink& sink)
      : cursor_(sources.slice(comment.span), comment.span), comment_(comment), today_(today), sink_(sink) {}

  /// Nothing when the comment is no suppression, or none that acts.
  std::optional<diag::Suppression> read() {
    const bool is_one =
        cursor_.skip('-') && cursor_.skip('-') && cursor_.skip_word("lint") && cursor_.skip(':') && cursor_.skip_word("ignore");
    if (!is_one) return std::nullopt;
    made_.comment = comment_.span;
    made_.own_line = comment_.own_line;
    if (!codes() || !date() || !reason() || made_.named.empty()) return std::nullopt;
    return std::move(made_);
  }

 private:
  bool flaw(std::string message, const Span& at, const char* help) {
    sink_.emit(diag::SuppressionFlaw(message).at(at).with_help(help));
    return false;
  }

  bool codes() {
    do {
      const std::string_view word = cursor_.word();
      if (word.empty()) return flaw("names no code, so it hides nothing", comment_.span, kForm);
      const Span at = cursor_.span_of(word);
      made_.codes_span = made_.written == 0 ? at : source::join(made_.codes_span, at);
      ++made_.written;
      code(word, at);
    } while (cursor_.skip(','));
    return true;
  }

  void code(std::string_view word, const Span& at) {
    const diag::CodeInfo* known = diag::find_code(word);
    if (known == nullptr) {
      flaw(fmt::format("of `{}`: there is no such code", word), at, "`syncline explain` lists all codes");
      return;
    }
    const std::string text(known->text);
    if (!diag::may_relevel(*known)) {
      flaw("of " + text + ": errors of its class cannot be suppressed", at,
           "only warnings, information and classes 4 and 7 can: mend what it says");
    } else if (text.at(2) == '9' || known->code == diag::Code::SY7001 || known->code == diag::Code::SY7003) {
      flaw("of " + text + ": it is not about one place of a script", at, "leave it out");
    } else {
      made_.named.push_back({known->code, text, false});
    }
  }

  bool date() {
    if (!cursor_.skip_word("until")) return true;
    const std::string_view written = cursor_.date();
    const auto day = types::parse_date(written);
    if (!day)
      return flaw(fmt::format("says `until {}`, which is no day", written), comment_.span,
                  "name the last day on which it acts, as 2026-12-31");
    made_.until = std::string(written);
    made_.expired = today_ > *day;
    return true;
  }

  bool reason() {
    if (cursor_.skip(':') && !cursor_.rest_is_blank()) return true;
    return flaw("gives no reason, so it hides nothing", comment_.span, "say why behind a colon: `: reason`");
  }

  Cursor cursor_;
  const ast::Comment& comment_;
  std::int64_t today_;
  diag::Sink& sink_;
  diag::Suppression made_;
};

/// Where the word behind a comment begins; the end of the text when there is none.
std::uint32_t next_word(const ast::Script& script, std::size_t comment, std::string_view text) {
  std::size_t at = script.comments[comment].span.end;
  while (true) {
    at = text.find_first_not_of(" \t\r\n", at);
    if (at == std::string_view::npos) return static_cast<std::uint32_t>(text.size());
    if (++comment >= script.comments.size() || script.comments[comment].span.begin != at) return static_cast<std::uint32_t>(at);
    at = script.comments[comment].span.end;
  }
}

Span line_around(const Span& at, std::string_view text) {
  const std::size_t before = at.begin == 0 ? std::string_view::npos : text.rfind('\n', at.begin - 1);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::size_t end = std::min(text.find('\n', at.begin), text.size());
  return {at.source, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

void place(diag::Suppression& made, const ast::Script& script, std::size_t comment, std::string_view text) {
  if (!made.own_line) {
    made.acts_on = line_around(made.comment, text);
    return;
  }
  const std::uint32_t next = next_word(script, comment, text);
  made.acts_on = {script.source, next, next};
  if (next >= text.size()) return;
  const auto begins = [next](const ast::Statement& one) { return one.span.begin == next; };
  const auto found = std::find_if(script.statements.begin(), script.statements.end(), begins);
  made.statement = found != script.statements.end();
  made.acts_on = made.statement ? found->span : line_around(made.acts_on, text);
}

/// The primary label; what is said about a table without a place of the script stands with its sync. Null: nowhere.
const Span* place_of(const diag::Diagnostic& finding, const bound::Unit& unit) {
  const auto found = std::find_if(finding.labels.begin(), finding.labels.end(), [](const auto& label) { return label.primary; });
  if (found != finding.labels.end() && found->span.source != 0) return &found->span;
  const auto of_table = [&](const bound::Sync& sync) { return sync.name == finding.sync; };
  const auto sync = std::find_if(unit.syncs.begin(), unit.syncs.end(), of_table);
  return sync == unit.syncs.end() ? nullptr : &sync->span;
}

bool meets(const Span& at, const Span& range) {
  const std::uint32_t end = std::max(at.end, at.begin + 1);
  return at.source != 0 && at.source == range.source && at.begin <= range.end && end > range.begin && range.begin != range.end;
}

struct Hit {
  diag::Suppression* suppression = nullptr;
  diag::Suppression::Named* named = nullptr;
};

/// The narrowest suppression that meets the finding; one that is over only when no other does.
Hit hit(const bound::Unit& unit, compiler::Result& result, const diag::Diagnostic& finding) {
  const Span* at = place_of(finding, unit);
  Hit best;
  const auto rank = [](const diag::Suppression& one) { return std::pair(one.expired, one.acts_on.end - one.acts_on.begin); };
  for (diag::Suppression& one : result.suppressions) {
    if (at == nullptr || !meets(*at, one.acts_on)) continue;
    for (diag::Suppression::Named& named : one.named) {
      const bool better = best.suppression == nullptr || rank(one) < rank(*best.suppression);
      if (named.code == finding.code && better) best = {&one, &named};
    }
  }
  return best;
}

bool hidden(const bound::Unit& unit, compiler::Result& result, const diag::Diagnostic& finding) {
  const Hit found = hit(unit, result, finding);
  if (found.named == nullptr) return false;
  found.named->used = true;
  return !found.suppression->expired;
}

/// The comment with the blanks before it, or with its whole line.
Span with_its_line(const Span& comment, bool own_line, std::string_view text) {
  Span whole = comment;
  while (whole.begin > 0 && is_blank(text[whole.begin - 1])) --whole.begin;
  if (own_line && whole.end < text.size() && text[whole.end] == '\r') ++whole.end;
  if (own_line && whole.end < text.size() && text[whole.end] == '\n') ++whole.end;
  return whole;
}

diag::Fix without(const diag::Suppression& one, const std::vector<std::string>& unused, std::string_view text) {
  if (unused.size() == one.written) return {with_its_line(one.comment, one.own_line, text), "", "delete it", true};
  std::string kept;
  for (const auto& named : one.named) {
    if (named.used) kept += (kept.empty() ? "" : ", ") + named.text;
  }
  return {one.codes_span, kept, "write `" + kept + "`", one.named.size() == one.written};
}

bool from_catalogue(const diag::Suppression::Named& named) {
  return named.text.at(2) == '5' || named.text.at(2) == '8';
}

void report(const diag::Suppression& one, bool whole, compiler::Result& result) {
  std::vector<std::string> all;
  std::vector<std::string> unused;
  for (const auto& named : one.named) {
    all.push_back(named.text);
    if (whole && one.judged && !named.used && !from_catalogue(named)) unused.push_back(named.text);
  }
  const std::string_view text = result.sources.text(one.comment.source);
  if (one.expired) {
    auto finding = diag::SuppressionFlaw(fmt::format("of {} ended on {}", fmt::join(all, ", "), one.until)).at(one.comment);
    if (unused.size() == one.written) {
      std::move(finding).with_help("what it hid is gone: delete it").with_fix(without(one, unused, text));
    } else {
      std::move(finding).with_help("mend what it hid, or give it a later day and say why it takes longer");
    }
    return result.sink.emit(std::move(finding));
  }
  if (unused.empty()) return;
  const char* where = one.acts_on.begin == one.acts_on.end ? "nothing stands behind it"
                      : one.statement                      ? "this statement has no such finding"
                      : one.own_line                       ? "the line below has no such finding"
                                                           : "this line has no such finding";
  result.sink.emit(diag::SuppressionFlaw(fmt::format("of {} is unused: {}", fmt::join(unused, ", "), where))
                       .at(one.comment)
                       .with_fix(without(one, unused, text)));
}

}  // namespace

void read_suppressions(const ast::Script& script, const compiler::Options& options, compiler::Result& result) {
  std::int64_t today = options.started_at / types::kMicrosPerDay;
  if (options.started_at % types::kMicrosPerDay < 0) --today;
  const std::string_view text = result.sources.text(script.source);
  for (std::size_t i = 0; i < script.comments.size(); ++i) {
    auto made = Reader(script.comments[i], result.sources, today, result.sink).read();
    if (!made) continue;
    place(*made, script, i, text);
    made->judged = script.named;
    result.suppressions.push_back(std::move(*made));
  }
}

void apply_suppressions(const bound::Unit& unit, compiler::Result& result) {
  if (result.suppressions.empty()) return;
  diag::Sink left;
  left.count_suppressed(result.sink.suppressed());
  for (const diag::Diagnostic& finding : result.sink.all()) {
    if (hidden(unit, result, finding)) {
      left.count_suppressed(1);
    } else {
      left.emit(finding);
    }
  }
  result.sink = std::move(left);
  if (!result.plan) return;
  for (plan::Sync& sync : result.plan->syncs) {
    for (plan::Table& table : sync.tables) {
      const auto out = [&](const diag::Diagnostic& finding) { return hidden(unit, result, finding); };
      const auto end = std::remove_if(table.findings.begin(), table.findings.end(), out);
      result.sink.count_suppressed(static_cast<std::size_t>(table.findings.end() - end));
      table.findings.erase(end, table.findings.end());
    }
  }
}

void report_suppressions(const compiler::Options& options, compiler::Result& result) {
  const bool whole = !result.sink.has_errors() && options.select.empty();
  for (const diag::Suppression& one : result.suppressions) report(one, whole, result);
}

}  // namespace syncline::analyze

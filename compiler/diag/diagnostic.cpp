#include "compiler/diag/diagnostic.h"

#include <algorithm>
#include <tuple>

#include "stdlib/base/text.h"

namespace syncline::diag {

const char* to_string(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::info:
      return "info";
  }
  return "error";
}

const std::vector<CodeInfo>& catalogue() {
  static const std::vector<CodeInfo> rows = {
#define SYNCLINE_DIAGNOSTIC(code, severity, name, format, ...) {Code::code, #code, #name, Severity::severity, format},
#include "compiler/diag/diagnostics.def"
#undef SYNCLINE_DIAGNOSTIC
  };
  return rows;
}

const CodeInfo& info(Code code) {
  return catalogue()[static_cast<std::size_t>(code)];
}

const CodeInfo* find_code(std::string_view text) {
  for (const CodeInfo& row : catalogue()) {
    if (text::ascii_iequals(row.text, text)) return &row;
  }
  return nullptr;
}

bool may_relevel(const CodeInfo& code) {
  return code.severity != Severity::error || code.text.at(2) == '4' || code.text.at(2) == '7';
}

Diagnostic&& Diagnostic::at(const source::Span& span, std::string text) && {
  labels.insert(labels.begin(), Label{span, std::move(text), true});
  return std::move(*this);
}

Diagnostic&& Diagnostic::also(const source::Span& span, std::string text) && {
  labels.push_back(Label{span, std::move(text), false});
  return std::move(*this);
}

Diagnostic&& Diagnostic::note(std::string text) && {
  notes.push_back(std::move(text));
  return std::move(*this);
}

Diagnostic&& Diagnostic::with_help(std::string text) && {
  help.push_back(std::move(text));
  return std::move(*this);
}

Diagnostic&& Diagnostic::with_fix(Fix fix) && {
  fixes.push_back(std::move(fix));
  return std::move(*this);
}

Diagnostic&& Diagnostic::for_table(std::string sync_name, std::string table_name) && {
  sync = std::move(sync_name);
  table = std::move(table_name);
  return std::move(*this);
}

Diagnostic&& Diagnostic::for_column(std::string column_name) && {
  column = std::move(column_name);
  return std::move(*this);
}

Diagnostic&& Diagnostic::for_connection(std::string connection_name) && {
  connection = std::move(connection_name);
  return std::move(*this);
}

namespace {

std::string sorted_letters(std::string_view word) {
  std::string letters = text::ascii_lower(word);
  std::sort(letters.begin(), letters.end());
  return letters;
}

/// The same letters in another order (`shpo`) first: two edits, but one slip of the fingers.
std::optional<std::string> closest(std::string_view wrong, const std::vector<std::string>& candidates) {
  for (const std::string& candidate : candidates) {
    if (sorted_letters(candidate) == sorted_letters(wrong)) return candidate;
  }
  return text::did_you_mean(wrong, candidates);
}

}  // namespace

Diagnostic&& Diagnostic::did_you_mean(std::string_view wrong, const std::vector<std::string>& candidates) && {
  const auto close = closest(wrong, candidates);
  if (!close) return std::move(*this);
  help.push_back("did you mean `" + *close + "`?");
  const bool has_place = !labels.empty() && labels.front().primary && labels.front().span.source != 0;
  if (has_place) fixes.push_back(Fix{labels.front().span, *close, "replace with `" + *close + "`", true});
  return std::move(*this);
}

void Sink::emit(Diagnostic diagnostic) {
  errors_ += diagnostic.severity == Severity::error ? 1 : 0;
  warnings_ += diagnostic.severity == Severity::warning ? 1 : 0;
  all_.push_back(std::move(diagnostic));
}

void Sink::sort(const source::SourceSet& sources) {
  const auto place = [&sources](const Diagnostic& one) {
    const source::Span span = one.labels.empty() ? source::Span{} : one.labels.front().span;
    return std::make_tuple(std::string_view(sources.name(span.source)), span.begin, one.code);
  };
  std::stable_sort(all_.begin(), all_.end(), [&](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
}

}  // namespace syncline::diag

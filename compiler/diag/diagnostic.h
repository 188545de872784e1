#pragma once
#include <fmt/format.h>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/source.h"

namespace syncline::diag {

enum class Severity : std::uint8_t { error, warning, info };
const char* to_string(Severity severity);

enum class Code : std::uint16_t {
#define SYNCLINE_DIAGNOSTIC(code, severity, name, format, ...) code,
#include "compiler/diag/diagnostics.def"
#undef SYNCLINE_DIAGNOSTIC
};

/// One row of the catalogue.
struct CodeInfo {
  Code code;
  std::string_view text;  ///< "SY1001"
  std::string_view name;  ///< "UnknownConnection"
  Severity severity;
  std::string_view format;
};
const std::vector<CodeInfo>& catalogue();
const CodeInfo& info(Code code);
const CodeInfo* find_code(std::string_view text);  ///< "SY1001"; null when there is none
/// Whether a script or a project may change what becomes of this code: its level, or a suppression. Only warnings, information
/// and classes 4 and 7 (DECISIONS 16).
bool may_relevel(const CodeInfo& code);

struct Label {
  source::Span span;
  std::string text;  ///< may be empty for the primary label
  bool primary = false;
};

struct Fix {
  source::Span span;  ///< replaced by `replacement`
  std::string replacement;
  std::string title;       ///< "replace with `shop`"
  bool automatic = false;  ///< safe for `check --fix`
};

/// One finding. Built from a Kind of the catalogue only (kinds.h), so it always has a code; immutable after emission.
/// `message` stands alone and names the user's objects.
struct Diagnostic {
  Code code{};
  Severity severity = Severity::error;
  std::string message;
  std::vector<Label> labels;
  std::vector<std::string> notes;  ///< "found by: …", facts
  std::vector<std::string> help;   ///< what to do
  std::vector<Fix> fixes;
  std::string sync, table, column, connection;  ///< addresses for JSON and for per-table accounting; empty where not applicable

  Diagnostic&& at(const source::Span& span, std::string text = {}) &&;  ///< primary label
  Diagnostic&& also(const source::Span& span, std::string text) &&;     ///< secondary label: why
  Diagnostic&& note(std::string text) &&;
  Diagnostic&& with_help(std::string text) &&;
  Diagnostic&& with_fix(Fix fix) &&;
  Diagnostic&& for_table(std::string sync_name, std::string table_name) &&;
  Diagnostic&& for_column(std::string column_name) &&;
  Diagnostic&& for_connection(std::string connection_name) &&;
  /// Help "did you mean `x`?" and an automatic fix of the primary span, when a candidate is close.
  Diagnostic&& did_you_mean(std::string_view wrong, const std::vector<std::string>& candidates) &&;
};

/// Where findings go. Collects; nobody prints or exits on the way (PRACTICES 17).
class Sink {
 public:
  void emit(Diagnostic diagnostic);
  [[nodiscard]] const std::vector<Diagnostic>& all() const { return all_; }
  [[nodiscard]] bool has_errors() const { return errors_ > 0; }
  [[nodiscard]] std::size_t errors() const { return errors_; }
  [[nodiscard]] std::size_t warnings() const { return warnings_; }
  /// Findings that a comment of the script took out of this sink: they count for nothing but this number.
  void count_suppressed(std::size_t findings) { suppressed_ += findings; }
  [[nodiscard]] std::size_t suppressed() const { return suppressed_; }
  /// By source, position, then code: the order in which people read.
  void sort(const source::SourceSet& sources);

 private:
  std::vector<Diagnostic> all_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
  std::size_t suppressed_ = 0;
};

}  // namespace syncline::diag

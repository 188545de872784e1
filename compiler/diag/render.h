#pragma once
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.h"

namespace syncline::diag {

struct HumanStyle {
  bool color = false;
  bool short_form = false;  ///< one line per finding: `file:line:column: error[SY1001]: message`
};

/// rustc's layout (LANGUAGE 3): header, ` --> file:line:column`, excerpts with primary `^^^` and secondary `---` underlines,
/// notes and help. Foreign text is made printable; wide characters are measured.
std::string render_human(const Diagnostic& diagnostic, const source::SourceSet& sources, const HumanStyle& style);
/// All findings, then `2 errors, 1 warning, 1 finding suppressed` (nothing when there are none).
std::string render_human(const Sink& sink, const source::SourceSet& sources, const HumanStyle& style);

/// {"version":1,"diagnostics":[{"code","name","severity","message","labels":[{"file","line","column","end_line","end_column","text",
/// "primary"}],"notes","help","fixes","sync","table","column","connection"}],"errors":n,"warnings":n,"suppressed":n}
std::string render_json(const Sink& sink, const source::SourceSet& sources);

/// A whole check as a format takes it. `sink` is sorted. Paths of files are shown from `working_folder`; a file that does not lie
/// below it has its absolute path. Empty folders: names of sources are paths already.
struct Report {
  const Sink& sink;
  const source::SourceSet& sources;
  std::string version = {};         ///< of the tool
  std::string project_folder = {};  ///< absolute: names of sources are relative to it
  std::string working_folder = {};  ///< absolute
  bool warnings_fail = false;       ///< `--deny warnings`: they decide over the exit code
  bool color = false;
};

/// SARIF 2.1.0, one run. Columns are code points. Findings without a place in a file are notifications of the invocation: a
/// result needs a location for the services that show them.
std::string render_sarif(const Report& report);
/// Workflow commands of GitHub Actions, one line per finding.
std::string render_github(const Report& report);
/// Code Quality of GitLab: an array of issues.
std::string render_gitlab(const Report& report);
/// JUnit: a suite per file, a case per finding; a case fails exactly when its finding makes the exit code 1.
std::string render_junit(const Report& report);

/// One of the forms of `--format`.
struct Format {
  std::string_view name;
  bool for_people;  ///< goes to stderr, beside data; the others are one document on stdout, even without findings
  std::string (*render)(const Report& report);
};
/// All of them, in the order of the help.
const std::vector<Format>& formats();
/// Null: none has this name.
const Format* find_format(std::string_view name);

/// The teaching text of a code (compiler/diag/explain/SYnnnn.md): what it means, an example, how to mend it. Empty: none.
std::string_view explanation(Code code);

}  // namespace syncline::diag

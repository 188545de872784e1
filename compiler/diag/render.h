#pragma once
#include <string>

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

/// The teaching text of a code (compiler/diag/explain/SYnnnn.md): what it means, an example, how to mend it. Empty: none.
std::string_view explanation(Code code);

}  // namespace syncline::diag

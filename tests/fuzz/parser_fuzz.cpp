#include "compiler/ast/format.h"
#include "compiler/ast/statement.h"
#include "compiler/diag/render.h"
#include "compiler/parse/parse.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/sorted_script.h"

/// Any text is answered by a tree, by errors with places inside it, or both. A script without errors has a canonical form that
/// means the same and is its own canonical form.
FUZZ_ONE(bytes) {
  using namespace syncline;
  source::SourceSet sources;
  diag::Sink sink;
  const ast::Script script = parse::parse(sources, sources.add("a.sync", std::string(bytes)), sink);
  for (const diag::Diagnostic& finding : sink.all()) {
    for (const diag::Label& label : finding.labels)
      fuzz::require(label.span.begin <= label.span.end && label.span.end <= bytes.size(), "labels lie inside the text");
    for (const diag::Fix& fix : finding.fixes)
      fuzz::require(fix.span.begin <= fix.span.end && fix.span.end <= bytes.size(), "fixes lie inside the text");
  }
  if (sink.has_errors()) {
    diag::render_human(sink, sources, {});
    return;
  }
  const std::string once = ast::format(script, sources);
  const ast::Script again = parse::parse(sources, sources.add("b.sync", once), sink);
  fuzz::require(!sink.has_errors(), "the canonical form parses");
  fuzz::require(test::sorted_text(script) == test::sorted_text(again), "the canonical form means the same");
  fuzz::require(ast::format(again, sources) == once, "the canonical form is stable");
}

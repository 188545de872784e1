#include "compiler/analyze/not_built.h"

#include <set>
#include <tuple>

#include "compiler/analyze/context.h"
#include "compiler/analyze/engines.h"
#include "compiler/analyze/overrides.h"
#include "compiler/analyze/policy.h"
#include "compiler/analyze/suppressions.h"
#include "compiler/diag/kinds.h"

namespace syncline::analyze {
namespace {

constexpr const char* kHelp = "this version would ignore it, so nothing is run";

class Reporter {
 public:
  Reporter(const connectors::Registry& registry, diag::Sink& sink) : registry_(registry), sink_(sink) {}

  void unit(const bound::Unit& unit) {
    all(unit.not_built);
    for (const bound::Sync& one : unit.syncs) sync(one);
  }

 private:
  void sync(const bound::Sync& sync) {
    connection(*sync.source);
    connection(*sync.target);
    all(sync.policy.not_built);
    for (const bound::Override& one : sync.overrides) {
      bound::Policy scratch;
      diag::Sink ignored;
      for (const ast::Clause& clause : one.clauses) apply_clause(scratch, clause, level_name(one.level), ignored);
      all(scratch.not_built);
    }
  }

  void connection(const bound::Connection& connection) {
    if (!connection.engine->built) report("engine `" + connection.plan.engine + "`", connection.span, built_engines());
    all(connection.not_built);
  }

  std::string built_engines() const {
    return "built are " + engines_where(registry_, [](const auto& engine) { return engine.built; });
  }

  void all(const std::vector<bound::NotBuilt>& list) {
    for (const bound::NotBuilt& one : list) report(one.what, one.span, kHelp);
  }

  void report(const std::string& what, const source::Span& span, const std::string& help) {
    if (!seen_.emplace(what, span.source, span.begin).second) return;
    sink_.emit(diag::NotBuilt(what).at(span).with_help(help));
  }

  const connectors::Registry& registry_;
  diag::Sink& sink_;
  std::set<std::tuple<std::string, source::SourceId, std::uint32_t>> seen_;
};

source::Span primary(const diag::Diagnostic& finding) {
  for (const diag::Label& label : finding.labels) {
    if (label.primary) return label.span;
  }
  return {};
}

void relevel(const compiler::Options& options, const bound::Unit& unit, diag::Diagnostic& finding) {
  const diag::CodeInfo& code = diag::info(finding.code);
  const std::string name(code.text);
  if (!diag::may_relevel(code)) return;
  if (const auto set = unit.severities.find(name); set != unit.severities.end()) finding.severity = set->second;
  if (const auto set = options.severities.find(name); set != options.severities.end()) finding.severity = set->second;
}

}  // namespace

void report_not_built(const bound::Unit& unit, const connectors::Registry& registry, diag::Sink& sink) {
  Reporter(registry, sink).unit(unit);
}

void settle(const compiler::Options& options, const bound::Unit& unit, compiler::Result& result) {
  std::set<std::tuple<diag::Code, source::SourceId, std::uint32_t, std::uint32_t, std::string, std::string>> seen;
  diag::Sink settled;
  settled.count_suppressed(result.sink.suppressed());
  for (diag::Diagnostic finding : result.sink.all()) {
    const source::Span at = primary(finding);
    if (!seen.emplace(finding.code, at.source, at.begin, at.end, finding.message, finding.sync + "/" + finding.table).second)
      continue;
    relevel(options, unit, finding);
    settled.emit(std::move(finding));
  }
  result.sink = std::move(settled);
  apply_suppressions(unit, result);
  result.sink.sort(result.sources);
}

}  // namespace syncline::analyze

#include "compiler/pipeline.h"

#include <algorithm>

#include "compiler/analyze/alignment.h"
#include "compiler/analyze/analyze.h"
#include "compiler/analyze/not_built.h"
#include "compiler/analyze/parameters.h"
#include "compiler/analyze/policy_report.h"
#include "compiler/analyze/simulate.h"
#include "compiler/analyze/suppressions.h"
#include "compiler/ast/format.h"
#include "compiler/lock/offline.h"
#include "compiler/lock/snapshot.h"
#include "compiler/parse/parse.h"
#include "compiler/planner/personal_data.h"
#include "compiler/planner/planner.h"
#include "stdlib/base/text.h"

namespace syncline::compiler {
namespace {

/// Connections of the syncs that are left after --select.
std::map<std::string, plan::Connection> needed_connections(const bound::Unit& unit) {
  std::map<std::string, plan::Connection> needed;
  for (const bound::Sync& sync : unit.syncs) {
    needed[sync.source->plan.name] = sync.source->plan;
    needed[sync.target->plan.name] = sync.target->plan;
  }
  return needed;
}

/// What a plan needs beyond a script that checks clean: values, and clauses that this version can do.
void require_plannable(const bound::Unit& unit, const connectors::Registry& registry, diag::Sink& sink) {
  for (const diag::Diagnostic& conflict : unit.conflicts) sink.emit(conflict);
  analyze::require_values(unit, sink);
  analyze::report_not_built(unit, registry, sink);
}

/// The findings of scripts alone, what is said about suppressions included.
void settle_scripts(const Options& options, const bound::Unit& unit, Result& result) {
  analyze::settle(options, unit, result);
  analyze::report_suppressions(options, result);
  analyze::settle(options, unit, result);
}

bound::Unit compile_bound(const Options& options, const connectors::Registry& registry, const ProviderFactory& providers,
                          Result& result) {
  bound::Unit unit = analyze::bind(options, registry, result);
  analyze::check_alignment(unit, options, result);
  if (!result.sink.has_errors()) require_plannable(unit, registry, result.sink);
  settle_scripts(options, unit, result);
  if (result.sink.has_errors()) return unit;
  const auto catalogs = providers(needed_connections(unit));
  result.plan = planner::make_plan(unit, registry, *catalogs, options, result.sink);
  if (options.lint) planner::report_personal_data(unit, *result.plan, result.sink);
  lock::report_drift(unit, options, *catalogs, result);
  analyze::settle(options, unit, result);
  return unit;
}

/// What all tables of a place lack together is one finding.
void emit_rights(const std::vector<diag::Diagnostic>& rights, diag::Sink& sink) {
  std::map<std::string, std::vector<const diag::Diagnostic*>> same;
  for (const diag::Diagnostic& one : rights) same[one.message].push_back(&one);
  for (const auto& [message, found] : same) {
    diag::Diagnostic told = *found.front();
    if (found.size() > 1) {
      told.table.clear();
      told.notes.push_back(text::grouped(found.size()) + " tables need it");
    }
    sink.emit(std::move(told));
  }
}

void emit_tables(const plan::Plan& plan, diag::Sink& sink) {
  std::vector<diag::Diagnostic> rights;
  for (const plan::Sync& sync : plan.syncs)
    for (const plan::Table& table : sync.tables)
      for (const diag::Diagnostic& finding : table.findings)
        finding.code == diag::Code::SY8002 ? rights.push_back(finding) : sink.emit(finding);
  emit_rights(rights, sink);
}

}  // namespace

void check(const Options& options, const connectors::Registry& registry, Result& result) {
  bound::Unit unit = analyze::bind(options, registry, result);
  analyze::check_alignment(unit, options, result);
  if (!result.sink.has_errors()) lock::check_with_locks(unit, options, registry, result);
  settle_scripts(options, unit, result);
}

void compile(const Options& options, const connectors::Registry& registry, const ProviderFactory& providers, Result& result) {
  compile_bound(options, registry, providers, result);
}

void check_online(const Options& options, const connectors::Registry& registry, const ProviderFactory& providers,
                  const Examine& examine, Result& result) {
  const bound::Unit unit = compile_bound(options, registry, providers, result);
  if (!result.plan) return;
  emit_tables(*result.plan, result.sink);
  if (examine) examine(*result.plan, result.sink);
  analyze::settle(options, unit, result);
}

void compile_offline(const Options& options, const connectors::Registry& registry, Result& result) {
  const bound::Unit unit = analyze::bind(options, registry, result);
  if (!result.sink.has_errors()) require_plannable(unit, registry, result.sink);
  if (!result.sink.has_errors()) lock::plan_with_locks(unit, options, registry, result);
  analyze::settle(options, unit, result);
}

std::vector<Snapshot> snapshot(const Options& options, const connectors::Registry& registry, const ProviderFactory& providers,
                               Result& result) {
  std::vector<Snapshot> snapshots;
  const bound::Unit unit = analyze::bind(options, registry, result);
  if (!result.sink.has_errors()) require_plannable(unit, registry, result.sink);
  if (!result.sink.has_errors()) {
    const auto catalogs = providers(needed_connections(unit));
    snapshots = lock::take_snapshots(unit, options, registry, *catalogs, result);
  }
  analyze::settle(options, unit, result);
  return snapshots;
}

std::vector<Simulation> simulate(const Options& options, const connectors::Registry& registry, Result& result) {
  const bound::Unit unit = analyze::bind(options, registry, result);
  analyze::settle(options, unit, result);
  if (result.sink.has_errors()) return {};
  return analyze::simulate(unit, options);
}

std::vector<TablePolicy> explain_policy(const Options& options, const std::string& table, const connectors::Registry& registry,
                                        Result& result) {
  const bound::Unit unit = analyze::bind(options, registry, result);
  std::vector<TablePolicy> found;
  if (!result.sink.has_errors()) found = analyze::policies_of(unit, table, result);
  analyze::settle(options, unit, result);
  return found;
}

std::optional<std::string> format(const source::SourceSet& sources, source::SourceId source, diag::Sink& sink) {
  const std::size_t before = sink.errors();
  const ast::Script script = parse::parse(sources, source, sink);
  if (sink.errors() != before) return std::nullopt;
  return ast::format(script, sources);
}

std::string show(const std::string& representation, const Options& options, const connectors::Registry& registry,
                 Result& result) {
  if (representation == "bound") return bound::to_text(analyze::bind(options, registry, result), result.sources);
  std::string text;
  for (const ast::Script& script : analyze::load_scripts(options, result)) text += ast::to_text(script);
  return text;
}

}  // namespace syncline::compiler

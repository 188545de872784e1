#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "compiler/analyze/analyze.h"
#include "compiler/diag/kinds.h"

/// What binding shares between its subjects. Internal to analyze.
namespace syncline::analyze {

/// A named statement and where its name stands. The AST outlives it.
template <class S>
struct Declared {
  const S* statement = nullptr;
  source::Span span;
  bool prelude = false;
};
template <class S>
using Names = std::map<std::string, Declared<S>>;

/// Statements by kind and name; a name defined twice keeps its first meaning.
struct Declarations {
  std::vector<const ast::Statement*> settings;
  Names<ast::ParamStatement> params;
  Names<ast::ConnectionStatement> connections;
  Names<ast::TypeMappingStatement> mappings;
  Names<ast::ScheduleStatement> schedules;
  Names<ast::AlertStatement> alerts;
  Names<ast::TemplateStatement> templates;
  Names<ast::SyncStatement> syncs;
  std::vector<const ast::DefaultsStatement*> defaults;
  std::vector<const ast::OverrideStatement*> overrides;
};

struct Context {
  const compiler::Options& options;
  const connectors::Registry& registry;
  compiler::Result& result;
  diag::Sink& sink;
  std::vector<ast::Script> scripts;
  Declarations declared;
  bound::Unit unit;
  bool incomplete = false;  ///< some statements did not parse: a missing name proves nothing
  std::set<std::string> used_params, used_templates, used_schedules, used_alerts, used_mappings, used_connections;
  std::set<std::string> other_syncs;  ///< of all units: DEPENDS ON may name them
};

template <class S>
std::vector<std::string> names_of(const Names<S>& names) {
  std::vector<std::string> list;
  for (const auto& entry : names) list.push_back(entry.first);
  return list;
}

/// SY1001 unless a statement was lost to a syntax error.
void report_unknown(Context& context, std::string_view kind, const ast::Name& name, const std::vector<std::string>& candidates);

/// Sorts the statements into `context.declared`; SY1002.
void declare(Context& context);
/// SET statements: language, timezone, levels of codes.
void bind_settings(Context& context);
void bind_parameters(Context& context);
void bind_connections(Context& context);
void bind_type_mappings(Context& context);
/// SCHEDULE statements into `unit.timings`; ALERT statements are only checked.
void bind_timing(Context& context);
void bind_syncs(Context& context);
/// DEPENDS ON cycles (SY3010).
void check_dependencies(Context& context);
/// --select: keeps the syncs it names (SY1026 when no unit has them).
void apply_selection(std::vector<Context>& contexts);
/// SY7002 for what no unit uses, in files that the call names.
void report_unused(std::vector<Context>& contexts);
/// SY7004 for syncs without OWNER, where the project has owners at all or gives the code a level.
void report_owners(std::vector<Context>& contexts);
/// --param names that no unit declares (SY1021).
void report_unknown_params(std::vector<Context>& contexts);
/// One unit of all that have syncs left. A name with two meanings joins `conflicts`: it matters once both are run together.
bound::Unit merge(std::vector<Context>& contexts);
/// Each root script with the prelude and its includes.
std::vector<std::vector<ast::Script>> load_units(const compiler::Options& options, compiler::Result& result);
std::string fingerprint(const Context& context);

/// "source", "target"… the prelude is a source whose name begins with "<prelude".
bool in_prelude(const source::SourceSet& sources, source::SourceId source);

}  // namespace syncline::analyze

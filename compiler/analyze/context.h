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
void check_timing(Context& context);
void bind_syncs(Context& context);
/// DEPENDS ON cycles (SY3010).
void check_dependencies(Context& context);
/// --select: keeps the syncs it names (SY1026).
void apply_selection(Context& context);
void report_unused(Context& context);
std::string fingerprint(const Context& context);

/// "source", "target"… the prelude is a source whose name begins with "<prelude".
bool in_prelude(const source::SourceSet& sources, source::SourceId source);

}  // namespace syncline::analyze

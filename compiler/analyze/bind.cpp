#include "compiler/analyze/context.h"

namespace syncline::analyze {
namespace {

template <class S>
void unused(Context& context, const char* kind, const Names<S>& names, const std::set<std::string>& used) {
  for (const auto& [name, declared] : names) {
    if (declared.prelude || used.count(name) != 0) continue;
    context.sink.emit(diag::Unused(kind, name).at(declared.span));
  }
}

/// A PARAM that only a CHECK or a DEFAULT mentions counts as used where that one is.
bool has_work(const Context& context) {
  return !context.incomplete && !context.declared.syncs.empty();
}

}  // namespace

void report_unused(Context& context) {
  if (!has_work(context)) return;
  unused(context, "PARAM", context.declared.params, context.used_params);
  unused(context, "TEMPLATE", context.declared.templates, context.used_templates);
  unused(context, "SCHEDULE", context.declared.schedules, context.used_schedules);
  unused(context, "TYPE MAPPING", context.declared.mappings, context.used_mappings);
}

bound::Unit bind(const compiler::Options& options, const connectors::Registry& registry, compiler::Result& result) {
  Context context{options, registry, result, result.sink, {}, {}, {}, false, {}, {}, {}, {}, {}, {}};
  context.scripts = load_scripts(options, result);
  context.incomplete = result.sink.has_errors();
  declare(context);
  bind_settings(context);
  bind_parameters(context);
  bind_connections(context);
  bind_type_mappings(context);
  check_timing(context);
  bind_syncs(context);
  check_dependencies(context);
  apply_selection(context);
  report_unused(context);
  context.unit.fingerprint = fingerprint(context);
  return std::move(context.unit);
}

}  // namespace syncline::analyze

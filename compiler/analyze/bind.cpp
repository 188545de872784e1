#include "compiler/analyze/context.h"

namespace syncline::analyze {
namespace {

/// Names of every unit that are used somewhere: a common file serves several scripts.
std::set<std::string> used_anywhere(const std::vector<Context>& contexts, std::set<std::string> Context::*used) {
  std::set<std::string> all;
  for (const Context& context : contexts) all.insert((context.*used).begin(), (context.*used).end());
  return all;
}

template <class S>
void unused(Context& context, const char* kind, const Names<S>& names, const std::set<std::string>& used) {
  for (const auto& [name, declared] : names) {
    if (declared.prelude || used.count(name) != 0) continue;
    context.sink.emit(diag::Unused(kind, name).at(declared.span));
  }
}

void bind_unit(Context& context) {
  bind_settings(context);
  bind_parameters(context);
  bind_connections(context);
  bind_type_mappings(context);
  bind_timing(context);
  bind_syncs(context);
  check_dependencies(context);
  context.unit.fingerprint = fingerprint(context);
}

std::vector<Context> declare_units(const compiler::Options& options, const connectors::Registry& registry,
                                   compiler::Result& result) {
  auto units = load_units(options, result);
  const bool incomplete = result.sink.has_errors();
  std::vector<Context> contexts;
  contexts.reserve(units.size());
  std::set<std::string> syncs;
  for (auto& scripts : units) {
    contexts.push_back(
        Context{options, registry, result, result.sink, std::move(scripts), {}, {}, incomplete, {}, {}, {}, {}, {}, {}});
    declare(contexts.back());
    for (const auto& entry : contexts.back().declared.syncs) syncs.insert(entry.first);
  }
  for (Context& context : contexts) context.other_syncs = syncs;
  return contexts;
}

}  // namespace

void report_unused(std::vector<Context>& contexts) {
  const auto params = used_anywhere(contexts, &Context::used_params);
  const auto templates = used_anywhere(contexts, &Context::used_templates);
  const auto schedules = used_anywhere(contexts, &Context::used_schedules);
  const auto mappings = used_anywhere(contexts, &Context::used_mappings);
  for (Context& context : contexts) {
    if (context.incomplete || context.other_syncs.empty()) return;
    unused(context, "PARAM", context.declared.params, params);
    unused(context, "TEMPLATE", context.declared.templates, templates);
    unused(context, "SCHEDULE", context.declared.schedules, schedules);
    unused(context, "TYPE MAPPING", context.declared.mappings, mappings);
  }
}

bound::Unit bind(const compiler::Options& options, const connectors::Registry& registry, compiler::Result& result) {
  std::vector<Context> contexts = declare_units(options, registry, result);
  for (Context& context : contexts) bind_unit(context);
  report_unknown_params(contexts);
  apply_selection(contexts);
  report_unused(contexts);
  return merge(contexts);
}

}  // namespace syncline::analyze

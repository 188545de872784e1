#include <algorithm>

#include "compiler/analyze/context.h"

namespace syncline::analyze {
namespace {

/// Names of every unit that are used somewhere: a common file serves several scripts.
std::set<std::string> used_anywhere(const std::vector<Context>& contexts, std::set<std::string> Context::*used) {
  std::set<std::string> all;
  for (const Context& context : contexts) all.insert((context.*used).begin(), (context.*used).end());
  return all;
}

/// What only an INCLUDE reads may be used by scripts that this call does not name.
bool is_named(const Context& context, source::SourceId source) {
  return std::any_of(context.scripts.begin(), context.scripts.end(),
                     [source](const ast::Script& script) { return script.source == source && script.named; });
}

template <class S>
void unused(Context& context, const char* kind, const Names<S>& names, const std::set<std::string>& used) {
  for (const auto& [name, declared] : names) {
    if (used.count(name) != 0 || !is_named(context, declared.span.source)) continue;
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
        Context{options, registry, result, result.sink, std::move(scripts), {}, {}, incomplete, {}, {}, {}, {}, {}, {}, {}});
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
  const auto alerts = used_anywhere(contexts, &Context::used_alerts);
  const auto connections = used_anywhere(contexts, &Context::used_connections);
  for (Context& context : contexts) {
    // What is unused beside an error is often what it meant, or stands in what was not read to its end.
    if (context.incomplete || context.other_syncs.empty() || context.sink.has_errors()) return;
    unused(context, "PARAM", context.declared.params, params);
    unused(context, "TEMPLATE", context.declared.templates, templates);
    unused(context, "SCHEDULE", context.declared.schedules, schedules);
    unused(context, "TYPE MAPPING", context.declared.mappings, mappings);
    unused(context, "ALERT", context.declared.alerts, alerts);
    unused(context, "CONNECTION", context.declared.connections, connections);
  }
}

void report_owners(std::vector<Context>& contexts) {
  const bound::Sync* owned = nullptr;
  bool wanted = false;
  const auto has_owner = [](const bound::Sync& sync) { return sync.policy.written.count(ast::ClauseKind::owner) != 0; };
  for (const Context& context : contexts) {
    wanted = wanted || context.options.severities.count("SY7004") != 0 || context.unit.severities.count("SY7004") != 0;
    for (const bound::Sync& sync : context.unit.syncs) {
      if (has_owner(sync)) owned = &sync;
    }
  }
  for (Context& context : contexts) {
    for (const bound::Sync& sync : context.unit.syncs) {
      if (has_owner(sync) || (owned == nullptr && !wanted)) continue;
      auto finding = diag::NoOwner(sync.name).at(sync.span);
      if (owned != nullptr) {
        const auto& owner = owned->policy.written.at(ast::ClauseKind::owner);
        std::move(finding).also(owner.origin.span, "`" + owned->name + "` has one");
      }
      context.sink.emit(std::move(finding).with_help("add OWNER 'team' to the sync, or to DEFAULTS"));
    }
  }
}

bound::Unit bind(const compiler::Options& options, const connectors::Registry& registry, compiler::Result& result) {
  std::vector<Context> contexts = declare_units(options, registry, result);
  for (Context& context : contexts) bind_unit(context);
  report_unknown_params(contexts);
  report_owners(contexts);
  apply_selection(contexts);
  report_unused(contexts);
  return merge(contexts);
}

}  // namespace syncline::analyze

#include "compiler/planner/behaviour.h"

#include <re2/re2.h>

#include "compiler/bound/expression_text.h"

namespace syncline::planner {
namespace {

std::string names_of(const std::vector<ast::Name>& names) {
  std::string text;
  for (const ast::Name& name : names) text += (text.empty() ? "" : ", ") + name.text;
  return text;
}

std::string quantity_of(const std::optional<ast::Quantity>& quantity) {
  return quantity ? quantity->number + " " + quantity->unit : std::string();
}

/// Parameters stand for their values.
std::string with_values(const bound::Unit& unit, std::string text) {
  static const re2::RE2 reference(R"(:(\w+))");
  re2::StringPiece rest(text);
  std::string values, name;
  while (re2::RE2::FindAndConsume(&rest, reference, &name)) {
    const auto found = unit.parameters.find(name);
    if (found == unit.parameters.end()) continue;
    const bound::Parameter& parameter = found->second;
    values += " :" + name + "=";
    values += parameter.computed ? expr::to_text(*parameter.computed)
              : parameter.known  ? types::to_text(parameter.value)
                                 : parameter.secret_reference;
  }
  return text + values;
}

std::string condition_of(const bound::Policy& policy) {
  std::string text;
  if (policy.filter) text = "FILTER " + bound::to_text(policy.filter->value);
  if (!policy.load) return text;
  for (const ast::LoadPhase& phase : policy.load->value.phases)
    if (phase.where) text += " WHERE " + bound::to_text(*phase.where);
  return text;
}

std::string load_of(const bound::Policy& policy) {
  std::string text;
  if (!policy.load) return text;
  for (const ast::LoadPhase& phase : policy.load->value.phases) {
    text += fmt::format("{}{} ({}) {} {} {}", static_cast<int>(phase.kind), phase.up_to_first_window ? " UP TO FIRST WINDOW" : "",
                        names_of(phase.key), quantity_of(phase.lookback), phase.from ? phase.from->text : "",
                        phase.write ? static_cast<int>(phase.write->mode) : -1);
    for (const ast::Assignment& one : phase.into_partition) text += " " + one.name.text + "=" + bound::to_text(*one.value);
    text += ";";
  }
  return text;
}

std::string columns_of(const bound::Policy& policy) {
  std::string text;
  for (const bound::BoundColumnRule& one : policy.columns) text += bound::to_text(one.rule) + ";";
  if (policy.partition)
    for (const ast::PartitionColumn& one : policy.partition->value.partition_columns)
      text += "PARTITION " + one.name.text + "=" + bound::to_text(*one.value) + ";";
  return text;
}

std::string limits_of(const plan::Limits& limits) {
  return fmt::format("{} {} {} {} {} {} {}", limits.parallel_tables, limits.readers_per_table, limits.source_connections,
                     limits.target_connections, limits.batch_bytes, limits.page_size, limits.max_row_bytes);
}

std::string errors_of(const plan::Errors& errors) {
  const types::ValuePolicies& values = errors.values;
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {}", errors.retries, errors.retry_delay.count(), errors.timeout.count(),
                     errors.stop_on_table_failure, static_cast<int>(errors.older_snapshots), errors.allow_empty_source,
                     errors.accept_unsettled, static_cast<int>(errors.null_keys), values.zero_dates_null, values.nul_text_strip,
                     values.non_finite_null, values.invalid_enum_null);
}

std::string changes_of(const bound::Policy& policy) {
  std::string text =
      fmt::format("{} {} {} {}", plan::to_string(policy.new_table.value), plan::to_string(policy.dropped_table.value),
                  types::to_string(policy.verify.value), types::to_string(policy.consistency.value));
  if (policy.column_changes)
    for (const auto& [event, action] : policy.column_changes->value.actions)
      text += fmt::format(" {} {}", plan::to_string(event), plan::to_string(action));
  return text;
}

std::string split_of(const bound::Policy& policy) {
  if (!policy.split) return {};
  return names_of(policy.split->value.names) + (policy.split->value.chunks ? std::to_string(*policy.split->value.chunks) : "");
}

std::string hooks_of(const bound::Policy& policy) {
  std::string text;
  for (const bound::Hook& hook : policy.hooks) text += hook.when + " " + hook.text + ";";
  return text;
}

std::string trigger_of(const schedule::Trigger& trigger) {
  std::string text = fmt::format("{} {} {} {}", static_cast<int>(trigger.kind), fmt::join(trigger.times, ","),
                                 fmt::join(trigger.minutes, ","), fmt::join(trigger.week_days, ","));
  for (const auto& day : trigger.month_days) text += day ? " " + std::to_string(*day) : " LAST";
  if (!trigger.window) return text;
  return text + fmt::format(" WINDOW {} {} {}", trigger.window->since_previous, trigger.window->count,
                            schedule::to_string(trigger.window->unit));
}

std::string schedule_of(const bound::Unit& unit, const bound::Policy& policy) {
  std::string text = fmt::format("{} {}", static_cast<int>(policy.when.value.kind), policy.when.value.at);
  for (const std::string& name : policy.when.value.schedules) {
    const auto found = unit.timings.find(name);
    if (found == unit.timings.end()) continue;
    const bound::Timing& timing = found->second;
    for (const schedule::Trigger& trigger : timing.schedule.triggers) text += "; " + trigger_of(trigger);
    text += fmt::format("; {} {} {} {} {} {}", timing.schedule.zone, timing.schedule.starting, timing.schedule.ending,
                        timing.catch_up, timing.overlap, timing.stagger ? timing.stagger->count() : -1);
  }
  for (const std::string& note : policy.noted) text += "; " + note;
  return text;
}

}  // namespace

void describe_behaviour(const Context& context, Work& work) {
  auto& texts = work.plan.behaviour;
  const bound::Policy& policy = work.policy;
  texts["condition"] = with_values(context.unit, condition_of(policy));
  texts["load"] = with_values(context.unit, load_of(policy));
  texts["columns"] = with_values(context.unit, columns_of(policy));
  texts["limits"] = limits_of(policy.limits) + " " + split_of(policy);
  texts["errors"] = errors_of(policy.errors);
  texts["changes"] = changes_of(policy);
  texts["hooks"] = with_values(context.unit, hooks_of(policy));
  texts["schedule"] = schedule_of(context.unit, policy);
}

}  // namespace syncline::planner

#include "compiler/analyze/simulate.h"

#include <fmt/format.h>

#include "compiler/analyze/stretches.h"
#include "compiler/analyze/windows.h"
#include "stdlib/types/calendar.h"

namespace syncline::analyze {
namespace {

struct Values {
  TypedBounds bounds;
  std::vector<expr::ExprPtr> partitions;  ///< null: by row
};

expr::ExprPtr typed(const bound::Unit& unit, const ast::ExprPtr& written) {
  if (!written) return nullptr;
  Scope scope;
  scope.unit = &unit;
  scope.per_instance = true;
  diag::Sink ignored;
  return type_expression(*written, scope, ignored);
}

schedule::Window days_of(const compiler::Options& options, const types::Zone& clock) {
  const std::int64_t first = types::parse_date(options.from).value();
  const std::int64_t last = types::parse_date(options.to).value();
  return schedule::window_of_days(first, last, clock);
}

std::string schedule_of(const bound::When& when) {
  using Kind = bound::When::Kind;
  if (when.kind == Kind::recurring) return fmt::format("{}", fmt::join(when.schedules, ", "));
  return when.kind == Kind::once ? "ONCE" : "MANUAL";
}

std::vector<std::string> tables_of(const bound::Sync& sync) {
  std::vector<std::string> tables;
  for (const bound::Pattern& one : sync.include) tables.push_back(bound::to_text(one));
  for (const bound::Pattern& one : sync.except) tables.push_back("EXCEPT " + bound::to_text(one));
  return tables;
}

Values values_of(const bound::Unit& unit, const bound::Policy& policy, compiler::Simulation& made) {
  Values values;
  const ast::LoadPhase* increment = increment_of(policy);
  if (increment != nullptr && increment->where) {
    const RowBounds bounds = row_bounds(unit, *increment->where);
    if (!bounds.opaque) {
      made.column = bounds.column;
      values.bounds = {typed(unit, bounds.lower), typed(unit, bounds.upper), bounds.lower_included, bounds.upper_included};
    }
  }
  if (!policy.partition) return values;
  for (const ast::PartitionColumn& one : policy.partition->value.partition_columns) {
    made.partitions.push_back(one.name.text);
    const expr::ExprPtr value = typed(unit, one.value);
    values.partitions.push_back(value && value->phase != expr::Phase::row ? value : nullptr);
  }
  return values;
}

std::string value_text(const expr::ExprPtr& expression, const schedule::Instance& instance, InstanceValues& values) {
  if (!expression) return "";
  try {
    return types::to_text(values.value(*expression, instance));
  } catch (const expr::EvaluationError& error) {
    return fmt::format("({})", error.what());
  }
}

void add_reads(const Values& given, const schedule::Instance& instance, InstanceValues& values,
               compiler::SimulatedInstance& made) {
  try {
    const auto read = stretch_of(given.bounds, instance, values);
    if (!read) return;
    if (read->from != types::kTimestampMinusInfinity) made.reads_from = read->from;
    if (read->to != types::kTimestampInfinity) made.reads_to = read->to;
  } catch (const expr::EvaluationError&) {
    // Known to the run only.
  }
}

compiler::Simulation simulated(const bound::Unit& unit, const bound::Sync& sync, const compiler::Options& options) {
  compiler::Simulation made;
  made.sync = sync.name;
  made.schedule = schedule_of(sync.policy.when.value);
  made.zone = zone_of(unit, sync.policy);
  made.tables = tables_of(sync);
  const Values given = values_of(unit, sync.policy, made);
  const types::Zone* clock = types::Zone::find(made.zone);
  if (clock == nullptr) return made;
  InstanceValues values(made.zone, *clock);
  const schedule::Window days = days_of(options, *clock);
  for (const schedule::Instance& instance : timetable(unit, sync.policy).enumerate(days.start, days.end)) {
    compiler::SimulatedInstance one{
        instance.scheduled_at, instance.window.start, instance.window.end, types::format_date(instance.bizdate()), {}, {}, {}};
    for (const expr::ExprPtr& value : given.partitions) one.partitions.push_back(value_text(value, instance, values));
    if (!made.column.empty()) add_reads(given, instance, values, one);
    made.instances.push_back(std::move(one));
  }
  return made;
}

}  // namespace

std::vector<compiler::Simulation> simulate(const bound::Unit& unit, const compiler::Options& options) {
  std::vector<compiler::Simulation> all;
  for (const bound::Sync& sync : unit.syncs) all.push_back(simulated(unit, sync, options));
  return all;
}

}  // namespace syncline::analyze

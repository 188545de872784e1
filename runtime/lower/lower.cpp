#include "runtime/lower/lower.h"

#include <algorithm>

#include "connectors/api/connector.h"

namespace syncline::lower {
namespace {

expr::Environment plan_environment(const plan::Plan& plan) {
  expr::Environment environment;
  environment.timezone = plan.source_timezone;
  environment.parameter = [&plan](std::string_view name) -> types::Value {
    const auto found = plan.parameters.find(std::string(name));
    if (found == plan.parameters.end()) throw expr::EvaluationError("`:" + std::string(name) + "` is known only in a run");
    return found->second;
  };
  return environment;
}

connectors::ReadRequest unconditional(const plan::Table& table) {
  connectors::ReadRequest request;
  request.table = table.source;
  request.columns = table.read_columns;
  request.key = table.read_key;
  request.page_size = table.limits.page_size;
  request.relay = table.relay;
  request.max_row_bytes = table.limits.max_row_bytes + (1U << 20U);
  request.policies = table.errors.values;
  return request;
}

}  // namespace

connectors::LoadTable schema_table(const plan::Table& table) {
  connectors::LoadTable made;
  made.desired = table.target_schema;
  made.desired.name = table.target;
  made.existing = table.existing;
  made.ours = !table.existing || table.managed || table.needs_adoption;
  made.load_columns = table.load_columns;
  made.verify = table.verify;
  made.key = table.key;
  made.add_columns = table.add_columns;
  made.widen_columns = table.widen_columns;
  made.relay = table.relay;
  made.batch_bytes = table.limits.batch_bytes;
  made.policies = table.errors.values;
  made.older_snapshots = table.errors.older_snapshots;
  made.row_estimate = static_cast<std::uint64_t>(std::max<std::int64_t>(0, table.source_schema.row_estimate));
  return made;
}

connectors::LoadTable load_table(const plan::Table& table, const plan::Load& load, std::int64_t epoch) {
  connectors::LoadTable made = schema_table(table);
  made.epoch = epoch;
  made.mode = load.mode;
  made.publish = load.publish;
  made.staging = load.staging;
  made.plan_hash = plan::plan_hash(table, load);
  return made;
}

connectors::ReadRequest read_request(const plan::Table& table, const plan::Load& load, const expr::Environment& environment) {
  connectors::ReadRequest request = unconditional(table);
  request.filter.native = load.native_filter;
  if (load.filter) request.filter.portable = expr::fold(load.filter, environment);
  for (const auto& [name, bind] : load.native_binds)
    request.filter.native_binds.emplace_back(name, expr::evaluate(*bind, environment));
  return request;
}

connectors::ReadRequest read_request(const plan::Table& table, const plan::Load& load, const plan::Plan& plan) {
  connectors::ReadRequest request = read_request(table, load, plan_environment(plan));
  request.naive_timezone = plan.source_timezone;
  return request;
}

void set_partition(connectors::LoadTable& made, const plan::Table& table, const plan::Load& load,
                   const expr::Environment& environment) {
  if (!table.partitioning) return;
  made.partition_columns = table.partitioning->columns;
  made.partition_ranges = table.partitioning->ranges;
  for (const expr::ExprPtr& value : load.partition) made.partition_values.push_back(expr::evaluate(*value, environment));
}

std::vector<std::string> ddl(const plan::Sync& sync, const plan::Table& table, const plan::Plan& plan,
                             const connectors::Registry& registry) {
  const auto connection = plan.connections.find(sync.target_connection);
  if (connection == plan.connections.end()) return {};
  const connectors::Connector* connector = registry.connector(connection->second.engine);
  if (connector == nullptr) return {};
  return connector->dialect().ddl(table.loads.empty() ? schema_table(table) : load_table(table, table.loads.front(), 0));
}

}  // namespace syncline::lower

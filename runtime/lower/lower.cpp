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
  request.filter.native = table.native_filter;
  return request;
}

}  // namespace

connectors::LoadTable load_table(const plan::Table& table, std::int64_t epoch) {
  connectors::LoadTable load;
  load.desired = table.target_schema;
  load.desired.name = table.target;
  load.existing = table.existing;
  load.load_columns = table.load_columns;
  load.epoch = epoch;
  load.mode = table.mode;
  load.publish = table.publish;
  load.staging = table.staging;
  load.verify = table.verify;
  load.key = table.key;
  load.add_columns = table.add_columns;
  load.relay = table.relay;
  load.batch_bytes = table.limits.batch_bytes;
  load.policies = table.errors.values;
  load.older_snapshots = table.errors.older_snapshots;
  load.plan_hash = plan::plan_hash(table);
  load.row_estimate = static_cast<std::uint64_t>(std::max<std::int64_t>(0, table.source_schema.row_estimate));
  return load;
}

connectors::ReadRequest read_request(const plan::Table& table, const expr::Environment& environment) {
  connectors::ReadRequest request = unconditional(table);
  request.naive_timezone = environment.timezone;
  if (table.filter) request.filter.portable = expr::fold(table.filter, environment);
  for (const auto& [name, bind] : table.native_binds)
    request.filter.native_binds.emplace_back(name, expr::evaluate(*bind, environment));
  return request;
}

connectors::ReadRequest read_request(const plan::Table& table, const plan::Plan& plan) {
  return read_request(table, plan_environment(plan));
}

std::vector<std::string> ddl(const plan::Sync& sync, const plan::Table& table, const plan::Plan& plan,
                             const connectors::Registry& registry) {
  const auto connection = plan.connections.find(sync.target_connection);
  if (connection == plan.connections.end()) return {};
  const connectors::Connector* connector = registry.connector(connection->second.engine);
  if (connector == nullptr) return {};
  return connector->dialect().ddl(load_table(table, 0));
}

}  // namespace syncline::lower

#include "connectors/postgres/introspector.h"

#include "connectors/postgres/catalogue.h"
#include "connectors/postgres/catalogue_sql.h"

namespace syncline::connectors::postgres {
namespace {

constexpr const char* kFreeConnections =
    "SELECT greatest(0, current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - "
    "(SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend'))";

ObjectKind kind_of_relation(const std::string& letter) {
  if (letter == "r" || letter == "p") return ObjectKind::table;
  return letter == "f" ? ObjectKind::other : ObjectKind::view;
}

}  // namespace

PostgresIntrospector::PostgresIntrospector(const ConnectionSpec& spec) : session_(spec, Role::catalogue, "syncline plan") {}

ServerInfo PostgresIntrospector::server() {
  const Result result = session_.run("SELECT split_part(current_setting('server_version'), ' ', 1)");
  ServerInfo info;
  info.product = "PostgreSQL";
  info.version = result.text(0, 0);
  info.version_number = session_.version();
  info.free_connections = static_cast<int>(session_.run(kFreeConnections).number(0, 0));
  return info;
}

std::vector<std::string> PostgresIntrospector::containers() {
  const Result result = session_.query(catalogue_sql::kContainers, {session_.spec().state_schema});
  std::vector<std::string> names;
  for (int row = 0; row < result.rows(); ++row) names.push_back(result.text(row, 0));
  return names;
}

std::vector<ListedObject> PostgresIntrospector::list(const std::vector<std::string>& containers) {
  const Result result = session_.query(catalogue_sql::kList, {array_parameter(containers)});
  std::vector<ListedObject> objects;
  for (int row = 0; row < result.rows(); ++row) {
    ListedObject object;
    object.name = {result.text(row, 0), result.text(row, 1)};
    object.kind = kind_of_relation(result.text(row, 2));
    object.readable = result.truth(row, 3);
    objects.push_back(std::move(object));
  }
  return objects;
}

std::vector<types::TableSchema> PostgresIntrospector::describe(const std::vector<types::ObjectName>& names) {
  std::vector<types::TableSchema> tables = read_tables(session_, names);
  if (tables.empty()) return tables;
  read_keys(session_, tables);
  read_dependents(session_, tables);
  return tables;
}

std::vector<MissingRight> PostgresIntrospector::missing_write_rights(const std::vector<std::string>& containers) {
  const Result result = session_.query(catalogue_sql::kWriteRights, {array_parameter(containers)});
  std::vector<MissingRight> missing;
  for (int row = 0; row < result.rows(); ++row) {
    const bool exists = result.truth(row, 1);
    if (exists ? result.truth(row, 2) : result.truth(row, 3)) continue;
    const std::string to = " TO " + result.text(row, 4);
    const std::string remedy = exists ? "GRANT USAGE, CREATE ON SCHEMA " + result.text(row, 6) + to
                                      : "GRANT CREATE ON DATABASE " + result.text(row, 5) + to;
    missing.push_back({{result.text(row, 0), ""}, "CREATE", remedy});
  }
  return missing;
}

bool PostgresIntrospector::hold_mark(std::uint64_t mark) {
  return session_.query("SELECT pg_try_advisory_lock($1::bigint)", {std::to_string(static_cast<std::int64_t>(mark))}).truth(0, 0);
}

bool PostgresIntrospector::sees_mark(std::uint64_t mark) {
  const Result result =
      session_.query(catalogue_sql::kSeesMark, {std::to_string(mark >> 32U), std::to_string(mark & 0xffffffffU)});
  return result.number(0, 0) > 0;
}

}  // namespace syncline::connectors::postgres

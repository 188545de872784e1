#include "connectors/mysql/introspector.h"

#include <algorithm>
#include <array>
#include <set>

#include "connectors/mysql/catalogue.h"
#include "connectors/mysql/catalogue_sql.h"
#include "connectors/mysql/client.h"
#include "connectors/mysql/dialect.h"
#include "connectors/mysql/grants.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/staging_name.h"

namespace syncline::connectors::mysql {
namespace {

std::string mark_name(std::uint64_t mark) {
  return quote_text("syncline_mark_" + std::to_string(mark));
}

constexpr std::array kWriteRights{"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX", "REFERENCES"};

class MysqlIntrospector final : public Introspector {
 public:
  explicit MysqlIntrospector(const ConnectionSpec& spec) : connection_(spec, Role::catalogue) {
    if (!connection_.mariadb()) static_cast<void>(connection_.attempt("SET SESSION information_schema_stats_expiry = 0"));
  }

  ServerInfo server() override {
    ServerInfo info;
    info.product = connection_.mariadb() ? "MariaDB" : "MySQL";
    info.version = connection_.version().substr(0, connection_.version().find('-'));
    info.version_number = connection_.version_number();
    const auto lower_case = connection_.scalar("SELECT @@lower_case_table_names").value_or("0");
    info.table_case = lower_case == "0" ? NameCase::sensitive : NameCase::insensitive;
    info.column_case = NameCase::insensitive;
    info.free_connections = free_connections();
    info.snapshot_age_visible = grants().on_server("PROCESS");
    info.text_collation = connection_.text_collation();
    info.large_literal_defaults = connection_.mariadb();
    return info;
  }

  std::vector<std::string> containers() override {
    std::vector<std::string> names;
    for (const Row& row : connection_.query("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA ORDER BY SCHEMA_NAME")) {
      if (row[0] && !is_hidden(*row[0])) names.push_back(*row[0]);
    }
    return names;
  }

  std::vector<ListedObject> list(const std::vector<std::string>& wanted) override {
    const auto condition = value_condition("TABLE_SCHEMA", wanted.empty() ? containers() : wanted);
    std::string query = catalogue_sql::kTableNames;
    query.replace(query.find("%s"), 2, condition);
    std::vector<ListedObject> objects;
    for (const Row& row : connection_.query(query)) {
      ListedObject object;
      object.name = {row[0].value_or(""), row[1].value_or("")};
      if (is_hidden(object.name.container) || sql::is_own_name(object.name.table)) continue;
      const auto type = row[2].value_or("");
      object.kind = type == "BASE TABLE" || type == "SYSTEM VERSIONED" ? ObjectKind::table
                    : type == "VIEW"                                   ? ObjectKind::view
                                                                       : ObjectKind::other;
      object.readable = grants().on_table("SELECT", object.name.container, object.name.table);
      objects.push_back(std::move(object));
    }
    return objects;
  }

  std::vector<types::TableSchema> describe(const std::vector<types::ObjectName>& names) override {
    return describe_tables(connection_, names);
  }

  std::vector<MissingRight> missing_write_rights(const std::vector<std::string>& wanted) override {
    const auto user = connection_.scalar("SELECT CURRENT_USER()").value_or("");
    const auto at = user.rfind('@');
    const auto grantee = quote_text(user.substr(0, at)) + "@" + quote_text(at == std::string::npos ? "%" : user.substr(at + 1));
    std::vector<MissingRight> missing;
    for (const auto& container : wanted) {
      std::vector<std::string> rights;
      for (const char* right : kWriteRights) {
        if (!grants().on_database(right, container)) rights.emplace_back(right);
      }
      const auto list = sql::join(rights, ", ");
      for (const auto& right : rights) {
        missing.push_back({{container, {}},
                           right,
                           "GRANT " + list + " ON " + dialect().quote(std::string_view(container)) + ".* TO " + grantee});
      }
    }
    return missing;
  }

  bool hold_mark(std::uint64_t mark) override {
    return connection_.scalar("SELECT GET_LOCK(" + mark_name(mark) + ", 0)").value_or("0") == "1";
  }
  bool sees_mark(std::uint64_t mark) override {
    return connection_.scalar("SELECT IS_USED_LOCK(" + mark_name(mark) + ")").has_value();
  }
  std::string place() override { return {}; }

 private:
  [[nodiscard]] bool is_hidden(const std::string& container) const {
    return is_system_container(container) || container == connection_.spec().state_schema || container == "syncline_meta";
  }

  int free_connections() {
    const auto rows = connection_.query("SHOW GLOBAL STATUS LIKE 'Threads_connected'");
    const auto most = connection_.scalar("SELECT @@max_connections");
    if (rows.empty() || rows[0].size() < 2 || !rows[0][1] || !most) return 0;
    int free = std::stoi(*most) - std::stoi(*rows[0][1]);
    const int own = std::stoi(connection_.scalar("SELECT @@max_user_connections").value_or("0"));
    if (own > 0) free = std::min(free, own - 1);
    return std::max(free, 1);
  }

  const Grants& grants() {
    if (!grants_read_) {
      for (const Row& row : connection_.query("SHOW GRANTS")) grants_.add(row[0].value_or(""));
      grants_read_ = true;
    }
    return grants_;
  }

  Connection connection_;
  Grants grants_;
  bool grants_read_ = false;
};

}  // namespace

std::unique_ptr<Introspector> make_introspector(const ConnectionSpec& spec) {
  return std::make_unique<MysqlIntrospector>(spec);
}

}  // namespace syncline::connectors::mysql

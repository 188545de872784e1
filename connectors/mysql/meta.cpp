#include "connectors/mysql/meta.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "connectors/mysql/catalogue.h"
#include "connectors/mysql/ddl.h"
#include "connectors/mysql/dialect.h"
#include "connectors/sql/known_tables.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/rehearsed_fingerprint.h"
#include "connectors/sql/staging_name.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/base/hash.h"

namespace syncline::connectors::mysql {
namespace {

using nlohmann::json;

/// Every name column compares by its bytes: `T` and `t` may be two tables.
constexpr const char* kName = "varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL";

std::string create_target(const std::string& table) {
  return "CREATE TABLE IF NOT EXISTS " + table + " (container " + kName + ", table_name " + kName +
         ", epoch bigint NOT NULL, run_id varchar(64) NOT NULL DEFAULT '', phase varchar(16) NOT NULL DEFAULT 'new', "
         "plan_hash varchar(64) NOT NULL DEFAULT '', column_fingerprint varchar(64) NOT NULL DEFAULT '', "
         "row_count bigint NOT NULL DEFAULT -1, foreign_keys longtext NULL, pending_epoch bigint NULL, "
         "pending_fingerprint varchar(64) NULL, pending_rows bigint NULL, changed_at datetime(6) NULL, "
         "PRIMARY KEY (container, table_name)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
}

std::string create_chunk(const std::string& table) {
  return "CREATE TABLE IF NOT EXISTS " + table + " (container " + kName + ", table_name " + kName +
         ", epoch bigint NOT NULL, chunk bigint NOT NULL, row_count bigint NOT NULL, byte_count bigint NOT NULL, "
         "committed_at datetime(6) NULL, PRIMARY KEY (container, table_name, epoch, chunk)) "
         "ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
}

std::string create_lock(const std::string& table) {
  return "CREATE TABLE IF NOT EXISTS " + table +
         " (id tinyint NOT NULL PRIMARY KEY, run_id varchar(64) NOT NULL, sync varchar(255) NOT NULL, host varchar(255) NOT "
         "NULL, "
         "pid bigint NOT NULL, connection_id bigint unsigned NOT NULL, started_at varchar(40) NOT NULL) "
         "ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
}

std::string create_session(const std::string& table) {
  return "CREATE TABLE IF NOT EXISTS " + table +
         " (lock_name varchar(64) NOT NULL PRIMARY KEY, run_id varchar(64) NOT NULL) "
         "ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
}

std::string create_known(const std::string& table) {
  return "CREATE TABLE IF NOT EXISTS " + table +
         " (owner char(64) NOT NULL PRIMARY KEY, sync text NOT NULL, source_container text NOT NULL, source_table text NOT NULL, "
         "container text NOT NULL, table_name text NOT NULL, shape longtext NOT NULL, run_id varchar(64) NOT NULL, "
         "recorded_at datetime(6) NULL) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
}

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

}  // namespace

std::string foreign_keys_to_json(const std::vector<types::ForeignKey>& keys) {
  json list = json::array();
  for (const auto& key : keys) {
    list.push_back({{"name", key.name},
                    {"columns", key.columns},
                    {"container", key.referenced.container},
                    {"table", key.referenced.table},
                    {"referenced_columns", key.referenced_columns},
                    {"on_delete", static_cast<int>(key.on_delete)},
                    {"on_update", static_cast<int>(key.on_update)}});
  }
  return list.dump();
}

std::vector<types::ForeignKey> foreign_keys_from_json(const std::string& text) {
  std::vector<types::ForeignKey> keys;
  const json list = json::parse(text, nullptr, false);
  if (!list.is_array()) return keys;
  for (const auto& item : list) {
    types::ForeignKey key;
    key.name = item.value("name", "");
    key.columns = item.value("columns", std::vector<std::string>{});
    key.referenced = {item.value("container", ""), item.value("table", "")};
    key.referenced_columns = item.value("referenced_columns", std::vector<std::string>{});
    key.on_delete = static_cast<types::ForeignKeyAction>(item.value("on_delete", 0));
    key.on_update = static_cast<types::ForeignKeyAction>(item.value("on_update", 0));
    keys.push_back(std::move(key));
  }
  return keys;
}

std::string Meta::table(std::string_view suffix) const {
  return dialect().quote(types::ObjectName{connection_.spec().state_schema, "syncline_" + std::string(suffix)});
}

std::string Meta::is_table(const types::ObjectName& name) {
  return "container = " + quote_text(name.container) + " AND table_name = " + quote_text(name.table);
}

std::string Meta::run_lock() const {
  return "syncline_run_" + hash::fast_hex(connection_.spec().state_schema);
}

void Meta::register_session(const std::string& run_id) {
  session_lock_ = "syncline_load_" + hash::fast_hex(run_id + "/" + number(connection_.id()));
  const auto name = quote_text(session_lock_);
  if (connection_.scalar("SELECT GET_LOCK(" + name + ", 0)", Rehearsed::cell("1")).value_or("0") != "1")
    throw ConnectorError(ErrorKind::held, "the lock of this run's session is taken");
  if (enabled())
    connection_.execute("INSERT IGNORE INTO " + table("session") + " VALUES (" + name + ", " + quote_text(run_id) + ")");
}

void Meta::create() {
  if (!enabled()) return;
  const auto& schema = connection_.spec().state_schema;
  const auto quoted = dialect().quote(std::string_view(schema));
  const bool there =
      !connection_.look("SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = " + quote_text(schema)).empty();
  std::optional<ConnectorError> failed;
  if (!there) failed = connection_.attempt("CREATE DATABASE IF NOT EXISTS " + quoted + " CHARACTER SET utf8mb4");
  for (const auto& statement : {create_target(table("target")), create_chunk(table("chunk")), create_lock(table("lock")),
                                create_session(table("session")), progress().create_statement(), create_known(table("known"))}) {
    if (!failed) failed = connection_.attempt(statement);
  }
  if (!failed) return;
  if (failed->kind != ErrorKind::permission && failed->kind != ErrorKind::auth) throw ConnectorError(*failed);
  ConnectorError error(ErrorKind::setup, "the run state cannot be kept in database `" + schema + "`: " + failed->what());
  error.native_code = failed->native_code;
  error.sqlstate = failed->sqlstate;
  const auto user = connection_.scalar("SELECT CURRENT_USER()").value_or("");
  const auto at = user.rfind('@');
  error.help = "GRANT CREATE, SELECT, INSERT, UPDATE, DELETE, DROP ON " + quoted + ".* TO " + quote_text(user.substr(0, at)) +
               "@" + quote_text(at == std::string::npos ? "%" : user.substr(at + 1)) +
               "; or name an existing database with `state_schema`, or keep the state here with `state = local`";
  throw ConnectorError(error);
}

void Meta::check_epochs(const std::vector<const LoadTable*>& tables, const char* lock) {
  if (!enabled() || tables.empty()) return;
  std::vector<types::ObjectName> names;
  Rehearsed ours_all;
  for (const auto* load : tables) {
    const types::ObjectName& name = names.emplace_back(load->desired.name);
    if (connection_.rehearsal() != nullptr) ours_all.answer.push_back({name.container, name.table, std::to_string(load->epoch)});
  }
  const Rows rows = connection_.query("SELECT container, table_name, epoch FROM " + table("target") + " WHERE " +
                                          name_condition("container", "table_name", names) + " " + lock,
                                      ours_all);
  for (const auto* load : tables) {
    bool ours = false;
    for (const Row& row : rows) {
      ours = ours || (row[0] == load->desired.name.container && row[1] == load->desired.name.table &&
                      row[2] == std::to_string(load->epoch));
    }
    if (!ours)
      throw ConnectorError(ErrorKind::fenced, "another run has taken over `" + types::to_string(load->desired.name) + "`");
  }
}

void Meta::add_chunk(const LoadTable& load, std::uint64_t chunk, std::uint64_t rows, std::uint64_t bytes) {
  if (!enabled()) return;
  connection_.execute("INSERT INTO " + table("chunk") + " VALUES (" + quote_text(load.desired.name.container) + ", " +
                      quote_text(load.desired.name.table) + ", " + std::to_string(load.epoch) + ", " +
                      std::to_string(sql::ledger_number(load, static_cast<std::int64_t>(chunk))) + ", " + number(rows) + ", " +
                      number(bytes) + ", UTC_TIMESTAMP(6))");
}

std::uint64_t Meta::chunk_rows(const LoadTable& load) {
  return std::stoull(connection_
                         .scalar("SELECT COALESCE(SUM(row_count), 0) FROM " + table("chunk") + " WHERE " +
                                 is_table(load.desired.name) + " AND epoch = " + std::to_string(load.epoch) +
                                 " AND chunk BETWEEN " + std::to_string(sql::ledger_number(load, 1)) + " AND " +
                                 std::to_string(sql::ledger_number(load, UINT32_MAX)))
                         .value_or("0"));
}

void Meta::announce_swap(const LoadTable& load, const std::string& fingerprint, std::uint64_t rows) {
  if (!enabled()) return;
  connection_.execute("UPDATE " + table("target") + " SET phase = 'swap', pending_epoch = " + std::to_string(load.epoch) +
                      ", pending_fingerprint = " + quote_text(fingerprint) + ", pending_rows = " + number(rows) + " WHERE " +
                      is_table(load.desired.name));
}

void Meta::forget_swap(const LoadTable& load) noexcept {
  if (!enabled()) return;
  try {
    static_cast<void>(connection_.attempt("UPDATE " + table("target") +
                                          " SET phase = 'new', pending_epoch = NULL, pending_fingerprint = NULL WHERE " +
                                          is_table(load.desired.name) + " AND pending_epoch = " + std::to_string(load.epoch)));
  } catch (const std::exception&) {  // The next run resolves it from the catalogue.
  }
}

void Meta::announce_change(const LoadTable& load, const std::string& before, const std::string& after) {
  if (!enabled()) return;
  connection_.execute("UPDATE " + table("target") + " SET pending_epoch = NULL, pending_fingerprint = " + quote_text(after) +
                      " WHERE " + is_table(load.desired.name) + " AND column_fingerprint = " + quote_text(before));
}

void Meta::change_live(const LoadTable& load, const types::ObjectName& probe) {
  if (load.add_columns.empty() && load.widen_columns.empty()) return;
  const auto& name = load.existing->name;
  const auto live = described(connection_, *load.existing);
  if (live.empty()) return;
  LoadTable left = load;
  const auto is_there = [&](int column) {
    return live.front().find_column(left.desired.columns.at(static_cast<std::size_t>(column)).name) != nullptr;
  };
  left.add_columns.erase(std::remove_if(left.add_columns.begin(), left.add_columns.end(), is_there), left.add_columns.end());
  const auto collation = connection_.text_collation();
  const auto statement = alter_columns(left, name, collation);
  if (statement.empty()) return;
  connection_.execute("CREATE TABLE " + dialect().quote(probe) + " LIKE " + dialect().quote(name));
  const auto failed = connection_.attempt(alter_columns(left, probe, collation));
  types::TableSchema altered = load.desired;
  altered.name = probe;
  const auto changed = described(connection_, altered);
  connection_.execute(drop_tables({probe}));
  if (failed) throw ConnectorError(*failed);
  if (!changed.empty())
    announce_change(left, types::column_fingerprint(live.front()),
                    connection_.rehearsal() != nullptr ? sql::kRehearsedFingerprint : types::column_fingerprint(changed.front()));
  failpoint("alter.before");
  connection_.execute(statement);
  failpoint("alter.after");
}

std::vector<types::KnownTable> Meta::known_tables(const std::vector<std::string>& syncs) {
  std::vector<types::KnownTable> entries;
  for (const Row& row : connection_.query("SELECT " + sql::known_columns() + " FROM " + table("known") + " WHERE " +
                                          value_condition("sync", syncs) + " ORDER BY sync, source_container, source_table")) {
    sql::KnownRow texts;
    for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = row[i].value_or("");
    entries.push_back(sql::known_of_row(texts));
  }
  return entries;
}

void Meta::remember(const std::vector<types::KnownTable>& entries, const std::vector<types::KnownTable>& forgotten) {
  connection_.execute("START TRANSACTION");
  try {
    for (const auto& entry : entries) {
      std::vector<std::string> values;
      for (const auto& text : sql::known_row(entry)) values.push_back(quote_text(text));
      connection_.execute("REPLACE INTO " + table("known") + " (" + sql::known_columns() + ", recorded_at) VALUES (" +
                          sql::join(values, ", ") + ", UTC_TIMESTAMP(6))");
    }
    for (const auto& entry : forgotten)
      connection_.execute("DELETE FROM " + table("known") + " WHERE owner = " + quote_text(sql::known_owner(entry)));
    connection_.execute("COMMIT");
  } catch (const ConnectorError&) {
    static_cast<void>(connection_.attempt("ROLLBACK"));
    throw;
  }
}

bool Meta::is_done(const std::vector<const LoadTable*>& tables) {
  return std::all_of(tables.begin(), tables.end(), [this](const LoadTable* load) {
    // The table's row cannot tell loads that share its epoch apart.
    if (load->part > 0) return progress().has(*load);
    return connection_
        .scalar("SELECT 1 FROM " + table("target") + " WHERE " + is_table(load->desired.name) +
                " AND phase = 'done' AND epoch = " + std::to_string(load->epoch))
        .has_value();
  });
}

void Meta::record_done(const LoadTable& load, const std::string& fingerprint, std::uint64_t rows) {
  if (!enabled()) return;
  const std::string made = load.ours ? ", column_fingerprint = " + quote_text(fingerprint) : "";
  connection_.execute(
      "UPDATE " + table("target") + " SET phase = 'done', plan_hash = " + quote_text(load.plan_hash) + made +
      ", row_count = " + number(rows) +
      ", pending_epoch = NULL, pending_fingerprint = NULL, pending_rows = NULL, changed_at = UTC_TIMESTAMP(6) WHERE " +
      is_table(load.desired.name) + " AND epoch = " + std::to_string(load.epoch));
}

void Meta::record_foreign_keys(const types::ObjectName& name, const std::vector<types::ForeignKey>& keys) {
  if (!enabled() || keys.empty()) return;
  connection_.execute("UPDATE " + table("target") + " SET foreign_keys = " + quote_text(foreign_keys_to_json(keys)) + " WHERE " +
                      is_table(name));
}

std::vector<types::ForeignKey> Meta::recorded_foreign_keys(const types::ObjectName& name) {
  if (!enabled()) return {};
  const auto text = connection_.scalar("SELECT foreign_keys FROM " + table("target") + " WHERE " + is_table(name));
  return text ? foreign_keys_from_json(*text) : std::vector<types::ForeignKey>{};
}

}  // namespace syncline::connectors::mysql

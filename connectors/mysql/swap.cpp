#include "connectors/mysql/swap.h"

#include <algorithm>
#include <chrono>
#include <mutex>

#include "connectors/mysql/catalogue.h"
#include "connectors/mysql/ddl.h"
#include "connectors/mysql/dialect.h"
#include "connectors/mysql/load_warnings.h"
#include "connectors/mysql/lost_answer.h"
#include "connectors/mysql/older_snapshots.h"
#include "connectors/mysql/orphans.h"
#include "connectors/mysql/partitions.h"
#include "connectors/mysql/refused_rows.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/newest.h"
#include "connectors/sql/partition.h"
#include "connectors/sql/rehearsed_fingerprint.h"
#include "connectors/sql/staging_name.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::mysql {
namespace {

using Clock = std::chrono::steady_clock;
using types::ObjectName;

constexpr int kLockSeconds = 3;

std::vector<const LoadTable*> plans_of(const std::vector<StagedTable*>& tables) {
  std::vector<const LoadTable*> plans;
  for (const auto* table : tables) plans.push_back(table->plan);
  return plans;
}

std::vector<ObjectName> live_names(const std::vector<StagedTable*>& tables) {
  std::vector<ObjectName> names;
  for (const auto* table : tables) {
    if (table->plan->existing) names.push_back(table->plan->desired.name);
  }
  return names;
}

std::chrono::seconds patience(const std::vector<StagedTable*>& tables) {
  std::chrono::seconds longest{0};
  for (const auto* table : tables) longest = std::max(longest, table->plan->swap_timeout);
  return longest;
}

/// A snapshot older than staging's rows would find the swapped table empty (DECISIONS 1).
std::vector<std::string> wait_for_snapshots(Connection& connection, const std::vector<StagedTable*>& tables) {
  const bool fail = std::any_of(tables.begin(), tables.end(), [](const StagedTable* table) {
    return table->plan->older_snapshots == types::OnOlderSnapshots::fail;
  });
  std::vector<std::string> notes;
  for (const auto& who : wait_for_older_snapshots(connection, patience(tables))) {
    if (fail) throw ConnectorError(ErrorKind::locked, "swap blocked: " + who + ", would see an empty table");
    notes.push_back("swapped although an older transaction is open: " + who);
  }
  return notes;
}

/// A key that another session's swap has dropped meanwhile is gone as wished.
void drop_foreign_key(Connection& connection, const ObjectName& table, const std::string& key) {
  constexpr int kNoSuchKey = 1091;
  constexpr int kNoSuchTable = 1146;
  const auto failed =
      connection.attempt("ALTER TABLE " + dialect().quote(table) + " DROP FOREIGN KEY " + dialect().quote(std::string_view(key)));
  if (failed && failed->native_code != kNoSuchKey && failed->native_code != kNoSuchTable) throw ConnectorError(*failed);
}

/// Foreign keys into the tables that go away: those of managed tables are recorded and dropped, they come back in the last step.
/// One swap of this process at a time, as two may share a key.
void release_references(Connection& connection, Meta& meta, const std::vector<StagedTable*>& tables) {
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  const auto live = live_names(tables);
  if (live.empty()) return;
  for (const auto& [table, key] : held_keys(connection, live)) {
    auto recorded = meta.recorded_foreign_keys(table);
    if (std::none_of(recorded.begin(), recorded.end(), [&name = key.name](const auto& k) { return k.name == name; }))
      recorded.push_back(key);
    meta.record_foreign_keys(table, recorded);
  }
  for (const auto& [child, key] : referencing_keys(connection, live)) {
    if (std::find(live.begin(), live.end(), child) != live.end()) continue;
    if (sql::parse_staging_name(child.table)) {  // another swap's replaced table, about to go
      drop_foreign_key(connection, child, key.name);
      continue;
    }
    auto recorded = meta.recorded_foreign_keys(child);
    if (std::none_of(recorded.begin(), recorded.end(), [&name = key.name](const auto& k) { return k.name == name; }))
      recorded.push_back(key);
    meta.record_foreign_keys(child, recorded);
    drop_foreign_key(connection, child, key.name);
  }
}

std::string blockers(Connection& connection) {
  std::string out;
  for (const Row& row :
       connection.query("SELECT ID, COMMAND, TIME FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() "
                        "AND USER <> 'system user' ORDER BY TIME DESC LIMIT 20")) {
    const auto id = row[0].value_or("0");
    if (is_own_session(connection.server(), std::stoull(id)) || out.size() > 60) continue;
    out += (out.empty() ? "; oldest sessions: " : ", ") + id + " (" + row[1].value_or("") + ")";
  }
  return out;
}

/// The statement fails as a whole when a take-over dropped our staging, or when somebody changed the live tables meanwhile.
[[noreturn]] void explain_failed_rename(Meta& meta, const std::vector<StagedTable*>& tables, const ConnectorError& failed) {
  meta.check_epochs(plans_of(tables), "");
  if (failed.kind == ErrorKind::missing || failed.kind == ErrorKind::drift) {
    ConnectorError error(ErrorKind::drift, std::string("the target changed since it was planned: ") + failed.what());
    error.native_code = failed.native_code;
    throw error;
  }
  throw ConnectorError(failed);
}

/// The RENAME took all staging tables or none.
bool is_renamed(Connection& connection, const std::vector<StagedTable*>& tables) {
  std::vector<ObjectName> stagings;
  for (const auto* table : tables) stagings.push_back(table->staging);
  return connection
      .query("SELECT 1 FROM information_schema.TABLES WHERE " + name_condition("TABLE_SCHEMA", "TABLE_NAME", stagings) +
             " LIMIT 1")
      .empty();
}

void rename_now(Connection& connection, Meta& meta, const std::vector<StagedTable*>& tables) {
  std::vector<std::pair<ObjectName, ObjectName>> renames;
  for (const auto* table : tables) {
    if (table->plan->existing) renames.emplace_back(table->plan->desired.name, table->old);
    renames.emplace_back(table->staging, table->plan->desired.name);
  }
  const auto statement = rename_tables(renames);
  const auto deadline = Clock::now() + patience(tables);
  connection.execute("SET SESSION lock_wait_timeout = " + std::to_string(kLockSeconds));
  for (;;) {
    const auto failed = connection.attempt(statement);
    if (!failed) return;
    if (answer_lost(*failed)) {
      return settle_lost_answer(connection.spec(), meta.session_lock(), *failed, [&](Connection& other) {
        Meta(other).check_epochs(plans_of(tables), "");
        return is_renamed(other, tables);
      });
    }
    if (failed->native_code != 1205) explain_failed_rename(meta, tables, *failed);
    if (Clock::now() < deadline) continue;
    ConnectorError error(ErrorKind::locked, "swap blocked: `" + types::to_string(tables.front()->plan->desired.name) +
                                                "` stays in use by another session" + blockers(connection));
    error.native_code = 1205;
    error.help = "end the session that reads or locks the table, or raise the swap's lock timeout; the old content is untouched";
    throw error;
  }
}

std::string columns_of(const StagedTable& table) {
  std::string out;
  for (const auto& name : table.encoder.column_names())
    out += (out.empty() ? "" : ", ") + dialect().quote(std::string_view(name));
  return out;
}

std::string key_join(const StagedTable& table, const std::string& live) {
  std::string out;
  for (const auto& name : table.plan->key) {
    const auto column = dialect().quote(std::string_view(name));
    out += (out.empty() ? "" : " AND ") + live + "." + column + " = s." + column;
  }
  return out;
}

bool in_key(const StagedTable& table, const std::string& name) {
  const auto& key = table.plan->key;
  return std::any_of(key.begin(), key.end(), [&](const auto& part) { return text::ascii_iequals(part, name); });
}

bool same_columns(const std::vector<std::string>& key, std::vector<std::string> columns) {
  if (key.size() != columns.size()) return false;
  for (const auto& name : key) {
    if (std::none_of(columns.begin(), columns.end(), [&](const auto& c) { return text::ascii_iequals(c, name); })) return false;
  }
  return true;
}

/// ON DUPLICATE KEY UPDATE would update the wrong row when another unique index than the key is hit.
bool key_is_sole_unique(const StagedTable& table) {
  const auto& live = *table.plan->existing;
  std::vector<std::vector<std::string>> unique;
  if (!live.primary_key.columns.empty()) unique.push_back(live.primary_key.columns);
  for (const auto& index : live.indexes) {
    if (!index.unique) continue;
    auto& columns = unique.emplace_back();
    for (const auto& column : index.columns) columns.push_back(column.prefix_length > 0 ? std::string() : column.name);
  }
  return unique.size() == 1 && same_columns(table.plan->key, unique.front());
}

std::string on_duplicate(const StagedTable& table) {
  std::string out;
  for (const auto& name : table.encoder.column_names()) {
    if (in_key(table, name)) continue;
    const auto column = dialect().quote(std::string_view(name));
    out += (out.empty() ? "" : ", ") + column + " = s." + column;
  }
  if (!out.empty()) return out;
  const auto column = dialect().quote(std::string_view(table.plan->key.front()));
  return column + " = s." + column;
}

/// Of several staged rows with one key only the newest stays.
void keep_newest(Connection& connection, StagedTable& table) {
  const auto staging = dialect().quote(table.staging);
  if (!connection.scalar(sql::repeated_key(dialect(), *table.plan, staging))) return;
  const auto arrival = dialect().quote(std::string_view(sql::arrival_column(*table.plan)));
  connection.execute("DELETE " + staging + " FROM " + staging + " JOIN (" +
                     sql::older_rows(dialect(), *table.plan, staging, arrival, "DESC") + ") older ON " + staging + "." + arrival +
                     " = older.arrival");
  table.outdated = std::stoull(connection.scalar("SELECT ROW_COUNT()").value_or("0"));
}

void delete_partitions(Connection& connection, const StagedTable& table) {
  const LoadTable& plan = *table.plan;
  const auto live = dialect().quote(plan.desired.name);
  if (!plan.partition_values.empty()) {
    const auto rows = sql::fixed_partition(dialect(), plan, connection.spec().timezone, column_literal);
    return connection.execute("DELETE FROM " + live + " WHERE " + rows);
  }
  if (plan.partition_ranges) {
    const std::string rows = in_staged_ranges(connection, plan, table.staging);
    if (!rows.empty()) connection.execute("DELETE FROM " + live + " WHERE " + rows);
    return;
  }
  connection.execute("DELETE " + live + " FROM " + live + " JOIN (SELECT DISTINCT " +
                     sql::column_list(dialect(), plan.partition_columns) + " FROM " + dialect().quote(table.staging) + ") p ON " +
                     sql::same_partition(dialect(), plan, live, "<=>", "p"));
}

void copy_rows(Connection& connection, StagedTable& table) {
  const auto live = dialect().quote(table.plan->desired.name);
  const auto staging = dialect().quote(table.staging);
  const auto columns = columns_of(table);
  std::string suffix;
  if (table.plan->publish == types::Publish::in_place) connection.execute("DELETE FROM " + live);
  if (table.plan->publish == types::Publish::partition) delete_partitions(connection, table);
  if (table.plan->publish == types::Publish::merge) {
    keep_newest(connection, table);
    if (key_is_sole_unique(table)) {
      suffix = " ON DUPLICATE KEY UPDATE " + on_duplicate(table);
    } else {
      connection.execute("DELETE " + live + " FROM " + live + " JOIN " + staging + " s ON " + key_join(table, live));
    }
  }
  std::string selected;
  for (const auto& name : table.encoder.column_names())
    selected += (selected.empty() ? "s." : ", s.") + dialect().quote(std::string_view(name));
  const auto failed =
      connection.attempt("INSERT INTO " + live + " (" + columns + ") SELECT " + selected + " FROM " + staging + " s" + suffix);
  if (failed) throw_refused_insert(connection, table, *failed);
  refuse_warnings(connection, table.plan->desired.name);
  table.published = table.sent - table.outdated;
}

/// The last statement of a copy into live tables.
void commit_rows(Connection& connection, const Meta& meta, const std::vector<StagedTable*>& tables) {
  const auto failed = connection.attempt("COMMIT");
  if (!failed) return;
  settle_lost_answer(connection.spec(), meta.session_lock(), *failed, [&](Connection& other) -> std::optional<bool> {
    Meta asked(other);
    if (!asked.enabled()) return std::nullopt;
    return asked.is_done(plans_of(tables));
  });
}

void record_swapped(Connection& connection, Meta& meta, const std::vector<StagedTable*>& tables) {
  connection.execute("START TRANSACTION");
  for (const auto* table : tables) {
    meta.progress().settle(*table->plan);
    meta.record_done(*table->plan, table->fingerprint, table->sent);
  }
  connection.execute("COMMIT");
}

/// The swap stands, whether it can be recorded or not: its announcement tells the next run.
void record_swapped_somehow(Connection& connection, Meta& meta, const std::vector<StagedTable*>& tables) noexcept {
  try {
    record_swapped(connection, meta, tables);
  } catch (const std::exception&) {
    try {
      Connection other(connection.spec(), Role::state);
      Meta recorder(other);
      record_swapped(other, recorder, tables);
    } catch (const std::exception&) {  // The next run does it.
    }
  }
}

void read_fingerprints(Connection& connection, const std::vector<StagedTable*>& tables, bool of_staging) {
  std::vector<ObjectName> names;
  for (const auto* table : tables) names.push_back(of_staging ? table->staging : table->plan->desired.name);
  const auto schemas = describe_tables(connection, names);
  for (auto* table : tables) {
    const auto& name = of_staging ? table->staging : table->plan->desired.name;
    const auto found = std::find_if(schemas.begin(), schemas.end(), [&](const auto& schema) { return schema.name == name; });
    if (found != schemas.end()) table->fingerprint = types::column_fingerprint(*found);
    if (connection.rehearsal() != nullptr) table->fingerprint = sql::kRehearsedFingerprint;
  }
}

}  // namespace

void publish_rows(Connection& connection, Meta& meta, std::vector<StagedTable*>& tables) {
  read_fingerprints(connection, tables, false);
  std::vector<ObjectName> names;
  for (const auto* table : tables) names.push_back(table->plan->desired.name);
  auto references = held_keys(connection, names);
  for (auto& key : referencing_keys(connection, names)) references.push_back(std::move(key));
  for (auto* table : tables) copy_rows(connection, *table);
  for (const auto& [table, key] : references) {
    const auto found = find_orphans(connection, table, key);
    if (found.count == 0) continue;
    throw ConnectorError(ErrorKind::constraint, text::grouped(found.count) + " rows of `" + types::to_string(table) +
                                                    "` would have no row in `" + types::to_string(key.referenced) + "` (" +
                                                    text::sample_list(found.sample) + ")");
  }
  for (const auto* table : tables) {
    const auto rows = connection.scalar("SELECT COUNT(*) FROM " + dialect().quote(table->plan->desired.name)).value_or("0");
    failpoint("progress.before");
    meta.progress().record(*table->plan);
    meta.record_done(*table->plan, table->fingerprint, std::stoull(rows));
  }
  failpoint("swap.before");
  commit_rows(connection, meta, tables);
  failpoint("swap.after");
}

std::vector<std::string> publish_by_rename(Connection& connection, Meta& meta, std::vector<StagedTable*>& tables) {
  read_fingerprints(connection, tables, true);
  connection.execute("START TRANSACTION");
  meta.check_epochs(plans_of(tables), "FOR UPDATE");
  for (const auto* table : tables) {
    meta.announce_swap(*table->plan, table->fingerprint, table->sent);
    meta.progress().announce(*table->plan);
  }
  connection.execute("COMMIT");
  auto notes = live_names(tables).empty() ? std::vector<std::string>{} : wait_for_snapshots(connection, tables);
  connection.execute("SET SESSION foreign_key_checks = 0");
  release_references(connection, meta, tables);
  failpoint("swap.before");
  rename_now(connection, meta, tables);
  for (auto* table : tables) table->swapped = true;
  if (connection.rehearsal() != nullptr) {
    for (const auto* table : tables) connection.rehearsal()->replaced(table->plan->desired.name);
  }
  failpoint("swap.after");
  for (auto* table : tables) table->published = table->sent;
  failpoint("progress.before");
  record_swapped_somehow(connection, meta, tables);
  return notes;
}

}  // namespace syncline::connectors::mysql

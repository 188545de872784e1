#include "connectors/sqlite/meta.h"

#include "connectors/sql/known_tables.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/progress.h"
#include "connectors/sqlite/catalogue.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::sqlite::meta {
namespace {

std::string progress_columns() {
  return sql::join({sql::kProgressColumns.begin(), sql::kProgressColumns.end()}, ", ");
}

void forget_progress(Database& database, const std::string& owner, types::Forget what) {
  if (what == types::Forget::nothing) return;
  const std::string kept = what == types::Forget::reached ? types::to_string(types::Phase::window) : "";
  Statement row = database.prepare("DELETE FROM syncline_progress WHERE owner = ? AND phase <> ?");
  row.bind(1, std::string_view(owner));
  row.bind(2, std::string_view(kept));
  row.step();
}

void put_progress(Database& database, const types::Progress& record) {
  Statement row = database.prepare("INSERT OR REPLACE INTO syncline_progress (" + progress_columns() + ") VALUES (" +
                                   sql::placeholders(sql::kProgressColumns.size()) + ")");
  int parameter = 0;
  for (const auto& text : sql::progress_row(record)) row.bind(++parameter, std::string_view(text));
  row.step();
}

}  // namespace

void create_tables(Database& database) {
  database.execute(
      "CREATE TABLE IF NOT EXISTS syncline_target (target TEXT NOT NULL COLLATE NOCASE PRIMARY KEY, epoch INTEGER NOT NULL, "
      "run_id TEXT NOT NULL, phase TEXT NOT NULL, plan_hash TEXT NOT NULL, column_fingerprint TEXT NOT NULL, row_count INTEGER "
      "NOT NULL, "
      "changed_at TEXT NOT NULL)");
  database.execute(
      "CREATE TABLE IF NOT EXISTS syncline_chunk (target TEXT NOT NULL COLLATE NOCASE, epoch INTEGER NOT NULL, number INTEGER "
      "NOT NULL, "
      "row_count INTEGER NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (target, epoch, number))");
  database.execute(
      "CREATE TABLE IF NOT EXISTS syncline_progress (owner TEXT NOT NULL, phase TEXT NOT NULL, lower_bound INTEGER NOT NULL, "
      "upper_bound INTEGER NOT NULL, sync TEXT NOT NULL, unit TEXT NOT NULL, container TEXT NOT NULL, table_name TEXT NOT NULL, "
      "key_columns TEXT NOT NULL, watermark TEXT NOT NULL, run_id TEXT NOT NULL, row_count INTEGER NOT NULL, "
      "recorded_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')), "
      "PRIMARY KEY (owner, phase, lower_bound, upper_bound))");
  database.execute(
      "CREATE TABLE IF NOT EXISTS syncline_known (owner TEXT NOT NULL PRIMARY KEY, sync TEXT NOT NULL, source_container TEXT NOT "
      "NULL, source_table TEXT NOT NULL, container TEXT NOT NULL, table_name TEXT NOT NULL, shape TEXT NOT NULL, run_id TEXT NOT "
      "NULL, recorded_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')))");
}

bool tables_exist(const Database& database) {
  return database.integer(
             "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('syncline_target', 'syncline_chunk')") == 2;
}

std::optional<ManagedTable> find(const Database& database, const std::string& table) {
  Statement row = database.prepare("SELECT column_fingerprint, epoch, row_count FROM syncline_target WHERE target = ?");
  row.bind(1, std::string_view(table));
  if (!row.step() || row.text(0).empty()) return std::nullopt;
  ManagedTable managed;
  managed.name.table = table;
  managed.column_fingerprint = row.text(0);
  managed.epoch = row.integer(1);
  managed.rows = row.integer(2);
  return managed;
}

std::int64_t next_epoch(Database& database, const std::string& table, const std::string& run_id, const std::string& plan_hash) {
  Statement row = database.prepare(
      "INSERT INTO syncline_target VALUES (?1, 1, ?2, 'load', ?3, '', -1, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) "
      "ON CONFLICT (target) DO UPDATE SET epoch = epoch + 1, run_id = excluded.run_id, phase = excluded.phase, "
      "plan_hash = excluded.plan_hash, changed_at = excluded.changed_at RETURNING epoch");
  row.bind(1, std::string_view(table));
  row.bind(2, std::string_view(run_id));
  row.bind(3, std::string_view(plan_hash));
  row.step();
  const auto epoch = row.integer(0);
  while (row.step()) {
  }
  return epoch;
}

void check_fence(const Database& database, const std::string& table, std::int64_t epoch) {
  Statement row = database.prepare("SELECT epoch FROM syncline_target WHERE target = ?");
  row.bind(1, std::string_view(table));
  if (row.step() && row.integer(0) == epoch) return;
  throw ConnectorError(ErrorKind::fenced, "another run has taken over the table `" + text::printable(table) + "`");
}

void record(Database& database, const std::string& table, const std::string& phase, std::int64_t rows) {
  const auto live = describe_tables(database, {{"", table}});
  if (live.empty()) throw ConnectorError(ErrorKind::drift, "the table `" + text::printable(table) + "` is gone");
  Statement row = database.prepare(
      "INSERT INTO syncline_target VALUES (?1, 0, '', ?2, '', ?3, ?4, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) "
      "ON CONFLICT (target) DO UPDATE SET phase = excluded.phase, column_fingerprint = excluded.column_fingerprint, "
      "row_count = excluded.row_count, changed_at = excluded.changed_at");
  row.bind(1, std::string_view(table));
  row.bind(2, std::string_view(phase));
  row.bind(3, std::string_view(types::column_fingerprint(live.front())));
  row.bind(4, rows);
  row.step();
}

void record_chunk(Database& database, const Chunk& chunk) {
  Statement row = database.prepare("INSERT INTO syncline_chunk VALUES (?, ?, ?, ?, ?)");
  row.bind(1, std::string_view(chunk.table));
  row.bind(2, chunk.epoch);
  row.bind(3, chunk.number);
  row.bind(4, static_cast<std::int64_t>(chunk.rows));
  row.bind(5, static_cast<std::int64_t>(chunk.bytes));
  row.step();
}

std::uint64_t ledger_rows(const Database& database, const std::string& table, std::int64_t epoch) {
  Statement row = database.prepare("SELECT coalesce(sum(row_count), 0) FROM syncline_chunk WHERE target = ? AND epoch = ?");
  row.bind(1, std::string_view(table));
  row.bind(2, epoch);
  row.step();
  return static_cast<std::uint64_t>(row.integer(0));
}

void clear_ledger(Database& database, const std::string& table) {
  Statement row = database.prepare("DELETE FROM syncline_chunk WHERE target = ?");
  row.bind(1, std::string_view(table));
  row.step();
}

void record_progress(Database& database, const LoadTable& load) {
  for (const auto& owner : sql::progress_owners(load.progress)) forget_progress(database, owner, load.forget);
  for (const auto& record : load.progress) put_progress(database, record);
}

std::vector<types::Progress> progress(const Database& database, const std::vector<std::string>& syncs) {
  if (database.integer("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'syncline_progress'") == 0) return {};
  std::vector<types::Progress> records;
  for (const auto& sync : syncs) {
    Statement found = database.prepare("SELECT " + progress_columns() +
                                       " FROM syncline_progress WHERE sync = ? ORDER BY owner, phase, lower_bound, upper_bound");
    found.bind(1, std::string_view(sync));
    while (found.step()) {
      sql::ProgressRow row;
      for (std::size_t i = 0; i < row.size(); ++i) row[i] = found.text(static_cast<int>(i));
      records.push_back(sql::progress_of_row(row));
    }
  }
  return records;
}

std::vector<types::KnownTable> known_tables(const Database& database, const std::vector<std::string>& syncs) {
  if (database.integer("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'syncline_known'") == 0) return {};
  std::vector<types::KnownTable> entries;
  for (const auto& sync : syncs) {
    Statement found = database.prepare("SELECT " + sql::known_columns() +
                                       " FROM syncline_known WHERE sync = ? ORDER BY source_container, source_table");
    found.bind(1, std::string_view(sync));
    while (found.step()) {
      sql::KnownRow row;
      for (std::size_t i = 0; i < row.size(); ++i) row[i] = found.text(static_cast<int>(i));
      entries.push_back(sql::known_of_row(row));
    }
  }
  return entries;
}

void remember(Database& database, const std::vector<types::KnownTable>& entries,
              const std::vector<types::KnownTable>& forgotten) {
  for (const auto& entry : entries) {
    Statement row = database.prepare("INSERT OR REPLACE INTO syncline_known (" + sql::known_columns() + ") VALUES (" +
                                     sql::placeholders(sql::kKnownColumns.size()) + ")");
    int parameter = 0;
    for (const auto& text : sql::known_row(entry)) row.bind(++parameter, std::string_view(text));
    row.step();
  }
  for (const auto& entry : forgotten) {
    Statement row = database.prepare("DELETE FROM syncline_known WHERE owner = ?");
    row.bind(1, std::string_view(sql::known_owner(entry)));
    row.step();
  }
}

}  // namespace syncline::connectors::sqlite::meta

#include "connectors/sqlite/publish.h"

#include <algorithm>

#include "connectors/sql/lists.h"
#include "connectors/sql/newest.h"
#include "connectors/sql/partition.h"
#include "connectors/sqlite/catalogue.h"
#include "connectors/sqlite/ddl.h"
#include "connectors/sqlite/dialect.h"
#include "connectors/sqlite/meta.h"
#include "connectors/sqlite/partition_ranges.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::sqlite {
namespace {

struct Trigger {
  std::string name;
  std::string definition;
};

std::vector<Trigger> triggers_of(const Database& database, const std::string& table) {
  Statement row = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE");
  row.bind(1, std::string_view(table));
  std::vector<Trigger> out;
  while (row.step()) out.push_back({row.text(0), row.text(1)});
  return out;
}

std::uint64_t changes(const Database& database) {
  return static_cast<std::uint64_t>(sqlite3_changes64(database.handle()));
}

bool is_key(const LoadTable& table, const std::string& column) {
  return std::any_of(table.key.begin(), table.key.end(), [&](const auto& name) { return text::ascii_iequals(name, column); });
}

std::string insert_text(const Staged& staged, const std::string& target) {
  const std::string columns = sql::column_list(dialect(), sql::load_column_names(*staged.table));
  return "INSERT INTO " + quote(target) + " (" + columns + ") SELECT " + columns + " FROM " + quote(staged.staging);
}

void add_columns(Database& database, const LoadTable& table, const std::string& target) {
  for (const int index : table.add_columns) {
    database.execute(add_column(table.desired, table.desired.columns.at(static_cast<std::size_t>(index)), target));
  }
}

void drop_staging_of(Database& database, const Staged& staged) {
  failpoint("cleanup.before");
  database.execute("DROP TABLE " + quote(staged.staging));
}

std::uint64_t swap(Database& database, const Staged& staged, const std::string& live) {
  const std::string& target = staged.table->desired.name.table;
  const auto triggers = live.empty() ? std::vector<Trigger>{} : triggers_of(database, live);
  if (!live.empty()) database.execute("DROP TABLE " + quote(live));
  database.execute("ALTER TABLE " + quote(staged.staging) + " RENAME TO " + quote(target));
  for (const auto& trigger : triggers) database.execute(trigger.definition);
  failpoint("cleanup.before");
  return staged.rows;
}

/// `"day", "region"`, or `"day" IS NULL, ifnull("day", 0), …`: NULL is in no list of rows.
std::string partition_tuple(const LoadTable& table, bool nulls) {
  if (!nulls) return sql::column_list(dialect(), table.partition_columns);
  std::vector<std::string> parts;
  for (const auto& name : table.partition_columns) {
    parts.push_back(quote(name) + " IS NULL");
    parts.push_back("ifnull(" + quote(name) + ", 0)");
  }
  return sql::join(parts, ", ");
}

/// The rows of the live table that are in the partitions of the staged ones.
std::string in_staged_partitions(const Staged& staged) {
  const LoadTable& table = *staged.table;
  const auto in_staging = [&](bool nulls) {
    const std::string columns = partition_tuple(table, nulls);
    return "(" + columns + ") IN (SELECT " + columns + " FROM " + quote(staged.staging) + ")";
  };
  const std::string nulls = sql::null_partition(dialect(), table);
  return nulls.empty() ? in_staging(false) : in_staging(false) + " OR ((" + nulls + ") AND " + in_staging(true) + ")";
}

/// Which rows go before the staged ones come; empty: all.
std::string replaced_rows(const Database& database, const Staged& staged, std::string_view zone) {
  if (staged.how == types::Publish::in_place) return {};
  const LoadTable& table = *staged.table;
  if (table.partition_ranges) {
    const std::string rows = in_staged_ranges(database, table, staged.staging);
    return " WHERE " + (rows.empty() ? "0" : rows);
  }
  if (table.partition_values.empty()) return " WHERE " + in_staged_partitions(staged);
  return " WHERE " + sql::fixed_partition(dialect(), table, zone, column_literal);
}

std::uint64_t replace_rows(Database& database, const Staged& staged, const std::string& live, std::string_view zone,
                           std::uint64_t& removed) {
  const auto triggers = triggers_of(database, live);
  for (const auto& trigger : triggers) database.execute("DROP TRIGGER " + quote(trigger.name));
  // A column without a default that must have a value can only be added to an empty table; partitions may be named by a new one.
  const bool empties = staged.how == types::Publish::in_place;
  if (!empties) add_columns(database, *staged.table, live);
  database.execute("DELETE FROM " + quote(live) + replaced_rows(database, staged, zone));
  removed = changes(database);
  if (empties) add_columns(database, *staged.table, live);
  database.execute(insert_text(staged, live));
  const auto inserted = changes(database);
  for (const auto& trigger : triggers) database.execute(trigger.definition);
  drop_staging_of(database, staged);
  return inserted;
}

std::uint64_t insert_rows(Database& database, const Staged& staged, const std::string& live) {
  add_columns(database, *staged.table, live);
  database.execute(insert_text(staged, live));
  const auto inserted = changes(database);
  drop_staging_of(database, staged);
  return inserted;
}

/// ON CONFLICT needs a unique index on exactly the key's columns.
void require_unique_key(const Database& database, const LoadTable& table, const std::string& live) {
  const auto same = [&](const std::vector<std::string>& columns) {
    return columns.size() == table.key.size() &&
           std::all_of(columns.begin(), columns.end(), [&](const auto& column) { return is_key(table, column); });
  };
  const auto schema = describe_tables(database, {{"", live}}).at(0);
  bool found = same(schema.primary_key.columns);
  for (const auto& index : schema.indexes) {
    std::vector<std::string> columns;
    for (const auto& column : index.columns) columns.push_back(column.name);
    found = found || (index.unique && index.special.empty() && same(columns));
  }
  if (found) return;
  ConnectorError error(ErrorKind::setup, "the table `" + text::printable(live) + "` has no unique index on the key (" +
                                             text::printable(sql::join(table.key, ", ")) + ")");
  error.help = "UPSERT needs one: CREATE UNIQUE INDEX … ON " + quote(live) + " (" + sql::column_list(dialect(), table.key) + ")";
  throw error;
}

/// ON CONFLICT would take several rows with one key as they come: only the newest stays in staging.
void keep_newest(Database& database, const Staged& staged) {
  const std::string staging = quote(staged.staging);
  if (!database.prepare(sql::repeated_key(dialect(), *staged.table, staging)).step()) return;
  database.execute("DELETE FROM " + staging + " WHERE rowid IN (" +
                   sql::older_rows(dialect(), *staged.table, staging, "rowid", "DESC") + ")");
}

std::uint64_t merge_rows(Database& database, const Staged& staged, const std::string& live) {
  const LoadTable& table = *staged.table;
  add_columns(database, table, live);
  require_unique_key(database, table, live);
  keep_newest(database, staged);
  std::vector<std::string> assignments;
  for (const auto& column : sql::load_column_names(table)) {
    if (!is_key(table, column)) assignments.push_back(quote(column) + " = excluded." + quote(column));
  }
  const std::string action = assignments.empty() ? "NOTHING" : "UPDATE SET " + sql::join(assignments, ", ");
  database.execute(insert_text(staged, live) + " WHERE true ON CONFLICT (" + sql::column_list(dialect(), table.key) + ") DO " +
                   action);
  const auto touched = changes(database);
  drop_staging_of(database, staged);
  return touched;
}

/// The next number is the source's, and never one that a row has.
void position_identity(Database& database, const LoadTable& table) {
  const std::string& target = table.desired.name.table;
  if (!table.desired.next_identity.has_value() || *table.desired.next_identity < 2) return;
  if (database.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_sequence'") == 0) return;
  const auto last = static_cast<std::int64_t>(std::min<std::uint64_t>(*table.desired.next_identity - 1, INT64_MAX));
  const auto run = [&](std::string_view sql) {
    Statement row = database.prepare(sql);
    row.bind(1, std::string_view(target));
    row.bind(2, last);
    row.step();
    return changes(database);
  };
  if (run("UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1 COLLATE NOCASE") > 0) return;
  const bool numbered =
      database.integer("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%' AND name = " +
                       sql::quoted(target, '\'') + " COLLATE NOCASE") > 0;
  if (numbered) run("INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)");
}

/// Whether the live table is the one that we made: only then may a load that adds to it record it as ours again.
bool ours(const Database& database, const std::string& live, std::int64_t& rows) {
  const auto managed = meta::find(database, live);
  if (!managed.has_value()) return false;
  rows = std::max<std::int64_t>(0, managed->rows);
  return types::column_fingerprint(describe_tables(database, {{"", live}}).at(0)) == managed->column_fingerprint;
}

}  // namespace

std::uint64_t publish_table(Database& database, const Staged& staged, std::string_view zone) {
  const std::string& target = staged.table->desired.name.table;
  const std::string live = actual_table_name(database, target);
  if (live.empty() && staged.how != types::Publish::rename) {
    throw ConnectorError(ErrorKind::drift, "the table `" + text::printable(target) + "` was dropped while it was loaded");
  }
  const bool added_to = staged.how != types::Publish::rename && staged.how != types::Publish::in_place;
  std::int64_t rows_before = 0;
  const bool record = !added_to || ours(database, live, rows_before);
  std::uint64_t touched = 0;
  std::uint64_t removed = 0;
  switch (staged.how) {
    case types::Publish::rename:
      touched = swap(database, staged, live);
      break;
    case types::Publish::in_place:
    case types::Publish::partition:
      touched = replace_rows(database, staged, live, zone, removed);
      break;
    case types::Publish::insert:
      touched = insert_rows(database, staged, live);
      break;
    case types::Publish::merge:
      touched = merge_rows(database, staged, live);
      break;
  }
  position_identity(database, *staged.table);
  if (added_to) rows_before = std::max<std::int64_t>(0, rows_before - static_cast<std::int64_t>(removed));
  if (record) meta::record(database, target, "done", rows_before + static_cast<std::int64_t>(staged.rows));
  failpoint("progress.before");
  meta::record_progress(database, *staged.table);
  meta::clear_ledger(database, target);
  return touched;
}

}  // namespace syncline::connectors::sqlite

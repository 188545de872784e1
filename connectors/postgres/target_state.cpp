#include "connectors/postgres/target_state.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "connectors/postgres/catalogue.h"
#include "connectors/postgres/ddl.h"
#include "connectors/postgres/dialect.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/staging_name.h"
#include "stdlib/base/failpoint.h"

namespace syncline::connectors::postgres {
namespace {

std::string q(const types::ObjectName& name) {
  return dialect().quote(name);
}

constexpr const char* kStagingTables =
    "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p') AND (c.relname LIKE 'syncline\\_stg\\_%' OR c.relname LIKE 'syncline\\_old\\_%' "
    "OR c.relname LIKE 'syncline\\_row\\_%')";

std::int64_t clock_epoch() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string sample_text(const Result& result, int row, const std::vector<std::string>& columns) {
  std::string text;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) text += ", ";
    text += columns[i] + "=" + result.text(row, static_cast<int>(i));
  }
  return text;
}

/// `FROM child c WHERE c.x IS NOT NULL AND NOT EXISTS (SELECT 1 FROM parent p WHERE p.id = c.x)`
std::string orphans_of(const ForeignKeyToAdd& key) {
  std::vector<std::string> present;
  std::vector<std::string> equal;
  for (std::size_t i = 0; i < key.key.columns.size(); ++i) {
    const std::string own = "c." + dialect().quote(key.key.columns[i]);
    present.push_back(own + " IS NOT NULL");
    equal.push_back("p." + dialect().quote(key.key.referenced_columns[i]) + " = " + own);
  }
  return " FROM " + q(key.table) + " c WHERE " + sql::join(present, " AND ") + " AND NOT EXISTS (SELECT 1 FROM " +
         q(key.key.referenced) + " p WHERE " + sql::join(equal, " AND ") + ")";
}

}  // namespace

PostgresTargetState::PostgresTargetState(const ConnectionSpec& spec)
    : session_(spec, Role::state, "syncline state"), meta_(spec.state_schema) {}

PostgresTargetState::~PostgresTargetState() {
  end_run();
}

bool PostgresTargetState::has_table(const std::string& meta_table) {
  return !session_.query("SELECT to_regclass($1)", {meta_table}, look_it_up()).null(0, 0);
}

std::vector<types::Progress> PostgresTargetState::progress(const std::vector<std::string>& syncs) {
  if (!recorded() || !has_table(meta_.progress)) return {};
  return read_progress(session_, meta_, syncs);
}

std::vector<types::KnownTable> PostgresTargetState::known_tables(const std::vector<std::string>& syncs) {
  if (!recorded() || !has_table(meta_.known)) return {};
  return read_known_tables(session_, meta_, syncs);
}

void PostgresTargetState::remember(const std::vector<types::KnownTable>& entries,
                                   const std::vector<types::KnownTable>& forgotten) {
  if (recorded()) postgres::remember(session_, meta_, entries, forgotten);
}

std::vector<ManagedTable> PostgresTargetState::managed(const std::vector<types::ObjectName>& tables) {
  std::vector<ManagedTable> result;
  if (!recorded() || !has_table(meta_.target)) return result;
  const Result rows =
      session_.query("SELECT t.container, t.\"table\", t.column_fingerprint, t.object_id, t.epoch, t.rows FROM " + meta_.target +
                         " t JOIN unnest($1::text[], $2::text[]) AS w(c, n) ON t.container = w.c AND t.\"table\" = w.n WHERE "
                         "t.column_fingerprint <> ''",
                     {containers_parameter(tables), tables_parameter(tables)});
  for (int row = 0; row < rows.rows(); ++row) {
    ManagedTable table;
    table.name = {rows.text(row, 0), rows.text(row, 1)};
    table.column_fingerprint = rows.text(row, 2);
    table.object_id = static_cast<std::uint64_t>(rows.number(row, 3));
    table.epoch = rows.number(row, 4);
    table.rows = rows.number(row, 5);
    result.push_back(std::move(table));
  }
  for (const ForeignKeyToAdd& dropped : dropped_keys()) {
    for (ManagedTable& table : result) {
      if (table.name == dropped.table) table.foreign_keys.push_back(dropped.key);
    }
  }
  return result;
}

void PostgresTargetState::begin_run(const RunIdentity& run, std::chrono::seconds wait) {
  run_id_ = run.run_id;
  if (recorded()) make_meta();
  take_lock(run, wait);
  running_ = true;
  if (recorded()) write_owner(run);
  session_.run("SET lock_timeout = '30s'");
}

void PostgresTargetState::make_meta() {
  const std::string& schema = session_.spec().state_schema;
  try {
    if (session_.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", {schema}, look_it_up()).rows() == 0) {
      session_.run("CREATE SCHEMA IF NOT EXISTS " + meta_.schema);
    }
    const Result missing =
        session_.query("SELECT 1 FROM unnest($1::text[]) AS t(name) WHERE to_regclass(t.name) IS NULL",
                       {array_parameter({meta_.target, meta_.chunk, meta_.key, meta_.run, meta_.progress, meta_.known})},
                       look_it_up(answer_cell("1")));
    if (missing.rows() > 0) session_.run(create_meta(meta_));
  } catch (const ConnectorError& error) {
    if (error.kind != ErrorKind::permission) throw;
    const Result who = session_.run("SELECT quote_ident(current_user), quote_ident(current_database())");
    ConnectorError setup(ErrorKind::setup, "the state tables cannot be made in schema `" + schema + "`: " + error.what());
    setup.sqlstate = error.sqlstate;
    setup.help = "GRANT CREATE ON DATABASE " + who.text(0, 1) + " TO " + who.text(0, 0) +
                 "; or make the schema and GRANT USAGE, CREATE ON SCHEMA " + meta_.schema + " TO " + who.text(0, 0) +
                 "; or name an existing schema with state_schema = '…', or keep the state outside with state = local";
    throw setup;
  }
}

Rehearsed PostgresTargetState::rehearsed_epochs(const std::vector<types::ObjectName>& tables) {
  Rehearsed epochs;
  if (session_.rehearsal() == nullptr) return epochs;
  const std::string epoch = std::to_string(session_.rehearsal()->next_epoch());
  for (const types::ObjectName& table : tables) epochs.rows.push_back({table.container, table.table, epoch});
  return epochs;
}

std::vector<std::int64_t> PostgresTargetState::take_epochs(const std::vector<types::ObjectName>& tables,
                                                           const std::string& plan_hash) {
  if (!recorded()) {
    const std::int64_t epoch = session_.rehearsal() != nullptr ? session_.rehearsal()->next_epoch() : clock_epoch();
    for (const types::ObjectName& table : tables) local_epochs_[sql::target_hash(table)] = epoch;
    drop_dead_staging();
    return std::vector<std::int64_t>(tables.size(), epoch);
  }
  const Result rows = session_.query(
      "INSERT INTO " + meta_.target +
          " AS t (container, \"table\", epoch, run_id, plan_hash, phase) SELECT w.c, w.n, 1, $3, $4, 'load' "
          "FROM unnest($1::text[], $2::text[]) AS w(c, n) ON CONFLICT (container, \"table\") DO UPDATE SET epoch = t.epoch + 1, "
          "run_id = EXCLUDED.run_id, plan_hash = EXCLUDED.plan_hash, phase = 'load', changed_at = now() "
          "RETURNING container, \"table\", epoch",
      {containers_parameter(tables), tables_parameter(tables), run_id_, plan_hash}, rehearsed_epochs(tables));
  std::map<types::ObjectName, std::int64_t> epochs;
  for (int row = 0; row < rows.rows(); ++row) epochs[{rows.text(row, 0), rows.text(row, 1)}] = rows.number(row, 2);
  drop_dead_staging();
  std::vector<std::int64_t> result;
  for (const types::ObjectName& table : tables) result.push_back(epochs.at(table));
  return result;
}

std::set<std::pair<std::string, std::int64_t>> PostgresTargetState::living() {
  if (!recorded()) return {local_epochs_.begin(), local_epochs_.end()};
  std::set<std::pair<std::string, std::int64_t>> living;
  if (!running_) return living;
  // One load of several is done: the others go on under its epoch.
  const Result rows = session_.query(
      "SELECT container, \"table\", epoch FROM " + meta_.target + " WHERE run_id = $1 AND phase IN ('load', 'done')", {run_id_});
  for (int row = 0; row < rows.rows(); ++row)
    living.insert({sql::target_hash({rows.text(row, 0), rows.text(row, 1)}), rows.number(row, 2)});
  return living;
}

void PostgresTargetState::drop_dead_staging() {
  const Result found = session_.run(kStagingTables);  // a rehearsal finds none: what is left now may belong to a living run
  if (found.rows() == 0) return;
  const std::set<std::pair<std::string, std::int64_t>> living = this->living();
  std::vector<std::string> drops;
  for (int row = 0; row < found.rows(); ++row) {
    const types::ObjectName name{found.text(row, 0), found.text(row, 1)};
    const auto staging = sql::parse_staging_name(name.table);
    if (staging && living.count({staging->hash, staging->epoch}) == 0) drops.push_back(q(name));
  }
  // In portions: each dropped table takes locks in a table of limited size.
  for (std::size_t at = 0; at < drops.size(); at += 50) {
    const std::vector<std::string> portion(drops.begin() + static_cast<std::ptrdiff_t>(at),
                                           drops.begin() + static_cast<std::ptrdiff_t>(std::min(at + 50, drops.size())));
    session_.run("DROP TABLE IF EXISTS " + sql::join(portion, ", "));
  }
  if (recorded()) {
    session_.run("DELETE FROM " + meta_.chunk + " k USING " + meta_.target +
                 " t WHERE k.container = t.container AND k.\"table\" = t.\"table\" AND k.epoch < t.epoch");
  }
}

void PostgresTargetState::create_containers(const std::vector<std::string>& containers) {
  for (const std::string& container : containers) session_.run("CREATE SCHEMA IF NOT EXISTS " + dialect().quote(container));
}

void PostgresTargetState::adopt(const std::vector<types::TableSchema>& tables) {
  if (!recorded()) return;
  std::vector<types::ObjectName> names;
  for (const auto& table : tables) names.push_back(table.name);
  std::vector<Finished> finished;
  const std::vector<std::int64_t> epochs = take_epochs(names, "adopted");
  for (std::size_t i = 0; i < names.size(); ++i) finished.push_back({names[i], epochs[i], -1});
  record_finished(session_, meta_, finished);
}

bool PostgresTargetState::foreign_key_present(const ForeignKeyToAdd& key) {
  std::vector<types::TableSchema> tables = read_tables(session_, {key.table});
  if (session_.rehearsal() != nullptr && (tables.empty() || session_.rehearsal()->is_replaced(key.table))) return false;
  if (tables.empty()) throw ConnectorError(ErrorKind::missing, types::to_string(key.table) + " is not there");
  read_keys(session_, tables);
  for (const types::ForeignKey& present : tables.front().foreign_keys) {
    if (present.columns == key.key.columns && present.referenced == key.key.referenced &&
        present.referenced_columns == key.key.referenced_columns) {
      return true;
    }
  }
  return false;
}

bool PostgresTargetState::is_partitioned(const types::ObjectName& table) {
  return session_.query("SELECT 1 FROM pg_partitioned_table WHERE partrelid = to_regclass($1)", {q(table)}, look_it_up()).rows() >
         0;
}

ForeignKeyResult PostgresTargetState::add_foreign_key(const ForeignKeyToAdd& key) {
  ForeignKeyResult result;
  if (foreign_key_present(key)) {
    result.kind = ForeignKeyResult::Kind::present;
    forget_foreign_key(key);
    return result;
  }
  ForeignKeyToAdd named = key;
  if (named.key.name.empty()) named.key.name = fitted_name(key.table.table + "_" + sql::join(key.key.columns, "_") + "_fkey");
  const bool partitioned = is_partitioned(key.table);
  try {
    session_.run("BEGIN");
    session_.run(connectors::postgres::add_foreign_key(named.table, named.key, partitioned));
    if (!partitioned) session_.run("ALTER TABLE " + q(named.table) + " VALIDATE CONSTRAINT " + dialect().quote(named.key.name));
    session_.run("COMMIT");
  } catch (const ConnectorError& error) {
    if (session_.alive()) session_.run("ROLLBACK");
    if (error.sqlstate == "23503") return count_orphans(named);
    throw;
  }
  forget_foreign_key(named);
  return result;
}

ForeignKeyResult PostgresTargetState::count_orphans(const ForeignKeyToAdd& key) {
  ForeignKeyResult result;
  result.kind = ForeignKeyResult::Kind::orphans;
  const std::string from = orphans_of(key);
  result.orphans = static_cast<std::uint64_t>(session_.run("SELECT count(*)" + from).number(0, 0));
  std::vector<std::string> columns;
  for (const std::string& column : key.key.columns) columns.push_back("c." + dialect().quote(column));
  const Result rows = session_.run("SELECT DISTINCT " + sql::join(columns, ", ") + from + " LIMIT 5");
  for (int row = 0; row < rows.rows(); ++row) result.sample.push_back(sample_text(rows, row, key.key.columns));
  return result;
}

std::vector<ForeignKeyToAdd> PostgresTargetState::dropped_keys() {
  std::vector<ForeignKeyToAdd> keys;
  const Result rows = session_.run("SELECT container, \"table\", definition FROM " + meta_.key + " ORDER BY 1, 2, name");
  for (int row = 0; row < rows.rows(); ++row) {
    if (auto key = foreign_key_of_json(rows.text(row, 2)))
      keys.push_back({{rows.text(row, 0), rows.text(row, 1)}, std::move(*key)});
  }
  return keys;
}

void PostgresTargetState::forget_foreign_key(const ForeignKeyToAdd& key) {
  if (!recorded()) return;
  for (const ForeignKeyToAdd& dropped : dropped_keys()) {
    const bool same =
        dropped.table == key.table && (dropped.key.name == key.key.name ||
                                       (dropped.key.columns == key.key.columns && dropped.key.referenced == key.key.referenced));
    if (!same) continue;
    session_.query("DELETE FROM " + meta_.key + " WHERE container = $1 AND \"table\" = $2 AND name = $3",
                   {key.table.container, key.table.table, dropped.key.name});
  }
}

std::vector<std::pair<ForeignKeyToAdd, ForeignKeyResult>> PostgresTargetState::check_foreign_keys(
    const std::vector<types::ObjectName>& /*tables*/) {
  return {};
}

void PostgresTargetState::apply_schema(const LoadTable& table) {
  const std::vector<std::string> statements = [&table] {
    LoadTable additive = table;
    additive.publish = table.existing ? types::Publish::insert : types::Publish::rename;
    return load_statements(additive);
  }();
  session_.run("BEGIN");
  try {
    if (!statements.empty()) session_.run(sql::join(statements, "; "));
    if (recorded()) record_finished(session_, meta_, {{table.desired.name, table.epoch, -1, table.ours}});
    session_.run("COMMIT");
  } catch (const ConnectorError&) {
    if (session_.alive()) session_.run("ROLLBACK");
    throw;
  }
}

void PostgresTargetState::restore_other_foreign_keys() {
  // Tables that this run loaded have the keys of its plan; those of the rest were dropped only to swap what they point to.
  session_.query("DELETE FROM " + meta_.key + " k USING " + meta_.target +
                     " t WHERE k.container = t.container AND k.\"table\" = t.\"table\" AND t.run_id = $1 AND t.phase = 'done'",
                 {run_id_});
  for (const ForeignKeyToAdd& key : dropped_keys()) {
    try {
      add_foreign_key(key);
    } catch (const ConnectorError&) {
      // It stays recorded; the next run of its table adds it or says why not.
    }
  }
}

void PostgresTargetState::end_run() noexcept {
  if (!running_) return;
  running_ = false;
  try {
    if (session_.in_transaction()) session_.run("ROLLBACK");
    if (recorded()) {
      restore_other_foreign_keys();
      session_.query("UPDATE " + meta_.target + " SET phase = 'ended' WHERE run_id = $1 AND phase = 'load'", {run_id_});
    }
    local_epochs_.clear();
    drop_dead_staging();
  } catch (const std::exception&) {
    // The next run drops what is left.
  }
  try {
    if (recorded()) session_.query("DELETE FROM " + meta_.run + " WHERE run_id = $1", {run_id_});
    session_.run("SELECT pg_advisory_unlock_all()");
  } catch (const std::exception&) {
    // The lock goes with the session.
  }
}

}  // namespace syncline::connectors::postgres

#include "connectors/postgres/meta.h"

#include <map>
#include <nlohmann/json.hpp>

#include "connectors/postgres/catalogue.h"
#include "connectors/postgres/dialect.h"
#include "connectors/sql/known_tables.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/progress.h"
#include "connectors/sql/rehearsed_fingerprint.h"

namespace syncline::connectors::postgres {
namespace {

using nlohmann::json;

constexpr const char* kTargetColumns = R"( (
  container text NOT NULL, "table" text NOT NULL, epoch bigint NOT NULL, run_id text NOT NULL, plan_hash text NOT NULL,
  phase text NOT NULL, column_fingerprint text NOT NULL DEFAULT '', object_id bigint NOT NULL DEFAULT 0,
  rows bigint NOT NULL DEFAULT -1, changed_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (container, "table"));
)";
constexpr const char* kChunkColumns = R"( (
  container text NOT NULL, "table" text NOT NULL, epoch bigint NOT NULL, chunk bigint NOT NULL, rows bigint NOT NULL,
  bytes bigint NOT NULL, loaded_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (container, "table", epoch, chunk));
)";
constexpr const char* kKeyColumns = R"( (
  container text NOT NULL, "table" text NOT NULL, name text NOT NULL, definition text NOT NULL,
  PRIMARY KEY (container, "table", name));
)";
constexpr const char* kRunColumns = R"( (
  one boolean PRIMARY KEY DEFAULT true CHECK (one), run_id text NOT NULL, sync text NOT NULL, host text NOT NULL,
  pid bigint NOT NULL, backend_pid integer NOT NULL, backend_start timestamptz, started_at text NOT NULL);
)";

constexpr const char* kProgressTable = R"( (
  owner text NOT NULL, phase text NOT NULL, lower_bound bigint NOT NULL, upper_bound bigint NOT NULL, sync text NOT NULL,
  unit text NOT NULL, container text NOT NULL, table_name text NOT NULL, key_columns text NOT NULL, watermark text NOT NULL,
  run_id text NOT NULL, row_count bigint NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (owner, phase, lower_bound, upper_bound));
)";

constexpr const char* kKnownTable = R"( (
  owner text PRIMARY KEY, sync text NOT NULL, source_container text NOT NULL, source_table text NOT NULL, container text NOT NULL,
  table_name text NOT NULL, shape text NOT NULL, run_id text NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now());
)";

std::string progress_columns() {
  return sql::join({sql::kProgressColumns.begin(), sql::kProgressColumns.end()}, ", ");
}

json to_json(const types::ForeignKey& key) {
  return {{"name", key.name},
          {"columns", key.columns},
          {"container", key.referenced.container},
          {"table", key.referenced.table},
          {"referenced_columns", key.referenced_columns},
          {"on_delete", static_cast<int>(key.on_delete)},
          {"on_update", static_cast<int>(key.on_update)},
          {"deferrable", key.deferrable},
          {"initially_deferred", key.initially_deferred}};
}

types::ForeignKeyAction action_of(const json& value) {
  const int number = value.get<int>();
  const int last = static_cast<int>(types::ForeignKeyAction::set_default);
  return number < 0 || number > last ? types::ForeignKeyAction::no_action : static_cast<types::ForeignKeyAction>(number);
}

types::ForeignKey of_json(const json& value) {
  types::ForeignKey key;
  key.name = value.at("name").get<std::string>();
  key.columns = value.at("columns").get<std::vector<std::string>>();
  key.referenced = {value.at("container").get<std::string>(), value.at("table").get<std::string>()};
  key.referenced_columns = value.at("referenced_columns").get<std::vector<std::string>>();
  key.on_delete = action_of(value.at("on_delete"));
  key.on_update = action_of(value.at("on_update"));
  key.deferrable = value.at("deferrable").get<bool>();
  key.initially_deferred = value.at("initially_deferred").get<bool>();
  return key;
}

}  // namespace

MetaTables::MetaTables(const std::string& schema_name)
    : schema(dialect().quote(schema_name)),
      target(schema + ".syncline_target"),
      chunk(schema + ".syncline_chunk"),
      key(schema + ".syncline_foreign_key"),
      run(schema + ".syncline_run"),
      progress(schema + ".syncline_progress"),
      known(schema + ".syncline_known") {}

std::string create_meta(const MetaTables& meta) {
  return "CREATE TABLE IF NOT EXISTS " + meta.target + kTargetColumns + "CREATE TABLE IF NOT EXISTS " + meta.chunk +
         kChunkColumns + "CREATE TABLE IF NOT EXISTS " + meta.key + kKeyColumns + "CREATE TABLE IF NOT EXISTS " + meta.run +
         kRunColumns + "CREATE TABLE IF NOT EXISTS " + meta.progress + kProgressTable + "CREATE TABLE IF NOT EXISTS " +
         meta.known + kKnownTable;
}

std::string containers_parameter(const std::vector<types::ObjectName>& names) {
  std::vector<std::string> items;
  for (const auto& name : names) items.push_back(name.container);
  return array_parameter(items);
}

std::string tables_parameter(const std::vector<types::ObjectName>& names) {
  std::vector<std::string> items;
  for (const auto& name : names) items.push_back(name.table);
  return array_parameter(items);
}

std::string foreign_key_json(const types::ForeignKey& key) {
  return to_json(key).dump();
}

std::optional<types::ForeignKey> foreign_key_of_json(const std::string& text) {
  try {
    return of_json(json::parse(text));
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

void record_finished(Session& session, const MetaTables& meta, const std::vector<Finished>& tables) {
  std::vector<types::ObjectName> names;
  for (const Finished& table : tables) names.push_back(table.name);
  std::map<types::ObjectName, types::TableSchema> live;
  for (types::TableSchema& schema : read_tables(session, names)) live.emplace(schema.name, std::move(schema));
  std::vector<std::string> epochs, rows, ours, fingerprints, oids;
  for (const Finished& table : tables) {
    const auto found = live.find(table.name);
    epochs.push_back(std::to_string(table.epoch));
    rows.push_back(std::to_string(table.rows));
    ours.push_back(table.ours ? "t" : "f");
    fingerprints.push_back(found == live.end() ? "" : types::column_fingerprint(found->second));
    oids.push_back(found == live.end() ? "0" : std::to_string(found->second.object_id));
    if (session.rehearsal() != nullptr) fingerprints.back() = sql::kRehearsedFingerprint;
  }
  session.query("UPDATE " + meta.target +
                    " t SET phase = 'done', column_fingerprint = CASE WHEN w.ours THEN w.f ELSE t.column_fingerprint END, "
                    "object_id = CASE WHEN w.ours THEN w.o ELSE t.object_id END, rows = w.r, changed_at = now() "
                    "FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::boolean[]) "
                    "AS w(c, n, e, r, f, o, ours) "
                    "WHERE t.container = w.c AND t.\"table\" = w.n AND t.epoch = w.e",
                {containers_parameter(names), tables_parameter(names), array_parameter(epochs), array_parameter(rows),
                 array_parameter(fingerprints), array_parameter(oids), array_parameter(ours)});
}

namespace {

std::string upsert_progress(const MetaTables& meta) {
  std::vector<std::string> values;
  std::vector<std::string> sets{"recorded_at = now()"};
  for (std::size_t i = 0; i < sql::kProgressColumns.size(); ++i) {
    const std::string column = sql::kProgressColumns[i];
    values.push_back("$" + std::to_string(i + 1));
    if (i >= sql::kProgressKeyColumns) sets.push_back(column + " = EXCLUDED." + column);
  }
  return "INSERT INTO " + meta.progress + " (" + progress_columns() + ") VALUES (" + sql::join(values, ", ") +
         ") ON CONFLICT (owner, phase, lower_bound, upper_bound) DO UPDATE SET " + sql::join(sets, ", ");
}

}  // namespace

void record_progress(Session& session, const MetaTables& meta, const LoadTable& load) {
  if (load.forget != types::Forget::nothing) {
    const std::string kept = load.forget == types::Forget::reached ? types::to_string(types::Phase::window) : "";
    session.query("DELETE FROM " + meta.progress + " WHERE owner = ANY($1::text[]) AND phase <> $2",
                  {array_parameter(sql::progress_owners(load.progress)), kept});
  }
  for (const types::Progress& record : load.progress) {
    const sql::ProgressRow row = sql::progress_row(record);
    session.query(upsert_progress(meta), {row.begin(), row.end()});
  }
}

bool has_progress(Session& session, const MetaTables& meta, const LoadTable& load) {
  for (const types::Progress& record : load.progress) {
    const sql::ProgressRow row = sql::progress_row(record);
    const Result found = session.query("SELECT 1 FROM " + meta.progress +
                                           " WHERE owner = $1 AND phase = $2 AND lower_bound = $3::bigint AND upper_bound = "
                                           "$4::bigint AND run_id = $5",
                                       {row[0], row[1], row[2], row[3], record.run_id});
    if (found.rows() == 0) return false;
  }
  return !load.progress.empty();
}

std::vector<types::Progress> read_progress(Session& session, const MetaTables& meta, const std::vector<std::string>& syncs) {
  const Result found = session.query("SELECT " + progress_columns() + " FROM " + meta.progress +
                                         " WHERE sync = ANY($1::text[]) ORDER BY owner, phase, lower_bound, upper_bound",
                                     {array_parameter(syncs)}, look_it_up());
  std::vector<types::Progress> records;
  for (int at = 0; at < found.rows(); ++at) {
    sql::ProgressRow row;
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = found.text(at, static_cast<int>(i));
    records.push_back(sql::progress_of_row(row));
  }
  return records;
}

std::vector<types::KnownTable> read_known_tables(Session& session, const MetaTables& meta,
                                                 const std::vector<std::string>& syncs) {
  const Result found = session.query("SELECT " + sql::known_columns() + " FROM " + meta.known +
                                         " WHERE sync = ANY($1::text[]) ORDER BY sync, source_container, source_table",
                                     {array_parameter(syncs)});
  std::vector<types::KnownTable> entries;
  for (int at = 0; at < found.rows(); ++at) {
    sql::KnownRow row;
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = found.text(at, static_cast<int>(i));
    entries.push_back(sql::known_of_row(row));
  }
  return entries;
}

/// One statement: all or none.
void remember(Session& session, const MetaTables& meta, const std::vector<types::KnownTable>& entries,
              const std::vector<types::KnownTable>& forgotten) {
  std::array<std::vector<std::string>, sql::kKnownColumns.size()> cells;
  for (const types::KnownTable& entry : entries) {
    const sql::KnownRow row = sql::known_row(entry);
    for (std::size_t i = 0; i < row.size(); ++i) cells[i].push_back(row[i]);
  }
  std::vector<std::optional<std::string>> parameters;
  std::vector<std::string> arrays;
  std::vector<std::string> sets{"recorded_at = now()"};
  for (std::size_t i = 0; i < cells.size(); ++i) {
    parameters.emplace_back(array_parameter(cells[i]));
    arrays.push_back("$" + std::to_string(i + 1) + "::text[]");
    if (i > 0) sets.push_back(std::string(sql::kKnownColumns[i]) + " = EXCLUDED." + sql::kKnownColumns[i]);
  }
  std::vector<std::string> owners;
  for (const types::KnownTable& entry : forgotten) owners.push_back(sql::known_owner(entry));
  parameters.emplace_back(array_parameter(owners));
  session.query("WITH gone AS (DELETE FROM " + meta.known + " WHERE owner = ANY($" + std::to_string(cells.size() + 1) +
                    "::text[])) INSERT INTO " + meta.known + " (" + sql::known_columns() + ") SELECT * FROM unnest(" +
                    sql::join(arrays, ", ") + ") ON CONFLICT (owner) DO UPDATE SET " + sql::join(sets, ", "),
                parameters);
}

std::string loader_application(const std::string& run_id) {
  return "syncline load " + run_id;
}

}  // namespace syncline::connectors::postgres

#pragma once
#include <functional>

#include "connectors_sqlite_fixture.h"

/// One table loaded into a SQLite file the way a run does it.
namespace syncline::test {

/// `t(id INTEGER PRIMARY KEY, name TEXT)` with an index on name.
inline connectors::LoadTable people() {
  connectors::LoadTable table;
  table.desired.name.table = "people";
  table.desired.columns = {column("id", "INTEGER", logical(types::TypeKind::bigint), false),
                           column("name", "TEXT", logical(types::TypeKind::string))};
  table.desired.primary_key.columns = {"id"};
  types::Index index;
  index.name = "people_name";
  index.columns = {{"name", false, 0}};
  table.desired.indexes = {index};
  table.load_columns = {0, 1};
  return table;
}

using Fill = std::function<void(types::Batch&)>;

inline Fill people_rows(int from, int to, const std::string& prefix) {
  return [=](types::Batch& batch) {
    batch.reset(2);
    for (int i = from; i < to; ++i) RowBuilder(batch).slot(i).text(prefix + std::to_string(i));
  };
}

inline connectors::StagedRows load_with(connectors::Loader& loader, connectors::LoadTable& table,
                                        const std::vector<Fill>& batches) {
  loader.begin_unit({&table});
  loader.open(0);
  types::Batch batch;
  for (const auto& fill : batches) {
    batch.reset(table.load_columns.size());
    fill(batch);
    loader.write(batch);
  }
  const auto staged = loader.close();
  loader.build(0);
  loader.publish();
  return staged;
}

/// A whole run of one table; returns what the loader said was staged.
inline connectors::StagedRows run_load(const connectors::ConnectionSpec& spec, connectors::LoadTable table,
                                       const std::vector<Fill>& batches, std::uint64_t* published = nullptr) {
  const auto& connector = connectors::sqlite_connector();
  const auto state = connector.open_target_state(spec);
  state->begin_run(run_identity(), std::chrono::seconds(5));
  table.epoch = state->take_epochs({table.desired.name}, "hash").at(0);
  const auto loader = connector.open_loader(spec, run_identity());
  const auto staged = load_with(*loader, table, batches);
  if (published != nullptr) *published = loader->published_rows(0);
  state->end_run();
  return staged;
}

/// Everything a user could see of the schema, Syncline's own tables left out.
inline std::string visible_objects(Plain& plain) {
  return plain(
      "SELECT type || ' ' || name FROM sqlite_schema WHERE name NOT LIKE 'syncline!_%' ESCAPE '!' AND name NOT LIKE 'sqlite!_%' "
      "ESCAPE '!' ORDER BY 1");
}
inline std::string staging_tables(Plain& plain) {
  return plain("SELECT name FROM sqlite_schema WHERE name LIKE 'syncline!_stg!_%' ESCAPE '!'");
}

}  // namespace syncline::test

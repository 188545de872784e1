#include "lab.h"

/// Every cell kind into a table of the engine's own DDL and out again.
using namespace syncline;
using namespace syncline::conformance;

namespace {

types::TableSchema all_types(const Lab& lab) {
  types::TableSchema schema;
  schema.name = lab.name("all_types");
  schema.columns = {column("id", lab.data.id, logical(types::TypeKind::bigint), false)};
  for (const auto& typed : lab.data.columns) schema.columns.push_back(column(typed.name, typed.native, typed.logical));
  schema.primary_key.columns = {"id"};
  return schema;
}

Rows all_values(const Lab& lab) {
  Rows rows(1, Row(lab.data.columns.size() + 1));
  for (std::size_t i = 0; i < lab.data.columns.size(); ++i) {
    const auto& values = lab.data.columns[i].values;
    for (std::size_t at = 0; at < values.size(); ++at) {
      if (rows.size() <= at + 1) rows.emplace_back(lab.data.columns.size() + 1);
      rows[at + 1][i + 1] = values[at];
    }
  }
  for (std::size_t at = 0; at < rows.size(); ++at) rows[at][0] = std::to_string(at);
  return rows;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cells)

ENGINE_CASE(every_kind_of_cell_comes_back_unchanged) {
  Lab lab(engine);
  const auto schema = all_types(lab);
  const auto rows = all_values(lab);
  for (const auto staging : {types::Staging::one_transaction, types::Staging::chunked}) {
    load(lab, schema, rows, types::Publish::rename, staging);
    const auto wanted = request(schema);
    const auto found = read(lab, wanted);
    BOOST_REQUIRE_EQUAL(found.size(), rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      for (std::size_t i = 0; i < rows[row].size(); ++i) {
        BOOST_TEST(
            found[row][i].value_or("NULL") == rows[row][i].value_or("NULL"),
            schema.columns[i].name << ": " << found[row][i].value_or("NULL") << " instead of " << rows[row][i].value_or("NULL"));
      }
    }
  }
}

ENGINE_CASE(rows_travel_untouched_between_two_tables_of_one_engine) {
  Lab lab(engine);
  const auto schema = all_types(lab);
  const auto rows = all_values(lab);
  load(lab, schema, rows);
  auto copy = lab.describe("all_types");
  for (std::size_t i = 0; i < copy.columns.size(); ++i) copy.columns[i].logical = schema.columns[i].logical;
  auto wanted = request(copy);
  wanted.relay = true;
  copy.name.table = "relayed";
  copy.primary_key.name.clear();
  Run run(lab);
  auto table = run.plan(copy);
  table.relay = true;
  connectors::SnapshotRequest group;
  group.tables = {wanted.table};
  {
    const auto snapshot = lab.connector.open_snapshot(lab.source_spec(), group);
    const auto reader = snapshot->open_reader(wanted);
    run.loader->begin_unit({&table});
    run.loader->open(0);
    types::Batch batch;
    while (reader->next(batch)) run.loader->write(batch);
    BOOST_TEST(reader->rows() == rows.size());
  }
  const auto staged = run.loader->close();
  run.loader->build(0);
  run.loader->publish();
  BOOST_TEST(staged.counted == static_cast<std::int64_t>(rows.size()));
  BOOST_TEST(lab.content("relayed") == lab.content("all_types"));
}

BOOST_AUTO_TEST_SUITE_END()

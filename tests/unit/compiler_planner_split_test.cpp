#include <boost/test/unit_test.hpp>

#include "tests/unit/planner_fixture.h"

BOOST_AUTO_TEST_SUITE(planner_split)

using namespace planner_test;

namespace {

constexpr const char* kFull = " LOAD FULL WRITE RECREATE";

types::TableSchema orders(std::int64_t bytes = 640LL << 20) {
  TableBuilder table("shop", "orders", {"id! bigint(20)", "region! varchar(10)", "note text", "doc json"});
  table.schema.byte_estimate = bytes;
  table.schema.row_estimate = bytes / 100;
  return table;
}

const plan::Table& planned(Bench& bench, plan::Plan& plan, const std::string& clauses) {
  plan = bench.plan("shop.*", clauses + kFull);
  return only(plan);
}

std::string split_of(const plan::Table& table) {
  if (!table.split) return "none";
  std::string names;
  for (const auto& column : table.split->columns) names += column.name + " ";
  return names + std::to_string(table.split->chunks) + "/" + std::to_string(table.split->readers);
}

std::string split_of(const std::string& clauses, std::int64_t bytes = 640LL << 20) {
  Bench bench("mysql", "postgres");
  auto table = orders(bytes);
  table.primary_key.columns = {"id"};
  bench.source().add(table);
  plan::Plan plan;
  return split_of(planned(bench, plan, clauses));
}

}  // namespace

BOOST_AUTO_TEST_CASE(chunks_and_sessions_are_what_the_script_says) {
  BOOST_TEST(split_of("SPLIT BY id INTO 4 CHUNKS") == "id 4/4");
  BOOST_TEST(split_of("SPLIT BY (region, ID) INTO 20 CHUNKS") == "region id 20/8");
  BOOST_TEST(split_of("SPLIT BY id INTO 20 CHUNKS LIMITS (source_connections = 3)") == "id 20/3");
  BOOST_TEST(split_of("SPLIT BY id INTO 20 CHUNKS LIMITS (readers_per_table = 2)") == "id 20/2");
  BOOST_TEST(split_of("SPLIT BY id INTO 1 CHUNKS") == "none");
  BOOST_TEST(split_of("SPLIT OFF LIMITS (readers_per_table = 4)") == "none");
}

BOOST_AUTO_TEST_CASE(without_a_number_the_size_decides) {
  BOOST_TEST(split_of("SPLIT BY id") == "id 11/8");
  BOOST_TEST(split_of("SPLIT BY id", 20 << 20) == "id 2/2");
  BOOST_TEST(split_of("SPLIT BY id", 1 << 20) == "none");
}

BOOST_AUTO_TEST_CASE(without_a_clause_the_limits_decide_and_the_key_is_chosen) {
  BOOST_TEST(split_of("") == "none");
  BOOST_TEST(split_of("LIMITS (readers_per_table = 3)") == "id 11/3");
  BOOST_TEST(split_of("LIMITS (readers_per_table = 3)", 1 << 20) == "none");
}

BOOST_AUTO_TEST_CASE(without_a_primary_key_the_shortest_unique_index_is_taken) {
  Bench bench("mysql", "postgres");
  auto table = orders();
  const auto unique = [&](const std::string& name, std::vector<types::IndexColumn> columns) {
    types::Index index;
    index.name = name;
    index.unique = true;
    index.columns = std::move(columns);
    table.indexes.push_back(index);
  };
  table.primary_key.columns.clear();
  unique("of_note", {{"note", false, 0}});
  unique("of_two", {{"region", false, 0}, {"id", false, 0}});
  unique("of_prefix", {{"region", false, 3}});
  unique("of_one", {{"id", false, 0}});
  bench.source().add(table);
  plan::Plan plan;
  const plan::Table found = planned(bench, plan, "LIMITS (readers_per_table = 2)");
  BOOST_TEST(split_of(found) == "id 11/2");
  BOOST_TEST(found.split->reason == "the unique index of_one");
  BOOST_TEST(!found.split->primary);
}

BOOST_AUTO_TEST_CASE(a_column_without_an_index_warns) {
  Bench bench("mysql", "postgres");
  auto table = orders();
  table.primary_key.columns = {"id"};
  bench.source().add(table);
  plan::Plan plan;
  const plan::Table found = planned(bench, plan, "SPLIT BY region INTO 4 CHUNKS");
  BOOST_CHECK_EQUAL(Bench::codes_of(found.findings), "SY5009");
  BOOST_TEST(found.findings.front().help.front() == "indexes begin with `id`");
  BOOST_TEST(split_of(found) == "region 4/4");
}

BOOST_AUTO_TEST_CASE(a_column_without_an_order_is_refused) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders());
  plan::Plan plan;
  BOOST_CHECK_EQUAL(Bench::codes_of(planned(bench, plan, "SPLIT BY doc INTO 4 CHUNKS").findings), "SY5036");
}

BOOST_AUTO_TEST_CASE(a_table_without_the_column_is_named) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders());
  bench.source().add(TableBuilder("shop", "logs", {"n! int(11)"}));
  bench.plan("shop.*", std::string("SPLIT BY id INTO 4 CHUNKS") + kFull);
  BOOST_CHECK_EQUAL(bench.codes(), "SY5004");
}

BOOST_AUTO_TEST_SUITE_END()

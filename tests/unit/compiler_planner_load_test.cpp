#include <boost/test/unit_test.hpp>

#include "tests/unit/planner_fixture.h"

BOOST_AUTO_TEST_SUITE(compiler_planner_load)

using namespace syncline;
using namespace planner_test;

namespace {

TableBuilder users(const std::string& container = "shop") {
  return TableBuilder(container, "users", {"id! int(11)", "name varchar(40)"}).key({"id"});
}
/// What an earlier run made of `users` in PostgreSQL.
TableBuilder made() {
  return TableBuilder("shop", "users", {"id! integer", "name character varying(40)"}).key({"id"});
}

std::string hash(const plan::Table& table) {
  return plan::plan_hash(table, table.loads.front());
}

plan::Table planned(Bench& bench, const std::string& write) {
  return only(bench.plan("shop.*", "LOAD FULL WRITE " + write));
}

}  // namespace

BOOST_AUTO_TEST_CASE(recreate_of_our_own_table_swaps_by_rename) {
  Bench bench("mysql", "postgres");
  bench.source().add(users());
  bench.target().add_managed(made());
  const auto table = planned(bench, "RECREATE");
  BOOST_CHECK(table.managed);
  BOOST_CHECK(!table.needs_adoption);
  BOOST_CHECK(table.action == plan::Action::replace);
  BOOST_CHECK(table.loads.front().publish == types::Publish::rename);
  BOOST_CHECK(table.loads.front().staging == types::Staging::one_transaction);
  BOOST_CHECK_EQUAL(Bench::codes_of(table.findings), "");
}

BOOST_AUTO_TEST_CASE(clearing_a_foreign_table_needs_adoption) {
  Bench bench("mysql", "postgres");
  bench.source().add(users());
  bench.target().add(made());
  for (const char* mode : {"RECREATE", "TRUNCATE"}) {
    const auto table = planned(bench, mode);
    BOOST_CHECK(table.needs_adoption);
    BOOST_CHECK(table.action == plan::Action::blocked);
    BOOST_CHECK_EQUAL(Bench::codes_of(table.findings), "SY8004");
  }
  for (const char* mode : {"APPEND", "UPSERT"}) BOOST_CHECK_EQUAL(Bench::codes_of(planned(bench, mode).findings), "");
  bench.options.adopt = true;
  const auto adopted = planned(bench, "RECREATE");
  BOOST_CHECK(adopted.needs_adoption);
  BOOST_CHECK_EQUAL(Bench::codes_of(adopted.findings), "");
}

BOOST_AUTO_TEST_CASE(a_changed_table_is_no_longer_ours) {
  Bench bench("mysql", "postgres");
  bench.source().add(users());
  bench.target().add_managed(made());
  bench.target().tables[0].columns.push_back(column("extra text"));
  BOOST_CHECK_EQUAL(Bench::codes_of(planned(bench, "RECREATE").findings), "SY8004");
}

BOOST_AUTO_TEST_CASE(dependents_force_in_place) {
  Bench bench("mysql", "postgres");
  bench.source().add(users());
  TableBuilder table = made();
  table.schema.dependents = {{"view", "shop.v"}};
  bench.target().add_managed(table);
  const auto plan = planned(bench, "RECREATE");
  BOOST_CHECK(plan.loads.front().publish == types::Publish::in_place);
  BOOST_CHECK(says(plan, "view shop.v"));
}

BOOST_AUTO_TEST_CASE(foreign_keys_of_our_own_tables_are_no_dependents) {
  Bench bench("mysql", "mysql");
  bench.source().add(users());
  bench.source().add(
      TableBuilder("shop", "orders", {"id! int(11)", "u int(11)"}).key({"id"}).refers("fk", "u", {"shop", "users"}, "id"));
  TableBuilder parent = users("d");
  parent.schema.dependents = {{"foreign key", "d.orders.fk"}};
  bench.target().add_managed(parent);
  bench.target().add_managed(
      TableBuilder("d", "orders", {"id! int(11)", "u int(11)"}).key({"id"}).refers("fk", "u", {"d", "users"}, "id"));
  const auto plan = bench.plan("shop.*", "NAMING (DATABASE = 'd') LOAD FULL WRITE RECREATE");
  BOOST_CHECK(table(plan, "users").loads.front().publish == types::Publish::rename);
  BOOST_CHECK(table(plan, "users").loads.front().staging == types::Staging::chunked);
  BOOST_CHECK_EQUAL(table(plan, "orders").foreign_keys.size(), 1U);
}

BOOST_AUTO_TEST_CASE(truncate_keeps_the_table_and_adds_columns) {
  Bench bench("mysql", "postgres");
  TableBuilder source = users();
  source.schema.columns.push_back(column("added! int(11)"));
  bench.source().add(source);
  TableBuilder existing("shop", "users", {"id! integer", "extra text", "name character varying(40)"});
  existing.key({"id"});
  bench.target().add_managed(existing);
  const auto table = planned(bench, "TRUNCATE");
  BOOST_CHECK_EQUAL(Bench::codes_of(table.findings), "");
  BOOST_CHECK(table.loads.front().publish == types::Publish::in_place);
  BOOST_REQUIRE_EQUAL(table.target_schema.columns.size(), 4U);
  BOOST_CHECK(table.load_columns == (std::vector<int>{0, 2, 3}));
  BOOST_CHECK(table.add_columns == std::vector<int>{3});
  BOOST_CHECK(table.target_schema.columns[3].nullable);
  BOOST_CHECK(says(table, "`extra`"));
}

BOOST_AUTO_TEST_CASE(truncate_on_mysql_swaps_a_like_copy_unless_triggers_stand_on_it) {
  Bench bench("postgres", "mysql");
  bench.source().add(TableBuilder("public", "t", {"id! integer"}).key({"id"}));
  bench.target().add_managed(TableBuilder("d", "t", {"id! int(11)"}).key({"id"}));
  const char* clauses = "NAMING (DATABASE = 'd') LOAD FULL WRITE TRUNCATE";
  BOOST_CHECK(only(bench.plan("public.*", clauses)).loads.front().publish == types::Publish::rename);
  bench.target().tables[0].dependents = {{"trigger", "trg"}};
  BOOST_CHECK(only(bench.plan("public.*", clauses)).loads.front().publish == types::Publish::in_place);
}

BOOST_AUTO_TEST_CASE(columns_without_source_need_a_default) {
  Bench bench("mysql", "postgres");
  bench.source().add(users());
  bench.target().add_managed(TableBuilder("shop", "users", {"id! integer", "name text", "must! integer"}).key({"id"}));
  BOOST_CHECK_EQUAL(Bench::codes_of(planned(bench, "TRUNCATE").findings), "SY5012");
  BOOST_CHECK_EQUAL(Bench::codes_of(only(bench.plan("shop.*", "COLUMNS (ADD must INT = 1) LOAD FULL WRITE TRUNCATE")).findings),
                    "");
}

BOOST_AUTO_TEST_CASE(existing_types_decide_and_must_be_able_to_hold) {
  Bench bench("mysql", "postgres");
  bench.source().add(users());
  bench.target().add_managed(TableBuilder("shop", "users", {"id! smallint", "name boolean"}).key({"id"}));
  const auto table = planned(bench, "TRUNCATE");
  BOOST_CHECK(mapping(table, "id").recipe.kind == expr::ColumnRecipe::Kind::convert);
  bench.target().tables[0].columns[0].native = planner::parse_native("date");
  bench.target().ours[0].column_fingerprint = types::column_fingerprint(bench.target().tables[0]);
  BOOST_CHECK_EQUAL(Bench::codes_of(planned(bench, "TRUNCATE").findings), "SY5014");
}

BOOST_AUTO_TEST_CASE(append_inserts_and_upsert_merges) {
  Bench bench("mysql", "postgres");
  bench.source().add(users());
  bench.target().add(made());
  BOOST_CHECK(planned(bench, "APPEND").loads.front().publish == types::Publish::insert);
  BOOST_CHECK(planned(bench, "APPEND").action == plan::Action::append);
  BOOST_CHECK(planned(bench, "UPSERT").loads.front().publish == types::Publish::merge);
  BOOST_CHECK(planned(bench, "UPSERT").action == plan::Action::merge);
}

BOOST_AUTO_TEST_CASE(upsert_into_a_table_without_that_unique_key_is_refused) {
  Bench bench("mysql", "postgres");
  bench.source().add(users());
  bench.target().add(TableBuilder("shop", "users", {"id! integer", "name text"}));
  BOOST_CHECK_EQUAL(Bench::codes_of(planned(bench, "UPSERT").findings), "SY3003");
}

BOOST_AUTO_TEST_CASE(load_schema_adds_columns_only) {
  Bench bench("mysql", "postgres");
  bench.source().add(users());
  bench.target().add(TableBuilder("shop", "users", {"id! integer"}));
  const auto existing = only(bench.plan("shop.*", "LOAD SCHEMA"));
  BOOST_CHECK(existing.schema_only);
  BOOST_CHECK(existing.action == plan::Action::schema);
  BOOST_CHECK_EQUAL(existing.add_columns.size(), 1U);
  BOOST_CHECK_EQUAL(Bench::codes_of(existing.findings), "");
  bench.options.full = true;
  BOOST_CHECK(!only(bench.plan("shop.*", "LOAD SCHEMA")).schema_only);
}

BOOST_AUTO_TEST_CASE(load_schema_reports_what_it_does_not_change) {
  Bench bench("mysql", "postgres");
  bench.source().add(users());
  bench.target().add(TableBuilder("shop", "users", {"id! date", "name text", "must! integer"}));
  const auto table = only(bench.plan("shop.*", "LOAD SCHEMA"));
  BOOST_CHECK_EQUAL(Bench::codes_of(table.findings), "");
  BOOST_CHECK(says(table, "`id` is date"));
  BOOST_CHECK(says(table, "`must`"));
}

BOOST_AUTO_TEST_CASE(hidden_snapshots_are_said) {
  Bench bench("mysql", "postgres");
  bench.source().add(users());
  bench.target().add_managed(made());
  BOOST_CHECK(!says(planned(bench, "RECREATE"), "older snapshot"));
  bench.target().info.snapshot_age_visible = false;
  BOOST_CHECK(says(planned(bench, "RECREATE"), "older snapshot"));
}

BOOST_AUTO_TEST_CASE(large_tables_are_staged_in_chunks) {
  Bench bench("mysql", "postgres");
  TableBuilder big = users();
  big.schema.byte_estimate = std::int64_t{1} << 30;
  bench.source().add(big);
  BOOST_CHECK(planned(bench, "RECREATE").loads.front().staging == types::Staging::chunked);
}

BOOST_AUTO_TEST_CASE(relay_only_when_nothing_changes) {
  Bench bench("postgres", "postgres");
  bench.source().add(TableBuilder("public", "t", {"id! integer", "n numeric(10,2)"}).key({"id"}));
  BOOST_CHECK(only(bench.plan("public.*", "LOAD FULL WRITE RECREATE")).relay);
  BOOST_CHECK(only(bench.plan("public.*", "COLUMNS (EXCLUDE n) LOAD FULL WRITE RECREATE")).relay);
  BOOST_CHECK(!only(bench.plan("public.*", "COLUMNS (SET n = n + 1) LOAD FULL WRITE RECREATE")).relay);
  BOOST_CHECK(!only(bench.plan("public.*", "COLUMNS (CAST n TO TEXT) LOAD FULL WRITE RECREATE")).relay);
  Bench other("mysql", "postgres");
  other.source().add(users());
  BOOST_CHECK(!planned(other, "RECREATE").relay);
}

BOOST_AUTO_TEST_CASE(limits_take_the_minimum) {
  Bench bench("mysql", "postgres");
  bench.source().add(users());
  bench.source_settings = ", max_connections = 3";
  bench.target().info.free_connections = 8;
  const auto table = planned(bench, "RECREATE");
  BOOST_CHECK_EQUAL(table.limits.source_connections, 3);
  BOOST_CHECK_EQUAL(table.limits.target_connections, 4);
}

BOOST_AUTO_TEST_CASE(page_size_without_a_unique_key_warns) {
  Bench bench("mysql", "postgres");
  bench.source().add(TableBuilder("shop", "t", {"n int(11)"}));
  const auto plan = bench.plan("shop.*", "LOAD FULL WRITE RECREATE LIMITS (page_size = 1000)");
  BOOST_CHECK_EQUAL(Bench::codes_of(only(plan).findings), "SY5013");
}

BOOST_AUTO_TEST_CASE(filters_portable_and_native) {
  Bench bench("mysql", "postgres");
  bench.source().add(users());
  const auto portable = bench.plan("shop.*", "FILTER id > 10 LOAD FULL WRITE RECREATE");
  BOOST_REQUIRE(only(portable).loads.front().filter);
  BOOST_CHECK(only(portable).loads.front().filter->phase == expr::Phase::row);
  const auto native = bench.plan("shop.*", "FILTER NATIVE mysql $$id > :low AND name <> ':no'$$ LOAD FULL WRITE RECREATE",
                                 "PARAM low INT DEFAULT 5;\n");
  BOOST_CHECK_EQUAL(bench.codes(), "");
  BOOST_REQUIRE_EQUAL(only(native).loads.front().native_binds.size(), 1U);
  BOOST_CHECK_EQUAL(only(native).loads.front().native_binds[0].first, "low");
}

BOOST_AUTO_TEST_CASE(the_hash_follows_what_decides_content_and_shape) {
  Bench bench("mysql", "postgres");
  bench.source().add(users());
  const std::string base = hash(planned(bench, "RECREATE"));
  BOOST_CHECK_EQUAL(base, hash(planned(bench, "RECREATE")));
  BOOST_CHECK(base != hash(planned(bench, "APPEND")));
  BOOST_CHECK(base != hash(only(bench.plan("shop.*", "FILTER id > 1 LOAD FULL WRITE RECREATE"))));
  BOOST_CHECK(base != hash(only(bench.plan("shop.*", "COLUMNS (CAST id TO BIGINT) LOAD FULL WRITE RECREATE"))));
}

BOOST_AUTO_TEST_CASE(a_view_at_the_targets_name_blocks) {
  Bench bench("mysql", "postgres");
  bench.source().add(users());
  bench.target().listed.push_back({{"shop", "users"}, connectors::ObjectKind::view, true});
  BOOST_CHECK_EQUAL(Bench::codes_of(planned(bench, "RECREATE").findings), "SY5025");
}

BOOST_AUTO_TEST_SUITE_END()

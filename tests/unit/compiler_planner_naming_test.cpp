#include <boost/test/unit_test.hpp>

#include "tests/unit/planner_fixture.h"

BOOST_AUTO_TEST_SUITE(compiler_planner_naming)

using namespace syncline;
using namespace planner_test;

namespace {

TableBuilder users(const std::string& container) {
  return TableBuilder(container, "users", {"id! int(11)", "name varchar(40)"}).key({"id"});
}

const char* const kRecreate = "LOAD FULL WRITE RECREATE";

}  // namespace

BOOST_AUTO_TEST_CASE(a_database_becomes_a_schema_and_is_created) {
  Bench bench("mysql", "postgres");
  bench.source().add(users("shop"));
  const auto plan = bench.plan("shop.*", kRecreate);
  BOOST_CHECK_EQUAL(bench.codes(), "");
  BOOST_CHECK_EQUAL(types::to_string(only(plan).target), "shop.users");
  BOOST_CHECK_EQUAL(only(plan).address, "job/shop.users");
  BOOST_REQUIRE_EQUAL(plan.syncs[0].create_containers.size(), 1U);
  BOOST_CHECK_EQUAL(plan.syncs[0].create_containers[0], "shop");
  BOOST_CHECK(only(plan).action == plan::Action::create);
}

BOOST_AUTO_TEST_CASE(sqlite_has_no_container_and_gets_the_targets_default) {
  Bench into("mysql", "sqlite");
  into.source().add(users("shop"));
  BOOST_CHECK_EQUAL(types::to_string(only(into.plan("shop.*", kRecreate)).target), "users");
  Bench out("sqlite", "postgres");
  out.source().add(users(""));
  BOOST_CHECK_EQUAL(types::to_string(only(out.plan("*", kRecreate)).target), "public.users");
  Bench mysql("sqlite", "mysql");
  mysql.source().add(users(""));
  mysql.target_settings = ", database = 'dw'";
  BOOST_CHECK_EQUAL(types::to_string(only(mysql.plan("*", kRecreate)).target), "dw.users");
}

BOOST_AUTO_TEST_CASE(sqlite_to_mysql_without_database_has_nowhere_to_go) {
  Bench bench("sqlite", "mysql");
  bench.source().add(users(""));
  const auto plan = bench.plan("*", kRecreate);
  BOOST_CHECK_EQUAL(Bench::codes_of(only(plan).findings), "SY5006");
  BOOST_CHECK(only(plan).action == plan::Action::blocked);
}

BOOST_AUTO_TEST_CASE(public_goes_to_the_connections_database_others_keep_their_name_with_a_warning) {
  Bench bench("postgres", "mysql");
  bench.target_settings = ", database = 'dw'";
  bench.source().add(TableBuilder("public", "a", {"id! integer"}).key({"id"}));
  bench.source().add(TableBuilder("crm", "b", {"id! integer"}).key({"id"}));
  const auto plan = bench.plan("public.*, crm.*", kRecreate);
  BOOST_CHECK_EQUAL(types::to_string(table(plan, "a").target), "dw.a");
  BOOST_CHECK_EQUAL(types::to_string(table(plan, "b").target), "crm.b");
  BOOST_CHECK_EQUAL(bench.codes(), "SY5020");
}

BOOST_AUTO_TEST_CASE(naming_expressions_and_captures) {
  Bench bench("mysql", "postgres");
  bench.source().add(TableBuilder("shop", "orders_17", {"id! int(11)"}).key({"id"}));
  const auto plan = bench.plan(
      "shop.~'orders_(?P<shard>\\d+)'",
      "NAMING (SCHEMA = 'dw_' || source.database, TABLE = upper(source.table) || '_' || match.shard) LOAD FULL WRITE RECREATE");
  BOOST_CHECK_EQUAL(bench.codes(), "");
  BOOST_CHECK_EQUAL(types::to_string(only(plan).target), "dw_shop.ORDERS_17_17");
}

BOOST_AUTO_TEST_CASE(a_pattern_without_match_stops_the_script_and_names_the_closest) {
  Bench bench("mysql", "postgres");
  bench.source().add(users("shop"));
  const auto plan = bench.plan("shop.usres, EXCEPT shop.nothing", kRecreate);
  BOOST_CHECK_EQUAL(bench.codes(), "SY7006 SY5002");
  BOOST_REQUIRE(!bench.result->sink.all().back().help.empty());
  BOOST_CHECK(bench.result->sink.all().back().help.front().find("shop.users") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(views_are_never_swept_up_and_refused_by_name) {
  Bench bench("mysql", "postgres");
  bench.source().add(users("shop"));
  bench.source().listed.push_back({{"shop", "v"}, connectors::ObjectKind::view, true});
  BOOST_CHECK_EQUAL(bench.plan("shop.*", kRecreate).syncs[0].tables.size(), 1U);
  BOOST_CHECK_EQUAL(bench.codes(), "");
  bench.plan("shop.v", kRecreate);
  BOOST_CHECK_EQUAL(bench.codes(), "SY5025");
}

BOOST_AUTO_TEST_CASE(excluded_tables_are_counted) {
  Bench bench("mysql", "postgres");
  bench.source().add(users("shop"));
  bench.source().add(TableBuilder("shop", "users_bak", {"id! int(11)"}));
  const auto plan = bench.plan("shop.*, EXCEPT shop.~'.*_bak'", kRecreate);
  BOOST_CHECK_EQUAL(plan.syncs[0].tables.size(), 1U);
  BOOST_REQUIRE_EQUAL(plan.syncs[0].excluded.size(), 1U);
  BOOST_CHECK_EQUAL(plan.syncs[0].excluded[0].table, "users_bak");
}

BOOST_AUTO_TEST_CASE(an_unreadable_table_blocks_itself_only) {
  Bench bench("mysql", "postgres");
  bench.source().add(users("shop"));
  bench.source().listed.push_back({{"shop", "secret"}, connectors::ObjectKind::table, false});
  const auto plan = bench.plan("shop.*", kRecreate);
  BOOST_CHECK_EQUAL(bench.codes(), "");
  BOOST_CHECK_EQUAL(Bench::codes_of(table(plan, "secret").findings), "SY8002");
  BOOST_CHECK(table(plan, "users").action == plan::Action::create);
}

void runs(planner_test::FakeCatalog& catalog, const char* product, const char* version, int number) {
  catalog.info.product = product;
  catalog.info.version = version;
  catalog.info.version_number = number;
}

BOOST_AUTO_TEST_CASE(servers_that_are_too_old_are_not_asked) {
  Bench bench("mysql", "mysql");
  bench.source().add(users("shop"));
  runs(bench.source(), "MySQL", "5.6.51", 50651);
  runs(bench.target(), "MySQL", "5.7.44", 50744);
  BOOST_TEST(bench.plan("shop.*", kRecreate).syncs.empty());
  BOOST_CHECK_EQUAL(bench.codes(), "SY8009 SY8009");
  BOOST_CHECK_EQUAL(bench.result->sink.all()[0].message, "`src` is MySQL 5.6.51: as a source it must be 5.7 or later");
  BOOST_CHECK_EQUAL(bench.result->sink.all()[1].message, "`dst` is MySQL 5.7.44: as a target it must be 8.0 or later");
  BOOST_CHECK_EQUAL(bench.source().describes, 0);
}

BOOST_AUTO_TEST_CASE(the_oldest_servers_that_will_do) {
  Bench bench("mysql", "postgres");
  bench.source().add(users("shop"));
  runs(bench.source(), "MySQL", "5.7.0", 50700);
  runs(bench.target(), "PostgreSQL", "12.0", 120000);
  bench.plan("shop.*", kRecreate);
  BOOST_CHECK_EQUAL(bench.codes(), "");
  runs(bench.source(), "MariaDB", "10.2.4", 100204);
  runs(bench.target(), "PostgreSQL", "11.22", 110022);
  bench.plan("shop.*", kRecreate);
  BOOST_CHECK_EQUAL(bench.codes(), "SY8009 SY8009");
  BOOST_CHECK_EQUAL(bench.result->sink.all()[0].message, "`src` is MariaDB 10.2.4: as a source it must be 10.2.5 or later");
  BOOST_CHECK_EQUAL(bench.result->sink.all()[1].message, "`dst` is PostgreSQL 11.22: as a target it must be 12 or later");
}

BOOST_AUTO_TEST_CASE(all_tables_are_described_in_one_call) {
  Bench bench("mysql", "postgres");
  for (int i = 0; i < 20; ++i) bench.source().add(TableBuilder("shop", "t" + std::to_string(i), {"id! int(11)"}));
  bench.plan("shop.*", kRecreate);
  BOOST_CHECK_EQUAL(bench.source().describes, 1);
  BOOST_CHECK_EQUAL(bench.target().describes, 0);
}

BOOST_AUTO_TEST_CASE(two_tables_to_one_name_block_both) {
  Bench bench("mysql", "postgres");
  bench.source().add(users("a"));
  bench.source().add(users("b"));
  bench.source().add(TableBuilder("a", "other", {"id! int(11)"}));
  const auto plan = bench.plan("a.*, b.*", "NAMING (SCHEMA = 'dw') LOAD FULL WRITE RECREATE");
  BOOST_CHECK(bench.codes().find("SY1010") == std::string::npos);
  for (const plan::Table& one : plan.syncs[0].tables) {
    BOOST_CHECK_EQUAL(Bench::codes_of(one.findings), one.source.table == "users" ? "SY1010" : "");
  }
}

BOOST_AUTO_TEST_CASE(names_equal_but_for_case_collide_where_the_target_ignores_case) {
  Bench bench("postgres", "sqlite");
  bench.source().add(TableBuilder("public", "T", {"id! integer"}));
  bench.source().add(TableBuilder("public", "t", {"id! integer"}));
  const auto plan = bench.plan("public.*", kRecreate);
  for (const plan::Table& one : plan.syncs[0].tables) BOOST_CHECK_EQUAL(Bench::codes_of(one.findings), "SY5006");
  Bench exact("postgres", "postgres");
  exact.source().add(TableBuilder("public", "T", {"id! integer"}));
  exact.source().add(TableBuilder("public", "t", {"id! integer"}));
  const plan::Plan kept = exact.plan("public.*", kRecreate);
  for (const plan::Table& one : kept.syncs[0].tables) BOOST_CHECK_EQUAL(Bench::codes_of(one.findings), "");
}

BOOST_AUTO_TEST_CASE(two_syncs_to_one_table_block_both) {
  Bench bench("mysql", "postgres");
  bench.source().add(users("shop"));
  const auto plan = bench.script(
      "SYNC one FROM src TABLES (shop.*) INTO dst LOAD FULL WRITE RECREATE;\n"
      "SYNC two FROM src TABLES (shop.users) INTO dst LOAD FULL WRITE RECREATE;\n");
  BOOST_REQUIRE_EQUAL(plan.syncs.size(), 2U);
  BOOST_CHECK_EQUAL(Bench::codes_of(plan.syncs[0].tables[0].findings), "SY1012");
  BOOST_CHECK_EQUAL(Bench::codes_of(plan.syncs[1].tables[0].findings), "SY1012");
}

BOOST_AUTO_TEST_CASE(source_and_target_the_same_place) {
  Bench bench("mysql", "mysql");
  bench.provider.all_same = true;
  bench.source().add(users("shop"));
  BOOST_CHECK_EQUAL(Bench::codes_of(only(bench.plan("shop.*", kRecreate)).findings), "SY8011");
  const auto renamed = bench.plan("shop.*", "NAMING (DATABASE = 'copy') LOAD FULL WRITE RECREATE");
  BOOST_CHECK_EQUAL(Bench::codes_of(only(renamed).findings), "");
}

BOOST_AUTO_TEST_CASE(too_long_names_are_found_by_the_targets_measure) {
  Bench bench("mysql", "postgres");
  std::string long_name;
  for (int i = 0; i < 22; ++i) long_name += "表";
  bench.source().add(TableBuilder("shop", long_name, {"id! int(11)"}));
  BOOST_CHECK_EQUAL(Bench::codes_of(only(bench.plan("shop.*", kRecreate)).findings), "SY5006");
  Bench mysql("mysql", "mysql");
  mysql.source().add(TableBuilder("shop", long_name, {"id! int(11)"}));
  BOOST_CHECK_EQUAL(Bench::codes_of(only(mysql.plan("shop.*", kRecreate)).findings), "");
}

BOOST_AUTO_TEST_CASE(an_unreachable_connection_is_one_finding) {
  Bench bench("mysql", "postgres");
  bench.provider.unreachable = "dst";
  bench.source().add(users("shop"));
  const auto plan = bench.plan("shop.*", kRecreate);
  BOOST_CHECK_EQUAL(bench.codes(), "SY8001");
  BOOST_CHECK(plan.syncs.empty());
}

BOOST_AUTO_TEST_CASE(missing_rights_on_the_target_block_the_tables_of_that_container) {
  Bench bench("mysql", "postgres");
  bench.source().add(users("shop"));
  bench.source().add(users("crm"));
  bench.target().missing.push_back({{"crm", ""}, "CREATE", "GRANT CREATE ON SCHEMA crm TO loader"});
  const auto plan = bench.plan("shop.*, crm.*", kRecreate);
  for (const plan::Table& one : plan.syncs[0].tables) {
    BOOST_CHECK_EQUAL(Bench::codes_of(one.findings), one.source.container == "crm" ? "SY8002" : "");
  }
}

BOOST_AUTO_TEST_CASE(table_selection_leaves_only_those_tables) {
  Bench bench("mysql", "postgres");
  bench.source().add(users("shop"));
  bench.source().add(TableBuilder("shop", "orders", {"id! int(11)"}));
  bench.options.select = {"table:orders"};
  const auto plan = bench.plan("shop.*", kRecreate);
  BOOST_REQUIRE_EQUAL(plan.syncs[0].tables.size(), 1U);
  BOOST_CHECK_EQUAL(only(plan).source.table, "orders");
}

BOOST_AUTO_TEST_CASE(clauses_that_are_not_built_stop_the_script) {
  Bench bench("mysql", "postgres");
  bench.source().add(users("shop"));
  bench.plan("shop.*", "VERIFY CHECKSUM LOAD FULL WRITE RECREATE");
  BOOST_CHECK(bench.codes().find("SY1016") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

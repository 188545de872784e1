#include <boost/test/unit_test.hpp>

#include "tests/unit/planner_fixture.h"

BOOST_AUTO_TEST_SUITE(compiler_plan_print)

using namespace syncline;
using namespace planner_test;

BOOST_AUTO_TEST_CASE(text_shows_each_table_with_its_symbol_and_ends_with_counts) {
  Bench bench("mysql", "postgres");
  bench.source().add(TableBuilder("shop", "users", {"id! int(11)"}).key({"id"}));
  bench.source().add(TableBuilder("shop", "places", {"at point"}));
  bench.source().add(TableBuilder("shop", "old_bak", {"id! int(11)"}));
  const auto plan = bench.plan("shop.*, EXCEPT shop.~'.*_bak'", "LOAD FULL WRITE RECREATE");
  const std::string text = plan::to_text(plan, {});
  BOOST_CHECK_EQUAL(text,
                    "job  mysql:src → postgres:dst   3 tables matched, 1 excluded\n"
                    "  + create shop\n"
                    "  ! shop.places → shop.places  blocked\n"
                    "      error: SY5007 no mapping for `point` → postgres (column `at` of `shop.places`)\n"
                    "      help: give it a type: COLUMNS (CAST at TO …), EXCLUDE it, or add a TYPE MAPPING\n"
                    "  + shop.users  → shop.users   create, about 100 rows, one transaction\n"
                    "\n"
                    "Plan: 1 to create, 1 blocked. Nothing has been executed.\n"
                    "What is blocked stays out of a run until the errors above are mended.\n"
                    "Next: syncline run\n");
}

BOOST_AUTO_TEST_CASE(columns_and_ddl_on_request) {
  Bench bench("mysql", "postgres");
  bench.source().add(TableBuilder("shop", "users", {"id! int(11)"}).key({"id"}));
  const auto plan = bench.plan("shop.*", "COLUMNS (ADD origin STRING(20) = 'x') LOAD FULL WRITE RECREATE");
  plan::TextStyle style;
  style.columns = style.ddl = true;
  const std::string text = plan::to_text(
      plan, style, [](const plan::Sync&, const plan::Table&) { return std::vector<std::string>{"CREATE TABLE x"}; });
  BOOST_CHECK(text.find("      id int(11) → id integer not null\n") != std::string::npos);
  BOOST_CHECK(text.find("(added)    → origin character varying(20)  = x; ADD\n") != std::string::npos);
  BOOST_CHECK(text.find("      CREATE TABLE x;\n") != std::string::npos);
  BOOST_CHECK(text.find("because: the table is new") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(foreign_names_are_made_printable) {
  Bench bench("mysql", "postgres");
  bench.source().add(TableBuilder("shop", "evil\x1b[31m", {"id! int(11)"}));
  const std::string text = plan::to_text(bench.plan("shop.*", "LOAD FULL WRITE RECREATE"), {});
  BOOST_CHECK(text.find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(json_holds_the_tables_and_a_summary) {
  Bench bench("mysql", "postgres");
  bench.source().add(TableBuilder("shop", "users", {"id! int(11)"}).key({"id"}));
  const std::string json = plan::to_json(bench.plan("shop.*", "LOAD FULL WRITE RECREATE"));
  for (const char* part : {"\"version\": 1", "\"address\": \"job/shop.users\"", "\"action\": \"create\"",
                           "\"target_type\": \"integer\"", "\"source\": \"mysql:src\"", "\"blocked\": 0"}) {
    BOOST_CHECK_MESSAGE(json.find(part) != std::string::npos, part);
  }
}

BOOST_AUTO_TEST_CASE(hooks_are_shown_and_keep_plan_time_and_run_time_values_apart) {
  Bench bench("mysql", "postgres");
  bench.source().add(TableBuilder("shop", "users", {"id! int(11)"}).key({"id"}));
  const auto plan =
      bench.plan("shop.*",
                 "LOAD FULL WRITE RECREATE BEFORE RUN ON TARGET $$ SELECT 1 $$ AFTER TABLE ON TARGET $$ INSERT INTO\n"
                 "  log VALUES (:run_id, '{target.table}')  $$");
  const std::string text = plan::to_text(plan, {});
  BOOST_CHECK(text.find("\n  BEFORE RUN ON TARGET: SELECT 1\n") != std::string::npos);
  BOOST_CHECK(text.find("\n      AFTER TABLE ON TARGET: INSERT INTO log VALUES (:run_id, '{target.table}')\n") !=
              std::string::npos);
  BOOST_REQUIRE_EQUAL(only(plan).after.size(), 1U);
  BOOST_REQUIRE_EQUAL(only(plan).after.front().binds.size(), 1U);
  BOOST_CHECK(only(plan).after.front().binds.front().second->op == expr::Op::parameter);
  const std::string json = plan::to_json(plan);
  BOOST_CHECK(json.find("\"when\": \"AFTER TABLE ON TARGET\"") != std::string::npos);
  BOOST_CHECK(json.find("\"run_id\": \":run_id\"") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

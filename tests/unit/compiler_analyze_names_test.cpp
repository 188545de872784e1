#include <boost/test/unit_test.hpp>

#include "tests/unit/compiler_analyze_support.h"

BOOST_AUTO_TEST_SUITE(analyze_names)

using namespace syncline;
using namespace syncline::test;

namespace {

void expect(const std::string& script, const std::string& codes) {
  const Bound bound = bound_of(script);
  BOOST_TEST(bound.codes() == codes, script + "\nfound " + bound.codes() + ", expected " + codes + "\n" + bound.messages());
}

void expect_sync(const std::string& clauses, const std::string& codes) {
  expect(with_sync(clauses), codes);
}

const std::string kLoad = "LOAD FULL WRITE RECREATE";

}  // namespace

BOOST_AUTO_TEST_CASE(a_plain_sync_is_clean) {
  expect_sync(kLoad, "");
}

BOOST_AUTO_TEST_CASE(unknown_names_are_reported_with_candidates) {
  const Bound bound = bound_of(with_connections("SYNC s FROM shpo TABLES (a.b) INTO dw " + kLoad + ";"));
  BOOST_TEST(bound.codes() == "SY1001");
  BOOST_TEST(bound.messages().find("`shop`") != std::string::npos);
  expect_sync(kLoad + " SCHEDULE nightly", "SY1001");
  expect_sync(kLoad + " NOTIFY oncall", "SY1001");
  expect_sync(kLoad + " DEPENDS ON other", "SY1001");
  expect_sync(kLoad + " TYPE MAPPING m", "SY1001");
  expect_sync("USING t " + kLoad, "SY1001");
  expect(with_connections("OVERRIDE nothing FOR TABLE a.b " + kLoad + ";"), "SY1001");
}

BOOST_AUTO_TEST_CASE(lists_have_no_last_word) {
  expect_sync(kLoad + " LIMITS (page_size = 1, page_size = 2)", "SY1020");
  expect_sync(kLoad + " ERRORS (retries = 1, Retries = 2)", "SY1020");
  expect_sync(kLoad + " COLUMNS (RENAME a TO b, RENAME a TO c)", "SY3018");
  expect_sync(kLoad + " COLUMNS (SET a = 1, MASK a USING nullify())", "SY3018");
  expect_sync(kLoad + " COLUMNS (EXCLUDE a, RENAME a TO b)", "SY3018");
  expect_sync(kLoad + " COLUMNS (ADD a INT = 1, ADD a INT = 2)", "SY3018");
  expect_sync(kLoad + " COLUMNS (EXCLUDE a, EXCLUDE b, CAST c TO text, RENAME c TO d, ADD a INT = 1)", "");
}

BOOST_AUTO_TEST_CASE(one_mistake_is_one_finding) {
  expect(with_connections("SYNC s FROM shop TABLES (a.b) INTO dw USING t;"), "SY1001");
  expect(with_connections("TEMPLATE t (n STRING) AS LOAD FULL WRITE RECREATE; SYNC s FROM shop TABLES (a.b) INTO dw USING t;"),
         "SY1024");
  expect(with_connections(
             "TYPE MAPPING m FROM mysqli TO postgres (INT -> INT); SYNC s FROM shop TABLES (a.b) INTO dw TYPE MAPPING m " +
             kLoad + ";"),
         "SY1015");
}

BOOST_AUTO_TEST_CASE(fixes_replace_what_is_wrong_and_no_more) {
  const auto fixed = [](const std::string& script) {
    const Bound bound = bound_of(script);
    BOOST_REQUIRE(!bound.result.sink.all().empty());
    const auto& fixes = bound.result.sink.all().back().fixes;
    BOOST_REQUIRE(!fixes.empty());
    return script.substr(0, fixes[0].span.begin) + fixes[0].replacement + script.substr(fixes[0].span.end);
  };
  const std::string parameter = "PARAM region STRING DEFAULT 'eu';\n" + with_sync(kLoad + " FILTER a = :regio");
  BOOST_TEST(fixed(parameter) == "PARAM region STRING DEFAULT 'eu';\n" + with_sync(kLoad + " FILTER a = :region"));
  BOOST_TEST(fixed(with_sync(kLoad + " COLUMNS (SET a = uper(a))")) == with_sync(kLoad + " COLUMNS (SET a = upper(a))"));
}

BOOST_AUTO_TEST_CASE(a_syntax_error_silences_missing_names) {
  expect("CONNECTION shop TYPE mysql host = 'x';\nSYNC s FROM shop TABLES (a.b) INTO shop LOAD FULL WRITE RECREATE;", "SY0001");
}

BOOST_AUTO_TEST_CASE(defined_twice) {
  expect(with_connections("CONNECTION shop TYPE sqlite (path = 'x');"), "SY1002");
  expect("SET language = 2;", "SY0006");
  expect("SET timezone = 'UTC'; SET timezone = 'Asia/Shanghai';", "SY1020");
  expect("SET timezon = 'UTC';", "SY1017");
}

BOOST_AUTO_TEST_CASE(connections) {
  expect("CONNECTION c TYPE mysqll (host = 'a');", "SY1015");
  expect("CONNECTION c TYPE mysql (host = 'a');", "SY1019");
  expect("CONNECTION c TYPE mysql (host = 'a', user = 'u', hots = 'b');", "SY1017");
  expect("CONNECTION c TYPE mysql (host = 'a', user = 'u', port = 'x');", "SY1018");
  expect("CONNECTION c TYPE mysql (host = 'a', user = 'u', port = 70000);", "SY1018");
  expect("CONNECTION c TYPE mysql (host = 'a', user = 'u', tls = verify);", "SY1018");
  expect("CONNECTION c TYPE mysql (host = 'a', user = 'u', user = 'v');", "SY1020");
  expect("CONNECTION c TYPE mysql (host = 'a', user = 'u', connect_timeout = 5 SECONDS);", "");
  expect("CONNECTION c TYPE mysql (host = 'a', user = 'u', connect_timeout = 5 MB);", "SY1018");
  expect("CONNECTION c TYPE mysql (host = 'a', user = SECRET 'env:U');", "SY1018");
  expect("CONNECTION c TYPE mysql (host = 'db1', user = 'u', tls = off);", "SY6009");
  expect("CONNECTION c TYPE mysql (host = '127.0.0.1', user = 'u', tls = off);", "");
}

BOOST_AUTO_TEST_CASE(tls_defaults_to_full_verification_off_loopback) {
  const Bound bound = bound_of(
      "CONNECTION far TYPE mysql (host = 'db1', user = 'u'); CONNECTION near TYPE mysql (host = 'localhost', user = 'u', "
      "connect_timeout = 2 "
      "MINUTES);");
  BOOST_TEST(bound.unit.connections.at("far")->plan.settings.at("tls") == "verify_full");
  BOOST_TEST(bound.unit.connections.at("near")->plan.settings.at("tls") == "off");
  BOOST_TEST(bound.unit.connections.at("near")->plan.settings.at("connect_timeout") == "120");
}

BOOST_AUTO_TEST_CASE(secrets) {
  const Bound bound = bound_of("CONNECTION c TYPE mysql (host = 'a', user = 'u', password = 'hunter2');");
  BOOST_TEST(bound.codes() == "SY6001");
  BOOST_TEST(bound.messages().find("hunter2") == std::string::npos);
  expect("CONNECTION c TYPE mysql (host = 'a', user = 'u', password = SECRET 'hunter2');", "SY6006");
  expect("CONNECTION c TYPE mysql (host = 'a', user = 'u', password = SECRET 'vault:x');", "");
  const Bound by_parameter =
      bound_of("PARAM p STRING DEFAULT SECRET 'env:P'; CONNECTION c TYPE mysql (host = 'a', user = 'u', password = :p);");
  BOOST_TEST(by_parameter.codes() == "");
  BOOST_TEST(by_parameter.unit.connections.at("c")->plan.secrets.at("password") == "env:P");
}

BOOST_AUTO_TEST_CASE(patterns) {
  const auto tables = [](const std::string& list) {
    return with_connections("SYNC s FROM shop TABLES (" + list + ") INTO dw " + kLoad + ";");
  };
  expect(tables("orders"), "SY1004");
  expect(tables("a.b.c"), "SY1004");
  expect(tables("shop.~'(?!x)y'"), "SY1006");
  expect(tables("shop.~'user_*'"), "SY1007");
  expect(tables("shop.~'orders'"), "SY1008");
  expect(tables("shop.~'orders_[0-9]+'"), "");
  expect(tables("EXCEPT shop.x"), "SY1026");
  const std::string pg = "CONNECTION pg TYPE postgres (host = 'localhost', user = 'u', database = 'app');\n";
  expect(pg + with_connections("SYNC s FROM pg TABLES (app.public.*) INTO dw " + kLoad + ";"), "SY7002");
  expect(pg + with_connections("SYNC s FROM pg TABLES (other.public.*) INTO dw " + kLoad + ";"), "SY1004");
}

BOOST_AUTO_TEST_CASE(match_knows_case_and_captures) {
  const Bound bound =
      bound_of(with_connections("SYNC s FROM shop TABLES (~'order_db(?P<shard>[0-9]+)'.~'orders_.*') INTO dw " + kLoad + ";"));
  const bound::Pattern& pattern = bound.sync("s").include.at(0);
  connectors::ServerInfo server;
  std::map<std::string, std::string> captures;
  BOOST_TEST(analyze::matches(pattern, {"order_db07", "orders_1"}, server, &captures));
  BOOST_TEST(captures.at("shard") == "07");
  BOOST_TEST(!analyze::matches(pattern, {"order_db07", "old_orders_1"}, server, nullptr));
  BOOST_TEST(!analyze::matches(pattern, {"ORDER_DB07", "orders_1"}, server, nullptr));
  server.table_case = connectors::NameCase::insensitive;
  BOOST_TEST(analyze::matches(pattern, {"ORDER_DB07", "orders_1"}, server, nullptr));
}

BOOST_AUTO_TEST_CASE(captures_must_be_in_every_pattern) {
  const std::string naming = " INTO dw NAMING (TABLE = match.part) " + kLoad + ";";
  expect(with_connections("SYNC s FROM shop TABLES (shop.~'t_(?P<part>.*)') " + naming), "");
  expect(with_connections("SYNC s FROM shop TABLES (shop.~'t_(?P<part>.*)', shop.u) " + naming), "SY1009");
}

BOOST_AUTO_TEST_CASE(naming_levels) {
  expect_sync("NAMING (DATABASE = 'x') " + kLoad, "SY1031");
  expect_sync("NAMING (SCHEMA = source.database) " + kLoad, "");
  expect_sync("NAMING (SCHEMA = source.schema) " + kLoad, "SY1005");
  expect(with_connections("SYNC s FROM shop TABLES (a.*, b.*) INTO dw NAMING (SCHEMA = 'all') " + kLoad + ";"), "SY1011");
  expect(with_connections("SYNC s FROM shop TABLES (a.*, b.*) INTO dw " + kLoad + ";"), "");
  expect(with_connections("SYNC s FROM shop TABLES (a.*, b.x) INTO dw NAMING (SCHEMA = 'all') " + kLoad + ";"), "");
}

BOOST_AUTO_TEST_CASE(renames_take_bare_names) {
  expect_sync(kLoad + " COLUMNS (RENAME uid TO user_id, RENAME a TO 'x_' || column.name)", "");
  expect_sync(kLoad + " COLUMNS (RENAME uid TO :bizdate)", "SY2003");
}

BOOST_AUTO_TEST_CASE(roles) {
  expect(with_connections("SYNC s FROM dw TABLES (public.*) INTO shop " + kLoad + ";"), "SY3002");
  expect(with_connections("CONNECTION o TYPE oracle (host = 'localhost', user = 'u', allow_writes = true);\n"
                          "SYNC s FROM shop TABLES (a.*) INTO o " +
                          kLoad + ";"),
         "SY1027");
}

BOOST_AUTO_TEST_CASE(overrides) {
  const std::string sync = with_sync(kLoad);
  expect(sync + "OVERRIDE s FOR TABLE crm.orders VERIFY NONE;", "SY1013");
  expect(sync + "OVERRIDE s FOR TABLE shop.~'o.*' VERIFY NONE;", "");
  expect(sync + "OVERRIDE s FOR DATABASE shop VERIFY NONE;", "");
  expect(sync + "OVERRIDE s FOR DATABASE crm VERIFY NONE;", "SY1013");
  expect(sync + "OVERRIDE s FOR SCHEMA shop VERIFY NONE;", "SY1032");
  expect(sync + "OVERRIDE s FOR TABLE orders VERIFY NONE;", "SY1004");
  expect(sync + "OVERRIDE s FOR TABLE shop.a CONSISTENT SYNC;", "SY1028");
}

BOOST_AUTO_TEST_CASE(type_mappings) {
  const auto mapping = [](const std::string& rules) {
    return with_sync("TYPE MAPPING m " + kLoad) + "TYPE MAPPING m FROM mysql TO postgres (" + rules + ");";
  };
  expect(mapping("DECIMAL(p, s) -> NUMERIC(p, s)"), "");
  expect(mapping("DECIMAL(p, s) -> NUMERIC(p, q)"), "SY2016");
  expect(mapping("DECIMAL(p, s) -> TEXT, DECIMAL(p, 0) -> BIGINT"), "SY2005");
  expect(mapping("DECIMAL(p, 0) -> BIGINT, DECIMAL(p, s) -> TEXT"), "");
  expect(mapping("DECIMAL(p, s) WHEN p < 5 -> TEXT, DECIMAL(p, 0) -> BIGINT"), "");
  expect(with_sync("TYPE MAPPING m " + kLoad) + "TYPE MAPPING m FROM oracle TO doris (NUMBER -> BIGINT);", "SY2006");
  expect("TYPE MAPPING m FROM mysqk TO doris (NUMBER -> BIGINT);", "SY1015");
}

BOOST_AUTO_TEST_CASE(selection) {
  compiler::Options options;
  options.select = {"sync:s,table:shop.~'a{1,2}'"};
  const Bound one = bound_of(with_sync(kLoad), options);
  BOOST_TEST(one.codes() == "");
  BOOST_TEST(one.unit.select_tables.size() == 1U);
  BOOST_TEST(one.unit.select_tables.at(0) == "shop.~'a{1,2}'");
  options.select = {"sync:nothing"};
  BOOST_TEST(bound_of(with_sync(kLoad), options).codes() == "SY1026");
}

BOOST_AUTO_TEST_CASE(unused_things_are_information) {
  expect(with_sync(kLoad) + "PARAM p STRING DEFAULT 'x';", "SY7002");
  expect(with_sync(kLoad) + "TEMPLATE t AS VERIFY NONE;", "SY7002");
  expect(with_sync(kLoad) + "SCHEDULE n EVERY DAY AT '02:00';", "SY7002");
}

BOOST_AUTO_TEST_CASE(schedules_are_checked) {
  expect("SCHEDULE n EVERY DAY AT '25:00';", "SY1018");
  expect("SCHEDULE n EVERY WEEK ON MON, FRY AT '02:00';", "SY1001");
  expect("SCHEDULE n EVERY HOUR AT MINUTE 61;", "SY1018");
  const std::string two = with_connections("SYNC a FROM shop TABLES (x.*) INTO dw " + kLoad +
                                           " DEPENDS ON b;\nSYNC b FROM shop TABLES (y.*) INTO dw " + kLoad + " DEPENDS ON a;");
  expect(two, "SY3010");
}

BOOST_AUTO_TEST_SUITE_END()

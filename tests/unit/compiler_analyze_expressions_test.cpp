#include <boost/test/unit_test.hpp>

#include "connectors/api/native_text.h"
#include "stdlib/types/calendar.h"
#include "tests/unit/compiler_analyze_support.h"

BOOST_AUTO_TEST_SUITE(analyze_expressions)

using namespace syncline;
using namespace syncline::test;

namespace {

const std::string kLoad = "LOAD FULL WRITE RECREATE\n";

void expect(const std::string& script, const std::string& codes) {
  const Bound bound = bound_of(script);
  BOOST_TEST(bound.codes() == codes, script + "\nfound " + bound.codes() + ", expected " + codes + "\n" + bound.messages());
}
void expect_filter(const std::string& condition, const std::string& codes) {
  expect(with_sync(kLoad + "FILTER " + condition), codes);
}
void expect_name(const std::string& expression, const std::string& codes) {
  expect(with_sync(kLoad + "NAMING (TABLE = " + expression + ")"), codes);
}
void expect_add(const std::string& expression, const std::string& codes) {
  expect(with_sync(kLoad + "COLUMNS (ADD c STRING = " + expression + ")"), codes);
}

std::string problems(const std::string& text, const connectors::LexicalRules& rules = {}) {
  std::string list;
  for (const auto& one : connectors::fence(text, rules).problems) list += (list.empty() ? "" : "; ") + one.what;
  return list;
}

}  // namespace

BOOST_AUTO_TEST_CASE(names_are_texts_known_at_plan) {
  expect_name("'p_' || lower(source.table)", "");
  expect_name("'p_' || :bizdate", "SY2003");
  expect_name("table_name", "SY2003");
  expect_name("'p_' || 1", "SY2001");
  expect_name("1", "SY2001");
  expect_name("source.tabel", "SY2010");
  expect_name("sauce.table", "SY2010");
  expect_name("lowr(source.table)", "SY2008");
  expect_name("lower()", "SY2009");
  expect_name("replace(source.table, 'a')", "SY2009");
  expect_name("replace(source.table, 'a', 1)", "SY2009");
  expect_name("regexp_replace(source.table, '(a)b', '\\2')", "SY2004");
  expect_name("regexp_replace(source.table, '(ab', '')", "SY1006");
}

BOOST_AUTO_TEST_CASE(names_are_evaluated) {
  const Bound bound = bound_of(
      with_sync(kLoad + "NAMING (TABLE = source.database || '_' || replace(source.table, 'dev_', 'prd_') || match.x)\n"));
  analyze::NameContext names;
  names.source_container = "shop";
  names.source_table = "dev_orders";
  names.container_level = "database";
  names.captures["x"] = "07";
  analyze::Scope scope;
  scope.names = &names;
  scope.latest = expr::Phase::plan;
  diag::Sink sink;
  const auto name = analyze::evaluate_name(*bound.sync("s").policy.naming.at(ast::NameLevel::table).value, scope, sink);
  BOOST_REQUIRE(name.has_value());
  BOOST_TEST(*name == "shop_prd_orders07");
}

BOOST_AUTO_TEST_CASE(conditions_are_boolean_and_pushable) {
  expect_filter("region = 'cn' AND NOT is_test", "");
  expect_filter("amount + 1", "SY2015");
  expect_filter("lower(region) = 'cn'", "SY2014");
  expect_filter("coalesce(region, 'x') = lower('CN')", "");
  expect_filter("a || b = 'x'", "SY2014");
  expect_filter("1 = 'x'", "SY2001");
  expect_filter("DATE '2026-11-20' = '2026-11-20'", "SY2001");
  expect_filter("created >= DATE '2026-11-31'", "SY2001");
  expect_filter("created >= :bizdate - 1", "SY2001");
  expect_filter("created >= :bizdate - INTERVAL 1 DAY", "");
  expect_filter("created >= :bizdate - INTERVAL 1 FORTNIGHT", "SY2001");
  expect_filter("1 / 0 = 1", "SY2011");
  expect_filter("a = :nothing", "SY1021");
  expect_filter("a = '${bizdate}'", "SY6003");
  expect_filter("a = '{{ ds }}'", "SY6003");
}

BOOST_AUTO_TEST_CASE(column_values) {
  expect_add("format(:bizdate, '%Y%m%d')", "");
  expect_add("format(:bizdate, 'yyyyMMdd')", "SY2002");
  expect_add("to_string(:started_at)", "");
  expect_add("CAST(a AS BIGINT)", "");
  expect_add("CAST(a AS BIGGINT)", "SY2007");
  expect_add("CAST(a AS DECIMAL('x'))", "SY2013");
  expect_add("CASE WHEN a THEN 'x' ELSE 'y' END", "");
  expect_add("CASE WHEN 1 THEN 'x' END", "SY2015");
  expect_add("CASE WHEN a THEN 'x' ELSE 1 END", "SY2001");
  expect_add("redact()", "SY2012");
  expect(with_sync(kLoad + "COLUMNS (MASK phone USING partial(3, 4), MASK mail USING redact(), EXCLUDE ~'(?=x)')"), "SY1006");
}

BOOST_AUTO_TEST_CASE(help_says_how_to_write_it) {
  BOOST_TEST(
      bound_of(with_sync(kLoad + "COLUMNS (ADD c STRING = 'd' || :bizdate)")).messages().find("format(:bizdate, '%Y%m%d')") !=
      std::string::npos);
  const Bound dashed = bound_of(with_sync(kLoad + "COLUMNS (ADD c STRING = format(:bizdate, 'yyyy-MM-dd'))"));
  BOOST_TEST(dashed.messages().find("'%Y-%m-%d'") != std::string::npos, dashed.messages());
  BOOST_TEST(bound_of(with_sync(kLoad + "NAMING (SCHEMA = source.schema)")).messages().find("source.database") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(parameters) {
  const std::string use = with_sync(kLoad + "FILTER region = :region");
  compiler::Options options;
  options.parameters["region"] = "us";
  const std::string region = "PARAM region STRING DEFAULT 'cn' CHECK (:region IN ('cn', 'us'));\n";
  BOOST_TEST(bound_of(region + use, options).codes() == "");
  BOOST_TEST(std::get<std::string>(bound_of(region + use, options).unit.parameters.at("region").value) == "us");
  options.parameters["region"] = "xx";
  BOOST_TEST(bound_of(region + use, options).codes() == "SY1023");
  options.parameters["regoin"] = "us";
  options.parameters["region"] = "us";
  BOOST_TEST(bound_of(region + use, options).codes() == "SY1021");
  expect("PARAM a INT DEFAULT 'x';", "SY1022");
  expect("PARAM a MONEY DEFAULT 1;", "SY1022");
  expect("PARAM a INT DEFAULT :b; PARAM b INT DEFAULT :a;", "SY1022");
  expect("PARAM a DATE DEFAULT '2026-02-30';", "SY1022");
  expect("PARAM a STRING DEFAULT format(:bizdate, '%Y'); PARAM bizdate DATE;", "SY1002");
}

BOOST_AUTO_TEST_CASE(parameter_values_have_types) {
  compiler::Options options;
  options.parameters = {{"i", "42"}, {"d", "1.50"}, {"b", "true"}, {"t", "2026-11-20"}};
  const Bound bound = bound_of("PARAM i INT; PARAM d DECIMAL; PARAM b BOOL; PARAM t DATE;", options);
  BOOST_TEST(bound.codes() == "");
  BOOST_TEST(std::get<std::int64_t>(bound.unit.parameters.at("i").value) == 42);
  BOOST_TEST(types::to_text(bound.unit.parameters.at("d").value) == "1.50");
  BOOST_TEST(std::get<bool>(bound.unit.parameters.at("b").value));
  BOOST_TEST(types::to_text(bound.unit.parameters.at("t").value) == "2026-11-20");
  options.parameters["i"] = "4x";
  BOOST_TEST(bound_of("PARAM i INT; PARAM d DECIMAL; PARAM b BOOL; PARAM t DATE;", options).codes() == "SY1022");
}

BOOST_AUTO_TEST_CASE(a_missing_value_stops_only_the_plan) {
  const Bound bound = bound_of("PARAM region STRING;\n" + with_sync(kLoad + "FILTER region = :region"));
  BOOST_TEST(bound.codes() == "");
  diag::Sink sink;
  analyze::require_values(bound.unit, sink);
  BOOST_TEST(sink.errors() == 1U);
}

BOOST_AUTO_TEST_CASE(the_start_of_a_run_gives_its_day) {
  compiler::Options options;
  options.started_at = (9455 * types::kMicrosPerDay) + 3600'000'000;  // 2025-11-20 01:00 UTC
  const Bound bound = bound_of("PARAM ds STRING DEFAULT format(:bizdate, '%Y%m%d');", options);
  BOOST_TEST(bound.codes() == "", bound.messages());
  BOOST_TEST(std::get<std::string>(bound.unit.parameters.at("ds").value) == "20251119");
  BOOST_TEST(types::to_text(bound.unit.parameters.at("window_end").value) == "2025-11-20 00:00:00Z");
}

BOOST_AUTO_TEST_CASE(secrets_do_not_reach_names_or_conditions) {
  const std::string salt = "PARAM salt STRING DEFAULT SECRET 'env:SALT';\n";
  expect(salt + with_sync(kLoad + "COLUMNS (MASK mail USING sha256(:salt))"), "");
  expect(salt + with_sync(kLoad + "NAMING (TABLE = :salt)"), "SY6007");
  expect(salt + with_sync(kLoad + "FILTER a = :salt"), "SY6007");
}

BOOST_AUTO_TEST_CASE(native_conditions) {
  expect_filter("NATIVE mysql $$ a > 1 AND b = :bizdate $$", "");
  expect_filter("NATIVE postgres $$ a > 1 $$", "SY6008");
  expect_filter("NATIVE mysql $$ a > 1; DROP TABLE x $$", "SY6002 SY6002");
  expect_filter("NATIVE mysql $$ WHERE a > 1 $$", "SY6002");
  expect_filter("NATIVE mysql $$ a > :nothing $$", "SY1021");
}

BOOST_AUTO_TEST_CASE(the_fence) {
  connectors::LexicalRules mysql;
  mysql.backslash_escapes = mysql.double_quote_strings = mysql.backquote_names = mysql.hash_comments = true;
  connectors::LexicalRules postgres;
  postgres.dollar_quotes = postgres.e_strings = postgres.nested_comments = true;
  BOOST_TEST(problems("a > 1 AND b IN (SELECT c FROM d)") == "");
  BOOST_TEST(problems("") == "is empty");
  BOOST_TEST(problems("(a") == "has a `(` that is never closed");
  BOOST_TEST(problems("a)") == "has an unbalanced `)`");
  BOOST_TEST(problems("a = ';'") == "");
  BOOST_TEST(problems("a; b") == "contains `;`");
  BOOST_TEST(problems("a -- b") == "contains a comment");
  BOOST_TEST(problems("a /* b") == "contains a comment");
  BOOST_TEST(problems("a # b", mysql) == "contains a comment");
  BOOST_TEST(problems("a = 'x\\' OR 1=1 -- '", mysql) == "");
  BOOST_TEST(problems("a = 'x\\' OR 1=1 -- '", postgres) == "contains a comment");
  BOOST_TEST(problems("a = E'x\\' -- '", postgres) == "");
  BOOST_TEST(problems("a = $q$ ; -- ( $q$", postgres) == "");
  BOOST_TEST(problems("a = $1", postgres) == "contains the placeholder `$1`");
  BOOST_TEST(problems("a = ?") == "contains the placeholder `?`");
  BOOST_TEST(problems("a::date = :d", postgres) == "");
  BOOST_TEST(problems("SELECT 1 INTO OUTFILE '/x'", mysql) == "contains the statement word `into`");
  BOOST_TEST(problems("x FOR UPDATE") == "locks rows with FOR; contains the statement word `update`");
  BOOST_TEST(problems("t.update = insert(a, 1, 2, 'x')") == "");
  BOOST_TEST(problems("@a := 1", mysql) == "assigns with `:=`");
  BOOST_TEST(problems("a = 'x") == "has a `'` that is never closed");
}

BOOST_AUTO_TEST_CASE(binds_have_places) {
  connectors::LexicalRules rules;
  const std::string text = "a::int = :first AND b = ':no' AND c > :second";
  const auto fenced = connectors::fence(text, rules);
  BOOST_REQUIRE_EQUAL(fenced.binds.size(), 2U);
  BOOST_TEST(fenced.binds[0].name == "first");
  BOOST_TEST(text.substr(fenced.binds[0].begin, fenced.binds[0].end - fenced.binds[0].begin) == ":first");
  BOOST_TEST(fenced.binds[1].name == "second");
}

BOOST_AUTO_TEST_CASE(a_hook_is_one_statement_that_may_write) {
  connectors::LexicalRules rules;
  rules.dollar_quotes = true;
  const auto said = [&](const std::string& text) {
    std::string list;
    for (const auto& one : connectors::fence_statement(text, rules).problems) list += (list.empty() ? "" : "; ") + one.what;
    return list;
  };
  BOOST_TEST(said("DELETE FROM t WHERE a = 1") == "");
  BOOST_TEST(said("SET @x := 1") == "");
  BOOST_TEST(said("SELECT 1 FOR UPDATE") == "");
  BOOST_TEST(said("DO $$ BEGIN PERFORM 1; END $$") == "");
  BOOST_TEST(said("  ") == "is empty");
  BOOST_TEST(said("DELETE FROM a; DELETE FROM b") == "contains `;`");
  BOOST_TEST(said("DELETE FROM a;  ") == "ends with `;`");
  BOOST_TEST(said("DELETE FROM a -- all") == "contains a comment");
  BOOST_TEST(said("DELETE FROM a WHERE b = ?") == "contains the placeholder `?`");
  BOOST_TEST(said("DELETE FROM {target.table") == "has a `{` that is never closed");
  const auto fenced = connectors::fence_statement("INSERT INTO {target.table} VALUES (:a, '{x}', ':b', c::text)", rules);
  BOOST_REQUIRE_EQUAL(fenced.objects.size(), 1U);
  BOOST_TEST(fenced.objects[0].name == "target.table");
  BOOST_REQUIRE_EQUAL(fenced.binds.size(), 1U);
  BOOST_TEST(fenced.binds[0].name == "a");
}

BOOST_AUTO_TEST_SUITE_END()

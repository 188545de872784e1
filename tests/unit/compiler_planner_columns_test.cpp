#include <boost/test/unit_test.hpp>

#include "tests/unit/planner_fixture.h"

BOOST_AUTO_TEST_SUITE(compiler_planner_columns)

using namespace syncline;
using namespace planner_test;
using Kind = expr::ColumnRecipe::Kind;
using Default = types::ColumnDefault::Kind;

namespace {

TableBuilder people() {
  return TableBuilder("shop", "people", {"id! bigint(20)", "name varchar(40)", "email varchar(80)", "age int(11)", "born date"})
      .key({"id"});
}

std::string names(const plan::Table& table) {
  std::string text;
  for (const plan::ColumnMapping& one : table.columns) text += (text.empty() ? "" : " ") + one.recipe.target_column;
  return text;
}

plan::Plan planned(Bench& bench, const std::string& columns) {
  return bench.plan("shop.*", "COLUMNS (" + columns + ") LOAD FULL WRITE RECREATE");
}

}  // namespace

BOOST_AUTO_TEST_CASE(columns_pass_in_order) {
  Bench bench("mysql", "postgres");
  bench.source().add(people());
  const auto plan = bench.plan("shop.*", "LOAD FULL WRITE RECREATE");
  BOOST_CHECK_EQUAL(names(only(plan)), "id name email age born");
  BOOST_CHECK_EQUAL(only(plan).read_columns.size(), 5U);
  for (const plan::ColumnMapping& one : only(plan).columns) BOOST_CHECK(one.recipe.kind == Kind::pass);
  BOOST_CHECK(!target_column(only(plan), "id").nullable);
  BOOST_CHECK(target_column(only(plan), "name").nullable);
}

BOOST_AUTO_TEST_CASE(exclude_set_mask_cast_rename_add_in_this_order) {
  Bench bench("mysql", "postgres");
  bench.source().add(people());
  const auto plan = planned(
      bench,
      "ADD loaded TIMESTAMP = :started_at, RENAME ~'(?:name|age)' TO 'p_' || column.name, EXCLUDE born, CAST age TO BIGINT, "
      "SET name = upper(name), MASK email USING sha256('salt')");
  BOOST_CHECK_EQUAL(bench.codes(), "");
  const plan::Table& table = only(plan);
  BOOST_CHECK_EQUAL(names(table), "id p_name email p_age loaded");
  BOOST_CHECK(mapping(table, "p_name").recipe.kind == Kind::expression);
  BOOST_CHECK_EQUAL(target_column(table, "p_name").native.text, "character varying(40)");
  BOOST_CHECK_EQUAL(target_column(table, "p_age").native.text, "bigint");
  BOOST_CHECK(mapping(table, "p_age").recipe.kind == Kind::pass);
  BOOST_CHECK_EQUAL(target_column(table, "email").native.text, "character varying(64)");
  BOOST_CHECK(mapping(table, "email").recipe.kind == Kind::expression);
  BOOST_CHECK(mapping(table, "loaded").source_column.empty());
  BOOST_CHECK_EQUAL(target_column(table, "loaded").native.words, "timestamp with time zone");
}

BOOST_AUTO_TEST_CASE(expressions_find_their_columns_in_the_read_list) {
  Bench bench("mysql", "postgres");
  bench.source().add(people());
  const auto plan = planned(bench, "EXCLUDE id, ADD both STRING(200) = name || email, EXCLUDE name, EXCLUDE email");
  BOOST_CHECK_EQUAL(bench.codes(), "");
  const plan::Table& table = only(plan);
  const expr::Expr& both = *mapping(table, "both").recipe.expression;
  BOOST_REQUIRE_EQUAL(both.args.size(), 2U);
  BOOST_REQUIRE(both.args[1]->column >= 0);
  BOOST_CHECK_EQUAL(table.read_columns[static_cast<std::size_t>(both.args[0]->column)].name, "name");
  BOOST_CHECK_EQUAL(table.read_columns[static_cast<std::size_t>(both.args[1]->column)].name, "email");
}

BOOST_AUTO_TEST_CASE(constants_known_at_plan_time_are_constants) {
  Bench bench("mysql", "postgres");
  bench.source().add(people());
  const auto plan = planned(bench, "ADD origin STRING(50) = source.database || '.' || source.table");
  BOOST_REQUIRE(mapping(only(plan), "origin").recipe.kind == Kind::constant);
  BOOST_CHECK(mapping(only(plan), "origin").recipe.constant == types::Value(std::string("shop.people")));
}

BOOST_AUTO_TEST_CASE(an_unknown_column_stops_the_script) {
  Bench bench("mysql", "postgres");
  bench.source().add(people());
  planned(bench, "EXCLUDE naem");
  BOOST_CHECK_EQUAL(bench.codes(), "SY5003");
}

BOOST_AUTO_TEST_CASE(a_column_missing_in_some_tables_names_them) {
  Bench bench("mysql", "postgres");
  bench.source().add(people());
  bench.source().add(TableBuilder("shop", "tags", {"id! int(11)"}));
  planned(bench, "EXCLUDE email");
  BOOST_CHECK_EQUAL(bench.codes(), "SY5004");
  BOOST_CHECK(bench.result->sink.all().front().message.find("shop.tags") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_pattern_may_match_nothing_in_a_table) {
  Bench bench("mysql", "postgres");
  bench.source().add(people());
  bench.source().add(TableBuilder("shop", "tags", {"id! int(11)"}));
  const auto plan = planned(bench, "EXCLUDE ~'em.*'");
  BOOST_CHECK_EQUAL(bench.codes(), "");
  BOOST_CHECK_EQUAL(names(table(plan, "people")), "id name age born");
}

BOOST_AUTO_TEST_CASE(all_columns_excluded_blocks_the_table) {
  Bench bench("mysql", "postgres");
  bench.source().add(people());
  const auto plan = planned(bench, "EXCLUDE *");
  BOOST_CHECK(Bench::codes_of(only(plan).findings).find("SY5024") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(two_columns_to_one_name_are_judged_by_the_targets_case_rule) {
  Bench bench("postgres", "mysql");
  bench.source().add(TableBuilder("public", "t", {"Name text", "name text"}));
  BOOST_CHECK_EQUAL(Bench::codes_of(only(bench.plan("public.*", "LOAD FULL WRITE RECREATE")).findings), "SY5006");
  Bench exact("postgres", "postgres");
  exact.source().add(TableBuilder("public", "t", {"Name text", "name text"}));
  BOOST_CHECK_EQUAL(Bench::codes_of(only(exact.plan("public.*", "LOAD FULL WRITE RECREATE")).findings), "");
}

BOOST_AUTO_TEST_CASE(masks_keep_keys_and_types_honest) {
  Bench bench("mysql", "postgres");
  bench.source().add(people());
  BOOST_CHECK_EQUAL(Bench::codes_of(only(planned(bench, "MASK id USING nullify()")).findings), "SY5022");
  BOOST_CHECK_EQUAL(Bench::codes_of(only(planned(bench, "MASK age USING redact()")).findings), "SY5022");
  const auto plan = planned(bench, "MASK email USING nullify()");
  BOOST_CHECK_EQUAL(Bench::codes_of(only(plan).findings), "");
  BOOST_CHECK(target_column(only(plan), "email").nullable);
}

BOOST_AUTO_TEST_CASE(types_without_a_way_block_their_table_only) {
  Bench bench("mysql", "postgres");
  bench.source().add(people());
  bench.source().add(TableBuilder("shop", "places", {"id! int(11)", "at point"}));
  const auto plan = bench.plan("shop.*", "LOAD FULL WRITE RECREATE");
  BOOST_CHECK_EQUAL(bench.codes(), "");
  BOOST_CHECK_EQUAL(Bench::codes_of(table(plan, "places").findings), "SY5007");
  BOOST_CHECK(table(plan, "people").action == plan::Action::create);
}

BOOST_AUTO_TEST_CASE(user_mappings_come_first_and_are_checked) {
  Bench bench("mysql", "postgres");
  bench.source().add(TableBuilder("shop", "t", {"id! int(11)", "flag tinyint(1)", "big bigint(20) unsigned", "d date"}));
  const auto plan = bench.plan(
      "shop.*", "TYPE MAPPING m LOAD FULL WRITE RECREATE",
      "TYPE MAPPING m FROM mysql TO postgres (TINYINT(1) -> BOOLEAN, BIGINT UNSIGNED WHEN column.name = 'big' -> BIGINT);\n");
  BOOST_CHECK_EQUAL(bench.codes(), "");
  BOOST_CHECK_EQUAL(target_column(only(plan), "flag").native.words, "boolean");
  BOOST_CHECK(mapping(only(plan), "flag").recipe.kind == Kind::convert);
  BOOST_CHECK_EQUAL(target_column(only(plan), "big").native.words, "bigint");
  BOOST_CHECK_EQUAL(target_column(only(plan), "d").native.words, "date");
  const auto wrong = bench.plan("shop.*", "TYPE MAPPING m LOAD FULL WRITE RECREATE",
                                "TYPE MAPPING m FROM mysql TO postgres (DATE -> BOOLEAN);\n");
  BOOST_CHECK_EQUAL(Bench::codes_of(only(wrong).findings), "SY5007");
}

BOOST_AUTO_TEST_CASE(mappings_to_logical_types) {
  Bench bench("mysql", "sqlite");
  bench.source().add(TableBuilder("shop", "t", {"id! int(11)", "flag tinyint(1)"}));
  const auto plan = bench.plan("shop.*", "TYPE MAPPING m LOAD FULL WRITE RECREATE",
                               "TYPE MAPPING m FROM mysql TO logical (TINYINT(1) -> BOOL);\n");
  BOOST_CHECK_EQUAL(bench.codes(), "");
  BOOST_CHECK_EQUAL(target_column(only(plan), "flag").native.text, "BOOLEAN_INT");
}

BOOST_AUTO_TEST_CASE(a_quoted_type_is_the_targets_own) {
  Bench bench("mysql", "postgres");
  bench.source().add(people());
  const auto plan = planned(bench, "CAST age TO 'int8', CAST email TO 'nonsense'");
  BOOST_CHECK_EQUAL(target_column(only(plan), "age").native.text, "int8");
  BOOST_CHECK_EQUAL(bench.codes(), "SY6004 SY2007");
}

BOOST_AUTO_TEST_CASE(text_loses_its_default_where_the_server_gives_it_none) {
  for (const bool takes : {true, false}) {
    Bench bench("postgres", "mysql");
    bench.target().info.large_literal_defaults = takes;
    types::TableSchema t = TableBuilder("public", "t", {"note text"});
    t.columns[0].default_value = {Default::literal, "none", -1};
    bench.source().add(t);
    const auto plan = bench.plan("public.*", "NAMING (DATABASE = 'd') LOAD FULL WRITE RECREATE");
    BOOST_CHECK(target_column(only(plan), "note").default_value.kind == (takes ? Default::literal : Default::none));
    BOOST_CHECK_EQUAL(Bench::codes_of(only(plan).findings), takes ? "" : "SY5017");
  }
}

BOOST_AUTO_TEST_CASE(defaults_that_mean_the_same_are_kept_others_named) {
  Bench bench("mysql", "postgres");
  TableBuilder t("shop", "t",
                 {"id! int(11)", "n int(11)", "d date", "b bit(1)", "ts datetime(3)", "x varchar(36)", "en enum('a','b')"});
  t.literal("n", "7").literal("d", "0000-00-00").literal("b", "1").literal("en", "a");
  t.at("ts").default_value = {Default::current_timestamp, "", 3};
  t.at("x").default_value = {Default::native, "uuid()", -1};
  bench.source().add(t);
  const auto plan = bench.plan("shop.*", "LOAD FULL WRITE RECREATE");
  BOOST_CHECK(target_column(only(plan), "n").default_value == (types::ColumnDefault{Default::literal, "7", -1}));
  BOOST_CHECK(target_column(only(plan), "b").default_value == (types::ColumnDefault{Default::literal, "true", -1}));
  BOOST_CHECK(target_column(only(plan), "ts").default_value == (types::ColumnDefault{Default::current_timestamp, "", 3}));
  BOOST_CHECK(target_column(only(plan), "en").default_value.text == "a");
  BOOST_CHECK(target_column(only(plan), "d").default_value.kind == Default::none);
  BOOST_CHECK_EQUAL(Bench::codes_of(only(plan).findings), "SY5017 SY5017");
}

BOOST_AUTO_TEST_CASE(enums_become_text_with_their_labels) {
  Bench bench("mysql", "postgres");
  bench.source().add(TableBuilder("shop", "t", {"e enum('a','b')", "s set('x','y')"}));
  const auto plan = bench.plan("shop.*", "LOAD FULL WRITE RECREATE");
  const types::Column& e = target_column(only(plan), "e");
  BOOST_CHECK_EQUAL(e.native.text, "text");
  BOOST_CHECK(e.logical.labels == (std::vector<std::string>{"a", "b"}));
  BOOST_CHECK_EQUAL(target_column(only(plan), "s").native.text, "text[]");
  BOOST_CHECK(mapping(only(plan), "s").recipe.kind == Kind::pass);
}

BOOST_AUTO_TEST_CASE(generated_zerofill_and_policies) {
  Bench bench("mysql", "postgres");
  TableBuilder t("shop", "t", {"id! int(11)", "g int(11)", "z int(8)", "d! date"});
  t.at("g").generated = true;
  t.at("z").zerofill = true;
  bench.source().add(t);
  const auto plan = bench.plan("shop.*", "LOAD FULL WRITE RECREATE ERRORS (zero_dates = null)");
  BOOST_CHECK_EQUAL(bench.codes(), "");
  BOOST_CHECK(!target_column(only(plan), "g").generated);
  BOOST_CHECK_EQUAL(mapping(only(plan), "z").note, "zerofill is lost");
  BOOST_CHECK(target_column(only(plan), "d").nullable);
  BOOST_CHECK(says(only(plan), "loses NOT NULL"));
}

BOOST_AUTO_TEST_CASE(text_columns_of_mysql_get_one_collation) {
  Bench bench("postgres", "mysql");
  bench.source().add(TableBuilder("public", "t", {"id! integer", "a text", "b character varying(10)", "n integer"}).key({"id"}));
  const auto plan = bench.plan("public.*", "NAMING (DATABASE = 'd') LOAD FULL WRITE RECREATE");
  BOOST_CHECK_EQUAL(target_column(only(plan), "a").collation, "utf8mb4_nopad_bin");
  BOOST_CHECK_EQUAL(target_column(only(plan), "b").collation, "utf8mb4_nopad_bin");
  BOOST_CHECK_EQUAL(target_column(only(plan), "n").collation, "");
}

BOOST_AUTO_TEST_CASE(naive_times_are_computed_and_written_by_the_clock_of_the_script) {
  Bench bench("mysql", "postgres");
  bench.source().add(TableBuilder("shop", "t", {"id! int(11)", "a datetime(6)", "b datetime(6)"}).key({"id"}));
  const auto plan = bench.plan("shop.*", "COLUMNS (SET a = coalesce(a, b)) LOAD FULL WRITE RECREATE");
  BOOST_CHECK_EQUAL(bench.codes(), "");
  BOOST_CHECK(target_column(only(plan), "a").logical.kind == types::TypeKind::timestamp_local);
}

BOOST_AUTO_TEST_SUITE_END()

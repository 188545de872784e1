#include <boost/test/unit_test.hpp>

#include "compiler/planner/type_mapping.h"
#include "tests/unit/planner_fixture.h"

BOOST_AUTO_TEST_SUITE(compiler_planner_types)

using namespace syncline;

namespace {

struct Case {
  const char* id;  ///< row of the table of right answers
  const char* source;
  const char* native;
  const char* target;
  const char* expected;  ///< native type of the target, lower case; empty: no way
  types::Coercion coercion = types::Coercion::exact;
};

std::optional<planner::MappedType> mapped_between(const char* source, const char* target, const types::Column& column) {
  const planner_test::Engines engines;
  return planner::map_type(column, {&column, false}, *engines.find(source), *engines.find(target), nullptr);
}

void check(const Case& one) {
  types::Column column = planner_test::column(std::string("c ") + one.native);
  const auto mapped = mapped_between(one.source, one.target, column);
  const std::string where = std::string(one.id) + " " + one.source + " " + one.native + " -> " + one.target;
  if (std::string(one.expected).empty()) {
    BOOST_CHECK_MESSAGE(!mapped || mapped->coercion == types::Coercion::impossible, where);
    return;
  }
  BOOST_REQUIRE_MESSAGE(mapped, where);
  const auto expected = planner::parse_native(one.expected);
  BOOST_CHECK_MESSAGE(mapped->native.words == expected.words && mapped->native.arguments == expected.arguments,
                      where << ": " << mapped->native.text << " instead of " << one.expected);
  BOOST_CHECK_MESSAGE(mapped->coercion == one.coercion, where << ": wrong coercion");
}

constexpr auto kChecked = types::Coercion::checked;

}  // namespace

BOOST_AUTO_TEST_CASE(mysql_to_postgres) {
  const Case cases[] = {
      {"M01", "mysql", "tinyint(4)", "postgres", "smallint"},
      {"M01", "mysql", "smallint(6)", "postgres", "smallint"},
      {"M01", "mysql", "mediumint(9)", "postgres", "integer"},
      {"M01", "mysql", "int(11)", "postgres", "integer"},
      {"M01", "mysql", "bigint(20)", "postgres", "bigint"},
      {"M02", "mysql", "tinyint(3) unsigned", "postgres", "smallint"},
      {"M02", "mysql", "smallint(5) unsigned", "postgres", "integer"},
      {"M02", "mysql", "mediumint(8) unsigned", "postgres", "integer"},
      {"M02", "mysql", "int(10) unsigned", "postgres", "bigint"},
      {"M02", "mysql", "bigint(20) unsigned", "postgres", "numeric(20,0)"},
      {"M04", "mysql", "tinyint(1)", "postgres", "smallint"},
      {"M05", "mysql", "decimal(65,30)", "postgres", "numeric(65,30)"},
      {"M05", "mysql", "decimal(10,0) unsigned", "postgres", "numeric(10,0)"},
      {"M06", "mysql", "float", "postgres", "real"},
      {"M07", "mysql", "double", "postgres", "double precision"},
      {"M08", "mysql", "bit(1)", "postgres", "boolean"},
      {"M09", "mysql", "bit(10)", "postgres", "bit(10)"},
      {"M10", "mysql", "date", "postgres", "date"},
      {"M12", "mysql", "datetime(3)", "postgres", "timestamp(3) without time zone"},
      {"M12", "mysql", "datetime", "postgres", "timestamp(0) without time zone"},
      {"M13", "mysql", "timestamp(6)", "postgres", "timestamp(6) with time zone"},
      {"M14", "mysql", "time(6)", "postgres", "time(6) without time zone"},
      {"M16", "mysql", "year(4)", "postgres", "smallint"},
      {"M17", "mysql", "char(10)", "postgres", "character varying(10)"},
      {"M18", "mysql", "varchar(200)", "postgres", "character varying(200)"},
      {"M18", "mysql", "longtext", "postgres", "text"},
      {"M22", "mysql", "varbinary(20)", "postgres", "bytea"},
      {"M22", "mysql", "longblob", "postgres", "bytea"},
      {"M23", "mysql", "enum('a','b','it''s')", "postgres", "text"},
      {"M24", "mysql", "set('x','y')", "postgres", "text[]"},
      {"M25", "mysql", "json", "postgres", "json"},
      {"M27", "mysql", "uuid", "postgres", "uuid"},
      {"M27", "mysql", "inet6", "postgres", "inet"},
      {"M28", "mysql", "point", "postgres", ""},
  };
  for (const Case& one : cases) check(one);
}

BOOST_AUTO_TEST_CASE(postgres_to_mysql) {
  const Case cases[] = {
      {"P01", "postgres", "smallint", "mysql", "smallint"},
      {"P01", "postgres", "bigint", "mysql", "bigint"},
      {"P02", "postgres", "numeric(65,30)", "mysql", "decimal(65,30)"},
      {"P03", "postgres", "numeric", "mysql", "decimal(65,30)", kChecked},
      {"P03", "postgres", "numeric(100,0)", "mysql", "decimal(65,0)", kChecked},
      {"P05", "postgres", "real", "mysql", "float"},
      {"P05", "postgres", "double precision", "mysql", "double"},
      {"P06", "postgres", "money", "mysql", "decimal(19,2)"},
      {"P07", "postgres", "text", "mysql", "longtext"},
      {"P07", "postgres", "character varying(40)", "mysql", "varchar(40)"},
      {"P10", "postgres", "bytea", "mysql", "longblob"},
      {"P11", "postgres", "boolean", "mysql", "tinyint(1)"},
      {"P12", "postgres", "date", "mysql", "date"},
      {"P13", "postgres", "timestamp without time zone", "mysql", "datetime(6)"},
      {"P15", "postgres", "time without time zone", "mysql", "time(6)"},
      {"P16", "postgres", "interval", "mysql", "varchar(64)"},
      {"P17", "postgres", "jsonb", "mysql", "json"},
      {"P18", "postgres", "uuid", "mysql", "char(36)"},
      {"P18", "postgres", "inet", "mysql", "varchar(49)"},
      {"P19", "postgres", "bit(3)", "mysql", "bit(3)"},
      {"P20", "postgres", "integer[]", "mysql", "json"},
  };
  for (const Case& one : cases) check(one);
}

BOOST_AUTO_TEST_CASE(into_and_out_of_sqlite) {
  const Case cases[] = {
      {"L01", "mysql", "bigint(20)", "sqlite", "INTEGER"},
      {"L02", "mysql", "bigint(20) unsigned", "sqlite", "DECIMAL_TEXT(20,0)"},
      {"L03", "mysql", "decimal(10,2)", "sqlite", "DECIMAL_TEXT(10,2)"},
      {"L04", "postgres", "double precision", "sqlite", "REAL"},
      {"L05", "mysql", "varchar(20)", "sqlite", "VARCHAR(20)"},
      {"L08", "postgres", "timestamp with time zone", "sqlite", "TIMESTAMPTZ_TEXT(6)"},
      {"L08", "mysql", "datetime(3)", "sqlite", "DATETIME_TEXT(3)"},
      {"L10", "postgres", "boolean", "sqlite", "BOOLEAN_INT"},
      {"L10", "postgres", "uuid", "sqlite", "UUID_TEXT"},
      {"12", "sqlite", "DECIMAL_TEXT(10,2)", "postgres", "numeric(10,2)"},
      {"12", "sqlite", "DATETIME_TEXT(3)", "mysql", "datetime(3)"},
      {"12", "sqlite", "INTEGER", "mysql", "bigint"},
      {"12", "sqlite", "BOOLEAN_INT", "postgres", "boolean"},
  };
  for (const Case& one : cases) check(one);
}

/// DECISIONS 12: a declared type with TEXT in its name must not get another affinity by accident.
BOOST_AUTO_TEST_CASE(sqlite_text_names_keep_text_affinity) {
  for (const ast::TypeRule& rule : planner::built_in_rules("logical", "sqlite")) {
    const std::string words = planner::native_type(rule.to, {}).words;
    if (words.find("_text") == std::string::npos) continue;
    for (const char* trap : {"int", "real", "floa", "doub"}) BOOST_CHECK_MESSAGE(words.find(trap) == std::string::npos, words);
  }
}

/// Every spelling of a logical type reads back as a type that takes every value, or at least checks it.
BOOST_AUTO_TEST_CASE(what_is_written_can_be_read_back) {
  const std::pair<const char*, std::vector<std::string>> logical[] = {{"bool", {}},
                                                                      {"tinyint", {}},
                                                                      {"smallint", {}},
                                                                      {"int", {}},
                                                                      {"bigint", {}},
                                                                      {"bigint unsigned", {}},
                                                                      {"decimal", {"10", "2"}},
                                                                      {"decimal", {}},
                                                                      {"float32", {}},
                                                                      {"float64", {}},
                                                                      {"string", {"20"}},
                                                                      {"text", {}},
                                                                      {"bytes", {}},
                                                                      {"bits", {"8"}},
                                                                      {"date", {}},
                                                                      {"time", {"3"}},
                                                                      {"timestamp", {"6"}},
                                                                      {"timestamp_local", {"0"}},
                                                                      {"interval", {}},
                                                                      {"year", {}},
                                                                      {"uuid", {}},
                                                                      {"json", {}},
                                                                      {"enum", {"'a'", "'b'"}},
                                                                      {"set", {"'a'", "'b'"}},
                                                                      {"network", {}}};
  for (const char* engine : {"mysql", "postgres", "sqlite"}) {
    for (const auto& [words, arguments] : logical) {
      const auto type = types::make_logical(words, arguments);
      BOOST_REQUIRE_MESSAGE(type, words);
      const auto mapped = planner::map_logical(*type, *type, {}, engine);
      BOOST_REQUIRE_MESSAGE(mapped, words << " in " << engine);
      BOOST_CHECK_MESSAGE(mapped->coercion != types::Coercion::impossible,
                          words << " in " << engine << ": " << mapped->native.text);
    }
  }
}

BOOST_AUTO_TEST_CASE(same_engine_copies_verbatim) {
  types::Column column = planner_test::column("c varchar(20)");
  const auto mapped = mapped_between("mysql", "mysql", column);
  BOOST_REQUIRE(mapped);
  BOOST_CHECK(mapped->verbatim);
  BOOST_CHECK_EQUAL(mapped->native.text, "varchar(20)");
}

BOOST_AUTO_TEST_CASE(unknown_types_are_other) {
  const auto type = planner::read_type("postgres", planner::parse_native("ghstore"), {});
  BOOST_CHECK(type.kind == types::TypeKind::other);
  BOOST_CHECK_EQUAL(type.native, "ghstore");
}

BOOST_AUTO_TEST_SUITE_END()

#include <libpq-fe.h>
#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

#include "connectors/api/error.h"
#include "connectors/postgres/ddl.h"
#include "connectors/postgres/dialect.h"
#include "connectors/postgres/error_map.h"
#include "connectors/postgres/meta.h"
#include "connectors/postgres/native_type.h"
#include "connectors/postgres/select_list.h"
#include "connectors/postgres/session.h"

using namespace syncline;
using namespace syncline::connectors;
using namespace syncline::connectors::postgres;
using types::ColumnDefault;

namespace {

ColumnDefault default_of(const std::string& expression, const std::string& words = "text") {
  bool increments = false;
  return parse_default(expression, words, increments);
}

bool is_literal(const ColumnDefault& value, const std::string& text) {
  return value.kind == ColumnDefault::Kind::literal && value.text == text;
}

types::TableSchema shop() {
  types::TableSchema table;
  table.name = {"public", "orders"};
  types::Column id;
  id.name = "id";
  id.ordinal = 1;
  id.nullable = false;
  id.auto_increment = true;
  id.native = split_type("bigint");
  types::Column state;
  state.name = "state";
  state.ordinal = 2;
  state.native = split_type("text");
  state.logical.kind = types::TypeKind::enumeration;
  state.logical.labels = {"new", "it's"};
  state.default_value.kind = ColumnDefault::Kind::literal;
  state.default_value.text = "it's";
  table.columns = {id, state};
  table.primary_key.columns = {"id"};
  types::Index index;
  index.name = "orders_state";
  index.columns.push_back({"state", true, 0});
  table.indexes.push_back(index);
  return table;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(postgres_text)

BOOST_AUTO_TEST_CASE(names_and_texts_are_quoted) {
  BOOST_TEST(dialect().quote("q\"uote") == "\"q\"\"uote\"");
  BOOST_TEST(dialect().quote(types::ObjectName{"a.b", "c"}) == "\"a.b\".\"c\"");
  BOOST_TEST(quote_text("it's \\ '); DROP") == "'it''s \\ ''); DROP'");
  BOOST_CHECK_THROW(static_cast<void>(dialect().quote(std::string_view("a\0b", 3))), ConnectorError);
  BOOST_CHECK_THROW(quote_text("\xff\xfe"), ConnectorError);
}

BOOST_AUTO_TEST_CASE(literals_carry_their_type) {
  BOOST_TEST(dialect().literal(std::monostate{}) == "NULL");
  BOOST_TEST(dialect().literal(std::int64_t{-5}) == "('-5'::bigint)");
  BOOST_TEST(dialect().literal(types::Decimal{"1.50"}) == "'1.50'::numeric");
  BOOST_TEST(dialect().literal(std::string("x'y")) == "'x''y'::text");
  BOOST_TEST(dialect().literal(types::Date{0}) == "'2000-01-01'::date");
  BOOST_TEST(dialect().literal(types::Timestamp{0}) == "'2000-01-01 00:00:00.000000+00'::timestamptz");
}

BOOST_AUTO_TEST_CASE(long_names_keep_63_bytes_and_stay_apart) {
  const std::string stem(70, 'x');
  BOOST_TEST(fitted_name(stem + "a").size() <= 63U);
  BOOST_TEST(fitted_name(stem + "a") != fitted_name(stem + "b"));
  BOOST_TEST(fitted_name("short") == "short");
}

BOOST_AUTO_TEST_CASE(type_texts_are_split) {
  const types::NativeType stamp = split_type("timestamp(3) without time zone");
  BOOST_TEST(stamp.words == "timestamp without time zone");
  BOOST_TEST(stamp.arguments.at(0) == "3");
  const types::NativeType decimals = split_type("numeric(10,2)[]");
  BOOST_TEST(decimals.words == "numeric[]");
  BOOST_TEST(decimals.arguments.at(1) == "2");
  BOOST_TEST(decimals.text == "numeric(10,2)[]");
  const types::NativeType mood = enum_type("public.mood", "'a','b,c','it''s'");
  BOOST_TEST(mood.words == "enum");
  BOOST_TEST(mood.arguments.size() == 3U);
  BOOST_TEST(mood.arguments.at(1) == "'b,c'");
}

BOOST_AUTO_TEST_CASE(defaults_are_understood_or_kept_as_text) {
  BOOST_TEST(is_literal(default_of("'it''s'::text"), "it's"));
  BOOST_TEST(is_literal(default_of("'-1'::integer", "integer"), "-1"));
  BOOST_TEST(is_literal(default_of("42", "integer"), "42"));
  BOOST_TEST(is_literal(default_of("1.50", "numeric"), "1.50"));
  BOOST_TEST(is_literal(default_of("'ok, fine'::public.mood", "enum"), "ok, fine"));
  BOOST_TEST(is_literal(default_of("'\\x00ff'::bytea", "bytea"), std::string("\0\xff", 2)));
  BOOST_TEST(is_literal(default_of("'101'::\"bit\"", "bit"), "101"));
  BOOST_TEST(is_literal(default_of("true", "boolean"), "true"));
  BOOST_TEST((default_of("NULL::character varying").kind == ColumnDefault::Kind::null));
  BOOST_TEST((default_of("now()").kind == ColumnDefault::Kind::current_timestamp));
  BOOST_TEST(default_of("LOCALTIMESTAMP(3)").scale == 3);
  BOOST_TEST((default_of("CURRENT_DATE", "date").kind == ColumnDefault::Kind::current_date));
  for (const char* text : {"gen_random_uuid()", "('a'::text || 'b'::text)", "'a'::text || 'b'::text",
                           "timezone('utc'::text, now())", "(1 + 2)", "'{}'::text[]"}) {
    const ColumnDefault value = default_of(text, std::string(text).find("[]") != std::string::npos ? "text[]" : "text");
    BOOST_TEST((value.kind == ColumnDefault::Kind::native), text);
    BOOST_TEST(value.text == text);
  }
  bool increments = false;
  BOOST_TEST((parse_default("nextval('public.t_id_seq'::regclass)", "bigint", increments).kind == ColumnDefault::Kind::none));
  BOOST_TEST(increments);
}

BOOST_AUTO_TEST_CASE(index_text_is_cut_behind_the_table) {
  BOOST_TEST(index_tail("CREATE INDEX i ON public.t USING gin (doc)") == "USING gin (doc)");
  BOOST_TEST(
      index_tail("CREATE UNIQUE INDEX \"a \"\" USING b\" ON ONLY \"S x\".\"T USING q\" USING btree (lower(v)) WHERE (i > 0)") ==
      "USING btree (lower(v)) WHERE (i > 0)");
  BOOST_TEST(index_tail("DROP TABLE t").empty());
}

BOOST_AUTO_TEST_CASE(staging_takes_no_name_of_the_target) {
  const types::ObjectName staging{"public", "syncline_stg_7_00"};
  const std::string create = create_table(shop(), {staging, false});
  BOOST_TEST(create.find("SEQUENCE NAME \"public\".\"syncline_stg_7_00_s1\"") != std::string::npos);
  BOOST_TEST(create.find("CHECK (\"state\" IN ('new', 'it''s'))") != std::string::npos);
  BOOST_TEST(create.find("DEFAULT 'it''s'") != std::string::npos);
  for (const std::string& statement : create_keys(shop(), {staging, false})) {
    BOOST_TEST(statement.find("\"orders_state\"") == std::string::npos, statement);
    BOOST_TEST(statement.find("\"orders_pkey\"") == std::string::npos, statement);
  }
  const std::vector<std::string> renames = rename_to_target(shop(), staging);
  BOOST_TEST(renames.size() == 4U);
  BOOST_TEST(renames.front() == "ALTER TABLE \"public\".\"syncline_stg_7_00\" RENAME TO \"orders\"");
}

BOOST_AUTO_TEST_CASE(shown_ddl_stands_under_the_targets_name) {
  LoadTable load;
  load.desired = shop();
  const std::vector<std::string> statements = dialect().ddl(load);
  BOOST_TEST(statements.size() == 3U);
  for (const std::string& statement : statements) BOOST_TEST(statement.find("syncline") == std::string::npos, statement);
}

BOOST_AUTO_TEST_CASE(sqlstates_have_kinds) {
  BOOST_TEST((kind_of("40P01") == ErrorKind::transient));
  BOOST_TEST((kind_of("57014") == ErrorKind::cancelled));
  BOOST_TEST((kind_of("57P01") == ErrorKind::transient));
  BOOST_TEST((kind_of("53100") == ErrorKind::full));
  BOOST_TEST((kind_of("55P03") == ErrorKind::locked));
  BOOST_TEST((kind_of("42501") == ErrorKind::permission));
  BOOST_TEST((kind_of("42P01") == ErrorKind::missing));
  BOOST_TEST((kind_of("28P01") == ErrorKind::auth));
  BOOST_TEST((kind_of("23505") == ErrorKind::constraint));
  BOOST_TEST((kind_of("25006") == ErrorKind::setup));
  BOOST_TEST(sqlstate_in("connection to server at \"x\" failed: FATAL:  28P01: password authentication failed") == "28P01");
  BOOST_TEST(sqlstate_in("could not connect").empty());
}

BOOST_AUTO_TEST_CASE(recorded_foreign_keys_come_back) {
  types::ForeignKey key;
  key.name = "f";
  key.columns = {"a", "b"};
  key.referenced = {"s", "t\"x"};
  key.referenced_columns = {"c", "d"};
  key.on_delete = types::ForeignKeyAction::cascade;
  key.deferrable = true;
  const auto back = foreign_key_of_json(foreign_key_json(key));
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST((back->referenced == key.referenced));
  BOOST_TEST((back->columns == key.columns));
  BOOST_TEST((back->on_delete == types::ForeignKeyAction::cascade));
  BOOST_TEST(back->deferrable);
  BOOST_TEST(!foreign_key_of_json("not json").has_value());
  BOOST_TEST(!foreign_key_of_json("{}").has_value());
}

BOOST_AUTO_TEST_CASE(columns_are_cast_only_where_needed) {
  types::Column column;
  column.name = "m";
  column.native = split_type("money");
  column.logical.kind = types::TypeKind::decimal;
  BOOST_TEST(select_column(column).sql == "\"m\"::numeric");
  column.native = split_type("integer[]");
  column.logical.kind = types::TypeKind::array;
  BOOST_TEST(select_column(column).sql == "pg_catalog.array_to_json(\"m\")::pg_catalog.text");
  column.native = split_type("character(5)");
  column.logical.kind = types::TypeKind::string;
  BOOST_TEST(select_column(column).sql == "\"m\"");
  BOOST_TEST((select_column(column).decoding == Decoding::padded_text));
}

BOOST_AUTO_TEST_CASE(a_row_that_was_not_answered_is_no_null) {
  const Result answered(PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK));
  BOOST_CHECK_THROW((void)answered.null(0, 0), std::out_of_range);
  BOOST_CHECK_THROW((void)answered.text(0, 0), std::out_of_range);
  BOOST_CHECK_THROW((void)answered.number(0, 0), std::out_of_range);
  BOOST_CHECK_THROW((void)answered.truth(0, 0), std::out_of_range);
  const Result rehearsed(PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK), true);
  BOOST_TEST(rehearsed.null(0, 0));
  BOOST_TEST(rehearsed.text(0, 0).empty());
}

BOOST_AUTO_TEST_SUITE_END()

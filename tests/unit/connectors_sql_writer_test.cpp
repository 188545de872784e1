#include <boost/test/unit_test.hpp>

#include "connectors/api/connector.h"
#include "connectors/api/error.h"
#include "connectors/api/registry.h"
#include "connectors/sql/condition_writer.h"
#include "connectors/sql/foreign_key.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/native_binds.h"
#include "connectors/sql/staging_name.h"
#include "connectors/sql/time_zone.h"
#include "connectors/sqlite/dialect.h"
#include "stdlib/types/calendar.h"

using namespace syncline;
using namespace syncline::connectors;

namespace {

expr::ExprPtr constant(types::Value value) {
  auto node = std::make_shared<expr::Expr>();
  node->value = std::move(value);
  return node;
}
expr::ExprPtr clock_time(types::Timestamp value) {
  auto node = std::make_shared<expr::Expr>();
  node->value = value;
  node->column_type.kind = types::TypeKind::timestamp_local;
  return node;
}
expr::ExprPtr column(const std::string& name, types::TypeKind kind) {
  auto node = std::make_shared<expr::Expr>();
  node->op = expr::Op::column;
  node->name = name;
  node->column_type.kind = kind;
  return node;
}
expr::ExprPtr make(expr::Op op, std::vector<expr::ExprPtr> args, bool negated = false) {
  auto node = std::make_shared<expr::Expr>();
  node->op = op;
  node->args = std::move(args);
  node->negated = negated;
  return node;
}
expr::ExprPtr call(const std::string& name, std::vector<expr::ExprPtr> args) {
  auto node = std::make_shared<expr::Expr>();
  node->op = expr::Op::call;
  node->name = name;
  node->args = std::move(args);
  return node;
}

/// The base class alone, so that its own spellings are seen.
class Base : public sql::ConditionWriter {
 public:
  using ConditionWriter::ConditionWriter;

 protected:
  [[nodiscard]] std::string_view spelling(std::string_view function) const override {
    return function == "coalesce" ? "coalesce({*})" : function == "swap" ? "f({2}, {1})" : "";
  }
};

Base base(std::string_view zone = "UTC") {
  return {sqlite::dialect(), zone};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(connectors_sql)

BOOST_AUTO_TEST_CASE(foreign_keys_say_what_is_not_the_default) {
  types::ForeignKey key;
  key.columns = {"a", "b"};
  key.referenced = {"", "parent"};
  key.referenced_columns = {"x", "y"};
  BOOST_TEST(sql::foreign_key(sqlite::dialect(), key) == R"(FOREIGN KEY ("a", "b") REFERENCES "parent" ("x", "y"))");
  key.referenced_columns.clear();
  key.on_delete = types::ForeignKeyAction::cascade;
  key.on_update = types::ForeignKeyAction::set_null;
  BOOST_TEST(sql::foreign_key(sqlite::dialect(), key) ==
             R"(FOREIGN KEY ("a", "b") REFERENCES "parent" ON DELETE CASCADE ON UPDATE SET NULL)");
}

BOOST_AUTO_TEST_CASE(actions_of_catalogues_are_read_as_they_are_written) {
  using Action = types::ForeignKeyAction;
  for (const Action action : {Action::no_action, Action::restrict_, Action::cascade, Action::set_null, Action::set_default}) {
    types::ForeignKey key;
    key.on_delete = action;
    const std::string text = sql::foreign_key(sqlite::dialect(), key);
    const auto at = text.find(" ON DELETE ");
    BOOST_TEST((sql::action_of(at == std::string::npos ? "NO ACTION" : text.substr(at + 11)) == action));
  }
  BOOST_TEST((sql::action_of("SOMETHING ELSE") == Action::no_action));
}

BOOST_AUTO_TEST_CASE(sqlite_calculates_with_whole_numbers_and_floats_only) {
  using types::TypeKind;
  const auto sum = [](TypeKind left, TypeKind right) {
    const auto node = make(expr::Op::add, {column("a", left), column("b", right)});
    return sqlite::dialect().condition(*make(expr::Op::greater, {node, constant(std::int64_t{1})}), "UTC").text;
  };
  BOOST_TEST(sum(TypeKind::integer, TypeKind::float64) == R"((("a" + "b") > ?))");
  const auto unsupported = [](const ConnectorError& error) { return error.kind == ErrorKind::unsupported; };
  BOOST_CHECK_EXCEPTION(sum(TypeKind::decimal, TypeKind::integer), ConnectorError, unsupported);
  BOOST_CHECK_EXCEPTION(sum(TypeKind::integer, TypeKind::decimal), ConnectorError, unsupported);
}

BOOST_AUTO_TEST_CASE(staging_names_round_trip) {
  const types::ObjectName orders{"shop", "orders"};
  const auto name = sql::staging_name(1234567890123, orders);
  const auto parsed = sql::parse_staging_name(name);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(parsed->epoch == 1234567890123);
  BOOST_TEST(parsed->hash == sql::target_hash(orders));
  BOOST_TEST(!parsed->old);
  BOOST_TEST(sql::parse_staging_name(sql::old_name(7, orders))->old);
  BOOST_TEST(sql::staging_name(INT64_MAX, orders, INT32_MAX).size() <= 63U);
  const auto part = sql::parse_staging_name(sql::staging_name(7, orders, 12));
  BOOST_REQUIRE(part.has_value());
  BOOST_TEST((*part == *sql::parse_staging_name(sql::staging_name(7, orders))));
  BOOST_TEST(sql::target_hash({"a", "bc"}) != sql::target_hash({"ab", "c"}));
}

BOOST_AUTO_TEST_CASE(only_exact_staging_names_parse) {
  for (const char* name : {"syncline_stg_", "syncline_stg_1", "syncline_stg_1_0123", "syncline_stg_x_0123456789abcdef",
                           "syncline_stg_1_0123456789ABCDEF", "syncline_stg_-1_0123456789abcdef",
                           "syncline_stg_1_0123456789abcdef0", "syncline_stg_1_0123456789abcdef_",
                           "syncline_stg_1_0123456789abcdef_x", "my_syncline_stg_1_0123456789abcdef", "syncline_target", ""}) {
    BOOST_TEST(!sql::parse_staging_name(name).has_value(), name);
  }
  BOOST_TEST(sql::is_own_name("syncline_target"));
  BOOST_TEST(!sql::is_own_name("synclines"));
}

BOOST_AUTO_TEST_CASE(keyset_expands_lexicographically) {
  const auto after =
      sql::keyset_after({"a", "b", "c"}, {{"?", {std::int64_t{1}}}, {"?", {std::int64_t{2}}}, {"?", {std::int64_t{3}}}});
  BOOST_TEST(after.text == "(a > ?) OR (a = ? AND b > ?) OR (a = ? AND b = ? AND c > ?)");
  BOOST_TEST(after.binds.size() == 6U);
  BOOST_TEST(std::get<std::int64_t>(after.binds[5]) == 3);
}

BOOST_AUTO_TEST_CASE(native_names_become_binds_outside_strings) {
  LexicalRules rules;
  rules.backquote_names = true;
  const auto spell = [](const types::Value& value) { return SqlText{"?", {value}}; };
  const auto out = sql::substitute_binds("a > :lo AND b <> ':lo' AND `:lo` < :hi::int AND c = :lo",
                                         {{"lo", std::int64_t{1}}, {"hi", std::int64_t{2}}}, rules, spell);
  BOOST_TEST(out.text == "a > ? AND b <> ':lo' AND `:lo` < ?::int AND c = ?");
  BOOST_REQUIRE(out.binds.size() == 3U);
  BOOST_TEST(std::get<std::int64_t>(out.binds[1]) == 2);
  BOOST_CHECK_THROW(sql::substitute_binds("a = :gone", {}, rules, spell), ConnectorError);
}

BOOST_AUTO_TEST_CASE(statements_of_a_script_take_values_and_names) {
  LexicalRules rules;
  const auto spell = [](const types::Value& value) { return SqlText{"?", {value}}; };
  ScriptStatement statement;
  statement.text = "INSERT INTO {target.table} SELECT :n, ':n {target.table}', :who FROM {target.table}";
  statement.binds = {{"n", std::int64_t{7}}, {"who", std::string("o'x")}};
  statement.objects = {{"target.table", {"", "or\"ders"}}};
  const auto out = sql::script_text(statement, rules, sqlite::dialect(), spell);
  BOOST_TEST(out.text == R"(INSERT INTO "or""ders" SELECT ?, ':n {target.table}', ? FROM "or""ders")");
  BOOST_REQUIRE(out.binds.size() == 2U);
  BOOST_TEST(std::get<std::string>(out.binds[1]) == "o'x");
  statement.text = "DELETE FROM {source.table}";
  BOOST_CHECK_THROW(sql::script_text(statement, rules, sqlite::dialect(), spell), ConnectorError);
}

BOOST_AUTO_TEST_CASE(conditions_render_with_binds_in_order) {
  using expr::Op;
  const auto a = column("a", types::TypeKind::bigint);
  const auto s = column("s\"x", types::TypeKind::string);
  const auto tree =
      make(Op::logical_and, {make(Op::greater_equal, {a, constant(std::int64_t{5})}),
                             make(Op::logical_or, {make(Op::is_null, {s}, true), make(Op::like, {s, constant(std::string("x%"))}),
                                                   constant(types::Value(true))})});
  const auto out = base().write(*tree);
  BOOST_TEST(out.text == "((\"a\" >= ?) AND ((\"s\"\"x\" IS NOT NULL) OR (\"s\"\"x\" LIKE ? ESCAPE '\\')))");
  BOOST_REQUIRE(out.binds.size() == 2U);
  BOOST_TEST(std::get<std::string>(out.binds[1]) == "x%");
}

BOOST_AUTO_TEST_CASE(patterns_move_binds_with_their_arguments) {
  const auto out = base().write(*call("swap", {constant(std::int64_t{1}), constant(std::int64_t{2})}));
  BOOST_TEST(out.text == "f(?, ?)");
  BOOST_TEST(std::get<std::int64_t>(out.binds[0]) == 2);
}

BOOST_AUTO_TEST_CASE(in_between_case_and_null) {
  using expr::Op;
  const auto a = column("a", types::TypeKind::bigint);
  BOOST_TEST(base().write(*make(Op::in_list, {a, constant(std::int64_t{1}), constant(std::int64_t{2})}, true)).text ==
             "(\"a\" NOT IN (?, ?))");
  BOOST_TEST(base().write(*make(Op::between, {a, constant(std::int64_t{1}), constant(std::int64_t{2})})).text ==
             "((\"a\" >= ?) AND (\"a\" <= ?))");
  BOOST_TEST(
      base().write(*make(Op::case_when, {make(Op::is_null, {a}), constant(std::int64_t{1}), constant(types::Value{})})).text ==
      "(CASE WHEN (\"a\" IS NULL) THEN ? ELSE NULL END)");
}

BOOST_AUTO_TEST_CASE(instants_meet_naive_columns_in_their_zone) {
  using expr::Op;
  const types::Timestamp midnight_utc{0};
  const auto local = column("t", types::TypeKind::timestamp_local);
  const auto out = base("Asia/Shanghai").write(*make(Op::less, {local, constant(midnight_utc)}));
  BOOST_TEST(std::get<types::Timestamp>(out.binds.at(0)).micros == 8 * 3'600'000'000LL);
  const auto instant = column("i", types::TypeKind::timestamp);
  const auto day = base("Asia/Shanghai").write(*make(Op::less, {instant, constant(types::Date{0})}));
  BOOST_TEST(std::get<types::Timestamp>(day.binds.at(0)).micros == -8 * 3'600'000'000LL);
  BOOST_CHECK_THROW(sql::to_clock_time(midnight_utc, "Nowhere/Land"), ConnectorError);
}

BOOST_AUTO_TEST_CASE(clock_time_stays_what_it_is_beside_naive_columns) {
  using expr::Op;
  using types::TypeKind;
  const types::Timestamp morning{8 * 3'600'000'000LL};
  const auto compared = [&](TypeKind with) {
    const auto out = base("Asia/Shanghai").write(*make(Op::greater, {column("t", with), clock_time(morning)}));
    return std::get<types::Timestamp>(out.binds.at(0)).micros;
  };
  BOOST_TEST(compared(TypeKind::timestamp_local) == morning.micros);
  BOOST_TEST(compared(TypeKind::date) == morning.micros);
  BOOST_TEST(compared(TypeKind::timestamp) == 0);
}

BOOST_AUTO_TEST_CASE(clock_time_in_the_three_dialects) {
  using types::TypeKind;
  const types::Timestamp morning{8 * 3'600'000'000LL + 1};
  const auto text = [&](const char* engine, TypeKind with) {
    const auto node = make(expr::Op::greater, {column("t", with), clock_time(morning)});
    const auto out = default_registry().connector(engine)->dialect().condition(*node, "Asia/Shanghai");
    return out.binds.empty() ? out.text : out.text + " " + types::to_text(out.binds[0]);
  };
  BOOST_TEST(text("mysql", TypeKind::timestamp_local) == "(`t` > TIMESTAMP '2000-01-01 08:00:00.000001')");
  BOOST_TEST(text("mysql", TypeKind::timestamp) == "(`t` > TIMESTAMP '2000-01-01 00:00:00.000001')");
  BOOST_TEST(text("postgres", TypeKind::timestamp_local) == "(\"t\" > '2000-01-01 08:00:00.000001'::timestamp)");
  BOOST_TEST(text("postgres", TypeKind::timestamp) == "(\"t\" > '2000-01-01 00:00:00.000001+00'::timestamptz)");
  BOOST_TEST(text("sqlite", TypeKind::timestamp_local) == "(syncline_micros(\"t\") > ?) 28800000001");
  BOOST_TEST(text("sqlite", TypeKind::timestamp) == "(syncline_micros(\"t\") > ?) 1");
}

BOOST_AUTO_TEST_CASE(postgres_has_no_zone_behind_infinity) {
  const auto& dialect = default_registry().connector("postgres")->dialect();
  BOOST_TEST(dialect.literal(types::Timestamp{types::kTimestampInfinity}) == "'infinity'::timestamptz");
  BOOST_TEST(dialect.literal(types::Timestamp{types::kTimestampMinusInfinity}) == "'-infinity'::timestamptz");
  BOOST_TEST(dialect.literal(types::Timestamp{0}) == "'2000-01-01 00:00:00.000000+00'::timestamptz");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_spelled_is_named) {
  try {
    static_cast<void>(base().write(*call("regexp_like", {column("a", types::TypeKind::string)})));
    BOOST_FAIL("no error");
  } catch (const ConnectorError& error) {
    BOOST_TEST((error.kind == ErrorKind::unsupported));
    BOOST_TEST(std::string(error.what()).find("regexp_like") != std::string::npos);
  }
  BOOST_TEST(base().spells("coalesce"));
  BOOST_TEST(!base().spells("trunc"));
}

BOOST_AUTO_TEST_CASE(every_kind_of_error_has_a_name) {
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::setup); ++kind) {
    BOOST_TEST(std::string(to_string(static_cast<ErrorKind>(kind))) != "unknown");
  }
}

BOOST_AUTO_TEST_SUITE_END()

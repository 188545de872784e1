#include <boost/test/unit_test.hpp>

#include "stdlib/expr/evaluate.h"
#include "stdlib/expr/zone.h"
#include "stdlib/types/calendar.h"
#include "stdlib/types/decimal.h"
#include "stdlib/types/interval.h"

BOOST_AUTO_TEST_SUITE(stdlib_expr)

using namespace syncline;
using expr::Expr;
using expr::ExprPtr;
using expr::Op;
using types::Value;

namespace {

ExprPtr of(Value value) {
  static constexpr expr::Type kTypes[] = {expr::Type::null,   expr::Type::boolean, expr::Type::integer,   expr::Type::decimal,
                                          expr::Type::string, expr::Type::date,    expr::Type::timestamp, expr::Type::interval};
  auto made = std::make_shared<Expr>();
  made->type = kTypes[value.index()];
  made->value = std::move(value);
  return made;
}
ExprPtr of(int value) {
  return of(Value(std::int64_t{value}));
}
ExprPtr of(std::int64_t value) {
  return of(Value(value));
}
ExprPtr of(const char* value) {
  return of(Value(std::string(value)));
}
ExprPtr truth(bool value) {
  return of(Value(value));
}
ExprPtr null() {
  return of(Value());
}
ExprPtr number(const char* text) {
  return of(Value(types::Decimal{text}));
}
ExprPtr date(const char* text) {
  return of(Value(types::Date{types::parse_date(text).value()}));
}
ExprPtr instant(const char* text) {
  return of(Value(types::Timestamp{types::parse_instant(text).value()}));
}
ExprPtr interval(const char* text) {
  return of(Value(types::parse_interval(text).value()));
}

ExprPtr make(Op op, std::vector<ExprPtr> args, expr::Type type = expr::Type::null, bool negated = false) {
  auto made = std::make_shared<Expr>();
  made->op = op;
  made->type = type;
  made->args = std::move(args);
  made->negated = negated;
  return made;
}
ExprPtr named(Op op, const char* name, std::vector<ExprPtr> args = {}, bool secret = false) {
  auto made = std::make_shared<Expr>();
  made->op = op;
  made->name = name;
  made->args = std::move(args);
  made->secret = secret;
  return made;
}
ExprPtr cast(ExprPtr arg, const char* words, std::vector<std::string> arguments = {}) {
  auto made = std::make_shared<Expr>();
  made->op = Op::cast;
  made->args = {std::move(arg)};
  made->cast_to = types::make_logical(words, arguments).value();
  return made;
}

std::string result(const ExprPtr& expr, const char* zone = "UTC") {
  expr::Environment environment;
  environment.timezone = zone;
  return types::to_text(expr::evaluate(*expr, environment));
}
void fails(const ExprPtr& expr, const char* zone = "UTC") {
  BOOST_CHECK_THROW(result(expr, zone), expr::EvaluationError);
}

}  // namespace

BOOST_AUTO_TEST_CASE(three_valued_logic) {
  const auto t = truth(true), f = truth(false), n = null();
  BOOST_TEST(result(make(Op::logical_and, {n, f})) == "false");
  BOOST_TEST(result(make(Op::logical_and, {f, n})) == "false");
  BOOST_TEST(result(make(Op::logical_and, {n, t})) == "NULL");
  BOOST_TEST(result(make(Op::logical_or, {n, t})) == "true");
  BOOST_TEST(result(make(Op::logical_or, {n, f})) == "NULL");
  BOOST_TEST(result(make(Op::logical_not, {n})) == "NULL");
  BOOST_TEST(result(make(Op::equal, {n, n})) == "NULL");
  BOOST_TEST(result(make(Op::is_null, {n})) == "true");
  BOOST_TEST(result(make(Op::is_null, {of(1)}, expr::Type::boolean, true)) == "true");
  BOOST_TEST(result(make(Op::in_list, {of(1), of(2), n})) == "NULL");
  BOOST_TEST(result(make(Op::in_list, {of(1), n, of(1)})) == "true");
  BOOST_TEST(result(make(Op::in_list, {of(1), of(2), n}, expr::Type::boolean, true)) == "NULL");
  BOOST_TEST(result(make(Op::in_list, {of(1), of(2), of(3)}, expr::Type::boolean, true)) == "true");
  BOOST_TEST(result(make(Op::between, {of(5), n, of(3)})) == "false");
  BOOST_TEST(result(make(Op::between, {of(5), n, of(9)})) == "NULL");
  BOOST_TEST(result(make(Op::between, {of(5), of(5), of(5)})) == "true");
  BOOST_TEST(result(make(Op::case_when, {n, of(1), t, of(2), of(3)})) == "2");
  BOOST_TEST(result(make(Op::case_when, {f, of(1)})) == "NULL");
  BOOST_TEST(result(make(Op::concat, {of("a"), n})) == "NULL");
  fails(make(Op::logical_not, {of(1)}));
}

BOOST_AUTO_TEST_CASE(whole_numbers) {
  BOOST_TEST(result(make(Op::add, {of(40), of(2)}, expr::Type::integer)) == "42");
  BOOST_TEST(result(make(Op::divide, {of(-7), of(2)}, expr::Type::integer)) == "-3");
  BOOST_TEST(result(make(Op::divide, {of(7), of(2)}, expr::Type::decimal)) == "3.5");
  fails(make(Op::divide, {of(7), of(0)}, expr::Type::integer));
  fails(make(Op::add, {of(INT64_MAX), of(1)}, expr::Type::integer));
  fails(make(Op::subtract, {of(INT64_MIN), of(1)}, expr::Type::integer));
  fails(make(Op::multiply, {of(INT64_MAX), of(2)}, expr::Type::integer));
  fails(make(Op::divide, {of(INT64_MIN), of(-1)}, expr::Type::integer));
  fails(make(Op::negate, {of(INT64_MIN)}));
  fails(make(Op::add, {of("1"), of(1)}));
}

BOOST_AUTO_TEST_CASE(exact_decimals) {
  const auto calculated = [](Op op, const char* a, const char* b) {
    return result(make(op, {number(a), number(b)}, expr::Type::decimal));
  };
  BOOST_TEST(calculated(Op::add, "0.1", "0.2") == "0.3");
  BOOST_TEST(calculated(Op::subtract, "0.10", "0.1") == "0.00");
  BOOST_TEST(calculated(Op::multiply, "-1.5", "2.25") == "-3.375");
  BOOST_TEST(calculated(Op::divide, "1", "3") == "0.3333333333333333");
  BOOST_TEST(calculated(Op::divide, "2", "3") == "0.6666666666666667");
  BOOST_TEST(calculated(Op::divide, "-1.00", "4") == "-0.25");
  const std::string nines(130, '9');
  BOOST_TEST(calculated(Op::add, nines.c_str(), "1") == "1" + std::string(130, '0'));
  BOOST_TEST(result(make(Op::add, {number("0.5"), of(1)}, expr::Type::decimal)) == "1.5");
  BOOST_TEST(result(make(Op::equal, {number("1.50"), number("1.5")})) == "true");
  BOOST_TEST(result(make(Op::less, {number("-2"), of(-1)})) == "true");
  fails(make(Op::divide, {number("1"), number("0.00")}, expr::Type::decimal));
  fails(make(Op::add, {number("NaN"), number("1")}, expr::Type::decimal));
}

BOOST_AUTO_TEST_CASE(decimal_texts) {
  namespace decimal = types::decimal;
  BOOST_TEST(decimal::parse("+007.50").value() == "7.50");
  BOOST_TEST(decimal::parse("-0.00").value() == "0.00");
  BOOST_TEST(decimal::parse("1e3").value() == "1000");
  BOOST_TEST(decimal::parse("1.5E-3").value() == "0.0015");
  for (const char* text : {"", "-", ".", "1.", ".5", "1e", "1e99999", "0x1", "1 ", "inf", "nan", "1,5"})
    BOOST_TEST(!decimal::parse(text).has_value(), text);
  BOOST_TEST(decimal::from_double(1e35) == "1" + std::string(35, '0'));
  BOOST_TEST(decimal::from_double(0.1) == "0.1");
  BOOST_TEST(decimal::from_float(16777216.0F) == "16777216");
  BOOST_TEST(decimal::to_double("0.1") == 0.1);
  BOOST_TEST(decimal::to_int64("-9223372036854775808").value() == INT64_MIN);
  BOOST_TEST(!decimal::to_int64("9223372036854775808").has_value());
  BOOST_TEST(decimal::to_uint64("18446744073709551615.000").value() == UINT64_MAX);
  BOOST_TEST(!decimal::to_uint64("-1").has_value());
  BOOST_TEST((decimal::fit("999.99", 5, 2) == decimal::Fit::fits));
  BOOST_TEST((decimal::fit("1000", 5, 2) == decimal::Fit::too_large));
  BOOST_TEST((decimal::fit("0.001", 5, 2) == decimal::Fit::scale_lost));
  BOOST_TEST((decimal::fit("0.100", 5, 2) == decimal::Fit::fits));
  BOOST_TEST((decimal::fit("1234500", 5, -2) == decimal::Fit::fits));
  BOOST_TEST((decimal::fit("1234550", 5, -2) == decimal::Fit::scale_lost));
  BOOST_TEST((decimal::fit("0.00123", 3, 5) == decimal::Fit::fits));
  BOOST_TEST((decimal::fit("0.01", 3, 5) == decimal::Fit::too_large));
  BOOST_TEST(decimal::compare("NaN", "Infinity") > 0);
  BOOST_TEST(decimal::compare("-2.5", "-2.50") == 0);
  BOOST_TEST(decimal::compare("-3", "-2.50") < 0);
}

BOOST_AUTO_TEST_CASE(comparisons) {
  BOOST_TEST(result(make(Op::less, {of("a"), of("b")})) == "true");
  BOOST_TEST(result(make(Op::equal, {date("2026-07-02"), instant("2026-07-01 22:00:00Z")}), "Europe/Paris") == "true");
  fails(make(Op::equal, {of("2026-07-02"), date("2026-07-02")}));
  fails(make(Op::less, {truth(true), of(1)}));
}

BOOST_AUTO_TEST_CASE(like) {
  const auto matches = [](const char* text, const char* pattern) { return result(make(Op::like, {of(text), of(pattern)})); };
  BOOST_TEST(matches("orders_2024", "orders%") == "true");
  BOOST_TEST(matches("Orders", "orders%") == "false");
  BOOST_TEST(matches("é", "_") == "true");
  BOOST_TEST(matches("ab", "_") == "false");
  BOOST_TEST(matches("a.c", "a.c") == "true");
  BOOST_TEST(matches("abc", "a.c") == "false");
  BOOST_TEST(matches("a\nb", "a%b") == "true");
  BOOST_TEST(matches("100%", "100\\%") == "true");
  BOOST_TEST(matches("1000", "100\\%") == "false");
  BOOST_TEST(matches("", "%") == "true");
  BOOST_TEST(matches("Zoë😀", "Zoë_") == "true");
  BOOST_TEST(result(make(Op::like, {null(), of("%")})) == "NULL");
  BOOST_TEST(result(make(Op::like, {of("a"), of("b")}, expr::Type::boolean, true)) == "true");
  fails(make(Op::like, {of(1), of("1")}));
}

BOOST_AUTO_TEST_CASE(calendar_arithmetic) {
  const auto plus = [](ExprPtr a, const char* by, const char* zone = "UTC") {
    return result(make(Op::add, {std::move(a), interval(by)}), zone);
  };
  BOOST_TEST(plus(date("2024-01-31"), "P1M") == "2024-02-29");
  BOOST_TEST(plus(date("2023-01-31"), "P1M") == "2023-02-28");
  BOOST_TEST(plus(date("2024-03-31"), "P-1M") == "2024-02-29");
  BOOST_TEST(plus(date("2024-02-29"), "P12M") == "2025-02-28");
  BOOST_TEST(plus(date("0001-01-31"), "P-2M") == "0000-11-30");
  BOOST_TEST(plus(date("2024-01-31"), "P1M1D") == "2024-03-01");
  BOOST_TEST(plus(instant("2024-03-30 12:00:00Z"), "P1D", "Europe/Paris") == "2024-03-31 11:00:00Z");
  BOOST_TEST(plus(instant("2024-03-30 12:00:00Z"), "PT24H", "Europe/Paris") == "2024-03-31 12:00:00Z");
  BOOST_TEST(plus(date("infinity"), "P1D") == "infinity");
  BOOST_TEST(result(make(Op::subtract, {date("2024-03-01"), date("2024-02-01")})) == "29");
  BOOST_TEST(result(make(Op::subtract, {instant("2024-03-01 00:00:00Z"), instant("2024-02-29 23:00:00Z")})) == "PT1H");
  BOOST_TEST(result(make(Op::multiply, {interval("P1M"), of(3)})) == "P3M");
  fails(make(Op::add, {date("2024-01-01"), interval("PT1H")}));
  fails(make(Op::add, {date("2024-01-01"), of(1)}));
  fails(make(Op::add, {instant("294276-12-31 00:00:00Z"), interval("P9999999D")}));
}

BOOST_AUTO_TEST_CASE(time_zones) {
  const auto local = [](const char* text, const char* zone) {
    return types::format_timestamp(expr::to_local(types::parse_instant(text).value(), zone), 0);
  };
  const auto back = [](const char* text, const char* zone) {
    return types::format_timestamp(expr::to_instant(types::parse_timestamp(text).value(), zone), 0);
  };
  BOOST_TEST(local("2026-07-01 12:00:00Z", "Asia/Shanghai") == "2026-07-01 20:00:00");
  BOOST_TEST(local("2026-07-01 12:00:00Z", "-03:30") == "2026-07-01 08:30:00");
  BOOST_TEST(back("2026-07-01 12:00:00", "America/New_York") == "2026-07-01 16:00:00");
  BOOST_TEST(back("2024-11-03 01:30:00", "America/New_York") == "2024-11-03 05:30:00");
  BOOST_TEST(local("2060-07-01 12:00:00Z", "Europe/Paris") == "2060-07-01 14:00:00");
  BOOST_TEST(local("2060-01-01 12:00:00Z", "Europe/Paris") == "2060-01-01 13:00:00");
  BOOST_TEST(local("2096-02-29 12:00:00Z", "Europe/Paris") == "2096-02-29 13:00:00");
  BOOST_CHECK_THROW(back("2024-03-10 02:30:00", "America/New_York"), expr::EvaluationError);
  BOOST_CHECK_THROW(local("2024-01-01 00:00:00Z", "Nowhere/City"), expr::EvaluationError);
}

BOOST_AUTO_TEST_CASE(casts) {
  BOOST_TEST(result(cast(of("42"), "int")) == "42");
  BOOST_TEST(result(cast(of("18446744073709551615"), "bigint unsigned")) == "18446744073709551615");
  BOOST_TEST(result(cast(number("7.0"), "int")) == "7");
  BOOST_TEST(result(cast(of(1), "bool")) == "true");
  BOOST_TEST(result(cast(of("2024-02-29"), "date")) == "2024-02-29");
  BOOST_TEST(result(cast(instant("2026-07-01 22:00:00Z"), "date"), "Europe/Paris") == "2026-07-02");
  BOOST_TEST(result(cast(date("2026-07-02"), "timestamp"), "Europe/Paris") == "2026-07-01 22:00:00Z");
  BOOST_TEST(result(cast(of("2026-07-02 00:00:00"), "timestamp"), "Europe/Paris") == "2026-07-01 22:00:00Z");
  BOOST_TEST(result(cast(of("2026-07-02 00:00:00Z"), "timestamp"), "Europe/Paris") == "2026-07-02 00:00:00Z");
  BOOST_TEST(result(cast(of("é"), "string", {"1"})) == "é");
  BOOST_TEST(result(cast(null(), "int")) == "NULL");
  fails(cast(of("4x"), "int"));
  fails(cast(of(128), "tinyint"));
  fails(cast(of(-1), "int unsigned"));
  fails(cast(of(2), "bool"));
  fails(cast(number("1.239"), "decimal", {"10", "2"}));
  fails(cast(of("ab"), "string", {"1"}));
  fails(cast(of("2023-02-29"), "date"));
  fails(cast(of("yesterday"), "timestamp"));
}

BOOST_AUTO_TEST_CASE(folding) {
  expr::Environment environment;
  const auto column = named(Op::column, "created");
  const auto wanted = make(Op::greater_equal, {column, make(Op::add, {date("2024-01-31"), interval("P1M")}, expr::Type::date)},
                           expr::Type::boolean);
  BOOST_TEST(expr::to_text(*expr::fold(wanted, environment)) == "(created >= DATE '2024-02-29')");
  const auto later = make(Op::less, {column, named(Op::parameter, "started_at")});
  BOOST_TEST(expr::to_text(*expr::fold(later, environment)) == "(created < :started_at)");
  environment.parameter = [](std::string_view name) -> Value {
    if (name == "started_at") return types::Timestamp{0};
    throw expr::EvaluationError("unknown");
  };
  BOOST_TEST(expr::to_text(*expr::fold(later, environment)) == "(created < TIMESTAMP '2000-01-01 00:00:00Z')");
  const auto unknown = make(Op::less, {column, named(Op::parameter, "window_end")});
  BOOST_TEST(expr::to_text(*expr::fold(unknown, environment)) == "(created < :window_end)");
  BOOST_TEST(expr::to_text(*expr::fold(make(Op::logical_and, {truth(true), later}), {})) == "(created < :started_at)");
  BOOST_TEST(expr::to_text(*expr::fold(make(Op::logical_and, {later, truth(false)}), {})) == "FALSE");
  const auto broken = make(Op::divide, {of(1), of(0)}, expr::Type::integer);
  BOOST_CHECK_THROW(expr::fold(broken, {}), expr::EvaluationError);
  BOOST_TEST(expr::to_text(*expr::fold(make(Op::case_when, {truth(false), broken, of(2)}), {})) == "2");
  BOOST_TEST(expr::to_text(*expr::fold(named(Op::call, "lower", {of("AB")}), {})) == "'ab'");
}

BOOST_AUTO_TEST_CASE(secrets_do_not_print) {
  const auto salt = named(Op::parameter, "pii_salt", {}, true);
  const auto mask = named(Op::call, "sha256", {named(Op::column, "email"), salt});
  BOOST_TEST(expr::to_text(*mask) == "sha256(email, SECRET(:pii_salt))");
  expr::Environment environment;
  environment.parameter = [](std::string_view) { return Value(std::string("pepper")); };
  BOOST_TEST(expr::to_text(*expr::fold(mask, environment)).find("pepper") == std::string::npos);
  const auto joined = make(Op::concat, {salt, of("x")}, expr::Type::string);
  BOOST_TEST(expr::to_text(*expr::fold(joined, environment)) == "SECRET(...)");
}

BOOST_AUTO_TEST_CASE(expressions_as_text) {
  BOOST_TEST(expr::to_text(*make(Op::concat, {named(Op::call, "lower", {named(Op::column, "name")}), of("_x'")})) ==
             "(lower(name) || '_x''')");
  BOOST_TEST(expr::to_text(*make(Op::in_list, {named(Op::column, "a"), of(1), null()}, expr::Type::boolean, true)) ==
             "(a NOT IN (1, NULL))");
  BOOST_TEST(expr::to_text(*cast(named(Op::column, "a"), "decimal", {"10", "2"})) == "CAST(a AS decimal(10,2))");
}

BOOST_AUTO_TEST_CASE(what_is_not_known_says_so) {
  fails(named(Op::parameter, "run_id"));
  fails(named(Op::column, "id"));
  fails(named(Op::call, "no_such"));
  BOOST_TEST(result(named(Op::call, "lower", {null()})) == "NULL");
}

BOOST_AUTO_TEST_SUITE_END()

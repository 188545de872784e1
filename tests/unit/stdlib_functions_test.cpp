#include "stdlib/functions/functions.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "stdlib/expr/evaluate.h"
#include "stdlib/types/calendar.h"

BOOST_AUTO_TEST_SUITE(stdlib_functions)

using namespace syncline;
using types::Value;

namespace {

/// Reads the examples of the function table: `name(literal, …) = literal`.
class Example {
 public:
  explicit Example(std::string_view text) : rest_(text) {}

  std::string name() { return word("abcdefghijklmnopqrstuvwxyz0123456789_"); }

  std::vector<Value> arguments() {
    std::vector<Value> out;
    expect('(');
    while (!take(')')) {
      out.push_back(literal());
      take(',');
    }
    return out;
  }

  Value expected() {
    expect('=');
    const auto value = literal();
    BOOST_REQUIRE_MESSAGE(rest_.empty(), "left over: " << rest_);
    return value;
  }

 private:
  void space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }
  bool take(char c) {
    space();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) { BOOST_REQUIRE_MESSAGE(take(c), "expected " << c << " before: " << rest_); }
  std::string word(const char* letters) {
    space();
    const auto count = std::min(rest_.find_first_not_of(letters), rest_.size());
    std::string out(rest_.substr(0, count));
    rest_.remove_prefix(count);
    return out;
  }
  std::string string() {
    std::string out;
    expect('\'');
    for (; !rest_.empty(); rest_.remove_prefix(1)) {
      if (rest_.front() == '\'' && rest_.substr(0, 2) != "''") break;
      if (rest_.front() == '\'') rest_.remove_prefix(1);
      out += rest_.front();
    }
    rest_.remove_prefix(1);
    return out;
  }
  Value literal() {
    space();
    if (rest_.front() == '\'') return string();
    const auto keyword = word("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (keyword == "NULL") return {};
    if (keyword == "TRUE") return true;
    if (keyword == "FALSE") return false;
    if (keyword == "DATE") return types::Date{types::parse_date(string()).value()};
    if (keyword == "TIMESTAMP") return types::Timestamp{types::parse_instant(string()).value()};
    const auto number = word("-0123456789.");
    BOOST_REQUIRE_MESSAGE(!number.empty(), "no literal: " << rest_);
    if (number.find('.') != std::string::npos) return types::Decimal{number};
    return std::int64_t{std::stoll(number)};
  }

  std::string_view rest_;
};

Value call(std::string_view name, std::vector<Value> arguments, std::string_view zone = "UTC") {
  return functions::find(name)->evaluate(arguments, {zone});
}
Value integer(std::int64_t value) {
  return value;
}
Value text(const char* value) {
  return std::string(value);
}
std::string shown(const Value& value) {
  return types::to_text(value);
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_example_holds) {
  for (const auto& function : functions::all()) {
    Example example(function.example);
    BOOST_REQUIRE_EQUAL(example.name(), function.name);
    const auto arguments = example.arguments();
    const auto expected = example.expected();
    const auto got = function.evaluate(arguments, {"UTC"});
    BOOST_TEST((got == expected), function.example << " gave " << shown(got));
  }
}

BOOST_AUTO_TEST_CASE(the_table_is_whole) {
  std::set<std::string_view> names;
  for (const auto& function : functions::all()) {
    BOOST_TEST(names.insert(function.name).second, function.name << " twice");
    BOOST_TEST(!function.doc.empty(), function.name);
    BOOST_TEST(functions::find(function.name) == &function);
  }
  for (const char* name :
       {"lower",  "upper",    "trim",       "substr",      "left",      "right",       "length",         "lpad",
        "rpad",   "replace",  "split_part", "starts_with", "ends_with", "regexp_like", "regexp_extract", "regexp_replace",
        "md5",    "sha256",   "crc32",      "to_string",   "date",      "format",      "parse_date",     "parse_timestamp",
        "trunc",  "last_day", "year",       "month",       "day",       "hour",        "date_diff",      "coalesce",
        "nullif", "greatest", "least",      "to_int",      "partial",   "redact",      "nullify",        "constant",
        "bucket"})
    BOOST_TEST(names.count(name) == 1U, name);
  BOOST_TEST(functions::find("no_such") == nullptr);
}

BOOST_AUTO_TEST_CASE(text_counts_characters) {
  BOOST_TEST(shown(call("substr", {text("é😀x"), integer(-1)})) == "x");
  BOOST_TEST(shown(call("substr", {text("abc"), integer(9)})) == "");
  BOOST_TEST(shown(call("substr", {text("abc"), integer(-9), integer(2)})) == "ab");
  BOOST_CHECK_THROW(call("substr", {text("abc"), integer(0)}), expr::EvaluationError);
  BOOST_TEST(shown(call("lpad", {text("ééé"), integer(2)})) == "éé");
  BOOST_TEST(shown(call("lpad", {text("x"), integer(4), text("é😀")})) == "é😀éx");
  BOOST_TEST(shown(call("rpad", {text("x"), integer(3), text("")})) == "x");
  BOOST_CHECK_THROW(call("lpad", {text("x"), integer(1'000'000'000)}), expr::EvaluationError);
  BOOST_TEST(shown(call("trim", {text("éaé"), text("é")})) == "a");
  BOOST_TEST(shown(call("left", {text("abc"), integer(-1)})) == "");
  BOOST_TEST(shown(call("right", {text("abc"), integer(9)})) == "abc");
  BOOST_TEST(shown(call("split_part", {text("a.b"), text("."), integer(3)})) == "");
}

BOOST_AUTO_TEST_CASE(patterns) {
  BOOST_TEST(types::is_null(call("regexp_extract", {text("abc"), text("x+")})));
  BOOST_TEST(shown(call("regexp_extract", {text("k=v"), text("(\\w)=(\\w)"), integer(2)})) == "v");
  BOOST_CHECK_THROW(call("regexp_extract", {text("k"), text("k"), text("year")}), expr::EvaluationError);
  BOOST_CHECK_THROW(call("regexp_like", {text("k"), text("(")}), expr::EvaluationError);
  BOOST_CHECK_THROW(call("regexp_replace", {text("k"), text("k"), text("\\7")}), expr::EvaluationError);
}

BOOST_AUTO_TEST_CASE(dates) {
  const Value summer = types::Timestamp{types::parse_instant("2026-07-01 22:30:00Z").value()};
  BOOST_TEST(shown(call("date", {summer}, "Europe/Paris")) == "2026-07-02");
  BOOST_TEST(shown(call("hour", {summer}, "+08:00")) == "6");
  BOOST_TEST(shown(call("trunc", {summer, text("day")}, "Europe/Paris")) == "2026-07-01 22:00:00Z");
  BOOST_TEST(shown(call("trunc", {summer, text("hour")}, "Asia/Kolkata")) == "2026-07-01 22:30:00Z");
  BOOST_TEST(shown(call("trunc", {summer, text("quarter")})) == "2026-07-01 00:00:00Z");
  BOOST_CHECK_THROW(call("trunc", {summer, text("decade")}), expr::EvaluationError);
  const auto day = [](const char* date) { return Value(types::Date{types::parse_date(date).value()}); };
  BOOST_TEST(shown(call("trunc", {day("2000-01-01"), text("week")})) == "1999-12-27");
  BOOST_TEST(shown(call("trunc", {day("1999-12-27"), text("week")})) == "1999-12-27");
  BOOST_TEST(shown(call("date_diff", {day("2024-03-30"), day("2024-01-31"), text("month")})) == "1");
  BOOST_TEST(shown(call("date_diff", {day("2024-01-31"), day("2024-03-30"), text("month")})) == "-1");
  BOOST_TEST(shown(call("format", {summer, text("%j %H:%M:%S.%f %%")})) == "182 22:30:00.000000 %");
  BOOST_CHECK_THROW(call("format", {summer, text("%Q")}), expr::EvaluationError);
  BOOST_CHECK_THROW(call("parse_date", {text("20230229"), text("%Y%m%d")}), expr::EvaluationError);
  BOOST_CHECK_THROW(call("parse_date", {text("2023"), text("%Y")}), expr::EvaluationError);
  BOOST_CHECK_THROW(call("year", {Value(types::Date{types::kDateInfinity})}), expr::EvaluationError);
}

BOOST_AUTO_TEST_CASE(masks) {
  BOOST_TEST(shown(call("partial", {text("abc"), integer(2), integer(1)})) == "***");
  BOOST_TEST(shown(call("partial", {text("Zoë K"), integer(1), integer(1)})) == "Z***K");
  BOOST_CHECK_THROW(call("partial", {text("abc"), integer(-1), integer(1)}), expr::EvaluationError);
  BOOST_TEST(shown(call("sha256", {integer(42)})) == shown(call("sha256", {text("42")})));
  BOOST_TEST(shown(call("sha256", {text("b")})) != shown(call("sha256", {text("b"), text("a")})));
  BOOST_TEST(shown(call("bucket", {text("a"), integer(16)})) == shown(call("bucket", {text("a"), integer(16)})));
  BOOST_CHECK_THROW(call("bucket", {text("a"), integer(0)}), expr::EvaluationError);
  for (const char* name : {"partial", "redact", "nullify", "constant", "bucket"})
    BOOST_TEST((functions::find(name)->use == functions::Use::mask_only), name);
}

BOOST_AUTO_TEST_CASE(choices) {
  BOOST_TEST(types::is_null(call("coalesce", {Value(), Value()})));
  BOOST_TEST(shown(call("nullif", {text("a"), text("b")})) == "a");
  BOOST_CHECK_THROW(call("greatest", {text("a"), integer(1)}), expr::EvaluationError);
  BOOST_TEST(shown(call("to_int", {Value(types::Decimal{"7.00"})})) == "7");
  BOOST_CHECK_THROW(call("to_int", {Value(types::Decimal{"7.01"})}), expr::EvaluationError);
  BOOST_CHECK_THROW(call("to_int", {text("7x")}), expr::EvaluationError);
}

BOOST_AUTO_TEST_SUITE_END()

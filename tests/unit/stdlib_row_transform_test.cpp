#include "stdlib/expr/row_transform.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "stdlib/expr/convert.h"
#include "stdlib/types/calendar.h"
#include "stdlib/types/coercion.h"

BOOST_AUTO_TEST_SUITE(stdlib_row_transform)

using namespace syncline;
using expr::ColumnRecipe;
using expr::ValueProblem;
using types::Batch;
using types::CellKind;
using types::LogicalType;

namespace {

LogicalType type(const char* words, std::vector<std::string> arguments = {}) {
  return types::make_logical(words, arguments).value();
}

template <typename Float>
std::uint64_t bits_of(Float value) {
  std::uint64_t slot = 0;
  std::memcpy(&slot, &value, sizeof value);
  return slot;
}

/// Cells are written and read as text: numbers in decimal, floats by bits, dates canonical.
std::uint64_t cell(Batch& batch, CellKind kind, const std::string& text) {
  switch (kind) {
    case CellKind::boolean:
    case CellKind::u64:
      return std::stoull(text);
    case CellKind::i64:
      return static_cast<std::uint64_t>(std::stoll(text));
    case CellKind::f32:
      return bits_of(std::strtof(text.c_str(), nullptr));
    case CellKind::f64:
      return bits_of(std::strtod(text.c_str(), nullptr));
    case CellKind::date:
      return static_cast<std::uint64_t>(types::parse_date(text).value());
    case CellKind::time:
      return static_cast<std::uint64_t>(types::parse_time(text).value());
    case CellKind::timestamp:
      return static_cast<std::uint64_t>(types::parse_timestamp(text).value());
    default: {
      const auto slot = Batch::heap_slot(batch.heap.size(), text.size());
      batch.heap.append(text);
      return slot;
    }
  }
}

std::string shown(const Batch& batch, CellKind kind, std::uint64_t slot) {
  double wide = 0;
  float narrow = 0;
  switch (kind) {
    case CellKind::boolean:
    case CellKind::u64:
      return std::to_string(slot);
    case CellKind::i64:
      return std::to_string(static_cast<std::int64_t>(slot));
    case CellKind::f32:
      std::memcpy(&narrow, &slot, sizeof narrow);
      return std::to_string(narrow);
    case CellKind::f64:
      std::memcpy(&wide, &slot, sizeof wide);
      return std::to_string(wide);
    case CellKind::date:
      return types::format_date(static_cast<std::int64_t>(slot));
    case CellKind::time:
      return types::format_time(static_cast<std::int64_t>(slot), 6);
    case CellKind::timestamp:
      return types::format_timestamp(static_cast<std::int64_t>(slot), 6);
    default:
      return std::string(batch.heap_view(slot));
  }
}

ColumnRecipe convert(LogicalType from, LogicalType to) {
  ColumnRecipe recipe;
  recipe.kind = ColumnRecipe::Kind::convert;
  recipe.target_column = "c";
  recipe.source = 0;
  recipe.from = std::move(from);
  recipe.to = std::move(to);
  return recipe;
}

std::string converted(const LogicalType& from, const LogicalType& to, const std::string& value,
                      types::ValuePolicies policies = {}) {
  Batch batch;
  batch.reset(1);
  batch.add_row();
  batch.heap.append("padding");
  batch.slots(0)[0] = cell(batch, types::cell_kind(from), value);
  batch.nulls(0)[0] = 0;
  expr::RowTransform transform({convert(from, to)}, {}, policies);
  try {
    transform.apply(batch);
  } catch (const expr::ValueError& error) {
    BOOST_TEST(error.column == "c");
    return std::string("! ") + expr::to_string(error.problem);
  }
  if (batch.nulls(0)[0] != 0) return "NULL";
  return shown(batch, types::cell_kind(to), batch.slots(0)[0]);
}

struct Case {
  LogicalType from;
  LogicalType to;
  const char* value;
  const char* expected;
};

void check(const std::vector<Case>& cases) {
  for (const auto& each : cases)
    BOOST_TEST(converted(each.from, each.to, each.value) == each.expected,
               types::to_string(each.from) << " " << each.value << " -> " << types::to_string(each.to) << ": "
                                           << converted(each.from, each.to, each.value) << ", not " << each.expected);
}

}  // namespace

/// Whatever the coercion table calls possible has a conversion.
BOOST_AUTO_TEST_CASE(every_possible_pair_has_a_way) {
  std::vector<LogicalType> all;
  for (const auto& name : types::logical_names()) {
    if (const auto made = types::make_logical(name, {})) all.push_back(*made);
    if (const auto made = types::make_logical(name, {"8"})) all.push_back(*made);
  }
  all.push_back(type("enum", {"'a'", "'b'"}));
  all.push_back(type("set", {"'a'", "'b'"}));
  all.push_back(type("array", {"text"}));
  for (const auto& from : all)
    for (const auto& to : all) {
      if (types::coercion(from, to) == types::Coercion::impossible) continue;
      BOOST_TEST((expr::find_converter(from, to).cell != nullptr), types::to_string(from) << " -> " << types::to_string(to));
    }
}

BOOST_AUTO_TEST_CASE(integers) {
  check({
      {type("bigint"), type("tinyint"), "127", "127"},
      {type("bigint"), type("tinyint"), "-128", "-128"},
      {type("bigint"), type("tinyint"), "128", "! out of range"},
      {type("bigint"), type("tinyint"), "-129", "! out of range"},
      {type("bigint"), type("int unsigned"), "4294967295", "4294967295"},
      {type("bigint"), type("int unsigned"), "-1", "! out of range"},
      {type("bigint unsigned"), type("bigint"), "9223372036854775807", "9223372036854775807"},
      {type("bigint unsigned"), type("bigint"), "9223372036854775808", "! out of range"},
      {type("bigint unsigned"), type("decimal", {"20", "0"}), "18446744073709551615", "18446744073709551615"},
      {type("bigint"), type("decimal", {"3", "1"}), "-99", "-99"},
      {type("bigint"), type("decimal", {"3", "1"}), "100", "! out of range"},
      {type("smallint"), type("year"), "1901", "1901"},
      {type("smallint"), type("year"), "0", "0"},
      {type("smallint"), type("year"), "1900", "! out of range"},
      {type("smallint"), type("year"), "2156", "! out of range"},
      {type("tinyint"), type("bool"), "1", "1"},
      {type("tinyint"), type("bool"), "2", "! no boolean"},
      {type("tinyint"), type("bool"), "-1", "! no boolean"},
      {type("bool"), type("tinyint"), "1", "1"},
      {type("bool"), type("decimal"), "0", "0"},
      {type("bool"), type("text"), "1", "true"},
      {type("bool"), type("bits", {"1"}), "1", "1"},
      {type("bigint"), type("float64"), "9007199254740992", "9007199254740992.000000"},
      {type("bigint"), type("float64"), "9007199254740993", "! scale lost"},
      {type("bigint"), type("float64"), "9223372036854775807", "! scale lost"},
      {type("int"), type("float32"), "16777217", "! scale lost"},
      {type("bigint"), type("text"), "-9223372036854775808", "-9223372036854775808"},
      {type("bigint unsigned"), type("text"), "18446744073709551615", "18446744073709551615"},
      {type("bigint"), type("string", {"2"}), "100", "! too long"},
      {type("int unsigned"), type("bits", {"10"}), "513", "1000000001"},
      {type("int unsigned"), type("bits", {"10"}), "1024", "! out of range"},
      {type("int"), type("bits", {"64"}), "-1", "! out of range"},
  });
}

BOOST_AUTO_TEST_CASE(decimals) {
  check({
      {type("decimal"), type("decimal", {"65", "30"}), "99999999999999999999999999999999999.999999999999999999999999999999",
       "99999999999999999999999999999999999.999999999999999999999999999999"},
      {type("decimal"), type("decimal", {"65", "30"}), "100000000000000000000000000000000000", "! out of range"},
      {type("decimal"), type("decimal", {"65", "30"}), "0.0000000000000000000000000000001", "! scale lost"},
      {type("decimal"), type("decimal", {"5", "2"}), "1.5000", "1.50"},
      {type("decimal"), type("decimal", {"5", "0"}), "7.000", "7"},
      {type("decimal"), type("decimal", {"5", "2"}), "NaN", "! non-finite"},
      {type("decimal", {"5", "2"}), type("decimal"), "NaN", "NaN"},
      {type("decimal"), type("bigint"), "-9223372036854775808", "-9223372036854775808"},
      {type("decimal"), type("bigint"), "9223372036854775808", "! out of range"},
      {type("decimal"), type("bigint unsigned"), "18446744073709551615.0", "18446744073709551615"},
      {type("decimal"), type("int"), "1.5", "! scale lost"},
      {type("decimal"), type("int"), "Infinity", "! non-finite"},
      {type("decimal"), type("float64"), "0.1", "0.100000"},
      {type("decimal"), type("float64"), "0.10000000000000000555", "! scale lost"},
      {type("decimal"), type("float64"), "1", "1.000000"},
      {type("decimal"), type("float32"), "0.1", "0.100000"},
      {type("decimal"), type("float32"), "16777217", "! scale lost"},
      {type("decimal"), type("float32"), "1000000000000000000000000000000000000000", "! out of range"},
      {type("decimal"), type("text"), "-1.50", "-1.50"},
      {type("decimal"), type("bool"), "1", "1"},
      {type("decimal"), type("bool"), "0.5", "! no boolean"},
  });
}

BOOST_AUTO_TEST_CASE(floats) {
  check({
      {type("float64"), type("float32"), "0.5", "0.500000"},
      {type("float64"), type("float32"), "0.1", "! scale lost"},
      {type("float64"), type("float32"), "1e300", "! out of range"},
      {type("float64"), type("float32"), "nan", "nan"},
      {type("float32"), type("float64"), "16777216", "16777216.000000"},
      {type("float64"), type("bigint"), "9007199254740993", "9007199254740992"},
      {type("float64"), type("bigint"), "9.3e18", "! out of range"},
      {type("float64"), type("bigint unsigned"), "1e19", "10000000000000000000"},
      {type("float64"), type("int"), "1.7", "! scale lost"},
      {type("float64"), type("int"), "inf", "! non-finite"},
      {type("float64"), type("decimal", {"10", "2"}), "0.1", "0.1"},
      {type("float64"), type("decimal", {"10", "2"}), "0.001", "! scale lost"},
      {type("float64"), type("decimal", {"10", "2"}), "nan", "! non-finite"},
      {type("float64"), type("decimal"), "1e25", "10000000000000000000000000"},
      {type("float64"), type("text"), "5e-324", "5e-324"},
      {type("float64"), type("text"), "-inf", "-Infinity"},
      {type("float32"), type("text"), "0.1", "0.1"},
      {type("float64"), type("bool"), "1", "1"},
      {type("float64"), type("bool"), "0.1", "! no boolean"},
  });
  types::ValuePolicies policies;
  policies.non_finite_null = true;
  BOOST_TEST(converted(type("float64"), type("decimal", {"10", "2"}), "nan", policies) == "NULL");
}

BOOST_AUTO_TEST_CASE(texts) {
  check({
      {type("text"), type("string", {"3"}), "é😀x", "é😀x"},
      {type("text"), type("string", {"3"}), "abcd", "! too long"},
      {type("text"), type("int"), "-0042", "-42"},
      {type("text"), type("int"), "+7", "7"},
      {type("text"), type("int"), "7.0", "7"},
      {type("text"), type("int"), "7.5", "! scale lost"},
      {type("text"), type("int"), "2147483648", "! out of range"},
      {type("text"), type("int"), "", "! not a number"},
      {type("text"), type("int"), "1 ", "! not a number"},
      {type("text"), type("bigint unsigned"), "18446744073709551615", "18446744073709551615"},
      {type("text"), type("decimal", {"5", "2"}), "1e2", "100"},
      {type("text"), type("decimal", {"5", "2"}), "1.005", "! scale lost"},
      {type("text"), type("float64"), "0.1", "0.100000"},
      {type("text"), type("float64"), "x", "! not a number"},
      {type("text"), type("bool"), "t", "1"},
      {type("text"), type("bool"), "0", "0"},
      {type("text"), type("bool"), "yes", "! no boolean"},
      {type("text"), type("date"), "2024-02-29", "2024-02-29"},
      {type("text"), type("date"), "0000-00-00", "! not a date"},
      {type("text"), type("time", {"0"}), "-838:59:59", "-838:59:59.000000"},
      {type("text"), type("time", {"0"}), "00:00:00.5", "! scale lost"},
      {type("text"), type("timestamp_local", {"6"}), "9999-12-31 23:59:59.999999", "9999-12-31 23:59:59.999999"},
      {type("text"), type("timestamp_local", {"6"}), "9999-12-31 23:59:59Z", "! not a date"},
      {type("text"), type("timestamp", {"6"}), "2000-01-01 08:00:00+08", "2000-01-01 00:00:00.000000"},
      {type("text"), type("timestamp", {"6"}), "2000-01-01 08:00:00", "! not a date"},
      {type("text"), type("interval"), "P14M", "P1Y2M"},
      {type("text"), type("interval"), "1 month", "! invalid text"},
      {type("text"), type("uuid"), "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
      {type("text"), type("uuid"), "a0eebc999c0b4ef8bb6d6bb9bd380a11", "! invalid text"},
      {type("text"), type("json"), "{\"a\": 1e400}", "{\"a\": 1e400}"},
      {type("text"), type("json"), "{", "! invalid JSON"},
      {type("text"), type("array", {"int"}), " [1]", " [1]"},
      {type("text"), type("array", {"int"}), "{}", "! invalid JSON"},
      {type("text"), type("network"), "::1", "::1"},
      {type("text"), type("network"), "nowhere", "! invalid text"},
      {type("text"), type("bytes"), "é", "é"},
      {type("text"), type("bytes", {"1"}), "é", "! too long"},
      {type("bytes"), type("text"), "\xff", "! invalid text"},
      {type("bytes"), type("bytes", {"2"}), "abc", "! too long"},
      {type("text"), type("bits", {"3"}), "101", "101"},
      {type("text"), type("bits", {"3"}), "10", "! too long"},
      {type("text"), type("bits varying", {"3"}), "10", "10"},
      {type("text"), type("bits", {"3"}), "1x1", "! invalid text"},
      {type("bits", {"10"}), type("smallint"), "1000000001", "513"},
      {type("bits", {"64"}), type("bigint"), "1000000000000000000000000000000000000000000000000000000000000000",
       "! out of range"},
      {type("bits", {"1"}), type("bool"), "1", "1"},
      {type("bits", {"10"}), type("text"), "1000000001", "1000000001"},
  });
}

BOOST_AUTO_TEST_CASE(labels) {
  const auto set = type("set", {"'x'", "'y'", "'z w'"});
  check({
      {type("enum", {"'a'", "'b'"}), type("enum", {"'b'"}), "b", "b"},
      {type("enum", {"'a'", "'b'"}), type("enum", {"'b'"}), "a", "! invalid enum"},
      {type("text"), type("enum", {"'a'", "''"}), "", ""},
      {type("text"), type("enum", {"'a'"}), "A", "! invalid enum"},
      {type("enum", {"'a'"}), type("text"), "a", "a"},
      {type("text"), set, "z w,x", "x,z w"},
      {type("text"), set, "", ""},
      {type("text"), set, "x,q", "! invalid enum"},
      {set, type("text"), "x,y", "x,y"},
      {set, type("json"), "x,z w", "[\"x\",\"z w\"]"},
      {set, type("array", {"text"}), "", "[]"},
      {type("array", {"text"}), set, "[\"y\", \"x\"]", "x,y"},
      {type("array", {"text"}), set, "[\"q\"]", "! invalid enum"},
  });
}

BOOST_AUTO_TEST_CASE(times) {
  check({
      {type("date"), type("text"), "-0044-03-15", "-0044-03-15"},
      {type("date"), type("timestamp_local", {"0"}), "2024-02-29", "2024-02-29 00:00:00.000000"},
      {type("date"), type("timestamp_local", {"0"}), "infinity", "infinity"},
      {type("date"), type("timestamp_local", {"0"}), "5874897-12-31", "! date range"},
      {type("timestamp_local", {"6"}), type("date"), "1999-12-31 00:00:00", "1999-12-31"},
      {type("timestamp_local", {"6"}), type("date"), "1999-12-31 00:00:01", "! scale lost"},
      {type("timestamp", {"6"}), type("timestamp", {"3"}), "2000-01-01 00:00:00.123", "2000-01-01 00:00:00.123000"},
      {type("timestamp", {"6"}), type("timestamp", {"3"}), "1999-01-01 00:00:00.1234", "! scale lost"},
      {type("timestamp", {"6"}), type("timestamp", {"0"}), "-infinity", "-infinity"},
      {type("timestamp", {"3"}), type("text"), "2000-01-01 00:00:00.5", "2000-01-01 00:00:00.500Z"},
      {type("timestamp_local", {"0"}), type("text"), "2000-01-01 00:00:00", "2000-01-01 00:00:00"},
      {type("time", {"6"}), type("time", {"0"}), "-00:00:01", "-00:00:01.000000"},
      {type("time", {"6"}), type("time", {"0"}), "-00:00:00.5", "! scale lost"},
      {type("time", {"0"}), type("text"), "838:59:59", "838:59:59"},
      {type("time", {"6"}), type("interval"), "-25:30:00", "PT-25H-30M"},
      {type("interval"), type("time", {"6"}), "PT25H30M", "25:30:00.000000"},
      {type("interval"), type("time", {"6"}), "P1D", "! time range"},
  });
}

BOOST_AUTO_TEST_CASE(nulls_and_not_null) {
  Batch batch;
  batch.reset(1);
  batch.add_row();
  batch.nulls(0)[0] = 1;
  auto recipe = convert(type("int"), type("text"));
  expr::RowTransform nullable({recipe}, {}, {});
  nullable.apply(batch);
  BOOST_TEST(batch.nulls(0)[0] == 1);
  for (const auto kind : {ColumnRecipe::Kind::convert, ColumnRecipe::Kind::pass, ColumnRecipe::Kind::constant}) {
    recipe.kind = kind;
    recipe.nullable = false;
    expr::RowTransform strict({recipe}, {}, {});
    Batch copy;
    copy.reset(1);
    copy.add_row();
    copy.nulls(0)[0] = 1;
    BOOST_CHECK_EXCEPTION(strict.apply(copy), expr::ValueError, [](const auto& error) {
      return error.problem == ValueProblem::null_in_not_null && error.column == "c";
    });
  }
}

BOOST_AUTO_TEST_CASE(policies_are_counted) {
  types::ValuePolicies policies;
  policies.non_finite_null = true;
  expr::RowTransform transform({convert(type("float64"), type("int"))}, {}, policies);
  Batch batch;
  batch.reset(1);
  for (int i = 0; i < 3; ++i) {
    batch.slots(batch.add_row())[0] = bits_of(std::numeric_limits<double>::quiet_NaN());
    batch.nulls(static_cast<std::size_t>(i))[0] = 0;
  }
  transform.apply(batch);
  BOOST_REQUIRE(transform.policy_uses().size() == 1U);
  BOOST_TEST(transform.policy_uses()[0].second == 3U);
}

BOOST_AUTO_TEST_CASE(columns_move_are_computed_and_repeat) {
  const auto text_type = type("text");
  auto column = std::make_shared<expr::Expr>();
  column->op = expr::Op::column;
  column->name = "name";
  column->column = 1;
  column->column_type = text_type;
  auto upper = std::make_shared<expr::Expr>();
  upper->op = expr::Op::call;
  upper->name = "upper";
  upper->args = {column};

  ColumnRecipe moved, computed, fixed;
  moved.target_column = "name";
  moved.source = 1;
  computed.kind = ColumnRecipe::Kind::expression;
  computed.target_column = "loud";
  computed.to = type("string", {"5"});
  computed.expression = upper;
  fixed.kind = ColumnRecipe::Kind::constant;
  fixed.target_column = "run";
  fixed.to = text_type;
  fixed.constant = std::string("r1");
  expr::RowTransform transform({moved, computed, fixed}, {}, {});
  BOOST_TEST(!transform.identity());

  Batch batch;
  for (int round = 0; round < 2; ++round) {
    batch.reset(2);
    for (const char* name : {"zoë", "bob", ""}) {
      const auto row = batch.add_row();
      batch.slots(row)[0] = row;
      batch.nulls(row)[0] = 0;
      batch.slots(row)[1] = cell(batch, CellKind::text, name);
      batch.nulls(row)[1] = *name == 0 ? 1 : 0;
    }
    transform.apply(batch);
    BOOST_REQUIRE(batch.columns() == 3U);
    BOOST_REQUIRE(batch.rows() == 3U);
    BOOST_TEST(batch.heap_view(batch.slots(0)[0]) == "zoë");
    BOOST_TEST(batch.heap_view(batch.slots(0)[1]) == "ZOË");
    BOOST_TEST(batch.heap_view(batch.slots(1)[1]) == "BOB");
    BOOST_TEST(batch.nulls(2)[1] == 1);
    BOOST_TEST(batch.heap_view(batch.slots(2)[2]) == "r1");
  }
}

BOOST_AUTO_TEST_CASE(identity) {
  ColumnRecipe first, second;
  first.source = 0;
  second.source = 1;
  BOOST_TEST(expr::RowTransform({first, second}, {}, {}).identity());
  BOOST_TEST(!expr::RowTransform({second, first}, {}, {}).identity());
}

BOOST_AUTO_TEST_CASE(constants_of_the_run_are_folded_once) {
  auto parameter = std::make_shared<expr::Expr>();
  parameter->op = expr::Op::parameter;
  parameter->name = "started_at";
  ColumnRecipe recipe;
  recipe.kind = ColumnRecipe::Kind::expression;
  recipe.target_column = "at";
  recipe.to = type("timestamp_local", {"0"});
  recipe.expression = parameter;
  expr::Environment environment;
  environment.timezone = "Asia/Shanghai";
  int asked = 0;
  environment.parameter = [&](std::string_view) -> types::Value {
    ++asked;
    return types::Timestamp{0};
  };
  expr::RowTransform transform({recipe}, environment, {});
  Batch batch;
  batch.reset(0);
  batch.add_row();
  batch.add_row();
  transform.apply(batch);
  BOOST_TEST(asked == 1);
  BOOST_TEST(shown(batch, CellKind::timestamp, batch.slots(1)[0]) == "2000-01-01 08:00:00.000000");
}

BOOST_AUTO_TEST_CASE(a_row_that_cannot_be_computed_says_why) {
  auto column = std::make_shared<expr::Expr>();
  column->op = expr::Op::column;
  column->column = 0;
  column->column_type = type("int");
  auto one = std::make_shared<expr::Expr>();
  one->value = std::int64_t{1};
  auto quotient = std::make_shared<expr::Expr>();
  quotient->op = expr::Op::divide;
  quotient->type = expr::Type::integer;
  quotient->args = {one, column};
  ColumnRecipe recipe;
  recipe.kind = ColumnRecipe::Kind::expression;
  recipe.target_column = "q";
  recipe.to = type("int");
  recipe.expression = quotient;
  expr::RowTransform transform({recipe}, {}, {});
  Batch batch;
  batch.reset(1);
  batch.add_row();
  batch.slots(0)[0] = 0;
  batch.nulls(0)[0] = 0;
  BOOST_CHECK_EXCEPTION(transform.apply(batch), expr::ValueError, [](const auto& error) {
    return error.problem == ValueProblem::evaluation && error.column == "q" && error.detail == "division by zero";
  });
}

BOOST_AUTO_TEST_SUITE_END()

#include <random>

#include "lab.h"
#include "stdlib/expr/evaluate.h"
#include "stdlib/types/calendar.h"

/// A condition pushed to the source keeps exactly the rows that the language's own evaluation keeps.
using namespace syncline;
using namespace syncline::conformance;
using expr::Expr;
using expr::ExprPtr;
using expr::Op;
using types::TypeKind;

namespace {

ExprPtr make(Op op, expr::Type type, std::vector<ExprPtr> args, bool negated = false, const std::string& name = "") {
  auto node = std::make_shared<Expr>();
  node->op = op;
  node->type = type;
  node->args = std::move(args);
  node->negated = negated;
  node->name = name;
  node->phase = expr::Phase::row;
  return node;
}

ExprPtr truth(Op op, std::vector<ExprPtr> args, bool negated = false) {
  return make(op, expr::Type::boolean, std::move(args), negated);
}

ExprPtr constant(types::Value value, expr::Type type) {
  auto node = std::make_shared<Expr>();
  node->value = std::move(value);
  node->type = type;
  return node;
}
ExprPtr whole(std::int64_t value) {
  return constant(value, expr::Type::integer);
}
ExprPtr text(const std::string& value) {
  return constant(value, expr::Type::string);
}
ExprPtr decimal(const std::string& value) {
  return constant(types::Decimal{value}, expr::Type::decimal);
}
ExprPtr day(const std::string& value) {
  return constant(types::Date{types::parse_date(value).value()}, expr::Type::date);
}
ExprPtr moment(const std::string& value) {
  return constant(types::Timestamp{types::parse_timestamp(value).value()}, expr::Type::timestamp);
}

ExprPtr column_of(const types::Column& column, expr::Type type) {
  auto node = std::make_shared<Expr>();
  node->op = Op::column;
  node->type = type;
  node->phase = expr::Phase::row;
  node->name = column.name;
  node->column_type = column.logical;
  return node;
}

ExprPtr cast(const ExprPtr& what, types::LogicalType to, expr::Type type) {
  auto node = std::make_shared<Expr>(*make(Op::cast, type, {what}));
  node->cast_to = std::move(to);
  return node;
}

/// Rows with one column of each type that conditions know.
struct Facts {
  explicit Facts(const Lab& lab) {
    schema.name = lab.name("facts");
    schema.columns = {column("id", lab.data.id, logical(TypeKind::bigint), false),
                      column("n", lab.data.id, logical(TypeKind::bigint)),
                      column("s", lab.data.text, logical(TypeKind::string)),
                      column("d", lab.data.decimal, logical(TypeKind::decimal, 20, 5)),
                      column("f", lab.data.flag, logical(TypeKind::boolean)),
                      column("day", lab.data.date, logical(TypeKind::date)),
                      column("at", lab.data.datetime, logical(TypeKind::timestamp_local, -1, 6)),
                      column("seen", lab.data.instant, logical(TypeKind::timestamp, -1, 6))};
    schema.primary_key.columns = {"id"};
    const std::vector<std::string> texts{"abc", "ABC", "a%c", "a_c", "a\\c", "", "abc ", "\xc3\xa4", "o'x", "zzz", "a"};
    const std::vector<std::string> moments{"2024-02-29 00:00:00.000000", "2024-02-29 12:34:56.789012",
                                           "2023-12-31 23:59:59.999999", "1999-07-04 05:06:07.000000"};
    for (std::size_t i = 0; i < 44; ++i) {
      rows.push_back({std::to_string(i), std::to_string(static_cast<int>(i % 9) - 4), texts[i % texts.size()],
                      std::to_string(i % 5) + (i % 2 == 0 ? ".50000" : ".10000"), i % 3 == 0 ? "true" : "false",
                      moments[i % 4].substr(0, 10), moments[i % 4], moments[(i / 4) % 4]});
      if (i % 11 > 8) rows.back()[1 + i % 7].reset();
    }
    rows.push_back({"100", {}, {}, {}, {}, {}, {}, {}});
    n = column_of(schema.columns[1], expr::Type::integer);
    s = column_of(schema.columns[2], expr::Type::string);
    d = column_of(schema.columns[3], expr::Type::decimal);
    f = column_of(schema.columns[4], expr::Type::boolean);
    date = column_of(schema.columns[5], expr::Type::date);
    at = column_of(schema.columns[6], expr::Type::timestamp);
    seen = column_of(schema.columns[7], expr::Type::timestamp);
  }

  /// Keys of the rows that the condition keeps when the language evaluates it.
  [[nodiscard]] std::string kept(const Expr& condition) const {
    std::string out;
    for (const Row& row : rows) {
      expr::Environment environment;
      environment.column = [&](const Expr& node) {
        for (std::size_t i = 0; i < schema.columns.size(); ++i) {
          if (schema.columns[i].name == node.name) return value_of(schema.columns[i].logical, row[i]);
        }
        throw std::logic_error("no column " + node.name);
      };
      const auto result = expr::evaluate(condition, environment);
      if (const auto* holds = std::get_if<bool>(&result); holds != nullptr && *holds) out += *row[0] + " ";
    }
    return out;
  }

  types::TableSchema schema;
  Rows rows;
  ExprPtr n, s, d, f, date, at, seen;
};

/// Holds for every engine: what the source keeps is what we would keep. An engine may say that it cannot, where `optional`.
void check(Lab& lab, const Facts& facts, const ExprPtr& condition, bool optional = false) {
  BOOST_TEST_CONTEXT(expr::to_text(*condition)) {
    auto wanted = request(facts.schema);
    wanted.filter.portable = condition;
    Rows rows;
    try {
      rows = read(lab, wanted);
    } catch (const connectors::ConnectorError& error) {
      BOOST_TEST((optional && error.kind == ErrorKind::unsupported), error.what());
      return;
    }
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return std::stoi(*a[0]) < std::stoi(*b[0]); });
    std::string found;
    for (const Row& row : rows) found += *row[0] + " ";
    BOOST_TEST(found == facts.kept(*condition));
  }
}

/// The value of a cell as the constant that an increment makes of it.
ExprPtr read_back(const types::LogicalType& type, const Cell& cell) {
  auto node = std::make_shared<Expr>();
  node->value = type.kind == TypeKind::float64 ? types::Value(types::Decimal{*cell}) : value_of(type, cell);
  node->column_type = type;
  return node;
}

std::size_t rows_kept(Lab& lab, const Facts& facts, Op op, std::size_t row, std::size_t column) {
  const auto& tested = facts.schema.columns[column];
  auto wanted = request(facts.schema);
  wanted.naive_timezone = "Asia/Shanghai";
  wanted.filter.portable = truth(op, {column_of(tested, expr::Type::null), read_back(tested.logical, facts.rows[row][column])});
  return read(lab, wanted).size();
}

/// Increments go on behind the greatest key: read from the table, it must equal itself in whatever zone clocks are meant.
void check_itself(Lab& lab, const Facts& facts, std::size_t row, std::size_t column) {
  std::size_t same = 0;
  std::size_t known = 0;
  for (const Row& other : facts.rows) {
    same += other[column] == facts.rows[row][column] ? 1 : 0;
    known += other[column].has_value() ? 1 : 0;
  }
  BOOST_TEST_CONTEXT(facts.schema.columns[column].name << " and " << *facts.rows[row][column]) {
    const auto equal = rows_kept(lab, facts, Op::equal, row, column);
    const auto greater = rows_kept(lab, facts, Op::greater, row, column);
    if (facts.schema.columns[column].logical.kind == TypeKind::string) {
      BOOST_TEST(equal >= same);  // a collation may take more texts for equal
    } else {
      BOOST_TEST(equal == same);
    }
    BOOST_TEST(rows_kept(lab, facts, Op::less, row, column) + equal + greater == known);
    BOOST_TEST(rows_kept(lab, facts, Op::greater_equal, row, column) == greater + equal);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(conditions)

ENGINE_CASE(comparisons_keep_the_same_rows) {
  Lab lab(engine);
  const Facts facts(lab);
  load(lab, facts.schema, facts.rows);
  const std::vector<std::pair<ExprPtr, std::vector<ExprPtr>>> pairs{
      {facts.n, {whole(0), whole(-3), decimal("0.5")}},
      {facts.s, {text("abc"), text(""), text("abc "), text("o'x"), text("B"), text("\xc3\xa4")}},
      {facts.d, {whole(1), decimal("2.50000"), decimal("2.5"), decimal("0.1")}},
      {facts.date, {day("2024-02-29"), day("2000-01-01")}},
      {facts.at, {moment("2024-02-29 12:34:56.789012"), day("2024-02-29")}},
      {facts.seen, {moment("2023-12-31 23:59:59.999999"), day("2024-02-29")}}};
  for (const auto& [left, rights] : pairs) {
    for (const auto& right : rights) {
      for (const Op op : {Op::equal, Op::not_equal, Op::less, Op::less_equal, Op::greater, Op::greater_equal}) {
        check(lab, facts, truth(op, {left, right}));
        if (op == Op::less) check(lab, facts, truth(op, {right, left}));
      }
    }
  }
}

ENGINE_CASE(what_was_read_equals_itself) {
  Lab lab(engine);
  Facts facts(lab);
  facts.schema.columns.push_back(column("x", lab.data.number, logical(TypeKind::float64)));
  for (std::size_t i = 0; i < facts.rows.size(); ++i) facts.rows[i].push_back(i % 2 == 0 ? "0.1" : std::to_string(i) + ".625");
  load(lab, facts.schema, facts.rows);
  for (std::size_t column = 1; column < facts.schema.columns.size(); ++column) {
    for (const std::size_t row : {2U, 8U, 23U}) {
      if (facts.rows[row][column]) check_itself(lab, facts, row, column);
    }
  }
}

ENGINE_CASE(logic_is_three_valued) {
  Lab lab(engine);
  const Facts facts(lab);
  load(lab, facts.schema, facts.rows);
  const auto low = truth(Op::less, {facts.n, whole(1)});
  const auto word = truth(Op::equal, {facts.s, text("abc")});
  check(lab, facts, truth(Op::logical_and, {low, word}));
  check(lab, facts, truth(Op::logical_or, {low, word}));
  check(lab, facts, truth(Op::logical_not, {truth(Op::logical_or, {low, word})}));
  check(lab, facts, facts.f);
  check(lab, facts, truth(Op::logical_not, {facts.f}));
  check(lab, facts, truth(Op::equal, {facts.f, constant(true, expr::Type::boolean)}));
  for (const bool negated : {false, true}) {
    check(lab, facts, truth(Op::is_null, {facts.n}, negated));
    check(lab, facts, truth(Op::is_null, {facts.at}, negated));
    check(lab, facts, truth(Op::in_list, {facts.n, whole(1), whole(-4)}, negated));
    check(lab, facts, truth(Op::in_list, {facts.s, text("abc"), text("o'x"), text("a\\c")}, negated));
    check(lab, facts, truth(Op::in_list, {facts.d, decimal("2.5"), whole(3)}, negated));
    check(lab, facts, truth(Op::in_list, {facts.date, day("2024-02-29")}, negated));
    check(lab, facts, truth(Op::between, {facts.n, whole(-1), whole(2)}, negated));
    check(lab, facts, truth(Op::between, {facts.d, decimal("0.1"), decimal("2.5")}, negated));
    check(lab, facts, truth(Op::between, {facts.at, moment("2023-01-01 00:00:00"), moment("2024-02-29 00:00:00")}, negated));
  }
}

ENGINE_CASE(like_matches_by_the_rules_of_the_language) {
  Lab lab(engine);
  const Facts facts(lab);
  load(lab, facts.schema, facts.rows);
  for (const auto& pattern : {"abc", "a%", "%c", "a_c", "a\\_c", "a\\%c", "a\\\\c", "%", "", "_", "%'%", "ABC", "%\\\\%"}) {
    for (const bool negated : {false, true}) check(lab, facts, truth(Op::like, {facts.s, text(pattern)}, negated), true);
  }
}

ENGINE_CASE(arithmetic_and_functions_keep_the_same_rows) {
  Lab lab(engine);
  const Facts facts(lab);
  load(lab, facts.schema, facts.rows);
  const auto add = make(Op::add, expr::Type::integer, {facts.n, whole(3)});
  const auto times = make(Op::multiply, expr::Type::decimal, {facts.d, whole(2)});
  const auto joined = make(Op::concat, expr::Type::string, {facts.s, text("!")});
  check(lab, facts, truth(Op::greater, {add, whole(2)}), true);
  check(lab, facts, truth(Op::equal, {make(Op::negate, expr::Type::integer, {facts.n}), whole(4)}), true);
  check(lab, facts, truth(Op::equal, {make(Op::subtract, expr::Type::integer, {facts.n, whole(1)}), whole(-2)}), true);
  check(lab, facts, truth(Op::greater, {times, decimal("4.9")}), true);
  check(lab, facts, truth(Op::equal, {joined, text("abc!")}), true);
  const auto filled = make(Op::call, expr::Type::integer, {facts.n, whole(-9)}, false, "coalesce");
  check(lab, facts, truth(Op::less, {filled, whole(-3)}));
  const auto named = make(Op::call, expr::Type::string, {facts.s, text("none")}, false, "coalesce");
  check(lab, facts, truth(Op::equal, {named, text("none")}));
  for (const auto& unit : {"hour", "day", "week", "month", "quarter", "year"}) {
    for (const auto& column : {facts.at, facts.seen}) {
      const auto start = make(Op::call, expr::Type::timestamp, {column, text(unit)}, false, "trunc");
      check(lab, facts, truth(Op::equal, {start, moment("2024-02-29 00:00:00")}), true);
      check(lab, facts, truth(Op::less, {start, moment("2023-12-31 23:00:00")}), true);
    }
  }
  check(lab, facts, truth(Op::equal, {cast(facts.n, logical(TypeKind::string), expr::Type::string), text("-2")}), true);
  check(lab, facts, truth(Op::equal, {cast(facts.at, logical(TypeKind::date), expr::Type::date), day("2024-02-29")}), true);
  check(lab, facts, truth(Op::equal, {cast(facts.n, logical(TypeKind::decimal), expr::Type::decimal), decimal("3")}), true);
}

ENGINE_CASE(what_the_server_cannot_evaluate_is_refused_by_name) {
  Lab lab(engine);
  const Facts facts(lab);
  const auto call = make(Op::call, expr::Type::string, {facts.s}, false, "no_such_function");
  const auto error = failure(
      [&] {
        static_cast<void>(lab.connector.dialect().condition(*truth(Op::equal, {call, text("x")}), "UTC"));
      },
      ErrorKind::unsupported);
  BOOST_TEST(std::string(error.what()).find("no_such_function") != std::string::npos, error.what());
  BOOST_TEST(!lab.connector.dialect().supports("no_such_function"));
  BOOST_TEST(lab.connector.dialect().supports("coalesce"));
}

BOOST_AUTO_TEST_SUITE_END()

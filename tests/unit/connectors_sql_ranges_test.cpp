#include <boost/test/unit_test.hpp>

#include "connectors/sql/key_ranges.h"

using namespace syncline;
using namespace syncline::connectors;

namespace {

using Row = std::optional<std::vector<std::optional<std::string>>>;

sql::CutColumn named(const std::string& name, bool nullable = false, bool integer = false) {
  return {name, "text(" + name + ")", nullable, integer};
}

std::string condition(const KeyPosition& after, const KeyPosition& up_to, const std::vector<sql::CutColumn>& columns) {
  KeyRange range;
  range.after = after;
  range.up_to = up_to;
  return sql::range_condition(range, columns);
}

/// Answers prepared in order; what was asked stays.
struct Server {
  std::vector<Row> answers;
  std::vector<std::string> asked;

  std::vector<KeyPosition> cut(std::vector<sql::CutColumn> columns, int ranges, const std::string& filter = {},
                               std::int64_t estimate = -1) {
    sql::CutTable table;
    table.from = "t";
    table.filter = filter;
    table.columns = std::move(columns);
    table.ask = [this](const std::string& sql) -> Row {
      asked.push_back(sql);
      if (asked.size() > answers.size()) return std::nullopt;
      return answers[asked.size() - 1];
    };
    table.spell = [](std::size_t, const std::string& shown) { return "'" + shown + "'"; };
    CutRequest request;
    request.ranges = ranges;
    request.row_estimate = estimate;
    return sql::cut(table, request);
  }
};

Row row(std::vector<std::optional<std::string>> cells) {
  return cells;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sql_ranges)

BOOST_AUTO_TEST_CASE(one_column_is_compared_plainly) {
  BOOST_TEST(condition({}, {}, {named("a")}).empty());
  BOOST_TEST(condition({"1"}, {"5"}, {named("a")}) == "(a > 1) AND (a <= 5)");
}

BOOST_AUTO_TEST_CASE(nulls_go_with_the_first_range) {
  BOOST_TEST(condition({}, {"5"}, {named("a", true)}) == "(a <= 5 OR a IS NULL)");
  BOOST_TEST(condition({"5"}, {}, {named("a", true)}) == "(a > 5)");
}

BOOST_AUTO_TEST_CASE(several_columns_are_compared_one_after_the_other) {
  BOOST_TEST(condition({"1", "2"}, {}, {named("a"), named("b")}) == "a >= 1 AND (a > 1 OR (a = 1 AND (b > 2)))");
  BOOST_TEST(condition({}, {"1", "2"}, {named("a", true), named("b", true)}) ==
             "(a <= 1 OR a IS NULL) AND (a < 1 OR a IS NULL OR (a = 1 AND (b <= 2 OR b IS NULL)))");
}

BOOST_AUTO_TEST_CASE(dense_whole_numbers_are_cut_by_arithmetic) {
  Server server{{row({"1000"}), row({"1", "1000"})}, {}};
  const auto positions = server.cut({named("a", false, true)}, 4);
  BOOST_TEST(server.asked.size() == 2U);
  BOOST_REQUIRE(positions.size() == 3U);
  BOOST_TEST(positions[0][0] == "250");
  BOOST_TEST(positions[2][0] == "750");
}

BOOST_AUTO_TEST_CASE(arithmetic_takes_the_whole_range_of_numbers) {
  Server server{{row({"-9223372036854775808", "4000000000000000000"})}, {}};
  const auto made = server.cut({named("a", false, true)}, 3, {}, 4'000'000'000'000'000'000);
  BOOST_REQUIRE(made.size() == 2U);
  BOOST_TEST(made[0][0] == "-4815581357903183873");
}

BOOST_AUTO_TEST_CASE(numbers_with_gaps_are_walked) {
  Server server{{row({"100"}), row({"1", "1000000000"}), row({"33"}), row({"1"}), row({"66"}), row({"1"})}, {}};
  const auto positions = server.cut({named("a", false, true)}, 3, "f = 1");
  BOOST_REQUIRE(positions.size() == 2U);
  BOOST_TEST(positions[1][0] == "'66'");
  BOOST_TEST(server.asked[2] == "SELECT text(a) FROM t WHERE (f = 1) ORDER BY a LIMIT 1 OFFSET 32");
  BOOST_TEST(server.asked[3] == "SELECT 1 FROM t WHERE (f = 1) AND a = '33' LIMIT 1");
  BOOST_TEST(server.asked[4] == "SELECT text(a) FROM t WHERE (f = 1) AND (a > '33') ORDER BY a LIMIT 1 OFFSET 32");
}

BOOST_AUTO_TEST_CASE(a_position_that_no_row_equals_is_left_out) {
  Server server{{row({"9"}), row({"a"}), row({"1"}), row({"?"}), std::nullopt, row({"x"}), row({"1"})}, {}};
  const auto positions = server.cut({named("s", true)}, 4);
  BOOST_REQUIRE(positions.size() == 2U);
  BOOST_TEST(positions[1][0] == "'x'");
  BOOST_TEST(server.asked.back() == "SELECT 1 FROM t WHERE (s > 'a') AND s = 'x' LIMIT 1");
}

BOOST_AUTO_TEST_CASE(nothing_is_asked_for_one_range_and_little_for_few_rows) {
  Server server{{row({"1"})}, {}};
  BOOST_TEST(server.cut({named("a")}, 1).empty());
  BOOST_TEST(server.asked.empty());
  BOOST_TEST(server.cut({named("a")}, 4).empty());
  BOOST_TEST(server.asked.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

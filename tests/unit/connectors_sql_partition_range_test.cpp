#include "connectors/sql/partition_range.h"

#include <boost/test/unit_test.hpp>

#include "connectors/api/error.h"
#include "stdlib/types/calendar.h"

using namespace syncline;
using namespace syncline::connectors;
using Unit = types::NativePartitions::Unit;
using types::TypeKind;

namespace {

types::NativePartitions every(std::int64_t width, Unit unit) {
  types::NativePartitions made;
  made.kind = types::NativePartitions::Kind::range;
  made.columns = {"c"};
  made.unit = unit;
  made.every = width;
  return made;
}

types::Column column(TypeKind kind) {
  types::Column made;
  made.name = "c";
  made.logical.kind = kind;
  return made;
}

/// `label from..to` for each range, one behind the other.
std::string ranges(const types::NativePartitions& partitions, TypeKind kind, const std::vector<std::int64_t>& measures,
                   const sql::NumberLimits& limits = {}) {
  std::string out;
  for (const auto& range : sql::partition_ranges(partitions, column(kind), measures, limits)) {
    const auto bound = [&](const std::optional<std::int64_t>& one) { return one ? sql::bound_text(column(kind), *one) : "*"; };
    out += (out.empty() ? "" : ", ") + range.label + " " + bound(range.from) + ".." + bound(range.to);
  }
  return out;
}

std::int64_t month(int year, int number) {
  return year * 12 + number - 1;
}
std::int64_t day(const std::string& text) {
  return *types::parse_date(text) + types::kUnixToEpochDays;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(connectors_sql_partition_range)

BOOST_AUTO_TEST_CASE(conditions_name_ranges_and_join_those_that_meet) {
  const auto condition = [](const types::NativePartitions& partitions, TypeKind kind, const std::vector<std::int64_t>& measures,
                            const sql::NumberLimits& limits = {}) {
    return sql::replaced_ranges("c", sql::partition_ranges(partitions, column(kind), measures, limits),
                                [&](std::int64_t bound) { return sql::bound_text(column(kind), bound); });
  };
  const auto monthly = every(1, Unit::months);
  BOOST_TEST(condition(monthly, TypeKind::date, {}) == "");
  BOOST_TEST(condition(monthly, TypeKind::date, {month(2026, 3), month(2026, 1), month(2026, 2), month(2026, 5)}) ==
             "(c >= 2026-01-01 AND c < 2026-04-01) OR (c >= 2026-05-01 AND c < 2026-06-01)");
  const auto wide = every(INT64_MAX, Unit::values);
  BOOST_TEST(condition(every(10, Unit::values), TypeKind::integer, {-1, 5, 40}) ==
             "(c >= -10 AND c < 10) OR (c >= 40 AND c < 50)");
  BOOST_TEST(condition(every(100, Unit::values), TypeKind::smallint, {32767}, {INT16_MIN, INT16_MAX}) == "(c >= 32700)");
  BOOST_TEST(condition(wide, TypeKind::bigint, {-5, 5}) == "(c >= -9223372036854775807 AND c < 9223372036854775807)");
}

BOOST_AUTO_TEST_CASE(months_begin_at_multiples_from_year_zero) {
  BOOST_TEST(ranges(every(1, Unit::months), TypeKind::date, {month(2026, 11), month(2026, 12), month(2026, 11)}) ==
             "202611 2026-11-01..2026-12-01, 202612 2026-12-01..2027-01-01");
  BOOST_TEST(ranges(every(3, Unit::months), TypeKind::date, {month(2026, 5)}) == "202604 2026-04-01..2026-07-01");
  BOOST_TEST(ranges(every(12, Unit::months), TypeKind::timestamp_local, {month(2026, 11)}) ==
             "2026 2026-01-01 00:00:00..2027-01-01 00:00:00");
  BOOST_TEST(ranges(every(120, Unit::months), TypeKind::date, {month(2026, 1)}) == "2020 2020-01-01..2030-01-01");
  BOOST_TEST(ranges(every(1, Unit::months), TypeKind::date, {month(9999, 12)}) == "999912 9999-12-01..10000-01-01");
}

BOOST_AUTO_TEST_CASE(days_hours_and_weeks) {
  BOOST_TEST(ranges(every(1, Unit::days), TypeKind::date, {day("2026-11-20")}) == "20261120 2026-11-20..2026-11-21");
  BOOST_TEST(ranges(every(7, Unit::days), TypeKind::date, {day("2026-11-22"), day("2026-11-23")}) ==
             "20261116 2026-11-16..2026-11-23, 20261123 2026-11-23..2026-11-30");
  BOOST_TEST(ranges(every(7, Unit::days), TypeKind::date, {day("1969-12-30")}) == "19691229 1969-12-29..1970-01-05");
  BOOST_TEST(ranges(every(1, Unit::days), TypeKind::timestamp, {day("1969-12-31")}) ==
             "19691231 1969-12-31 00:00:00..1970-01-01 00:00:00");
  BOOST_TEST(ranges(every(6, Unit::hours), TypeKind::timestamp, {day("2026-11-20") * 24 + 13, -1}) ==
             "19691231_18 1969-12-31 18:00:00..1970-01-01 00:00:00, 20261120_12 2026-11-20 12:00:00..2026-11-20 18:00:00");
}

BOOST_AUTO_TEST_CASE(values_count_from_zero_and_end_with_their_type) {
  BOOST_TEST(ranges(every(1000, Unit::values), TypeKind::bigint, {-1, 0, 999, 1000}) ==
             "m1000 -1000..0, 0 0..1000, 1000 1000..2000");
  BOOST_TEST(ranges(every(1000, Unit::values), TypeKind::smallint, {32767, -32768}, {-32768, 32767}) ==
             "least *..-32000, 32000 32000..*");
  BOOST_TEST(ranges(every(1000, Unit::values), TypeKind::bigint, {INT64_MAX, INT64_MIN}) ==
             "least *..-9223372036854775000, 9223372036854775000 9223372036854775000..*");
  BOOST_TEST(ranges(every(1, Unit::values), TypeKind::bigint, {INT64_MAX}) == "9223372036854775807 9223372036854775807..*");
  BOOST_TEST(ranges(every(1000, Unit::values), TypeKind::bigint, {5}, {0, INT64_MAX}) == "0 0..1000");
}

BOOST_AUTO_TEST_CASE(listed_values_have_names_of_their_own) {
  BOOST_TEST(sql::list_label({"cn"}) == "cn");
  BOOST_TEST(sql::list_label({std::nullopt}) == "null");
  for (const char* const hostile : {"null", "North", "", "o'hara", "\x01", "a b"}) {
    const std::string label = sql::list_label({hostile});
    BOOST_TEST(label.size() == 17U);
    BOOST_TEST(label.find_first_not_of("h0123456789abcdef") == std::string::npos);
  }
  BOOST_TEST(sql::list_label({"a", "b"}) != sql::list_label({"a_b"}));
  BOOST_TEST(sql::list_label({"a", std::nullopt}) != sql::list_label({"a", "null"}));
}

BOOST_AUTO_TEST_CASE(too_many_are_refused_by_name) {
  BOOST_CHECK_NO_THROW(sql::refuse_too_many_partitions({"dw", "orders"}, sql::kMostPartitions));
  BOOST_CHECK_THROW(sql::refuse_too_many_partitions({"dw", "orders"}, sql::kMostPartitions + 1), ConnectorError);
}

BOOST_AUTO_TEST_SUITE_END()

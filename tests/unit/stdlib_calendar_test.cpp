#include "stdlib/types/calendar.h"

#include <boost/test/unit_test.hpp>

#include "stdlib/types/interval.h"
#include "stdlib/types/value.h"

BOOST_AUTO_TEST_SUITE(stdlib_calendar)

using namespace syncline::types;

BOOST_AUTO_TEST_CASE(known_days) {
  BOOST_TEST(days_from_civil(2000, 1, 1) == 0);
  BOOST_TEST(days_from_civil(1970, 1, 1) == -kUnixToEpochDays);
  BOOST_TEST(days_from_civil(2000, 3, 1) == 60);
  BOOST_TEST(days_from_civil(1, 1, 1) == -730119);
  BOOST_TEST(days_from_civil(9999, 12, 31) == 2921939);
}

BOOST_AUTO_TEST_CASE(every_day_of_many_years_goes_back_and_forth) {
  for (const std::int64_t year : {-4712, -1, 0, 1, 4, 100, 400, 1582, 1900, 2000, 2024, 2100, 9999, 10000, 294276, 5874897}) {
    std::int64_t expected = days_from_civil(year, 1, 1);
    for (int month = 1; month <= 12; ++month)
      for (int day = 1; day <= 31; ++day) {
        if (!valid_date(year, month, day)) continue;
        BOOST_REQUIRE_EQUAL(days_from_civil(year, month, day), expected);
        const auto back = civil_from_days(expected++);
        BOOST_REQUIRE(back.year == year && back.month == month && back.day == day);
      }
    BOOST_TEST(expected == days_from_civil(year + 1, 1, 1));
  }
}

BOOST_AUTO_TEST_CASE(leap_days) {
  BOOST_TEST(valid_date(2024, 2, 29));
  BOOST_TEST(valid_date(2000, 2, 29));
  BOOST_TEST(valid_date(0, 2, 29));
  BOOST_TEST(!valid_date(1900, 2, 29));
  BOOST_TEST(!valid_date(2023, 2, 29));
  BOOST_TEST(!valid_date(2024, 0, 1));
  BOOST_TEST(!valid_date(2024, 1, 0));
  BOOST_TEST(!valid_date(2024, 13, 1));
  BOOST_TEST(!valid_date(2024, 4, 31));
}

BOOST_AUTO_TEST_CASE(dates_as_text) {
  for (const char* text : {"0001-01-01", "1582-10-15", "2024-02-29", "9999-12-31", "10000-01-01", "294276-12-31", "5874897-12-31",
                           "0000-12-31", "-0044-03-15", "-4712-01-01", "infinity", "-infinity"})
    BOOST_TEST(format_date(parse_date(text).value()) == text);
}

BOOST_AUTO_TEST_CASE(no_dates) {
  for (const char* text :
       {"", "2024", "2024-02-30", "2023-02-29", "0000-00-00", "2024-00-00", "2024-2-1", " 2024-02-01", "2024-02-01 ",
        "2024/02/01", "2024-02-01T", "20240201", "99999999-01-01", "+2024-01-01", "Infinity", "24-01-01"})
    BOOST_TEST(!parse_date(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(timestamps_as_text) {
  for (const char* text :
       {"0001-01-01 00:00:00.000000", "1969-12-31 23:59:59.999999", "2000-01-01 00:00:00.000001", "9999-12-31 23:59:59.999999",
        "294276-12-31 23:59:59.999999", "-4712-11-24 00:00:00.000000", "infinity", "-infinity"})
    BOOST_TEST(format_timestamp(parse_timestamp(text).value(), 6) == text);
  BOOST_TEST(parse_timestamp("2000-01-01 00:00:00.5").value() == 500000);
  BOOST_TEST(parse_timestamp("2000-01-02").value() == kMicrosPerDay);
  BOOST_TEST(parse_timestamp("1999-12-31T23:59:59").value() == -1000000);
  BOOST_TEST(parse_timestamp("2000-01-01 00:00:00.1000000").value() == 100000);
  BOOST_TEST(format_timestamp(-1, 0) == "1999-12-31 23:59:59");
  BOOST_TEST(format_timestamp(0, 3, 'T') == "2000-01-01T00:00:00.000");
}

BOOST_AUTO_TEST_CASE(no_timestamps) {
  for (const char* text :
       {"", "2024-01-01 ", "2024-01-01 24:00:00", "2024-01-01 23:60:00", "2024-01-01 23:59:60", "2024-01-01 1:00:00",
        "2024-01-01 00:00:00.", "2024-01-01 00:00:00.1234567", "2024-01-01 00:00:00Z", "300000-01-01 00:00:00"})
    BOOST_TEST(!parse_timestamp(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(instants) {
  bool zoned = false;
  BOOST_TEST(parse_instant("2000-01-01 00:00:00Z", &zoned).value() == 0);
  BOOST_TEST(zoned);
  BOOST_TEST(parse_instant("2000-01-01 08:00:00+08", &zoned).value() == 0);
  BOOST_TEST(parse_instant("2000-01-01T05:30:00+05:30").value() == 0);
  BOOST_TEST(parse_instant("1999-12-31 20:30:00-0330").value() == 0);
  BOOST_TEST(parse_instant("2000-01-01 00:00:00", &zoned).value() == 0);
  BOOST_TEST(!zoned);
  for (const char* text : {"2000-01-01 00:00:00+", "2000-01-01 00:00:00+8", "2000-01-01 00:00:00+08:",
                           "2000-01-01 00:00:00+08:60", "2000-01-01 00:00:00 UTC", "2000-01-01 00:00:00+19"})
    BOOST_TEST(!parse_instant(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(times_as_text) {
  for (const char* text :
       {"00:00:00.000000", "23:59:59.999999", "24:00:00.000000", "838:59:59.999999", "-838:59:59.999999", "-00:00:01.000000"})
    BOOST_TEST(format_time(parse_time(text).value(), 6) == text);
  BOOST_TEST(parse_time("25:30:00").value() == 91'800'000'000);
  for (const char* text : {"", "1:00:00", "00:60:00", "00:00:60", "00:00", "--00:00:01", "+00:00:01"})
    BOOST_TEST(!parse_time(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(writing_needs_forty_bytes_at_most) {
  char buffer[40];
  BOOST_TEST(write_timestamp(buffer, kTimestampInfinity - 1, 6) <= 40U);
  BOOST_TEST(write_timestamp(buffer, kTimestampMinusInfinity + 1, 6) <= 40U);
  BOOST_TEST(write_date(buffer, kDateInfinity - 1) <= 40U);
  BOOST_TEST(write_time(buffer, INT64_MIN, 6) <= 40U);
}

BOOST_AUTO_TEST_CASE(intervals) {
  for (const char* text : {"PT0S", "P1Y2M3D", "P1M-1DT25H", "PT0.5S", "PT-838H-59M-59.999999S", "P-1Y-1M", "PT1M", "P1M"})
    BOOST_TEST(to_text(parse_interval(text).value()) == text);
  BOOST_TEST((parse_interval("P2W").value() == Interval{0, 14, 0}));
  for (const char* text : {"", "P", "PT", "1M", "P1", "P1H", "PT1D", "P1.5D", "P1YT", "PT0.1234567S", "P9999999999999999999Y",
                           "P999999999999999999Y"})
    BOOST_TEST(!parse_interval(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(values_as_text) {
  BOOST_TEST(to_text(Value()) == "NULL");
  BOOST_TEST(to_text(Value(true)) == "true");
  BOOST_TEST(to_text(Value(std::int64_t{42})) == "42");
  BOOST_TEST(to_text(Value(Decimal{"1.50"})) == "1.50");
  BOOST_TEST(to_text(Value(Date{0})) == "2000-01-01");
  BOOST_TEST(to_text(Value(Timestamp{1'800'000'000})) == "2000-01-01 00:30:00Z");
  BOOST_TEST(to_text(Value(Timestamp{1})) == "2000-01-01 00:00:00.000001Z");
}

BOOST_AUTO_TEST_SUITE_END()

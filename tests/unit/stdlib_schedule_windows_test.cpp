#include <map>

#include "schedule_fixture.h"

BOOST_AUTO_TEST_SUITE(schedule_windows)

using namespace syncline;
using namespace syncline::test;
using schedule::Instance;
using schedule::InvalidSchedule;
using schedule::Window;

namespace {

std::string text_of(const Window& window) {
  return text(window.start) + ".." + text(window.end);
}

std::string window_at(const Trigger& trigger, const char* zone, const char* instant) {
  const auto at = utc(instant);
  const auto runs = table({trigger}, zone).enumerate(at, at + 1);
  return runs.empty() ? "no run" : text_of(runs.front().window) + " bizdate " + types::format_date(runs.front().bizdate());
}

constexpr const char* kZones[] = {"Europe/Berlin",     "America/New_York",
                                  "America/Sao_Paulo", "Australia/Lord_Howe",
                                  "Asia/Kolkata",      "UTC",
                                  "Pacific/Apia",      "America/St_Johns",
                                  "Asia/Pyongyang",    "Asia/Shanghai",
                                  "Africa/Cairo",      "America/Havana",
                                  "Pacific/Kwajalein", "+05:45"};
/// Four years each: with today's rules, and around clocks that jumped by odd amounts.
constexpr const char* kStarts[] = {"2026-01-01", "2009-06-01", "2016-06-01", "1991-01-01",
                                   "1968-01-01", "1882-01-01", "2036-01-01"};

/// Where windows leave a gap, overlap or reach beyond their instance; empty when nowhere. Boost's checks are too slow for
/// millions.
std::string breach(const std::vector<Instance>& runs) {
  if (runs.size() < 3) return "too few instances";
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto& window = runs[i].window;
    const auto here = [&] { return text_of(window) + " at " + text(runs[i].scheduled_at); };
    if (window.start > window.end || window.end > runs[i].scheduled_at) return here();
    if (i > 0 && runs[i - 1].scheduled_at >= runs[i].scheduled_at) return "twice: " + here();
    if (i > 0 && window.start != runs[i - 1].window.end) return text_of(runs[i - 1].window) + " then " + here();
  }
  return "";
}

struct Form {
  const char* what;
  std::vector<Trigger> triggers;
};

/// Every form of schedule whose windows shall meet.
std::vector<Form> tiling_forms() {
  return {
      {"hourly", {hourly({0})}},
      {"hourly at 30", {hourly({30})}},
      {"hourly at 59", {hourly({59})}},
      {"hourly, said", {with(hourly({15}), last(1, Unit::hour))}},
      {"cron hourly", {cron("45 * * * *", last(1, Unit::hour))}},
      {"daily at midnight", {daily({"00:00"})}},
      {"daily in the gap", {daily({"02:30"})}},
      {"daily late", {daily({"23:45"})}},
      {"cron daily", {cron("10 1 * * *", last(1, Unit::day))}},
      {"cron at midnight", {cron("0 0 * * *", last(1, Unit::day))}},
      {"weekly on Monday", {weekly({"MON"}, {"00:00"})}},
      {"weekly on Friday", {weekly({"FRI"}, {"02:30"})}},
      {"weekly on Sunday", {weekly({"SUN"}, {"23:59"})}},
      {"monthly, first", {monthly({1}, {"00:00"})}},
      {"monthly, last", {monthly({kLast}, {"23:30"})}},
      {"cron quarterly", {cron("0 5 1 1,4,7,10 *", last(1, Unit::quarter))}},
      {"cron yearly", {cron("0 7 1 1 *", last(1, Unit::year))}},
      {"several minutes", {with(hourly({0, 15, 30, 45}), kSincePrevious)}},
      {"several times", {with(daily({"02:00", "02:30", "13:30"}), kSincePrevious)}},
      {"several days", {with(weekly({"MON", "FRI"}, {"06:00"}), kSincePrevious)}},
      {"month days", {with(monthly({1, 15, 31, kLast}, {"05:00"}), kSincePrevious)}},
      {"working days", {cron("*/20 8-18 * * MON-FRI")}},
      {"Sundays", {cron("0 3 * * 0")}},
      {"several triggers",
       {with(hourly({15}), kSincePrevious), with(daily({"02:15", "13:30"}), kSincePrevious), cron("15 2 1 * *"),
        with(monthly({kLast}, {"05:00"}), kSincePrevious)}},
  };
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_rule) {
  struct Case {
    Trigger trigger;
    const char* zone;
    const char* instant;
    const char* expected;
  };
  const Case cases[] = {
      {hourly({15}), "UTC", "2026-11-20 10:15", "2026-11-20 09:00..2026-11-20 10:00 bizdate 2026-11-19"},
      {hourly({15}), "Asia/Kolkata", "2026-11-20 09:45", "2026-11-20 08:30..2026-11-20 09:30 bizdate 2026-11-19"},
      {hourly({15}), "Europe/Berlin", "2026-03-29 01:15", "2026-03-29 00:00..2026-03-29 01:00 bizdate 2026-03-28"},
      {hourly({15}), "Europe/Berlin", "2026-10-25 01:15", "2026-10-25 00:00..2026-10-25 01:00 bizdate 2026-10-24"},
      {hourly({45}), "Australia/Lord_Howe", "2026-10-03 16:45", "2026-10-03 15:30..2026-10-03 16:00 bizdate 2026-10-03"},
      {daily({"00:30"}), "Asia/Shanghai", "2026-11-19 16:30", "2026-11-18 16:00..2026-11-19 16:00 bizdate 2026-11-19"},
      {daily({"00:30"}), "Europe/Berlin", "2026-03-29 22:30", "2026-03-28 23:00..2026-03-29 22:00 bizdate 2026-03-29"},
      {daily({"00:30"}), "Europe/Berlin", "2026-10-25 23:30", "2026-10-24 22:00..2026-10-25 23:00 bizdate 2026-10-25"},
      {daily({"00:00"}), "America/Sao_Paulo", "2018-11-04 03:00", "2018-11-03 03:00..2018-11-04 03:00 bizdate 2018-11-03"},
      {daily({"00:00"}), "America/Sao_Paulo", "2018-11-05 02:00", "2018-11-04 03:00..2018-11-05 02:00 bizdate 2018-11-04"},
      {daily({"12:00"}), "Pacific/Apia", "2011-12-30 10:00", "2011-12-29 10:00..2011-12-30 10:00 bizdate 2011-12-29"},
      {daily({"12:00"}), "Pacific/Apia", "2011-12-30 22:00", "2011-12-30 10:00..2011-12-30 10:00 bizdate 2011-12-30"},
      {daily({"23:45"}), "Asia/Pyongyang", "2018-05-04 15:00", "2018-05-02 15:30..2018-05-03 15:30 bizdate 2018-05-03"},
      {with(daily({"02:00"}), last(3, Unit::day)), "UTC", "2024-03-01 02:00",
       "2024-02-27 00:00..2024-03-01 00:00 bizdate 2024-02-29"},
      {with(daily({"02:10"}), last(24, Unit::hour)), "Europe/Berlin", "2026-10-25 00:10",
       "2026-10-24 00:00..2026-10-25 00:00 bizdate 2026-10-24"},
      {with(hourly({30}), last(30, Unit::minute)), "UTC", "2026-11-20 10:30",
       "2026-11-20 10:00..2026-11-20 10:30 bizdate 2026-11-19"},
      {with(daily({"02:00"}), last(1, Unit::week)), "UTC", "2026-11-18 02:00",
       "2026-11-09 00:00..2026-11-16 00:00 bizdate 2026-11-17"},
      {weekly({"MON"}, {"06:00"}), "UTC", "2026-11-16 06:00", "2026-11-09 00:00..2026-11-16 00:00 bizdate 2026-11-15"},
      {monthly({1}, {"05:00"}), "UTC", "2027-01-01 05:00", "2026-12-01 00:00..2027-01-01 00:00 bizdate 2026-12-31"},
      {monthly({kLast}, {"05:00"}), "UTC", "2024-03-31 05:00", "2024-02-01 00:00..2024-03-01 00:00 bizdate 2024-03-30"},
      {with(monthly({1}, {"05:00"}), last(1, Unit::quarter)), "UTC", "2027-02-01 05:00",
       "2026-10-01 00:00..2027-01-01 00:00 bizdate 2027-01-31"},
      {cron("0 7 1 1 *", last(1, Unit::year)), "Asia/Shanghai", "2026-12-31 23:00",
       "2025-12-31 16:00..2026-12-31 16:00 bizdate 2026-12-31"},
      {at({"2026-11-20 12:34"}), "UTC", "2026-11-20 12:34", "2026-11-19 00:00..2026-11-20 00:00 bizdate 2026-11-19"},
      {with(daily({"02:00", "14:00"}), kSincePrevious), "Europe/Berlin", "2026-03-29 01:00",
       "2026-03-28 13:00..2026-03-29 01:00 bizdate 2026-03-28"},
      {with(at({"2026-11-20 12:34"}), kSincePrevious), "UTC", "2026-11-20 12:34",
       "-infinity..2026-11-20 12:34 bizdate 2026-11-19"},
  };
  for (const auto& one : cases)
    BOOST_TEST(window_at(one.trigger, one.zone, one.instant) == one.expected, one.zone << " " << one.instant);
}

BOOST_AUTO_TEST_CASE(windows_meet_in_every_zone_and_form) {
  for (const auto& form : tiling_forms()) {
    for (const char* zone : kZones) {
      for (const char* start : kStarts) {
        const auto from = utc(start), to = from + 1461 * types::kMicrosPerDay;
        const auto found = breach(table(form.triggers, zone).enumerate(from, to));
        BOOST_TEST(found == "", form.what << " in " << zone << " from " << start << ": " << found);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(windows_of_minutes_meet_where_the_clock_moves_by_whole_ones) {
  for (const char* zone : {"UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata"}) {
    const auto quarters = table({with(hourly({0, 15, 30, 45}), last(15, Unit::minute))}, zone);
    BOOST_TEST(breach(quarters.enumerate(utc("2026-01-01"), utc("2030-01-01"))) == "", zone);
  }
}

BOOST_AUTO_TEST_CASE(a_day_with_a_change_of_the_clock_has_23_or_25_hours) {
  std::map<std::int64_t, int> lengths;
  for (const auto& run : table({daily({"02:30"})}, "Europe/Berlin").enumerate(utc("2026-01-10"), utc("2030-01-10")))
    ++lengths[(run.window.end - run.window.start) / schedule::kMicrosPerHour];
  BOOST_TEST(lengths[23] == 4);
  BOOST_TEST(lengths[24] == 1461 - 8);
  BOOST_TEST(lengths[25] == 4);
}

BOOST_AUTO_TEST_CASE(windows_that_cannot_meet_do_not) {
  const auto from = utc("2026-01-01"), to = utc("2027-01-01");
  const auto meet = [&](const Trigger& trigger) {
    const auto runs = table({trigger}, "Europe/Berlin").enumerate(from, to);
    for (std::size_t i = 1; i < runs.size(); ++i) {
      if (runs[i].window.start != runs[i - 1].window.end) return false;
    }
    return true;
  };
  BOOST_TEST(!meet(daily({"02:00", "14:00"})));
  BOOST_TEST(!meet(monthly({31}, {"05:00"})));
  BOOST_TEST(!meet(with(daily({"02:00"}), last(3, Unit::day))));
  BOOST_TEST(!meet(cron("0 */6 * * *", last(6, Unit::hour))));
}

BOOST_AUTO_TEST_CASE(starting_moves_no_window) {
  const auto free = table({with(daily({"02:00", "14:00"}), kSincePrevious)});
  const auto bound = table({with(daily({"02:00", "14:00"}), kSincePrevious)}, "UTC", "2026-11-20");
  const auto runs = bound.enumerate(utc("2026-11-01"), utc("2026-11-22"));
  const auto same = free.enumerate(utc("2026-11-20"), utc("2026-11-22"));
  BOOST_REQUIRE(runs.size() == same.size());
  for (std::size_t i = 0; i < runs.size(); ++i) BOOST_TEST((runs[i].window == same[i].window));
}

BOOST_AUTO_TEST_CASE(instances_without_a_schedule) {
  const auto manual = schedule::instance_at(utc("2026-10-26 07:00"), zone_of("Europe/Berlin"));
  BOOST_TEST(text_of(manual.window) == "2026-10-24 22:00..2026-10-25 23:00");
  BOOST_TEST(types::format_date(manual.bizdate()) == "2026-10-25");
  BOOST_TEST(text(manual.local) == "2026-10-26 08:00");
  const auto day = Timetable::daily("Europe/Berlin").previous(utc("2026-10-26 07:00")).value();
  BOOST_TEST((day.window == manual.window));

  const auto& berlin = zone_of("Europe/Berlin");
  const auto given = schedule::instance_over(schedule::parse_window("2026-03-29..2026-03-30", berlin), berlin);
  BOOST_TEST(text_of(given.window) == "2026-03-28 23:00..2026-03-29 22:00");
  BOOST_TEST(types::format_date(given.bizdate()) == "2026-03-29");
  BOOST_TEST(text_of(schedule::parse_window("2026-11-19T10:00+08:00..2026-11-19 10:30:15", berlin)) ==
             "2026-11-19 02:00..2026-11-19 09:30:15");
  for (const char* bad : {"2026-11-20..2026-11-20", "2026-11-21..2026-11-20", "2026-11-20", "2026-11-20...2026-11-21", "..", "",
                          "-infinity..infinity", "2026-11-20 25:00..2026-11-22", "2026-11-20 1:00..2026-11-22"})
    BOOST_CHECK_THROW(schedule::parse_window(bad, berlin), InvalidSchedule);
}

BOOST_AUTO_TEST_CASE(backfill_finds_every_window_of_the_days) {
  const auto list = [](const Timetable& timetable, const char* first, const char* last, const char* zone) {
    Words out;
    const auto days = schedule::window_of_days(types::parse_date(first).value(), types::parse_date(last).value(), zone_of(zone));
    for (const auto& one : timetable.covering(days)) out.push_back(text_of(one.window));
    return out;
  };
  const auto days = list(table({daily({"00:30"})}, "Europe/Berlin", "2030-01-01"), "2026-03-28", "2026-03-30", "Europe/Berlin");
  BOOST_TEST(days == (Words{"2026-03-27 23:00..2026-03-28 23:00", "2026-03-28 23:00..2026-03-29 22:00",
                            "2026-03-29 22:00..2026-03-30 22:00"}));
  BOOST_TEST(list(table({hourly({59})}), "2026-11-19", "2026-11-20", "UTC").size() == 48u);
  BOOST_TEST(list(table({hourly({59})}, "Europe/Berlin"), "2026-10-25", "2026-10-25", "Europe/Berlin").size() == 25u);
  BOOST_TEST(list(table({monthly({1}, {"05:00"})}), "2026-01-31", "2026-02-01", "UTC") ==
             (Words{"2026-01-01 00:00..2026-02-01 00:00", "2026-02-01 00:00..2026-03-01 00:00"}));
  BOOST_TEST(list(table({cron("0 7 1 12 *", last(1, Unit::year))}), "2026-06-01", "2026-06-01", "UTC") ==
             (Words{"2026-01-01 00:00..2027-01-01 00:00"}));
  BOOST_TEST(list(table({with(weekly({"MON"}, {"06:00"}), kSincePrevious)}), "2026-11-18", "2026-11-18", "UTC") ==
             (Words{"2026-11-16 06:00..2026-11-23 06:00"}));
  BOOST_TEST(list(table({with(daily({"00:00"}), last(3, Unit::day))}), "2026-11-18", "2026-11-18", "UTC").size() == 3u);
  for (const auto& form : tiling_forms()) {
    const auto found = table(form.triggers, "America/New_York").covering({utc("2026-02-20"), utc("2026-04-01")});
    BOOST_REQUIRE_MESSAGE(!found.empty(), form.what);
    BOOST_TEST(found.front().window.start <= utc("2026-02-20"), form.what);
    BOOST_TEST(found.back().window.end >= utc("2026-04-01"), form.what);
  }
}

BOOST_AUTO_TEST_SUITE_END()

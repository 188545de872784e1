#include "compiler/analyze/alignment.h"

#include <boost/test/unit_test.hpp>

#include "compiler/analyze/simulate.h"
#include "compiler/analyze/stretches.h"
#include "stdlib/types/calendar.h"
#include "tests/unit/compiler_analyze_support.h"

BOOST_AUTO_TEST_SUITE(analyze_alignment)

using namespace syncline;
using namespace syncline::test;

namespace {

const std::string kWindow = "LOAD INCREMENTAL WHERE a >= :window_start AND a < :window_end WRITE ";

/// Codes of the proof alone, from 2026 on.
std::string proved(const std::string& schedule, const std::string& clauses) {
  Bound bound = bound_of(schedule + with_sync(clauses));
  BOOST_TEST(bound.codes() == "", bound.messages());
  compiler::Options options;
  options.started_at = types::parse_instant("2026-01-01").value();
  analyze::check_alignment(bound.unit, options, bound.result);
  return bound.codes();
}

std::string daily(const std::string& condition, const std::string& write = "APPEND") {
  return proved("SCHEDULE t EVERY DAY AT '04:30' TIMEZONE 'Europe/Berlin';",
                "LOAD INCREMENTAL WHERE " + condition + " WRITE " + write + " SCHEDULE t");
}

compiler::Simulation simulated(const std::string& schedule, const std::string& from, const std::string& to,
                               const std::string& clauses = kWindow + "APPEND SCHEDULE t") {
  const Bound bound = bound_of(schedule + with_sync(clauses));
  BOOST_TEST(bound.codes() == "", bound.messages());
  compiler::Options options;
  options.from = from;
  options.to = to;
  return analyze::simulate(bound.unit, options).front();
}

bool windows_tile(const compiler::Simulation& simulation) {
  for (std::size_t i = 1; i < simulation.instances.size(); ++i) {
    if (simulation.instances[i - 1].window_end != simulation.instances[i].window_start) return false;
  }
  return true;
}

std::int64_t hours_of(const compiler::SimulatedInstance& one) {
  return (one.window_end - one.window_start) / 3'600'000'000;
}

const std::string kBerlinZone = " TIMEZONE 'Europe/Berlin'";
const std::string kBerlin = kBerlinZone + ";";

}  // namespace

BOOST_AUTO_TEST_CASE(bounds_that_meet_need_no_finding) {
  BOOST_TEST(daily("a >= :window_start AND a < :window_end") == "");
  BOOST_TEST(daily("a > :window_start AND a <= :window_end") == "");
  BOOST_TEST(daily("a >= :bizdate AND a < :bizdate + INTERVAL 1 DAY") == "");
  BOOST_TEST(daily("a >= :window_start - INTERVAL 2 DAY AND a < :window_end - INTERVAL 2 DAY") == "");
  BOOST_TEST(daily("ds = format(:bizdate, '%Y%m%d')") == "");
  BOOST_TEST(daily("a BETWEEN :bizdate AND :bizdate") == "");
}

BOOST_AUTO_TEST_CASE(listed_partitions_that_windows_replace_hold_the_bounded_column) {
  const std::string schedule = "SCHEDULE t EVERY DAY AT '04:30';";
  const std::string overwrite = kWindow + "OVERWRITE PARTITION SCHEDULE t";
  BOOST_TEST(proved(schedule, "PARTITION BY LIST (a) " + overwrite) == "");
  BOOST_TEST(proved(schedule, "PARTITION BY LIST (region, A) " + overwrite) == "");
  BOOST_TEST(proved(schedule, "PARTITION BY LIST (region) " + overwrite) == "SY4005");
  BOOST_TEST(proved(schedule, "PARTITION BY LIST (region) LOAD INCREMENTAL KEY (a) WRITE OVERWRITE PARTITION SCHEDULE t") ==
             "SY4005");
  BOOST_TEST(proved(schedule, "PARTITION BY LIST (region) " + kWindow + "UPSERT SCHEDULE t") == "");
  BOOST_TEST(proved(schedule, "PARTITION BY LIST (region) LOAD FULL WRITE OVERWRITE PARTITION SCHEDULE t") == "");
}

BOOST_AUTO_TEST_CASE(ranges_that_windows_replace_begin_and_end_with_them) {
  const auto ranged = [](const std::string& schedule, const std::string& partition,
                         const std::string& write = "OVERWRITE PARTITION") {
    return proved("SCHEDULE t " + schedule + ";", "PARTITION BY RANGE (" + partition + " " + kWindow + write + " SCHEDULE t");
  };
  const std::string daily = "EVERY DAY AT '04:30'";
  BOOST_TEST(ranged(daily, "a) EVERY 1 DAY") == "");
  BOOST_TEST(ranged(daily, "A) EVERY 12 HOURS") == "");
  BOOST_TEST(ranged(daily, "a) EVERY 2 DAYS") == "SY4005");
  BOOST_TEST(ranged(daily, "a) EVERY 1 MONTH") == "SY4005");
  BOOST_TEST(ranged(daily, "a) EVERY 1 MONTH", "UPSERT") == "");
  BOOST_TEST(ranged(daily, "b) EVERY 1 DAY") == "SY4005");
  BOOST_TEST(ranged("EVERY MONTH ON 1 AT '04:30'", "a) EVERY 1 MONTH") == "");
  BOOST_TEST(ranged("EVERY MONTH ON 1 AT '04:30'", "a) EVERY 3 MONTHS") == "SY4005");
  BOOST_TEST(ranged("EVERY WEEK ON MON AT '04:30'", "a) EVERY 1 WEEK") == "");
  BOOST_TEST(ranged("EVERY HOUR AT MINUTE 5", "a) EVERY 1 HOUR") == "");
  // Where the clock goes back an hour has two windows and one range; a day of 25 hours has one of each.
  BOOST_TEST(ranged("EVERY HOUR AT MINUTE 5" + kBerlinZone, "a) EVERY 1 HOUR") == "SY4005");
  BOOST_TEST(ranged(daily + kBerlinZone, "a) EVERY 1 DAY") == "");
  BOOST_TEST(proved("SCHEDULE t " + daily + ";",
                    "PARTITION BY RANGE (id) EVERY 100 VALUES LOAD INCREMENTAL KEY (id) WRITE OVERWRITE PARTITION SCHEDULE t") ==
             "SY4005");
}

BOOST_AUTO_TEST_CASE(bounds_that_do_not_meet) {
  BOOST_TEST(daily("a >= :window_start AND a < :window_end - INTERVAL 1 MINUTE") == "SY4003");
  BOOST_TEST(daily("a >= :window_start + INTERVAL 1 MINUTE AND a < :window_end") == "SY4003");
  BOOST_TEST(daily("a > :window_start AND a < :window_end") == "SY4003");
  BOOST_TEST(daily("a >= :window_start - INTERVAL 1 MINUTE AND a < :window_end") == "SY4004");
  BOOST_TEST(daily("a < :window_end") == "SY4004");
  BOOST_TEST(daily("a >= :window_start") == "SY4002");
  BOOST_TEST(daily("a >= :window_start AND a <= :window_end") == "SY4008");
  BOOST_TEST(daily("a BETWEEN :bizdate AND :bizdate + INTERVAL 1 DAY") == "SY4008");
  // A day of 25 hours: 24 hours from its start leave one out, and only once a year.
  BOOST_TEST(daily("a >= :window_start AND a < :window_start + INTERVAL 24 HOUR").find("SY400") == 0U);
}

BOOST_AUTO_TEST_CASE(an_overlap_that_the_write_can_bear_is_a_warning) {
  const auto severity = [](const std::string& write) {
    Bound bound = bound_of("SCHEDULE t EVERY DAY AT '04:30';" +
                           with_sync("LOAD INCREMENTAL WHERE a >= :window_start - INTERVAL 1 HOUR AND a < :window_end WRITE " +
                                     write + " SCHEDULE t"));
    analyze::check_alignment(bound.unit, {}, bound.result);
    return bound.result.sink.all().front().severity;
  };
  BOOST_CHECK(severity("APPEND") == diag::Severity::error);
  BOOST_CHECK(severity("UPSERT") == diag::Severity::warning);
}

BOOST_AUTO_TEST_CASE(partitions) {
  const std::string hourly = "SCHEDULE t EVERY HOUR AT MINUTE 5;";
  const auto overwrite = [](const std::string& partition) {
    return "PARTITION BY (" + partition + ") " + kWindow + "OVERWRITE PARTITION SCHEDULE t";
  };
  BOOST_TEST(proved(hourly, overwrite("ds DATE = date(:window_start)")) == "SY4005");
  BOOST_TEST(proved(hourly, overwrite("ds DATE = date(a)")) == "SY4005");
  BOOST_TEST(proved(hourly, overwrite("ds STRING = format(:window_start, '%Y%m%d%H')")) == "");
  BOOST_TEST(proved(hourly, overwrite("h TIMESTAMP = trunc(a, 'hour')")) == "");
  const std::string daily = "SCHEDULE t EVERY DAY AT '04:30';";
  BOOST_TEST(proved(daily, overwrite("ds DATE = date(:window_start)")) == "");
  BOOST_TEST(proved(daily, overwrite("ds DATE = :bizdate")) == "");
  BOOST_TEST(proved(daily, overwrite("ds DATE = date(:window_end)")) == "SY4015");
  BOOST_TEST(proved(daily, overwrite("month STRING = format(:bizdate, '%Y%m')")) == "SY4005");
}

// An OVERRIDE that changes one of the clauses is proved for itself.
BOOST_AUTO_TEST_CASE(overrides_are_proved_too) {
  Bound bound = bound_of("SCHEDULE t EVERY DAY AT '04:30';" + with_sync(kWindow + "APPEND SCHEDULE t") +
                         "OVERRIDE s FOR TABLE shop.orders LOAD INCREMENTAL WHERE a >= :window_start WRITE APPEND;");
  analyze::check_alignment(bound.unit, {}, bound.result);
  BOOST_TEST(bound.codes() == "SY4002", bound.messages());
}

BOOST_AUTO_TEST_CASE(units_that_values_name) {
  const types::Zone& clock = *types::Zone::find("UTC");
  const auto unit = [&](const std::string& text) {
    const auto found = analyze::unit_of(types::Value(text), clock);
    return found ? analyze::clock_text(found->start, clock) + " " + analyze::clock_text(found->end, clock) : "none";
  };
  BOOST_TEST(unit("20240229") == "2024-02-29 00:00 2024-03-01 00:00");
  BOOST_TEST(unit("2024-02-29") == "2024-02-29 00:00 2024-03-01 00:00");
  BOOST_TEST(unit("2024122923") == "2024-12-29 23:00 2024-12-30 00:00");
  BOOST_TEST(unit("2024-12") == "2024-12-01 00:00 2025-01-01 00:00");
  BOOST_TEST(unit("2024") == "2024-01-01 00:00 2025-01-01 00:00");
  for (const char* none : {"20230229", "202413", "eu", "", "05", "2024-12-29-99", "12/29/2024", "99999999999999999999"})
    BOOST_TEST(unit(none) == "none", none);
}

BOOST_AUTO_TEST_CASE(simulated_windows_tile) {
  const auto march = simulated("SCHEDULE t EVERY DAY AT '02:30'" + kBerlin, "2026-03-01", "2026-03-31");
  BOOST_TEST(march.instances.size() == 31U);
  BOOST_TEST(windows_tile(march));
  BOOST_TEST(hours_of(march.instances[29]) == 23);  // the window of the 29th, run on the 30th
  const auto spring = simulated("SCHEDULE t EVERY HOUR AT MINUTE 0" + kBerlin, "2026-03-29", "2026-03-29");
  BOOST_TEST(spring.instances.size() == 23U);
  BOOST_TEST(windows_tile(spring));
  const auto autumn = simulated("SCHEDULE t EVERY HOUR AT MINUTE 0" + kBerlin, "2026-10-25", "2026-10-25");
  BOOST_TEST(autumn.instances.size() == 25U);
  BOOST_TEST(windows_tile(autumn));
  const auto months = simulated("SCHEDULE t EVERY MONTH ON LAST AT '23:00'" + kBerlin, "2026-01-01", "2026-12-31");
  BOOST_TEST(months.instances.size() == 12U);
  BOOST_TEST(windows_tile(months));
  const auto leap = simulated("SCHEDULE t EVERY DAY AT '00:00';", "2028-02-28", "2028-03-01");
  BOOST_TEST(leap.instances.size() == 3U);
  BOOST_TEST(leap.instances[2].bizdate == "2028-02-29");
}

BOOST_AUTO_TEST_CASE(simulated_values) {
  const auto one = simulated("SCHEDULE t EVERY DAY AT '00:30';", "2026-11-20", "2026-11-20",
                             "PARTITION BY (ds STRING = format(:bizdate, '%Y%m%d'), region STRING = region)\n" + kWindow +
                                 "OVERWRITE PARTITION SCHEDULE t");
  BOOST_TEST(one.column == "a");
  BOOST_TEST_REQUIRE(one.instances.size() == 1U);
  BOOST_TEST(one.instances[0].partitions[0] == "20261119");
  BOOST_TEST(one.instances[0].partitions[1] == "");
  BOOST_TEST(one.instances[0].reads_from.value() == types::parse_instant("2026-11-19").value());
  BOOST_TEST(one.instances[0].reads_to.value() == types::parse_instant("2026-11-20").value());
}

BOOST_AUTO_TEST_SUITE_END()

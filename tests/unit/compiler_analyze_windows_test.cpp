#include "compiler/analyze/windows.h"

#include <boost/test/unit_test.hpp>

#include "compiler/bound/expression_text.h"
#include "stdlib/types/calendar.h"
#include "tests/unit/compiler_analyze_support.h"

BOOST_AUTO_TEST_SUITE(analyze_windows)

using namespace syncline;
using namespace syncline::test;

namespace {

void expect(const std::string& script, const std::string& codes) {
  const Bound bound = bound_of(script);
  BOOST_TEST(bound.codes() == codes, script + "\nfound " + bound.codes() + ", expected " + codes + "\n" + bound.messages());
}

Bound with_condition(const std::string& condition, const std::string& before = "") {
  return bound_of(before + with_sync("LOAD INCREMENTAL WHERE " + condition + " WRITE UPSERT"));
}

std::string text_of(const analyze::RowBounds& bounds) {
  if (bounds.opaque) return "opaque: " + bounds.why;
  std::string text;
  if (bounds.lower) text += bound::to_text(*bounds.lower) + (bounds.lower_included ? " <= " : " < ");
  text += bounds.column;
  if (bounds.upper) text += (bounds.upper_included ? " <= " : " < ") + bound::to_text(*bounds.upper);
  return text;
}

std::string bounds_of(const std::string& condition, const std::string& before = "") {
  const Bound bound = with_condition(condition, before);
  BOOST_TEST(!bound.result.sink.has_errors(), bound.messages());
  const auto* phase = analyze::increment_of(bound.sync("s").policy);
  return text_of(analyze::row_bounds(bound.unit, *phase->where));
}

const bound::Timing& timing_of(const Bound& bound) {
  return bound.unit.timings.at("t");
}

std::string moment(std::int64_t instant) {
  return types::format_timestamp(instant, 0);
}

std::string first_window(const Bound& bound, const std::string& from) {
  const auto table = analyze::timetable(bound.unit, bound.sync("s").policy);
  const auto one = table.next(types::parse_instant(from).value()).value();
  return moment(one.scheduled_at) + " " + moment(one.window.start) + " " + moment(one.window.end);
}

}  // namespace

BOOST_AUTO_TEST_CASE(schedule_statement_becomes_timing) {
  const Bound bound = bound_of(
      "SET timezone = 'Asia/Shanghai';\n"
      "SCHEDULE t EVERY WEEK ON mon, SUN AT '02:00' WINDOW 3 DAYS EVERY HOUR AT MINUTE 5 WINDOW SINCE PREVIOUS TRIGGER\n"
      "  STARTING '2026-01-01' ENDING '2027-01-01 12:00' CATCH UP latest OVERLAP queue STAGGER OVER 10 MINUTES;\n" +
      with_sync("LOAD FULL WRITE RECREATE SCHEDULE t"));
  BOOST_TEST(bound.codes() == "", bound.messages());
  const bound::Timing& timing = timing_of(bound);
  BOOST_TEST(timing.schedule.zone == "Asia/Shanghai");
  BOOST_TEST(timing.schedule.starting == "2026-01-01");
  BOOST_TEST(timing.schedule.ending == "2027-01-01 12:00");
  BOOST_TEST(timing.catch_up == "LATEST");
  BOOST_TEST(timing.overlap == "QUEUE");
  BOOST_TEST(timing.stagger.value().count() == 600);
  BOOST_TEST_REQUIRE(timing.schedule.triggers.size() == 2U);
  BOOST_TEST(timing.triggers.size() == 2U);
  BOOST_TEST(timing.schedule.triggers[0].window->count == 3);
  BOOST_CHECK(timing.schedule.triggers[0].window->unit == schedule::Unit::day);
  BOOST_TEST(timing.schedule.triggers[1].window->since_previous);
  BOOST_TEST(timing_of(bound_of("SCHEDULE t EVERY DAY AT '01:00' TIMEZONE '+02:00';")).schedule.zone == "+02:00");
  BOOST_TEST(timing_of(bound_of("SCHEDULE t EVERY DAY AT '01:00';")).schedule.zone == "UTC");
}

BOOST_AUTO_TEST_CASE(schedules_that_cannot_be) {
  const auto schedule = [](const std::string& text, const std::string& codes) { expect("SCHEDULE t " + text + ";", codes); };
  schedule("CRON '0 25 * * *' WINDOW 1 DAY", "SY1033");
  schedule("CRON '0 0 30 2 *' WINDOW 1 DAY", "SY1033");
  schedule("EVERY DAY AT '01:00' TIMEZONE 'Mars/Base'", "SY1033");
  schedule("EVERY DAY AT '01:00' STARTING 'soon'", "SY1033");
  schedule("EVERY DAY AT '01:00' ENDING '2026-02-30'", "SY1033");
  schedule("EVERY DAY AT '01:00' STARTING '2026-02-01' ENDING '2026-02-01'", "SY1033");
  schedule("EVERY DAY AT '01:00' WINDOW 0 DAYS", "SY1033");
  schedule("EVERY DAY AT '01:00' WINDOW 1.5 DAYS", "SY1018");
  schedule("EVERY DAY AT '01:00' WINDOW 3 APPLES", "SY1018");
  schedule("EVERY DAY AT '25:00'", "SY1018");
  schedule("AT 'noon' EVERY MONTH ON 32 AT '01:00'", "SY1033 SY1018");
  schedule("EVERY DAY AT '01:00' STAGGER OVER 5 APPLES", "SY1018");
  schedule("EVERY DAY AT '01:00' TIMEZONE 'UTC' TIMEZONE 'UTC'", "SY1020");
  expect("SET timezone = 'Mars/Base';", "SY1018");
}

BOOST_AUTO_TEST_CASE(a_refused_schedule_binds_no_timing) {
  BOOST_TEST(bound_of("SCHEDULE t CRON 'never' WINDOW 1 DAY;").unit.timings.empty());
}

BOOST_AUTO_TEST_CASE(schedule_clause_says_when) {
  const auto when = [](const std::string& clause) {
    return bound_of("SCHEDULE t EVERY DAY AT '01:00';" + with_sync("LOAD FULL WRITE RECREATE " + clause))
        .sync("s")
        .policy.when.value;
  };
  BOOST_CHECK(when("").kind == bound::When::Kind::manual);
  BOOST_CHECK(when("SCHEDULE MANUAL").kind == bound::When::Kind::manual);
  BOOST_CHECK(when("SCHEDULE ONCE AT '2026-11-20 01:00'").kind == bound::When::Kind::once);
  BOOST_TEST(when("SCHEDULE ONCE AT '2026-11-20 01:00'").at == "2026-11-20 01:00");
  BOOST_CHECK(when("SCHEDULE t").kind == bound::When::Kind::recurring);
  BOOST_TEST(when("SCHEDULE t").schedules.front() == "t");
  expect(with_sync("LOAD FULL WRITE RECREATE SCHEDULE ONCE AT 'noon'"), "SY1018");
}

BOOST_AUTO_TEST_CASE(timetable_of_a_sync) {
  const std::string schedule = "SET timezone = 'Asia/Shanghai'; SCHEDULE t EVERY HOUR AT MINUTE 0 TIMEZONE 'UTC';";
  const Bound manual = bound_of(schedule + with_sync("LOAD FULL WRITE RECREATE"));
  BOOST_TEST(first_window(manual, "2026-11-20 00:30:00") == "2026-11-20 16:00:00 2026-11-19 16:00:00 2026-11-20 16:00:00");
  BOOST_TEST(analyze::zone_of(manual.unit, manual.sync("s").policy) == "Asia/Shanghai");
  const Bound hourly = bound_of(schedule + with_sync("LOAD FULL WRITE RECREATE SCHEDULE t"));
  BOOST_TEST(first_window(hourly, "2026-11-20 00:30:00") == "2026-11-20 01:00:00 2026-11-20 00:00:00 2026-11-20 01:00:00");
  BOOST_TEST(analyze::zone_of(hourly.unit, hourly.sync("s").policy) == "UTC");
}

BOOST_AUTO_TEST_CASE(bounds_of_portable_conditions) {
  BOOST_TEST(bounds_of("a >= :window_start AND a < :window_end") == ":window_start <= a < :window_end");
  BOOST_TEST(bounds_of(":window_end > a AND (:window_start < (a))") == ":window_start < a < :window_end");
  BOOST_TEST(bounds_of("status = 1 AND (a >= :window_start OR a < b) AND b < 5") == "opaque: an OR");
  BOOST_TEST(bounds_of("(x = 1 OR y = 2) AND a >= :window_start") == ":window_start <= a");
  BOOST_TEST(bounds_of("a BETWEEN :window_start AND :window_end") == ":window_start <= a <= :window_end");
  BOOST_TEST(bounds_of("a NOT BETWEEN :window_start AND :window_end").find("opaque") == 0U);
  BOOST_TEST(bounds_of("a = :bizdate") == ":bizdate <= a <= :bizdate");
  BOOST_TEST(bounds_of("a >= :window_start AND b < :window_end").find("opaque: bounds of two columns") == 0U);
  BOOST_TEST(bounds_of("a >= :window_start AND A < :window_end") == ":window_start <= a < :window_end");
  BOOST_TEST(bounds_of("a >= :window_start AND a >= :window_end").find("opaque: two lower bounds") == 0U);
  BOOST_TEST(bounds_of("a >= :window_start AND a >= DATE '2026-01-01'") == ":window_start <= a");
  BOOST_TEST(bounds_of("trunc(a, 'day') = :window_start").find("opaque: `trunc(a, 'day') = :window_start` hides") == 0U);
  BOOST_TEST(bounds_of("a > 5") == "");
  BOOST_TEST(bounds_of("NOT a >= :window_start").find("opaque") == 0U);
}

BOOST_AUTO_TEST_CASE(bounds_through_parameters_and_covers) {
  const std::string day = "PARAM day DATE DEFAULT :bizdate - INTERVAL 1 DAY;";
  BOOST_TEST(bounds_of("a >= :day AND a < :bizdate", day) == ":day <= a < :bizdate");
  BOOST_TEST(bounds_of("NATIVE mysql $$ a + 0 >= :day $$ COVERS a FROM :window_start TO :window_end", day) ==
             ":window_start <= a < :window_end");
  BOOST_TEST(bounds_of("NATIVE mysql $$ a >= :day $$", day) == "opaque: native text is not read");
}

BOOST_AUTO_TEST_CASE(what_uses_the_window) {
  const std::string params =
      "PARAM ds STRING DEFAULT format(:bizdate, '%Y%m%d'); PARAM twice STRING DEFAULT :ds || :ds;"
      "PARAM run STRING DEFAULT :run_id; PARAM fixed DATE DEFAULT DATE '2026-01-01';";
  const auto uses = [&](const std::string& condition, compiler::Options options = {}) {
    const Bound bound = bound_of(params + with_sync("LOAD INCREMENTAL WHERE " + condition + " WRITE UPSERT"), std::move(options));
    const bound::Sync& sync = bound.sync("s");
    return analyze::uses_window(bound.unit, *analyze::increment_of(sync.policy)->where, *sync.source->engine);
  };
  BOOST_TEST(uses("a >= :scheduled_at"));
  BOOST_TEST(uses("a = :ds"));
  BOOST_TEST(uses("a = :twice"));
  BOOST_TEST(!uses("a = :run"));
  BOOST_TEST(!uses("a = :fixed AND b < :started_at"));
  BOOST_TEST(uses("NATIVE mysql $$ a = :ds $$"));
  BOOST_TEST(!uses("NATIVE mysql $$ a = ':ds' $$"));
  compiler::Options fixed;
  fixed.parameters["ds"] = "20260101";
  BOOST_TEST(!uses("a = :ds", fixed));
  compiler::Options started;
  started.started_at = 1;
  BOOST_TEST(uses("a = :twice", started));
}

// Once a run has begun, references are constants; each instance of a schedule asks for the names again.
BOOST_AUTO_TEST_CASE(computed_parameters_are_evaluable_per_instance) {
  compiler::Options started;
  started.started_at = types::parse_instant("2026-11-20 10:00:00").value();
  const Bound bound = bound_of(
      "PARAM ds STRING DEFAULT format(:bizdate, '%Y%m%d');" + with_sync("LOAD INCREMENTAL WHERE a = :ds WRITE UPSERT"), started);
  const auto& written = *analyze::increment_of(bound.sync("s").policy)->where->portable;
  analyze::Scope scope;
  scope.unit = &bound.unit;
  diag::Sink sink;
  BOOST_TEST(expr::to_text(*analyze::type_expression(written, scope, sink)).find("20261119") != std::string::npos);
  scope.per_instance = true;
  BOOST_TEST(expr::to_text(*analyze::type_expression(written, scope, sink)).find(":bizdate") != std::string::npos);
  BOOST_TEST(!sink.has_errors());
}

BOOST_AUTO_TEST_CASE(partition_by_is_bound) {
  const auto partition = [](const std::string& clauses) {
    const Bound bound = bound_of(with_sync("LOAD FULL WRITE OVERWRITE PARTITION " + clauses));
    BOOST_TEST(bound.codes() == "", bound.messages());
    const auto& policy = bound.sync("s").policy;
    return std::to_string(policy.partition->value.partition_columns.size()) +
           (analyze::partition_uses_window(bound.unit, policy) ? " per window" : "");
  };
  BOOST_TEST(partition("PARTITION BY (ds DATE = :bizdate, region STRING = 'eu')") == "2 per window");
  BOOST_TEST(partition("PARTITION BY (region STRING = region)") == "1");
}

BOOST_AUTO_TEST_SUITE_END()

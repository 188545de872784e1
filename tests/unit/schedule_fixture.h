#pragma once
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "stdlib/schedule/timetable.h"
#include "stdlib/schedule/units.h"
#include "stdlib/types/calendar.h"

/// Schedules and moments in short, for the tests of stdlib/schedule.
namespace syncline::test {

using schedule::Schedule;
using schedule::Timetable;
using schedule::Trigger;
using schedule::Unit;
using schedule::WindowRule;
using Kind = Trigger::Kind;
using Words = std::vector<std::string>;

constexpr WindowRule kSincePrevious{true, 1, Unit::day};
constexpr std::optional<std::int64_t> kLast;

inline Trigger at(Words moments) {
  return {Kind::at, std::move(moments), {}, {}, {}, {}};
}
inline Trigger hourly(std::vector<std::int64_t> minutes) {
  return {Kind::every_hour, {}, std::move(minutes), {}, {}, {}};
}
inline Trigger daily(Words times) {
  return {Kind::every_day, std::move(times), {}, {}, {}, {}};
}
inline Trigger weekly(Words days, Words times) {
  return {Kind::every_week, std::move(times), {}, std::move(days), {}, {}};
}
inline Trigger monthly(std::vector<std::optional<std::int64_t>> days, Words times) {
  return {Kind::every_month, std::move(times), {}, {}, std::move(days), {}};
}
inline Trigger cron(const char* text, WindowRule window = kSincePrevious) {
  return {Kind::cron, {text}, {}, {}, {}, window};
}
inline Trigger with(Trigger trigger, WindowRule window) {
  trigger.window = window;
  return trigger;
}
inline WindowRule last(std::int64_t count, Unit unit) {
  return {false, count, unit};
}

inline Timetable table(std::vector<Trigger> triggers, const char* zone = "UTC", const char* starting = "",
                       const char* ending = "") {
  const Schedule one{std::move(triggers), zone, starting, ending};
  return Timetable({&one, 1});
}

inline const types::Zone& zone_of(const char* name) {
  const auto* found = types::Zone::find(name);
  BOOST_REQUIRE_MESSAGE(found != nullptr, name);
  return *found;
}
inline std::int64_t utc(const char* text) {
  return schedule::parse_moment(text, zone_of("UTC"));
}
/// `2026-03-29 01:00`; with seconds only where there are some.
inline std::string text(std::int64_t micros) {
  auto out = types::format_timestamp(micros, 0);
  if (out.size() > 3 && out.ends_with(":00")) out.resize(out.size() - 3);
  return out;
}

}  // namespace syncline::test

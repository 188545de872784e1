#pragma once
#include "stdlib/schedule/schedule.h"
#include "stdlib/types/calendar.h"

/// The units windows are made of. A day, week, month or year of a zone is the instants from the first at which its clock shows
/// the unit's beginning or later; so units of one kind follow each other without gap or overlap, whatever the clock does. An hour
/// is a stretch of one clock hour between two changes of the clock: a repeated hour is two of them, a skipped one none.
namespace syncline::schedule {

constexpr std::int64_t kMicrosPerMinute = 60'000'000;
constexpr std::int64_t kMicrosPerHour = 60 * kMicrosPerMinute;

inline std::int64_t floor_to(std::int64_t value, std::int64_t unit) {
  const auto rest = value % unit;
  return value - rest - (rest < 0 ? unit : 0);
}
inline std::int64_t day_of(std::int64_t local) {
  return floor_to(local, types::kMicrosPerDay) / types::kMicrosPerDay;
}
/// 0 is Monday.
inline int weekday_of(std::int64_t day) {
  return static_cast<int>(((day + 5) % 7 + 7) % 7);
}

/// Where the hour that holds `instant` begins.
std::int64_t start_of_hour(std::int64_t instant, const types::Zone& zone);
/// Where the `count`th hour before the one that begins at `start` begins.
std::int64_t hours_before(std::int64_t start, std::int64_t count, const types::Zone& zone);
/// First day of the week, month, quarter or year that holds `day`, moved by `count` of them.
std::int64_t first_day(std::int64_t day, Unit unit, std::int64_t count);
/// No unit is longer.
std::int64_t longest(Unit unit);

}  // namespace syncline::schedule

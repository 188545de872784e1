#include "stdlib/schedule/units.h"

#include <algorithm>

namespace syncline::schedule {
namespace {

int months_in(Unit unit) {
  if (unit == Unit::year) return 12;
  return unit == Unit::quarter ? 3 : 1;
}

}  // namespace

std::int64_t start_of_hour(std::int64_t instant, const types::Zone& zone) {
  const auto period = zone.period_at(instant);
  return std::max(period.begin, floor_to(instant + period.offset, kMicrosPerHour) - period.offset);
}

std::int64_t hours_before(std::int64_t start, std::int64_t count, const types::Zone& zone) {
  while (count > 0) {
    const auto period = zone.period_at(start - 1);
    const auto last = std::max(period.begin, floor_to(start - 1 + period.offset, kMicrosPerHour) - period.offset);
    const auto more = std::min(count - 1, (last - period.begin) / kMicrosPerHour);
    start = last - more * kMicrosPerHour;
    count -= more + 1;
  }
  return start;
}

std::int64_t first_day(std::int64_t day, Unit unit, std::int64_t count) {
  if (unit == Unit::day) return day + count;
  if (unit == Unit::week) return day - weekday_of(day) + 7 * count;
  const auto date = types::civil_from_days(day);
  const auto months = months_in(unit);
  const auto month = floor_to(date.year * 12 + date.month - 1, months) + months * count;
  return types::days_from_civil(floor_to(month, 12) / 12, static_cast<int>(month - floor_to(month, 12)) + 1, 1);
}

std::int64_t longest(Unit unit) {
  switch (unit) {
    case Unit::minute:
      return kMicrosPerMinute;
    case Unit::hour:
      return kMicrosPerHour;
    case Unit::day:
      return 2 * types::kMicrosPerDay;
    case Unit::week:
      return 8 * types::kMicrosPerDay;
    case Unit::month:
    case Unit::quarter:
    case Unit::year:
      break;
  }
  return months_in(unit) * 32 * types::kMicrosPerDay;
}

}  // namespace syncline::schedule

#include "stdlib/types/range_partition.h"

#include "stdlib/types/calendar.h"

namespace syncline::types {
namespace {

using Unit = NativePartitions::Unit;

constexpr std::int64_t kMicrosPerHour = 3'600'000'000;
constexpr std::int64_t kFirstMonday = 4;  ///< 1970-01-05, in days since 1970-01-01

std::int64_t floor_of(std::int64_t value, std::int64_t step) {
  const std::int64_t quotient = value / step;
  return quotient - (value % step < 0 ? 1 : 0);
}

}  // namespace

std::int64_t range_start(const NativePartitions& partitions, std::int64_t number) {
  const std::int64_t every = partitions.every;
  const std::int64_t anchor = partitions.unit == Unit::days && every % 7 == 0 ? kFirstMonday : 0;
  return floor_of(number - anchor, every) * every + anchor;
}

std::int64_t first_day_of_month(std::int64_t month) {
  const std::int64_t year = floor_of(month, 12);
  return days_from_civil(year, static_cast<int>(month - year * 12) + 1, 1) + kUnixToEpochDays;
}

std::int64_t range_start_of_clock(const NativePartitions& partitions, std::int64_t local) {
  if (partitions.unit == Unit::hours) {
    const std::int64_t epoch = kUnixToEpochDays * 24;
    return (range_start(partitions, floor_of(local, kMicrosPerHour) + epoch) - epoch) * kMicrosPerHour;
  }
  const std::int64_t day = floor_of(local, kMicrosPerDay);
  std::int64_t first = 0;
  if (partitions.unit == Unit::days) {
    first = range_start(partitions, day + kUnixToEpochDays);
  } else {
    const auto civil = civil_from_days(day);
    first = first_day_of_month(range_start(partitions, civil.year * 12 + civil.month - 1));
  }
  return (first - kUnixToEpochDays) * kMicrosPerDay;
}

bool begins_range(const NativePartitions& partitions, std::int64_t instant, const Zone& clock) {
  return clock.first_instant(range_start_of_clock(partitions, clock.to_local(instant))) == instant;
}

}  // namespace syncline::types

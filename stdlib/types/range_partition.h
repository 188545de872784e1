#pragma once
#include <cstdint>

#include "stdlib/types/schema.h"
#include "stdlib/types/zone.h"

/// The calendar of PARTITION BY RANGE … EVERY, one for checker, planner and engines: months count from year 0, days from
/// 1970-01-01 (whole weeks from a Monday), hours from 1970-01-01 00:00, values from 0.
namespace syncline::types {

/// The first number of the range that holds this one: a month since year 0, a day or an hour since 1970-01-01, or a value. Not
/// for values next to the least one, whose range begins below.
std::int64_t range_start(const NativePartitions& partitions, std::int64_t number);

/// First day of a month that is counted from year 0, in days since 1970-01-01.
std::int64_t first_day_of_month(std::int64_t month);

/// Whether a range begins at this instant by the clock of a zone. Not for ranges of values.
bool begins_range(const NativePartitions& partitions, std::int64_t instant, const Zone& clock);

/// When the range that holds a clock time begins; both in microseconds since 2000-01-01. Not for ranges of values.
std::int64_t range_start_of_clock(const NativePartitions& partitions, std::int64_t local);

}  // namespace syncline::types

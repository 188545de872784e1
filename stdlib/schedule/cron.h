#pragma once
#include <cstdint>
#include <string_view>

#include "stdlib/schedule/schedule.h"

namespace syncline::schedule {

/// Which days a trigger means. Bits count from 0: January, day 1, Monday.
struct DayFilter {
  std::uint32_t months = 0xFFF;
  std::uint32_t month_days = 0x7FFF'FFFF;
  std::uint32_t week_days = 0x7F;
  bool last_of_month = false;  ///< besides `month_days`
  bool either = false;         ///< day of the month or of the week; else both

  [[nodiscard]] bool matches(std::int64_t day) const;
};

struct Cron {
  std::uint64_t minutes = 0;  ///< bit 0: minute 0
  std::uint32_t hours = 0;
  DayFilter days;

  [[nodiscard]] bool every_hour() const { return hours == 0xFF'FFFF; }
};

/// Five fields: minute, hour, day of the month, month, day of the week. Lists, ranges, steps, names (JAN, MON), 7 as Sunday, `L`
/// as the month's last day. When neither day field begins with `*`, a day needs to match one of them only. Throws
/// InvalidSchedule.
Cron parse_cron(std::string_view text);

}  // namespace syncline::schedule

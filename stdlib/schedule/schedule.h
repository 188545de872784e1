#pragma once
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "stdlib/types/zone.h"

/// Schedules as written, and what they yield: instances, each with the window of data it owns.
/// Instants and clock times are microseconds since 2000-01-01 (instants in UTC), days are days since then, as in
/// types/calendar.h.
namespace syncline::schedule {

/// A schedule that cannot be. `what()` says in one sentence what is wrong with which text.
struct InvalidSchedule : std::runtime_error {
  using std::runtime_error::runtime_error;
  std::size_t schedule = 0;            ///< which of those given
  std::optional<std::size_t> trigger;  ///< which of its triggers; nothing: its zone, STARTING or ENDING
};

enum class Unit : std::uint8_t { minute, hour, day, week, month, quarter, year };
/// `DAY` or `DAYS`, in any case; nothing for a word that is no unit of windows.
std::optional<Unit> unit_named(std::string_view word);
const char* to_string(Unit unit);

/// WINDOW: the last `count` complete units of the zone's calendar, or all since the trigger before.
struct WindowRule {
  bool since_previous = false;
  std::int64_t count = 1;
  Unit unit = Unit::day;
};

/// One trigger in the words of the script; which members count depends on the kind.
struct Trigger {
  enum class Kind : std::uint8_t { at, every_hour, every_day, every_week, every_month, cron };
  Kind kind = Kind::at;
  std::vector<std::string> times;      ///< at: moments; every_day, every_week, every_month: '02:30'; cron: the one text
  std::vector<std::int64_t> minutes;   ///< every_hour: 0 to 59
  std::vector<std::string> week_days;  ///< every_week: MON to SUN
  std::vector<std::optional<std::int64_t>> month_days;  ///< every_month: 1 to 31; nothing: LAST
  std::optional<WindowRule>
      window;  ///< nothing: one hour, day, week or month as the kind says, a day for `at`; cron must have one
};

struct Schedule {
  std::vector<Trigger> triggers;
  std::string zone;      ///< types::Zone; empty: UTC
  std::string starting;  ///< a moment, inclusive; empty: none
  std::string ending;    ///< a moment, exclusive; empty: none
};

/// Half-open: rows at `start` belong to it, rows at `end` to the next one.
struct Window {
  std::int64_t start = 0;
  std::int64_t end = 0;
  bool operator==(const Window&) const = default;
};

/// One run that a schedule asks for. A pure function of the schedule and the instant: queueing, lateness and repeats change
/// nothing.
struct Instance {
  std::int64_t scheduled_at = 0;  ///< :scheduled_at
  std::int64_t local = 0;         ///< what the zone's clock shows then
  std::int64_t nominal = 0;       ///< the clock time that the trigger names; another than `local` only when that was skipped
  Window window;                  ///< :window_start, :window_end
  std::uint32_t schedule = 0;     ///< which of the timetable's schedules,
  std::uint32_t trigger = 0;      ///< and which of its triggers; the first one where several meet

  /// :bizdate, the day before the nominal one.
  [[nodiscard]] std::int64_t bizdate() const;
};

/// An instance that no schedule asked for (MANUAL, ONCE, `--at`) counts as daily: its window is the day before `instant`.
Instance instance_at(std::int64_t instant, const types::Zone& zone);
/// An instance over a given window (`--window A..B`): scheduled at its end.
Instance instance_over(const Window& window, const types::Zone& zone);

/// `2026-11-20`, `2026-11-20 01:00[:00]`, also with `T`, and with `Z` or an offset behind. Without one it is clock time of
/// `zone`: the earlier instant when it happened twice, the end of the gap when it was skipped. Years 1 to 9999; throws
/// InvalidSchedule.
std::int64_t parse_moment(std::string_view text, const types::Zone& zone);
/// `A..B`, two moments; throws InvalidSchedule, also when B is not after A.
Window parse_window(std::string_view text, const types::Zone& zone);
/// The days `first` to `last`, both whole.
Window window_of_days(std::int64_t first, std::int64_t last, const types::Zone& zone);

}  // namespace syncline::schedule

#pragma once
#include <cstdint>
#include <vector>

#include "stdlib/schedule/cron.h"
#include "stdlib/schedule/schedule.h"

namespace syncline::schedule {

struct Occurrence {
  std::int64_t instant = 0;
  std::int64_t local = 0;
  std::int64_t nominal = 0;
  std::int64_t hour_start = 0;    ///< of the hour it was named in
  std::int64_t steady_since = 0;  ///< the clock was not changed from then to `hour_start`
};

/// One trigger, read once, in its zone.
class Rule {
 public:
  /// Throws InvalidSchedule.
  Rule(const Trigger& trigger, const types::Zone& zone);

  /// Adds what occurs from `from` up to, not including, `to`, in order; skipped clock times may meet in one instant.
  void collect(std::int64_t from, std::int64_t to, std::vector<Occurrence>& out) const;

  [[nodiscard]] const WindowRule& window_rule() const { return window_; }
  /// By the rule's units; not for `since_previous`.
  [[nodiscard]] Window window(const Occurrence& one) const;

 private:
  enum class Kind : std::uint8_t { instants, hours, days };

  void read_instants(const Trigger& trigger);
  void read_minutes(const Trigger& trigger);
  void read_times(const Trigger& trigger);
  void read_week_days(const Trigger& trigger);
  void read_month_days(const Trigger& trigger);
  void read_cron(const Trigger& trigger);
  void read_window(const Trigger& trigger);

  void collect_instants(std::int64_t from, std::int64_t to, std::vector<Occurrence>& out) const;
  void collect_hours(std::int64_t from, std::int64_t to, std::vector<Occurrence>& out) const;
  void collect_hours_of(const types::ZonePeriod& period, std::int64_t from, std::int64_t to, std::vector<Occurrence>& out) const;
  void collect_days(std::int64_t from, std::int64_t to, std::vector<Occurrence>& out) const;

  const types::Zone* zone_;
  Kind kind_ = Kind::days;
  std::vector<std::int64_t> times_;  ///< in order: instants, or microseconds since the hour's or the day's start
  DayFilter days_;
  WindowRule window_;
};

}  // namespace syncline::schedule

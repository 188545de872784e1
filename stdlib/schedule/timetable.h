#pragma once
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "stdlib/schedule/rule.h"
#include "stdlib/schedule/schedule.h"

namespace syncline::schedule {

/// All schedules of one sync together, read once. Immutable; safe from any thread.
///
/// - Instances come in order, and never two at one instant: where triggers meet, the first one written counts.
/// - Day, week, month, AT and CRON with hours of its own name clock times: one that the clock skips runs at the first instant
///   behind the gap, one that it shows twice runs the first time.
/// - EVERY HOUR and CRON with every hour follow the hours as they pass: none in a skipped hour, one in each of two repeated ones.
///   A stretch of an hour that the clock cuts off (zones that move by 30 minutes) counts as an hour; its minutes that the clock
///   did not show run where the stretch begins or ends.
/// - A sync without a schedule counts as daily: `daily`.
class Timetable {
 public:
  /// Throws InvalidSchedule, which says in which schedule and trigger.
  explicit Timetable(std::span<const Schedule> schedules);
  /// Every midnight of the zone. Throws InvalidSchedule for an unknown one.
  static Timetable daily(std::string_view zone);

  /// Instances from `from` up to, not including, `to`. Nothing exists before year 1 and after year 9999.
  [[nodiscard]] std::vector<Instance> enumerate(std::int64_t from, std::int64_t to) const;
  /// The same one by one, until `visit` says false: for what may be long.
  void each(std::int64_t from, std::int64_t to, const std::function<bool(const Instance&)>& visit) const;
  /// The first one after `instant`, the last one before it. They look 100 years ahead and back.
  [[nodiscard]] std::optional<Instance> next(std::int64_t instant) const;
  [[nodiscard]] std::optional<Instance> previous(std::int64_t instant) const;

  /// For `backfill`: every instance whose window holds some of `data`, in order; STARTING and ENDING do not count here.
  [[nodiscard]] std::vector<Instance> covering(const Window& data) const;

 private:
  struct Entry {
    Rule rule;
    std::int64_t starting;
    std::int64_t ending;
    std::uint32_t schedule;
    std::uint32_t trigger;
  };
  struct Found {
    Occurrence occurrence;
    const Entry* entry;
  };
  enum class Bounds : bool { ignored, kept };

  void add(const Schedule& schedule, std::uint32_t index);
  [[nodiscard]] std::vector<Found> collect(std::int64_t from, std::int64_t to, Bounds bounds) const;
  void visit_all(std::int64_t from, std::int64_t to, Bounds bounds, const std::function<bool(const Instance&)>& visit) const;
  [[nodiscard]] std::int64_t latest_ending() const;
  [[nodiscard]] std::int64_t earliest_starting() const;
  [[nodiscard]] std::optional<std::int64_t> last_before(std::int64_t instant, Bounds bounds) const;
  [[nodiscard]] std::optional<std::int64_t> first_after(std::int64_t instant, Bounds bounds) const;
  [[nodiscard]] std::int64_t start_since_previous(std::int64_t instant, Bounds bounds) const;
  [[nodiscard]] std::int64_t latest_owner_of(const Window& data) const;

  std::vector<Entry> entries_;
};

}  // namespace syncline::schedule

#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// Rules of a time zone: where clock times and instants meet. Both are microseconds since 2000-01-01, instants in UTC.
namespace syncline::types {

/// A stretch of time with one offset to UTC: instants `begin` up to, not including, `end`; clock time = instant + `offset`.
struct ZonePeriod {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t offset = 0;
};

/// Finite values of the years -9999 to 9999 only. A zone is made once and lives as long as the process; safe from any thread.
class Zone {
 public:
  /// `UTC` (also an empty text, `Z`, `Etc/UTC`), an offset (`+08:00`, `-0330`) or a name of the system's time zone database;
  /// null for any other text.
  static const Zone* find(std::string_view name);

  /// Of a zone whose clock was never changed: holds for any value, also beyond those years.
  [[nodiscard]] std::optional<std::int64_t> fixed_offset() const;
  [[nodiscard]] ZonePeriod period_at(std::int64_t instant) const;
  [[nodiscard]] std::int64_t to_local(std::int64_t instant) const;
  /// The first instant at which the clock shows `local` or later: the earlier one of a clock time that happened twice, the end of
  /// the gap for one that never happened. Never decreases when `local` increases.
  [[nodiscard]] std::int64_t first_instant(std::int64_t local) const;
  /// Nothing for a clock time that never happened; the earlier instant of one that happened twice.
  [[nodiscard]] std::optional<std::int64_t> to_instant(std::int64_t local) const;

 private:
  /// From `begin` on the clock is `offset` ahead; every clock time before `reached` was shown before `begin`.
  struct Change {
    std::int64_t begin;
    std::int64_t offset;
    std::int64_t reached;
  };
  friend class ZoneTable;
  Zone() = default;

  [[nodiscard]] std::size_t index_at(std::int64_t instant) const;
  [[nodiscard]] std::int64_t whole_cycles(std::int64_t micros) const;

  std::vector<Change> changes_;  ///< by instant; the first one begins before all time
  bool repeats_ = false;         ///< its rules go on for ever: instants behind the table have the offset of 400 years earlier
};

}  // namespace syncline::types

#include "stdlib/types/zone.h"

#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "stdlib/types/calendar.h"

namespace syncline::types {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kBeforeAll = INT64_MIN / 2;
constexpr std::int64_t kAfterAll = INT64_MAX / 2;
constexpr std::int64_t kLastListedYear = 2037;  ///< the zone files list transitions up to here; later years repeat their rules
constexpr std::int64_t kCycleYears = 400;       ///< after which dates fall on the same weekdays again
constexpr std::int64_t kCycle = 146'097 * kMicrosPerDay;

std::int64_t start_of_year(std::int64_t year) {
  return days_from_civil(year, 1, 1) * kMicrosPerDay;
}

std::int64_t weekday(std::int64_t days) {
  return (days % 7 + 7) % 7;
}

/// The last listed year in which the month has the same days of the week and, except for a leap day, as many of them.
std::int64_t year_with_same_rules(std::int64_t year, int month) {
  const auto wanted = weekday(days_from_civil(year, month, 1));
  auto listed = kLastListedYear;
  while (valid_date(listed, 2, 29) || weekday(days_from_civil(listed, month, 1)) != wanted) --listed;
  return listed;
}

std::optional<std::int64_t> offset_named(std::string_view name) {
  if (name == "" || name == "UTC" || name == "Z" || name == "Etc/UTC") return 0;
  if (name.front() != '+' && name.front() != '-') return std::nullopt;
  const auto shifted = parse_instant("2000-01-01 00:00:00" + std::string(name));
  if (!shifted) return std::nullopt;
  return -*shifted;
}

const date::time_zone* listed_zone(std::string_view name) {
  try {
    return date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

}  // namespace

/// Every zone asked for, by name.
class ZoneTable {
 public:
  const Zone* find(std::string_view name) {
    const std::lock_guard lock(mutex_);
    const auto known = zones_.find(name);
    if (known != zones_.end()) return known->second.get();
    auto made = make(name);
    if (!made) return nullptr;
    return zones_.emplace(name, std::move(made)).first->second.get();
  }

 private:
  static std::unique_ptr<Zone> make(std::string_view name) {
    std::unique_ptr<Zone> zone(new Zone);
    if (const auto offset = offset_named(name)) {
      add(*zone, kBeforeAll, *offset);
      return zone;
    }
    const auto* listed = listed_zone(name);
    if (listed == nullptr) return nullptr;
    add_listed(*zone, *listed);
    add_repeated(*zone);
    return zone;
  }

  static void add(Zone& zone, std::int64_t begin, std::int64_t offset) {
    auto reached = kBeforeAll;
    if (!zone.changes_.empty()) {
      const auto& last = zone.changes_.back();
      if (last.offset == offset) return;
      reached = std::max(last.reached, begin + last.offset);
    }
    zone.changes_.push_back({begin, offset, reached});
  }

  static void add_listed(Zone& zone, const date::time_zone& listed) {
    const auto end = start_of_year(kLastListedYear + 1);
    auto info = listed.get_info(date::sys_seconds::min());
    add(zone, kBeforeAll, info.offset.count() * kSecond);
    while (info.end < date::sys_seconds::max()) {
      const auto begin = (info.end.time_since_epoch().count() - kUnixToEpochDays * 86'400) * kSecond;
      if (begin >= end) return;
      info = listed.get_info(info.end);
      add(zone, begin, info.offset.count() * kSecond);
    }
  }

  static void add_repeated(Zone& zone) {
    const auto listed = zone.changes_;
    const auto last_year = start_of_year(kLastListedYear);
    zone.repeats_ = listed.back().begin >= last_year;
    if (!zone.repeats_) return;
    for (auto year = kLastListedYear + 1; year <= kLastListedYear + 1 + kCycleYears; ++year) {
      for (int month = 1; month <= 12; ++month) add_month(zone, listed, year, month);
    }
  }

  static void add_month(Zone& zone, const std::vector<Zone::Change>& listed, std::int64_t year, int month) {
    const auto like = year_with_same_rules(year, month);
    const auto from = days_from_civil(like, month, 1) * kMicrosPerDay;
    const auto to = (month == 12 ? days_from_civil(like + 1, 1, 1) : days_from_civil(like, month + 1, 1)) * kMicrosPerDay;
    const auto shift = days_from_civil(year, month, 1) * kMicrosPerDay - from;
    const auto first = std::partition_point(listed.begin(), listed.end(), [&](const auto& one) { return one.begin < from; });
    for (auto at = first; at != listed.end() && at->begin < to; ++at) add(zone, at->begin + shift, at->offset);
  }

  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Zone>, std::less<>> zones_;
};

const Zone* Zone::find(std::string_view name) {
  static ZoneTable table;
  return table.find(name);
}

std::size_t Zone::index_at(std::int64_t instant) const {
  const auto behind = std::upper_bound(changes_.begin() + 1, changes_.end(), instant,
                                       [](std::int64_t at, const auto& one) { return at < one.begin; });
  return static_cast<std::size_t>(behind - changes_.begin()) - 1;
}

std::int64_t Zone::whole_cycles(std::int64_t micros) const {
  const auto first = start_of_year(kLastListedYear + 1);
  return repeats_ && micros >= first ? (micros - first) / kCycle * kCycle : 0;
}

std::optional<std::int64_t> Zone::fixed_offset() const {
  if (changes_.size() > 1) return std::nullopt;
  return changes_.front().offset;
}

ZonePeriod Zone::period_at(std::int64_t instant) const {
  const auto cycles = whole_cycles(instant);
  const auto at = index_at(instant - cycles);
  const auto end = at + 1 < changes_.size() ? changes_[at + 1].begin + cycles : kAfterAll;
  return {at == 0 ? kBeforeAll : changes_[at].begin + cycles, end, changes_[at].offset};
}

std::int64_t Zone::to_local(std::int64_t instant) const {
  return instant + changes_[index_at(instant - whole_cycles(instant))].offset;
}

std::int64_t Zone::first_instant(std::int64_t local) const {
  const auto cycles = whole_cycles(local - kMicrosPerDay);
  const auto wanted = local - cycles;
  // The last change by whose beginning not every wanted clock time had been shown.
  const auto behind = std::upper_bound(changes_.begin() + 1, changes_.end(), wanted,
                                       [](std::int64_t at, const auto& one) { return at < one.reached; });
  const auto& change = *(behind - 1);
  return std::max(change.begin, wanted - change.offset) + cycles;
}

std::optional<std::int64_t> Zone::to_instant(std::int64_t local) const {
  const auto instant = first_instant(local);
  if (to_local(instant) != local) return std::nullopt;
  return instant;
}

}  // namespace syncline::types

#include "stdlib/schedule/timetable.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "stdlib/base/text.h"
#include "stdlib/schedule/units.h"

namespace syncline::schedule {
namespace {

using types::kMicrosPerDay;

constexpr std::int64_t kStretch = 64 * kMicrosPerDay;  ///< collected at a time
/// How far a search looks, step by step.
constexpr std::array kHorizons = {3 * kMicrosPerHour, 2 * kMicrosPerDay, 64 * kMicrosPerDay, 800 * kMicrosPerDay,
                                  36'525 * kMicrosPerDay};

std::int64_t clamped(std::int64_t instant) {
  static const auto first = types::days_from_civil(1, 1, 1) * kMicrosPerDay;
  static const auto last = types::days_from_civil(10'000, 1, 1) * kMicrosPerDay;
  return std::clamp(instant, first, last);
}

const types::Zone& zone_named(std::string_view name) {
  const auto* zone = types::Zone::find(name);
  if (zone == nullptr) throw InvalidSchedule(fmt::format("time zone '{}' is not known on this machine", text::printable(name)));
  return *zone;
}

template <typename Read>
auto located(std::size_t schedule, std::optional<std::size_t> trigger, const Read& read) {
  try {
    return read();
  } catch (InvalidSchedule& error) {
    error.schedule = schedule;
    error.trigger = trigger;
    throw;
  }
}

}  // namespace

Timetable::Timetable(std::span<const Schedule> schedules) {
  for (std::size_t i = 0; i < schedules.size(); ++i) add(schedules[i], static_cast<std::uint32_t>(i));
}

Timetable Timetable::daily(std::string_view zone) {
  Trigger midnight;
  midnight.kind = Trigger::Kind::every_day;
  midnight.times = {"00:00"};
  const Schedule schedule{{midnight}, std::string(zone), "", ""};
  return Timetable({&schedule, 1});
}

void Timetable::add(const Schedule& schedule, std::uint32_t index) {
  const auto option = [&](const std::string& text, const types::Zone& zone, std::int64_t otherwise) {
    return text.empty() ? otherwise : parse_moment(text, zone);
  };
  const auto* zone = located(index, std::nullopt, [&] { return &zone_named(schedule.zone); });
  const auto starting =
      located(index, std::nullopt, [&] { return option(schedule.starting, *zone, types::kTimestampMinusInfinity + 1); });
  const auto ending = located(index, std::nullopt, [&] { return option(schedule.ending, *zone, types::kTimestampInfinity); });
  for (std::size_t i = 0; i < schedule.triggers.size(); ++i) {
    auto rule = located(index, i, [&] { return Rule(schedule.triggers[i], *zone); });
    entries_.push_back({std::move(rule), starting, ending, index, static_cast<std::uint32_t>(i)});
  }
}

std::vector<Timetable::Found> Timetable::collect(std::int64_t from, std::int64_t to, Bounds bounds) const {
  std::vector<Found> found;
  std::vector<Occurrence> occurrences;
  for (const auto& entry : entries_) {
    occurrences.clear();
    const bool bounded = bounds == Bounds::kept;
    entry.rule.collect(bounded ? std::max(from, entry.starting) : from, bounded ? std::min(to, entry.ending) : to, occurrences);
    found.reserve(found.size() + occurrences.size());
    for (const auto& one : occurrences) found.push_back({one, &entry});
  }
  const auto earlier = [](const Found& a, const Found& b) { return a.occurrence.instant < b.occurrence.instant; };
  const auto together = [](const Found& a, const Found& b) { return a.occurrence.instant == b.occurrence.instant; };
  if (!std::is_sorted(found.begin(), found.end(), earlier)) std::stable_sort(found.begin(), found.end(), earlier);
  found.erase(std::unique(found.begin(), found.end(), together), found.end());
  return found;
}

void Timetable::visit_all(std::int64_t from, std::int64_t to, Bounds bounds,
                          const std::function<bool(const Instance&)>& visit) const {
  from = clamped(from);
  to = clamped(to);
  std::optional<std::int64_t> previous;
  for (auto begin = from; begin < to; begin = std::min(begin + kStretch, to)) {
    for (const auto& [one, entry] : collect(begin, std::min(begin + kStretch, to), bounds)) {
      Instance instance{one.instant, one.local, one.nominal, {}, entry->schedule, entry->trigger};
      if (entry->rule.window_rule().since_previous) {
        instance.window = {previous ? *previous : start_since_previous(one.instant, bounds), one.instant};
      } else {
        instance.window = entry->rule.window(one);
      }
      previous = one.instant;
      if (!visit(instance)) return;
    }
  }
}

void Timetable::each(std::int64_t from, std::int64_t to, const std::function<bool(const Instance&)>& visit) const {
  visit_all(from, to, Bounds::kept, visit);
}

std::vector<Instance> Timetable::enumerate(std::int64_t from, std::int64_t to) const {
  std::vector<Instance> out;
  each(from, to, [&](const Instance& one) {
    out.push_back(one);
    return true;
  });
  return out;
}

std::int64_t Timetable::latest_ending() const {
  auto latest = types::kTimestampMinusInfinity;
  for (const auto& entry : entries_) latest = std::max(latest, entry.ending);
  return latest;
}

std::int64_t Timetable::earliest_starting() const {
  auto earliest = types::kTimestampInfinity;
  for (const auto& entry : entries_) earliest = std::min(earliest, entry.starting);
  return earliest;
}

std::optional<std::int64_t> Timetable::last_before(std::int64_t instant, Bounds bounds) const {
  if (bounds == Bounds::kept) instant = std::min(instant, latest_ending());
  instant = clamped(instant);
  auto to = instant;
  for (const auto horizon : kHorizons) {
    const auto from = clamped(instant - horizon);
    const auto found = collect(from, to, bounds);
    if (!found.empty()) return found.back().occurrence.instant;
    to = from;
  }
  return std::nullopt;
}

std::optional<std::int64_t> Timetable::first_after(std::int64_t instant, Bounds bounds) const {
  if (bounds == Bounds::kept) instant = std::max(instant, earliest_starting() - 1);
  instant = clamped(instant) + 1;
  auto from = instant;
  for (const auto horizon : kHorizons) {
    const auto to = clamped(instant + horizon);
    const auto found = collect(from, to, bounds);
    if (!found.empty()) return found.front().occurrence.instant;
    from = to;
  }
  return std::nullopt;
}

std::int64_t Timetable::start_since_previous(std::int64_t instant, Bounds bounds) const {
  if (const auto previous = last_before(instant, bounds)) return *previous;
  return last_before(instant, Bounds::ignored).value_or(types::kTimestampMinusInfinity);
}

std::optional<Instance> Timetable::next(std::int64_t instant) const {
  const auto at = first_after(instant, Bounds::kept);
  return at ? std::optional(enumerate(*at, *at + 1).front()) : std::nullopt;
}

std::optional<Instance> Timetable::previous(std::int64_t instant) const {
  const auto at = last_before(instant, Bounds::kept);
  return at ? std::optional(enumerate(*at, *at + 1).front()) : std::nullopt;
}

std::int64_t Timetable::latest_owner_of(const Window& data) const {
  auto latest = data.end;
  for (const auto& entry : entries_) {
    const auto& rule = entry.rule.window_rule();
    if (rule.since_previous) {
      latest = std::max(latest, first_after(data.end - 1, Bounds::ignored).value_or(data.end));
    } else {
      latest = std::max(latest, data.end + (rule.count + 1) * longest(rule.unit) + 2 * kMicrosPerDay);
    }
  }
  return latest;
}

std::vector<Instance> Timetable::covering(const Window& data) const {
  std::vector<Instance> out;
  const Window range{clamped(data.start), clamped(data.end)};
  visit_all(range.start, latest_owner_of(range) + 1, Bounds::ignored, [&](const Instance& one) {
    if (one.window.start < range.end && one.window.end > range.start) out.push_back(one);
    return true;
  });
  return out;
}

}  // namespace syncline::schedule

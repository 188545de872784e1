#include <fmt/format.h>
#include <algorithm>
#include <set>

#include "compiler/analyze/alignment.h"
#include "compiler/analyze/stretches.h"
#include "compiler/analyze/windows.h"
#include "compiler/diag/kinds.h"
#include "stdlib/base/text.h"
#include "stdlib/types/calendar.h"

namespace syncline::analyze {
namespace {

constexpr std::size_t kCrowd = 3;
constexpr std::int64_t kCrowdDays = 32;

// --- SY4011: what a trigger names and the calendar does not have

/// How many months of a usual year lack this day.
std::size_t months_without(std::int64_t day) {
  return day == 31 ? 5 : day > 28 ? 1 : 0;
}

/// Where a whole number stands in a text, as a part of `whole`.
source::Span number_within(std::string_view text, const source::Span& whole, std::int64_t number) {
  const std::string wanted = std::to_string(number);
  const auto digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
  for (std::size_t at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + 1)) {
    if ((at > 0 && digit(at - 1)) || digit(at + wanted.size())) continue;
    const auto begin = whole.begin + static_cast<std::uint32_t>(at);
    return {whole.source, begin, begin + static_cast<std::uint32_t>(wanted.size())};
  }
  return whole;
}

/// The first month from `from` on that lacks the day: "2027-02".
std::string month_without(std::int64_t day, std::int64_t from, const types::Zone& clock) {
  auto civil = types::civil_from_days(clock.to_local(from) / types::kMicrosPerDay);
  while (types::valid_date(civil.year, civil.month, static_cast<int>(day))) {
    civil.year += civil.month == 12 ? 1 : 0;
    civil.month = civil.month % 12 + 1;
  }
  return fmt::format("{:04}-{:02}", civil.year, civil.month);
}

void check_month_days(const bound::Timing& timing, std::size_t index, std::int64_t from, compiler::Result& result) {
  const schedule::Trigger& trigger = timing.schedule.triggers[index];
  if (trigger.kind != schedule::Trigger::Kind::every_month) return;
  const types::Zone& clock = *types::Zone::find(timing.schedule.zone);
  for (const auto& day : trigger.month_days) {
    const std::size_t missing = day ? months_without(*day) : 0;
    if (missing == 0) continue;
    const source::Span whole = timing.triggers[index];
    const source::Span at = number_within(result.sources.slice(whole), whole, *day);
    const std::string skips =
        *day == 29 ? "skips February in most years" : fmt::format("skips {} month{} a year", missing, missing == 1 ? "" : "s");
    result.sink.emit(diag::TriggerSkips(timing.name, fmt::format("day {} {}", *day, skips))
                         .at(at)
                         .note("found by: " + month_without(*day, from, clock) + " has no day " + std::to_string(*day))
                         .with_help("the last day of each month is LAST")
                         .with_fix({at, "LAST", "replace with `LAST`", *day == 31 && !(at == whole)}));
  }
}

void check_clock_times(const bound::Timing& timing, const schedule::Window& span, compiler::Result& result) {
  const types::Zone& clock = *types::Zone::find(timing.schedule.zone);
  if (clock.fixed_offset()) return;
  std::set<std::uint32_t> reported;
  schedule::Timetable({&timing.schedule, 1}).each(span.start, span.end, [&](const schedule::Instance& one) {
    if (one.local == one.nominal || !reported.insert(one.trigger).second) return true;
    const std::string nominal = types::format_timestamp(one.nominal, 0);
    result.sink.emit(diag::TriggerSkips(timing.name, fmt::format("{} does not exist on {} in {}", nominal.substr(11, 5),
                                                                 nominal.substr(0, 10), timing.schedule.zone))
                         .at(timing.triggers[one.trigger])
                         .note("found by: that run starts at " + clock_text(one.scheduled_at, clock))
                         .with_help("name a time that the clock never skips, or another TIMEZONE"));
    return true;
  });
}

/// Triggers that name clock times; the others follow the hours as they pass.
bool names_clock_times(const bound::Timing& timing) {
  return std::any_of(timing.schedule.triggers.begin(), timing.schedule.triggers.end(),
                     [](const schedule::Trigger& one) { return one.kind != schedule::Trigger::Kind::every_hour; });
}

// --- SY4010: syncs that start together

struct Start {
  std::int64_t at = 0;
  const bound::Sync* sync = nullptr;
};

bool staggered(const bound::Unit& unit, const bound::When& when) {
  return std::any_of(when.schedules.begin(), when.schedules.end(), [&](const std::string& name) {
    const auto found = unit.timings.find(name);
    return found != unit.timings.end() && found->second.stagger;
  });
}

void report_crowd(const std::vector<Start>& crowd, const bound::Unit& unit, diag::Sink& sink) {
  const bound::Sync& first = *crowd.front().sync;
  const types::Zone* clock = types::Zone::find(zone_of(unit, first.policy));
  if (clock == nullptr) return;
  auto finding = diag::StartTogether(crowd.size(), first.source->plan.name, clock_text(crowd.front().at, *clock)).at(first.span);
  for (std::size_t i = 1; i < std::min<std::size_t>(crowd.size(), 4); ++i)
    std::move(finding).also(crowd[i].sync->span, "starts then too");
  sink.emit(std::move(finding).with_help("add STAGGER OVER 30 MINUTES to the schedule, or other times; windows do not move"));
}

void check_crowd(std::vector<Start> starts, const bound::Unit& unit, diag::Sink& sink) {
  std::stable_sort(starts.begin(), starts.end(), [](const Start& a, const Start& b) { return a.at < b.at; });
  std::vector<Start> largest;
  for (auto begin = starts.begin(); begin != starts.end();) {
    const auto end = std::find_if(begin, starts.end(), [&](const Start& one) { return one.at != begin->at; });
    if (static_cast<std::size_t>(end - begin) > largest.size()) largest.assign(begin, end);
    begin = end;
  }
  if (largest.size() >= kCrowd) report_crowd(largest, unit, sink);
}

void check_starts(const bound::Unit& unit, std::int64_t from, diag::Sink& sink) {
  std::map<const bound::Connection*, std::vector<Start>> by_source;
  for (const bound::Sync& sync : unit.syncs) {
    const bound::When& when = sync.policy.when.value;
    if (when.kind != bound::When::Kind::recurring || staggered(unit, when)) continue;
    std::vector<Start>& starts = by_source[sync.source];
    timetable(unit, sync.policy).each(from, from + kCrowdDays * types::kMicrosPerDay, [&](const schedule::Instance& one) {
      starts.push_back({one.scheduled_at, &sync});
      return true;
    });
  }
  for (auto& [connection, starts] : by_source) {
    if (starts.size() >= kCrowd) check_crowd(std::move(starts), unit, sink);
  }
}

}  // namespace

void check_schedules(const bound::Unit& unit, const compiler::Options& options, compiler::Result& result) {
  for (const auto& [name, timing] : unit.timings) {
    for (std::size_t i = 0; i < timing.schedule.triggers.size(); ++i) check_month_days(timing, i, options.started_at, result);
    if (names_clock_times(timing)) check_clock_times(timing, proved_span(options), result);
  }
  check_starts(unit, options.started_at, result.sink);
}

}  // namespace syncline::analyze

#include "stdlib/schedule/schedule.h"

#include <fmt/format.h>

#include "stdlib/base/text.h"
#include "stdlib/schedule/units.h"
#include "stdlib/types/calendar.h"

namespace syncline::schedule {
namespace {

constexpr const char* kUnits[] = {"minute", "hour", "day", "week", "month", "quarter", "year"};

/// parse_instant wants seconds; people leave them out.
std::string with_seconds(std::string_view text) {
  constexpr std::size_t kMinutesEnd = 16;  // 2026-11-20 01:00
  std::string out(text);
  const bool has_minutes = out.size() >= kMinutesEnd && out[13] == ':';
  if (has_minutes && (out.size() == kMinutesEnd || out[kMinutesEnd] != ':')) out.insert(kMinutesEnd, ":00");
  return out;
}

bool in_range(std::int64_t micros) {
  return micros >= types::days_from_civil(1, 1, 1) * types::kMicrosPerDay &&
         micros < types::days_from_civil(10'000, 1, 1) * types::kMicrosPerDay;
}

}  // namespace

std::optional<Unit> unit_named(std::string_view word) {
  auto lower = text::ascii_lower(word);
  if (lower.size() > 1 && lower.back() == 's') lower.pop_back();
  for (std::size_t i = 0; i < std::size(kUnits); ++i) {
    if (lower == kUnits[i]) return static_cast<Unit>(i);
  }
  return std::nullopt;
}

const char* to_string(Unit unit) {
  return kUnits[static_cast<std::size_t>(unit)];
}

std::int64_t Instance::bizdate() const {
  return day_of(nominal) - 1;
}

Instance instance_at(std::int64_t instant, const types::Zone& zone) {
  const auto local = zone.to_local(instant);
  const auto day = day_of(local);
  return {instant, local, local, window_of_days(day - 1, day - 1, zone), 0, 0};
}

Instance instance_over(const Window& window, const types::Zone& zone) {
  const auto local = zone.to_local(window.end);
  return {window.end, local, local, window, 0, 0};
}

std::int64_t parse_moment(std::string_view text, const types::Zone& zone) {
  bool zoned = false;
  const auto micros = types::parse_instant(with_seconds(text), &zoned);
  if (!micros || !in_range(*micros))
    throw InvalidSchedule(fmt::format(
        "'{}' is no moment: write it like '2026-11-20', '2026-11-20 01:00' or '2026-11-20T01:00+08:00'", text::printable(text)));
  return zoned ? *micros : zone.first_instant(*micros);
}

Window parse_window(std::string_view text, const types::Zone& zone) {
  const auto dots = text.find("..");
  if (dots == std::string_view::npos)
    throw InvalidSchedule(
        fmt::format("'{}' is no window: write start and end, like '2026-11-19..2026-11-20'", text::printable(text)));
  const Window window{parse_moment(text.substr(0, dots), zone), parse_moment(text.substr(dots + 2), zone)};
  if (window.end <= window.start)
    throw InvalidSchedule(
        fmt::format("the window '{}' ends before it has begun: its end is not part of it", text::printable(text)));
  return window;
}

Window window_of_days(std::int64_t first, std::int64_t last, const types::Zone& zone) {
  return {zone.first_instant(first * types::kMicrosPerDay), zone.first_instant((last + 1) * types::kMicrosPerDay)};
}

}  // namespace syncline::schedule

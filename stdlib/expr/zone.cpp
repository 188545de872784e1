#include "stdlib/expr/zone.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "stdlib/expr/evaluate.h"
#include "stdlib/types/calendar.h"

namespace syncline::expr {
namespace {

using types::kMicrosPerDay;
using Seconds = std::chrono::seconds;

constexpr std::int64_t kUnixOffsetSeconds = types::kUnixToEpochDays * 86'400;
constexpr std::int64_t kLastListedYear = 2037;  ///< the zone files list transitions up to here; later years repeat their rules

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

bool endless(std::int64_t micros) {
  return micros == types::kTimestampInfinity || micros == types::kTimestampMinusInfinity;
}

bool is_utc(std::string_view zone) {
  return zone.empty() || zone == "UTC" || zone == "Z" || zone == "Etc/UTC";
}

/// `+08:00` or `-0330` in microseconds.
std::optional<std::int64_t> fixed_offset(std::string_view zone) {
  if (zone.empty() || (zone.front() != '+' && zone.front() != '-')) return std::nullopt;
  const auto shifted = types::parse_instant("2000-01-01 00:00:00" + std::string(zone));
  if (!shifted) return std::nullopt;
  return -*shifted;
}

const date::time_zone& locate(std::string_view zone) {
  thread_local std::string last_name;
  thread_local const date::time_zone* last = nullptr;
  if (last != nullptr && last_name == zone) return *last;
  try {
    last = date::locate_zone(zone);
  } catch (const std::runtime_error&) {
    throw EvaluationError(fmt::format("time zone '{}' is not known on this machine", zone));
  }
  last_name = zone;
  return *last;
}

/// Day of the week, 0 = Saturday (2000-01-01).
std::int64_t weekday(std::int64_t days) {
  return (days % 7 + 7) % 7;
}

bool leap(std::int64_t year) {
  return types::valid_date(year, 2, 29);
}

/// A day of 2027 to 2037 on which the same zone rules apply.
std::int64_t day_with_same_rules(std::int64_t days) {
  const auto date = types::civil_from_days(days);
  if (date.year <= kLastListedYear) return days;
  const int anchor = date.month >= 3 ? 3 : 1;
  const auto wanted = weekday(types::days_from_civil(date.year, anchor, 1));
  auto year = kLastListedYear;
  while (leap(year) || weekday(types::days_from_civil(year, anchor, 1)) != wanted) --year;
  return types::days_from_civil(year, date.month, date.month == 2 ? std::min(date.day, 28) : date.day);
}

std::int64_t seconds_for_rules(std::int64_t micros, std::string_view zone) {
  const auto days = floor_div(micros, kMicrosPerDay);
  if (days < types::days_from_civil(-9999, 1, 1) || days > types::days_from_civil(9999, 12, 31))
    throw EvaluationError(fmt::format("{} cannot be converted to time zone {}", types::format_timestamp(micros, 0), zone));
  return day_with_same_rules(days) * 86'400 + floor_div(micros - days * kMicrosPerDay, 1'000'000) + kUnixOffsetSeconds;
}

std::int64_t shift(std::int64_t micros, std::int64_t by) {
  std::int64_t out = 0;
  if (__builtin_add_overflow(micros, by, &out) || endless(out)) throw EvaluationError("a timestamp is out of range");
  return out;
}

std::int64_t micros_of(Seconds offset) {
  return offset.count() * 1'000'000;
}

}  // namespace

std::int64_t to_local(std::int64_t instant, std::string_view zone) {
  if (is_utc(zone) || endless(instant)) return instant;
  if (const auto offset = fixed_offset(zone)) return shift(instant, *offset);
  const auto info = locate(zone).get_info(date::sys_seconds(Seconds(seconds_for_rules(instant, zone))));
  return shift(instant, micros_of(info.offset));
}

std::int64_t to_instant(std::int64_t local, std::string_view zone) {
  if (is_utc(zone) || endless(local)) return local;
  if (const auto offset = fixed_offset(zone)) return shift(local, -*offset);
  const auto info = locate(zone).get_info(date::local_seconds(Seconds(seconds_for_rules(local, zone))));
  if (info.result == date::local_info::nonexistent)
    throw EvaluationError(fmt::format("{} does not exist in time zone {}", types::format_timestamp(local, 0), zone));
  return shift(local, -micros_of(info.first.offset));
}

std::int64_t add_months(std::int64_t days, std::int64_t months) {
  if (days == types::kDateInfinity || days == types::kDateMinusInfinity) return days;
  constexpr std::int64_t kMost = 12 * 10'000'000;
  const auto date = types::civil_from_days(days);
  if (months > kMost || months < -kMost) throw EvaluationError("a date is out of range");
  const auto month = date.year * 12 + date.month - 1 + months;
  const auto year = floor_div(month, 12);
  int day = date.day;
  while (!types::valid_date(year, static_cast<int>(month - year * 12) + 1, day)) --day;
  return types::days_from_civil(year, static_cast<int>(month - year * 12) + 1, day);
}

}  // namespace syncline::expr

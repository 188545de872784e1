#include "stdlib/expr/zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "stdlib/expr/evaluate.h"
#include "stdlib/types/calendar.h"
#include "stdlib/types/zone.h"

namespace syncline::expr {
namespace {

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

bool endless(std::int64_t micros) {
  return micros == types::kTimestampInfinity || micros == types::kTimestampMinusInfinity;
}

const types::Zone& locate(std::string_view name) {
  thread_local std::string last_name;
  thread_local const types::Zone* last = types::Zone::find("");
  if (last_name == name) return *last;
  const auto* found = types::Zone::find(name);
  if (found == nullptr) throw EvaluationError(fmt::format("time zone '{}' is not known on this machine", name));
  last = found;
  last_name = name;
  return *last;
}

bool is_utc(std::string_view zone) {
  return zone.empty() || zone == "UTC";
}

std::int64_t shift(std::int64_t micros, std::int64_t by) {
  std::int64_t out = 0;
  if (__builtin_add_overflow(micros, by, &out) || endless(out)) throw EvaluationError("a timestamp is out of range");
  return out;
}

void check_range(std::int64_t micros, std::string_view zone) {
  const auto days = floor_div(micros, types::kMicrosPerDay);
  if (days < types::days_from_civil(-9999, 1, 1) || days > types::days_from_civil(9999, 12, 31))
    throw EvaluationError(fmt::format("{} cannot be converted to time zone {}", types::format_timestamp(micros, 0), zone));
}

}  // namespace

std::int64_t to_local(std::int64_t instant, std::string_view zone) {
  if (is_utc(zone) || endless(instant)) return instant;
  const auto& rules = locate(zone);
  if (const auto offset = rules.fixed_offset()) return shift(instant, *offset);
  check_range(instant, zone);
  return rules.to_local(instant);
}

std::int64_t to_instant(std::int64_t local, std::string_view zone) {
  if (is_utc(zone) || endless(local)) return local;
  const auto& rules = locate(zone);
  if (const auto offset = rules.fixed_offset()) return shift(local, -*offset);
  check_range(local, zone);
  const auto instant = rules.to_instant(local);
  if (!instant) throw EvaluationError(fmt::format("{} does not exist in time zone {}", types::format_timestamp(local, 0), zone));
  return *instant;
}

std::int64_t to_first_instant(std::int64_t local, std::string_view zone) {
  if (is_utc(zone) || endless(local)) return local;
  const auto& rules = locate(zone);
  if (const auto offset = rules.fixed_offset()) return shift(local, -*offset);
  check_range(local, zone);
  return rules.first_instant(local);
}

std::int64_t start_of_hour(std::int64_t instant, std::string_view zone) {
  constexpr std::int64_t kHour = 3'600'000'000;
  const auto local = to_local(instant, zone);
  const auto start = instant - (local - floor_div(local, kHour) * kHour);
  return is_utc(zone) ? start : std::max(start, locate(zone).period_at(instant).begin);
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

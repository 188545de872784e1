#include "compiler/analyze/stretches.h"

#include <array>

#include "stdlib/schedule/units.h"
#include "stdlib/types/calendar.h"

namespace syncline::analyze {
namespace {

using schedule::Unit;
using schedule::Window;

/// How texts of partitions are cut: `dashes` are those of the date itself, `2026-11-19 05` may have any one mark before the hour.
struct Digits {
  std::string digits;
  bool regular = true;
};

Digits digits_of(const std::string& text) {
  Digits read;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool digit = c >= '0' && c <= '9';
    const bool mark = (c == '-' && (i == 4 || i == 7 || i == 10)) || ((c == ' ' || c == 'T') && i == 10);
    if (digit) read.digits += c;
    read.regular = read.regular && (digit || mark);
  }
  return read;
}

Window day_window(std::int64_t first, std::int64_t end, const types::Zone& clock) {
  return {clock.first_instant(first * types::kMicrosPerDay), clock.first_instant(end * types::kMicrosPerDay)};
}

std::optional<Window> unit_of_text(const std::string& text, const types::Zone& clock) {
  const auto [digits, regular] = digits_of(text);
  if (!regular || (digits.size() != 4 && digits.size() != 6 && digits.size() != 8 && digits.size() != 10)) return std::nullopt;
  const int year = std::stoi(digits.substr(0, 4));
  const int month = digits.size() >= 6 ? std::stoi(digits.substr(4, 2)) : 1;
  const int day = digits.size() >= 8 ? std::stoi(digits.substr(6, 2)) : 1;
  if (year < 1900 || !types::valid_date(year, month, day)) return std::nullopt;
  const std::int64_t first = types::days_from_civil(year, month, day);
  if (digits.size() == 8) return day_window(first, first + 1, clock);
  if (digits.size() < 8) {
    const Unit unit = digits.size() == 6 ? Unit::month : Unit::year;
    return day_window(first, schedule::first_day(first, unit, 1), clock);
  }
  const int hour = std::stoi(digits.substr(8));
  if (hour > 23) return std::nullopt;
  const std::int64_t local = first * types::kMicrosPerDay + hour * schedule::kMicrosPerHour;
  return Window{clock.first_instant(local), clock.first_instant(local + schedule::kMicrosPerHour)};
}

struct Edge {
  std::int64_t at = 0;
  bool included = false;
};

/// Where a bound cuts: an instant cuts there, a unit before or behind all of it.
std::optional<Edge> edge_of(const types::Value& value, bool included, bool lower, const types::Zone& clock) {
  if (const auto* instant = std::get_if<types::Timestamp>(&value)) return Edge{instant->micros, included};
  const auto unit = unit_of(value, clock);
  if (!unit) return std::nullopt;
  return Edge{lower == included ? unit->start : unit->end, lower};
}

}  // namespace

InstanceValues::InstanceValues(std::string zone, const types::Zone& clock) : clock_(clock) {
  environment_.timezone = std::move(zone);
  environment_.parameter = [this](std::string_view name) { return parameter(name); };
}

types::Value InstanceValues::value(const expr::Expr& expression, const schedule::Instance& instance) {
  instance_ = &instance;
  return expr::evaluate(expression, environment_);
}

types::Value InstanceValues::parameter(std::string_view name) const {
  if (name == "window_start") return types::Timestamp{instance_->window.start};
  if (name == "window_end") return types::Timestamp{instance_->window.end};
  if (name == "scheduled_at") return types::Timestamp{instance_->scheduled_at};
  if (name == "bizdate") return types::Date{instance_->bizdate()};
  throw expr::EvaluationError(":" + std::string(name) + " is not known before the run");
}

std::optional<Window> unit_of(const types::Value& value, const types::Zone& clock) {
  if (const auto* date = std::get_if<types::Date>(&value)) return day_window(date->days, date->days + 1, clock);
  if (const auto* text = std::get_if<std::string>(&value)) return unit_of_text(*text, clock);
  return std::nullopt;
}

bool begins_unit(std::int64_t instant, Unit unit, const types::Zone& clock) {
  if (unit == Unit::hour) return schedule::start_of_hour(instant, clock) == instant;
  const std::int64_t local = clock.to_local(instant);
  if (unit == Unit::minute) return local % schedule::kMicrosPerMinute == 0;
  const std::int64_t day = schedule::day_of(local);
  const std::int64_t first = unit == Unit::day ? day : schedule::first_day(day, unit, 0);
  return clock.first_instant(first * types::kMicrosPerDay) == instant;
}

std::optional<Stretch> stretch_of(const TypedBounds& bounds, const schedule::Instance& instance, InstanceValues& values) {
  Stretch stretch{types::kTimestampMinusInfinity, types::kTimestampInfinity, true, false};
  if (bounds.lower) {
    const auto edge = edge_of(values.value(*bounds.lower, instance), bounds.lower_included, true, values.clock());
    if (!edge) return std::nullopt;
    stretch.from = edge->at;
    stretch.from_included = edge->included;
  }
  if (bounds.upper) {
    const auto edge = edge_of(values.value(*bounds.upper, instance), bounds.upper_included, false, values.clock());
    if (!edge) return std::nullopt;
    stretch.to = edge->at;
    stretch.to_included = edge->included;
  }
  return stretch;
}

std::string clock_text(std::int64_t instant, const types::Zone& clock) {
  if (instant == types::kTimestampMinusInfinity) return "the beginning";
  if (instant == types::kTimestampInfinity) return "the end of all time";
  const std::string text = types::format_timestamp(clock.to_local(instant), 0);
  return text.substr(text.size() - 3) == ":00" ? text.substr(0, text.size() - 3) : text;
}

std::string stretch_text(std::int64_t from, std::int64_t to, const types::Zone& clock) {
  const bool infinite = from == types::kTimestampMinusInfinity || to == types::kTimestampInfinity;
  if (!infinite && begins_unit(from, Unit::day, clock) && begins_unit(to, Unit::day, clock)) {
    const std::int64_t first = schedule::day_of(clock.to_local(from));
    const std::int64_t last = schedule::day_of(clock.to_local(to - 1));
    if (first == last) return types::format_date(first);
    return types::format_date(first) + " to " + types::format_date(last);
  }
  return clock_text(from, clock) + " to " + clock_text(to, clock);
}

}  // namespace syncline::analyze

#include <fmt/format.h>

#include <algorithm>

#include "stdlib/expr/cast.h"
#include "stdlib/expr/zone.h"
#include "stdlib/functions/evaluators.h"
#include "stdlib/types/calendar.h"

namespace syncline::functions {
namespace {

using expr::EvaluationError;
using types::Date;
using types::kMicrosPerDay;
using types::Timestamp;
using types::Value;

constexpr std::int64_t kHour = 3'600'000'000;

/// A date or an instant as calendar day and clock of the zone.
struct Moment {
  std::int64_t days = 0;
  std::int64_t clock = 0;  ///< microseconds since midnight
};

Moment split(std::int64_t local) {
  const auto days = local / kMicrosPerDay - (local % kMicrosPerDay < 0 ? 1 : 0);
  return {days, (local % kMicrosPerDay + kMicrosPerDay) % kMicrosPerDay};
}

Moment moment_of(const Value& value, const Context& context) {
  if (const auto* date = std::get_if<Date>(&value)) {
    if (date->days != types::kDateInfinity && date->days != types::kDateMinusInfinity) return {date->days, 0};
  } else if (const auto* timestamp = std::get_if<Timestamp>(&value)) {
    if (timestamp->micros != types::kTimestampInfinity && timestamp->micros != types::kTimestampMinusInfinity)
      return split(expr::to_local(timestamp->micros, context.timezone));
  }
  throw EvaluationError(fmt::format("'{}' is no date", types::to_text(value)));
}

std::int64_t day_of_year(std::int64_t days) {
  return days - types::days_from_civil(types::civil_from_days(days).year, 1, 1) + 1;
}

std::string directive(char letter, const Moment& moment) {
  const auto date = types::civil_from_days(moment.days);
  switch (letter) {
    case 'Y':
      return fmt::format("{:04}", date.year);
    case 'y':
      return fmt::format("{:02}", (date.year % 100 + 100) % 100);
    case 'm':
      return fmt::format("{:02}", date.month);
    case 'd':
      return fmt::format("{:02}", date.day);
    case 'j':
      return fmt::format("{:03}", day_of_year(moment.days));
    case 'H':
      return fmt::format("{:02}", moment.clock / kHour);
    case 'M':
      return fmt::format("{:02}", moment.clock / 60'000'000 % 60);
    case 'S':
      return fmt::format("{:02}", moment.clock / 1'000'000 % 60);
    case 'f':
      return fmt::format("{:06}", moment.clock % 1'000'000);
    case 'F':
      return types::format_date(moment.days);
    case 'T':
      return types::format_time(moment.clock, 0);
    case '%':
      return "%";
    default:
      throw EvaluationError(fmt::format("%{} is no part of a date: known are %Y %y %m %d %j %H %M %S %f %F %T %%", letter));
  }
}

struct Parts {
  std::int64_t year = -1, month = -1, day = -1, hour = 0, minute = 0, second = 0, micros = 0;
};

bool read_number(std::string_view& text, std::size_t least, std::size_t most, std::int64_t& out) {
  std::size_t count = 0;
  out = 0;
  for (; count < text.size() && count < most && text[count] >= '0' && text[count] <= '9'; ++count)
    out = out * 10 + (text[count] - '0');
  text.remove_prefix(count);
  return count >= least;
}

bool read_fraction(std::string_view& text, std::int64_t& micros) {
  const auto before = text.size();
  if (!read_number(text, 1, 6, micros)) return false;
  for (auto digits = before - text.size(); digits < 6; ++digits) micros *= 10;
  return true;
}

bool read_directive(char letter, std::string_view& text, Parts& parts) {
  switch (letter) {
    case 'Y':
      return read_number(text, 4, 4, parts.year);
    case 'm':
      return read_number(text, 2, 2, parts.month);
    case 'd':
      return read_number(text, 2, 2, parts.day);
    case 'H':
      return read_number(text, 2, 2, parts.hour);
    case 'M':
      return read_number(text, 2, 2, parts.minute);
    case 'S':
      return read_number(text, 2, 2, parts.second);
    case 'f':
      return read_fraction(text, parts.micros);
    default:
      throw EvaluationError(fmt::format("%{} cannot be read: known are %Y %m %d %H %M %S %f", letter));
  }
}

bool read_parts(std::string_view text, std::string_view format, Parts& parts) {
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] == '%' && i + 1 < format.size() && format[i + 1] != '%') {
      if (!read_directive(format[++i], text, parts)) return false;
      continue;
    }
    if (format[i] == '%') ++i;
    if (text.empty() || i >= format.size() || text.front() != format[i]) return false;
    text.remove_prefix(1);
  }
  return text.empty();
}

/// Microseconds of the clock time that a text shows in a format.
std::int64_t read(const std::string& text, const std::string& format) {
  Parts parts;
  const bool fits = read_parts(text, format, parts) &&
                    types::valid_date(parts.year, static_cast<int>(parts.month), static_cast<int>(parts.day)) &&
                    parts.year >= 0 && parts.hour < 24 && parts.minute < 60 && parts.second < 60;
  if (!fits) throw EvaluationError(fmt::format("'{}' is no date of the form '{}'", text, format));
  return types::days_from_civil(parts.year, static_cast<int>(parts.month), static_cast<int>(parts.day)) * kMicrosPerDay +
         ((parts.hour * 60 + parts.minute) * 60 + parts.second) * 1'000'000 + parts.micros;
}

std::int64_t first_of(std::int64_t days, std::string_view unit) {
  const auto date = types::civil_from_days(days);
  if (unit == "hour" || unit == "day") return days;
  if (unit == "week") return days - ((days + 5) % 7 + 7) % 7;
  if (unit == "month") return types::days_from_civil(date.year, date.month, 1);
  if (unit == "quarter") return types::days_from_civil(date.year, (date.month - 1) / 3 * 3 + 1, 1);
  if (unit == "year") return types::days_from_civil(date.year, 1, 1);
  throw EvaluationError(fmt::format("'{}' is no unit: known are hour, day, week, month, quarter, year", unit));
}

bool later_in_month(const Moment& a, const Moment& b) {
  const auto x = types::civil_from_days(a.days).day, y = types::civil_from_days(b.days).day;
  return x > y || (x == y && a.clock > b.clock);
}

/// Complete months from `b` to `a`.
std::int64_t months_between(const Moment& a, const Moment& b) {
  const auto x = types::civil_from_days(a.days), y = types::civil_from_days(b.days);
  const auto months = (x.year - y.year) * 12 + x.month - y.month;
  if (months > 0 && later_in_month(b, a)) return months - 1;
  if (months < 0 && later_in_month(a, b)) return months + 1;
  return months;
}

std::int64_t difference(const Moment& a, const Moment& b, std::string_view unit) {
  if (unit == "day") return a.days - b.days;
  if (unit == "week") return (a.days - b.days) / 7;
  if (unit == "hour") return (a.days - b.days) * 24 + (a.clock - b.clock) / kHour;
  if (unit == "month") return months_between(a, b);
  if (unit == "quarter") return months_between(a, b) / 3;
  if (unit == "year") return months_between(a, b) / 12;
  throw EvaluationError(fmt::format("'{}' is no unit: known are hour, day, week, month, quarter, year", unit));
}

types::LogicalType type(types::TypeKind kind) {
  types::LogicalType made;
  made.kind = kind;
  return made;
}

}  // namespace

namespace body {

Value date(Arguments arguments, const Context& context) {
  return expr::cast(arguments[0], type(types::TypeKind::date), context.timezone);
}

Value format(Arguments arguments, const Context& context) {
  const auto moment = moment_of(arguments[0], context);
  const auto& pattern = text_at(arguments, 1);
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '%' && i + 1 == pattern.size()) throw EvaluationError("a format cannot end in a single %");
    if (pattern[i] == '%') {
      out += directive(pattern[++i], moment);
    } else {
      out += pattern[i];
    }
  }
  return out;
}

Value parse_date(Arguments arguments, const Context& context) {
  if (!given(arguments, 1)) return expr::cast(text_at(arguments, 0), type(types::TypeKind::date), context.timezone);
  return Date{split(read(text_at(arguments, 0), text_at(arguments, 1))).days};
}

Value parse_timestamp(Arguments arguments, const Context& context) {
  if (!given(arguments, 1)) return expr::cast(text_at(arguments, 0), type(types::TypeKind::timestamp), context.timezone);
  return Timestamp{expr::to_instant(read(text_at(arguments, 0), text_at(arguments, 1)), context.timezone)};
}

Value trunc(Arguments arguments, const Context& context) {
  const auto moment = moment_of(arguments[0], context);
  const auto& unit = text_at(arguments, 1);
  const auto days = first_of(moment.days, unit);
  if (std::holds_alternative<Date>(arguments[0])) return Date{days};
  if (unit == "hour") return Timestamp{expr::start_of_hour(std::get<Timestamp>(arguments[0]).micros, context.timezone)};
  return Timestamp{expr::to_first_instant(days * kMicrosPerDay, context.timezone)};
}

Value last_day(Arguments arguments, const Context& context) {
  const auto first = first_of(moment_of(arguments[0], context).days, "month");
  return Date{expr::add_months(first, 1) - 1};
}

Value year(Arguments arguments, const Context& context) {
  return types::civil_from_days(moment_of(arguments[0], context).days).year;
}

Value month(Arguments arguments, const Context& context) {
  return std::int64_t{types::civil_from_days(moment_of(arguments[0], context).days).month};
}

Value day(Arguments arguments, const Context& context) {
  return std::int64_t{types::civil_from_days(moment_of(arguments[0], context).days).day};
}

Value hour(Arguments arguments, const Context& context) {
  return moment_of(arguments[0], context).clock / kHour;
}

Value date_diff(Arguments arguments, const Context& context) {
  const std::string unit = given(arguments, 2) ? text_at(arguments, 2) : "day";
  return difference(moment_of(arguments[0], context), moment_of(arguments[1], context), unit);
}

}  // namespace body
}  // namespace syncline::functions

#include "stdlib/expr/operators.h"

#include <fmt/format.h>

#include "stdlib/expr/evaluate.h"
#include "stdlib/expr/zone.h"
#include "stdlib/types/calendar.h"
#include "stdlib/types/decimal.h"

namespace syncline::expr {
namespace {

namespace decimal = types::decimal;
using types::Date;
using types::Decimal;
using types::Interval;
using types::kMicrosPerDay;
using types::Timestamp;
using types::Value;

[[noreturn]] void out_of_range(std::string_view what) {
  throw EvaluationError(fmt::format("{} is out of range", what));
}

std::int64_t checked_add(std::int64_t a, std::int64_t b, std::string_view what) {
  std::int64_t out = 0;
  if (__builtin_add_overflow(a, b, &out)) out_of_range(what);
  return out;
}

std::int64_t checked_multiply(std::int64_t a, std::int64_t b, std::string_view what) {
  std::int64_t out = 0;
  if (__builtin_mul_overflow(a, b, &out)) out_of_range(what);
  return out;
}

std::int64_t checked_negate(std::int64_t a, std::string_view what) {
  if (a == INT64_MIN) out_of_range(what);
  return -a;
}

const char* sign_of(Op op) {
  switch (op) {
    case Op::add:
      return "+";
    case Op::subtract:
      return "-";
    case Op::multiply:
      return "*";
    default:
      return "/";
  }
}

Value integers(Op op, std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  bool overflow = false;
  if (op == Op::add) overflow = __builtin_add_overflow(a, b, &out);
  if (op == Op::subtract) overflow = __builtin_sub_overflow(a, b, &out);
  if (op == Op::multiply) overflow = __builtin_mul_overflow(a, b, &out);
  if (op == Op::divide) {
    overflow = a == INT64_MIN && b == -1;
    out = overflow ? 0 : a / b;
  }
  if (overflow) throw EvaluationError(fmt::format("{} {} {} does not fit 64 bits", a, sign_of(op), b));
  return out;
}

Value decimals(Op op, const std::string& a, const std::string& b) {
  if (!decimal::finite(a) || !decimal::finite(b)) throw EvaluationError(fmt::format("{} {} {} has no value", a, sign_of(op), b));
  switch (op) {
    case Op::add:
      return Decimal{decimal::add(a, b)};
    case Op::subtract:
      return Decimal{decimal::subtract(a, b)};
    case Op::multiply:
      return Decimal{decimal::multiply(a, b)};
    default:
      return Decimal{decimal::divide(a, b)};
  }
}

bool is_number(const Value& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<Decimal>(value);
}

Value numbers(Op op, Type result, const Value& a, const Value& b) {
  if (op == Op::divide && decimal::compare(decimal_text(b), "0") == 0) throw EvaluationError("division by zero");
  const auto* x = std::get_if<std::int64_t>(&a);
  const auto* y = std::get_if<std::int64_t>(&b);
  if (x != nullptr && y != nullptr && result != Type::decimal) return integers(op, *x, *y);
  return decimals(op, decimal_text(a), decimal_text(b));
}

Interval negate(const Interval& value) {
  return {checked_negate(value.months, "an interval"), checked_negate(value.days, "an interval"),
          checked_negate(value.micros, "an interval")};
}

Interval times(const Interval& value, std::int64_t by) {
  return {checked_multiply(value.months, by, "an interval"), checked_multiply(value.days, by, "an interval"),
          checked_multiply(value.micros, by, "an interval")};
}

Interval sum(const Interval& a, const Interval& b) {
  return {checked_add(a.months, b.months, "an interval"), checked_add(a.days, b.days, "an interval"),
          checked_add(a.micros, b.micros, "an interval")};
}

std::int64_t move_days(std::int64_t days, const Interval& by) {
  if (days == types::kDateInfinity || days == types::kDateMinusInfinity) return days;
  const auto moved = checked_add(add_months(days, by.months), by.days, "a date");
  if (moved <= types::kDateMinusInfinity || moved >= types::kDateInfinity) out_of_range("a date");
  return moved;
}

Date move(const Date& date, const Interval& by) {
  if (by.micros % kMicrosPerDay != 0)
    throw EvaluationError("an interval with hours cannot be added to a date: cast the date to timestamp first");
  return {move_days(date.days, {by.months, checked_add(by.days, by.micros / kMicrosPerDay, "an interval"), 0})};
}

Timestamp move(const Timestamp& timestamp, const Interval& by, std::string_view zone) {
  if (timestamp.micros == types::kTimestampInfinity || timestamp.micros == types::kTimestampMinusInfinity) return timestamp;
  auto micros = timestamp.micros;
  if (by.months != 0 || by.days != 0) {
    const auto local = to_local(micros, zone);
    const auto days = local / kMicrosPerDay - (local % kMicrosPerDay < 0 ? 1 : 0);
    const auto moved = checked_multiply(move_days(days, {by.months, by.days, 0}), kMicrosPerDay, "a timestamp");
    micros = to_first_instant(checked_add(moved, (local % kMicrosPerDay + kMicrosPerDay) % kMicrosPerDay, "a timestamp"), zone);
  }
  return {checked_add(micros, by.micros, "a timestamp")};
}

[[noreturn]] void mismatch(Op op, const Value& a, const Value& b) {
  throw EvaluationError(fmt::format("{} {} {} has no meaning", to_string(type_of(a)), sign_of(op), to_string(type_of(b))));
}

Value difference(const Value& a, const Value& b, std::string_view zone) {
  const auto* date_a = std::get_if<Date>(&a);
  const auto* date_b = std::get_if<Date>(&b);
  if (date_a != nullptr && date_b != nullptr) return date_a->days - date_b->days;
  const auto instant = [&](const Value& value) {
    if (const auto* date = std::get_if<Date>(&value))
      return to_instant(checked_multiply(date->days, kMicrosPerDay, "a date"), zone);
    if (const auto* timestamp = std::get_if<Timestamp>(&value)) return timestamp->micros;
    mismatch(Op::subtract, a, b);
  };
  return Interval{0, 0, checked_add(instant(a), checked_negate(instant(b), "a timestamp"), "an interval")};
}

Value shifted(Op op, const Value& a, const Interval& by, std::string_view zone) {
  const Interval amount = op == Op::subtract ? negate(by) : by;
  if (const auto* date = std::get_if<Date>(&a)) return move(*date, amount);
  if (const auto* timestamp = std::get_if<Timestamp>(&a)) return move(*timestamp, amount, zone);
  if (const auto* interval = std::get_if<Interval>(&a)) return sum(*interval, amount);
  mismatch(op, a, by);
}

std::int64_t instant_of(const Value& value, std::string_view zone) {
  if (const auto* timestamp = std::get_if<Timestamp>(&value)) return timestamp->micros;
  const auto days = std::get<Date>(value).days;
  if (days == types::kDateInfinity) return types::kTimestampInfinity;
  if (days == types::kDateMinusInfinity) return types::kTimestampMinusInfinity;
  return to_instant(checked_multiply(days, kMicrosPerDay, "a date"), zone);
}

bool is_moment(const Value& value) {
  return std::holds_alternative<Date>(value) || std::holds_alternative<Timestamp>(value);
}

template <typename T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

/// Months count 30 days, days 24 hours: the order that databases use.
__int128 estimate(const Interval& value) {
  return (static_cast<__int128>(value.months) * 30 + value.days) * kMicrosPerDay + value.micros;
}

}  // namespace

Type type_of(const Value& value) {
  static constexpr Type kTypes[] = {Type::null,   Type::boolean, Type::integer,   Type::decimal,
                                    Type::string, Type::date,    Type::timestamp, Type::interval};
  return kTypes[value.index()];
}

std::string decimal_text(const Value& number) {
  if (const auto* integer = std::get_if<std::int64_t>(&number)) return std::to_string(*integer);
  if (const auto* exact = std::get_if<Decimal>(&number)) return exact->text;
  throw EvaluationError(fmt::format("a {} is no number", to_string(type_of(number))));
}

Value arithmetic(Op op, Type result, const Value& a, const Value& b, std::string_view zone) {
  if (is_number(a) && is_number(b)) return numbers(op, result, a, b);
  const auto* interval_a = std::get_if<Interval>(&a);
  const auto* interval_b = std::get_if<Interval>(&b);
  if (op == Op::add && interval_a != nullptr && is_moment(b)) return shifted(op, b, *interval_a, zone);
  if ((op == Op::add || op == Op::subtract) && interval_b != nullptr) return shifted(op, a, *interval_b, zone);
  if (op == Op::multiply && interval_a != nullptr && std::holds_alternative<std::int64_t>(b))
    return times(*interval_a, std::get<std::int64_t>(b));
  if (op == Op::multiply && interval_b != nullptr && std::holds_alternative<std::int64_t>(a))
    return times(*interval_b, std::get<std::int64_t>(a));
  if (op == Op::subtract && is_moment(a) && is_moment(b)) return difference(a, b, zone);
  mismatch(op, a, b);
}

Value negated(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return checked_negate(*integer, "a number");
  if (const auto* interval = std::get_if<Interval>(&value)) return negate(*interval);
  const auto text = decimal_text(value);
  if (decimal::finite(text)) return Decimal{decimal::negate(text)};
  return Decimal{text == "Infinity" ? "-Infinity" : text == "-Infinity" ? "Infinity" : text};
}

int compare_values(const Value& a, const Value& b, std::string_view zone) {
  if (is_number(a) && is_number(b)) {
    if (a.index() == b.index() && std::holds_alternative<std::int64_t>(a))
      return order(std::get<std::int64_t>(a), std::get<std::int64_t>(b));
    return decimal::compare(decimal_text(a), decimal_text(b));
  }
  if (a.index() != b.index()) {
    if (is_moment(a) && is_moment(b)) return order(instant_of(a, zone), instant_of(b, zone));
    throw EvaluationError(fmt::format("a {} cannot be compared with a {}", to_string(type_of(a)), to_string(type_of(b))));
  }
  if (const auto* text = std::get_if<std::string>(&a)) return text->compare(std::get<std::string>(b));
  if (const auto* truth = std::get_if<bool>(&a)) return order(*truth, std::get<bool>(b));
  if (const auto* date = std::get_if<Date>(&a)) return order(date->days, std::get<Date>(b).days);
  if (const auto* timestamp = std::get_if<Timestamp>(&a)) return order(timestamp->micros, std::get<Timestamp>(b).micros);
  return order(estimate(std::get<Interval>(a)), estimate(std::get<Interval>(b)));
}

}  // namespace syncline::expr

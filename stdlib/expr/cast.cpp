#include "stdlib/expr/cast.h"

#include <fmt/format.h>

#include <algorithm>

#include "stdlib/expr/evaluate.h"
#include "stdlib/expr/operators.h"
#include "stdlib/expr/zone.h"
#include "stdlib/types/calendar.h"
#include "stdlib/types/decimal.h"
#include "stdlib/types/integer_range.h"
#include "stdlib/types/interval.h"

namespace syncline::expr {
namespace {

namespace decimal = types::decimal;
using types::Date;
using types::Decimal;
using types::Interval;
using types::kMicrosPerDay;
using types::LogicalType;
using types::Timestamp;
using types::TypeKind;
using types::Value;

[[noreturn]] void refuse(const Value& value, const LogicalType& to) {
  throw EvaluationError(fmt::format("'{}' cannot be cast to {}", types::to_text(value), types::to_string(to)));
}

std::string number_text(const Value& value, const LogicalType& to) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "1" : "0";
  if (const auto* text = std::get_if<std::string>(&value)) {
    const auto parsed = decimal::parse(*text);
    if (!parsed) refuse(value, to);
    return *parsed;
  }
  return decimal_text(value);
}

Value to_integer(const Value& value, const LogicalType& to) {
  const auto text = number_text(value, to);
  const auto range = types::integer_range(to);
  const auto number = decimal::to_int64(text);
  if (number && *number >= range.low && (*number < 0 || static_cast<std::uint64_t>(*number) <= range.high)) return *number;
  if (to.is_unsigned && to.kind == TypeKind::bigint && decimal::to_uint64(text)) return Decimal{text};
  refuse(value, to);
}

Value to_decimal(const Value& value, const LogicalType& to) {
  auto text = number_text(value, to);
  if (to.kind == TypeKind::decimal &&
      (!decimal::finite(text) || decimal::fit(text, to.precision, to.scale) != decimal::Fit::fits))
    refuse(value, to);
  if (to.kind == TypeKind::float32) text = decimal::from_float(static_cast<float>(decimal::to_double(text)));
  if (to.kind == TypeKind::float64) text = decimal::from_double(decimal::to_double(text));
  return Decimal{std::move(text)};
}

Value to_boolean(const Value& value, const LogicalType& to) {
  if (std::holds_alternative<bool>(value)) return value;
  const auto text = types::to_text(value);
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  refuse(value, to);
}

std::int64_t local_midnight(std::int64_t micros) {
  return micros / kMicrosPerDay - (micros % kMicrosPerDay < 0 ? 1 : 0);
}

Value to_date(const Value& value, const LogicalType& to, std::string_view zone) {
  if (std::holds_alternative<Date>(value)) return value;
  if (const auto* timestamp = std::get_if<Timestamp>(&value)) {
    if (timestamp->micros == types::kTimestampInfinity) return Date{types::kDateInfinity};
    if (timestamp->micros == types::kTimestampMinusInfinity) return Date{types::kDateMinusInfinity};
    return Date{local_midnight(to_local(timestamp->micros, zone))};
  }
  const auto* text = std::get_if<std::string>(&value);
  const auto days = text == nullptr ? std::nullopt : types::parse_date(*text);
  if (!days) refuse(value, to);
  return Date{*days};
}

Value to_timestamp(const Value& value, const LogicalType& to, std::string_view zone) {
  if (std::holds_alternative<Timestamp>(value)) return value;
  if (const auto* date = std::get_if<Date>(&value)) {
    if (date->days == types::kDateInfinity) return Timestamp{types::kTimestampInfinity};
    if (date->days == types::kDateMinusInfinity) return Timestamp{types::kTimestampMinusInfinity};
    std::int64_t micros = 0;
    if (__builtin_mul_overflow(date->days, kMicrosPerDay, &micros)) refuse(value, to);
    return Timestamp{to_instant(micros, zone)};
  }
  const auto* text = std::get_if<std::string>(&value);
  bool zoned = false;
  const auto micros = text == nullptr ? std::nullopt : types::parse_instant(*text, &zoned);
  if (!micros) refuse(value, to);
  return Timestamp{zoned ? *micros : to_instant(*micros, zone)};
}

Value to_interval(const Value& value, const LogicalType& to) {
  if (std::holds_alternative<Interval>(value)) return value;
  const auto* text = std::get_if<std::string>(&value);
  const auto parsed = text == nullptr ? std::nullopt : types::parse_interval(*text);
  if (!parsed) refuse(value, to);
  return *parsed;
}

Value to_text_value(const Value& value, const LogicalType& to) {
  auto text = types::to_text(value);
  const auto characters =
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  if (to.kind == TypeKind::string && to.length >= 0 && characters > to.length) refuse(value, to);
  return text;
}

}  // namespace

Value cast(const Value& value, const LogicalType& to, std::string_view zone) {
  if (types::is_null(value)) return value;
  switch (to.kind) {
    case TypeKind::boolean:
      return to_boolean(value, to);
    case TypeKind::tinyint:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
    case TypeKind::year:
      return to_integer(value, to);
    case TypeKind::decimal:
    case TypeKind::float32:
    case TypeKind::float64:
      return to_decimal(value, to);
    case TypeKind::date:
      return to_date(value, to, zone);
    case TypeKind::timestamp:
    case TypeKind::timestamp_local:
      return to_timestamp(value, to, zone);
    case TypeKind::interval:
      return to_interval(value, to);
    default:
      return to_text_value(value, to);
  }
}

}  // namespace syncline::expr

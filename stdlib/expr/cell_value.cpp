#include "stdlib/expr/cell_value.h"

#include <fmt/format.h>

#include <cstring>

#include "stdlib/expr/zone.h"
#include "stdlib/types/calendar.h"
#include "stdlib/types/decimal.h"

namespace syncline::expr {
namespace {

using types::CellKind;
using types::LogicalType;
using types::TypeKind;
using types::Value;

LogicalType type(TypeKind kind) {
  LogicalType made;
  made.kind = kind;
  return made;
}

template <typename Float>
Float float_of(std::uint64_t slot) {
  Float value = 0;
  std::memcpy(&value, &slot, sizeof value);
  return value;
}

Value unsigned_value(std::uint64_t slot) {
  if (slot <= INT64_MAX) return static_cast<std::int64_t>(slot);
  return types::Decimal{std::to_string(slot)};
}

struct AsCell {
  Conversion& conversion;
  LogicalType from = type(TypeKind::string);
  std::uint64_t slot = 0;

  bool operator()(std::monostate /*null*/) { return false; }
  bool operator()(bool value) { return take(type(TypeKind::boolean), value ? 1 : 0); }
  bool operator()(std::int64_t value) { return take(type(TypeKind::bigint), static_cast<std::uint64_t>(value)); }
  bool operator()(const types::Decimal& value) { return take(type(TypeKind::decimal), conversion.store(value.text)); }
  bool operator()(const std::string& value) { return take(type(TypeKind::string), conversion.store(value)); }
  bool operator()(const types::Interval& value) {
    return take(type(TypeKind::interval), conversion.store(types::to_text(value)));
  }
  bool operator()(const types::Date& value) {
    if (conversion.to.kind == TypeKind::string) return (*this)(types::to_text(value));
    if (conversion.to.kind != TypeKind::timestamp) return take(type(TypeKind::date), static_cast<std::uint64_t>(value.days));
    if (value.days == types::kDateInfinity) return (*this)(types::Timestamp{types::kTimestampInfinity});
    if (value.days == types::kDateMinusInfinity) return (*this)(types::Timestamp{types::kTimestampMinusInfinity});
    std::int64_t micros = 0;
    if (__builtin_mul_overflow(value.days, types::kMicrosPerDay, &micros)) conversion.refuse(ValueProblem::date_range);
    return (*this)(types::Timestamp{to_instant(micros, conversion.zone)});
  }
  bool operator()(const types::Timestamp& value) {
    if (conversion.to.kind == TypeKind::string) return (*this)(types::to_text(value));
    const bool local = conversion.to.kind == TypeKind::date;
    return take(type(local ? TypeKind::timestamp_local : TypeKind::timestamp),
                static_cast<std::uint64_t>(local ? to_local(value.micros, conversion.zone) : value.micros));
  }
  bool take(LogicalType of, std::uint64_t cell) {
    from = std::move(of);
    slot = cell;
    return true;
  }
};

/// Types whose values the language holds as strings already.
bool unchecked_text(TypeKind kind) {
  return kind == TypeKind::geometry || kind == TypeKind::other;
}

}  // namespace

Value cell_to_value(const LogicalType& of, std::uint64_t slot, const types::Batch& batch, std::string_view zone) {
  switch (types::cell_kind(of)) {
    case CellKind::boolean:
      return slot != 0;
    case CellKind::i64:
      return static_cast<std::int64_t>(slot);
    case CellKind::u64:
      return unsigned_value(slot);
    case CellKind::f32:
      return types::Decimal{types::decimal::from_float(float_of<float>(slot))};
    case CellKind::f64:
      return types::Decimal{types::decimal::from_double(float_of<double>(slot))};
    case CellKind::decimal:
      return types::Decimal{std::string(batch.heap_view(slot))};
    case CellKind::date:
      return types::Date{static_cast<std::int64_t>(slot)};
    case CellKind::time:
      return types::Interval{0, 0, static_cast<std::int64_t>(slot)};
    case CellKind::timestamp: {
      const auto micros = static_cast<std::int64_t>(slot);
      return types::Timestamp{of.kind == TypeKind::timestamp_local ? to_instant(micros, zone) : micros};
    }
    case CellKind::text:
    case CellKind::set:
    case CellKind::bytes:
    case CellKind::bits:
      return std::string(batch.heap_view(slot));
  }
  return {};
}

bool value_to_cell(const Value& value, Conversion& conversion, std::uint64_t& slot) {
  AsCell cell{conversion};
  if (!std::visit(cell, value)) return false;
  if (unchecked_text(conversion.to.kind) && cell.from.kind == TypeKind::string) {
    slot = cell.slot;
    return true;
  }
  const auto converter = find_converter(cell.from, conversion.to);
  if (converter.cell == nullptr)
    conversion.refuse(ValueProblem::evaluation, fmt::format("a value of type {} has no way to {}", types::to_string(cell.from),
                                                            types::to_string(conversion.to)));
  conversion.from = cell.from;
  return converter.cell(conversion, cell.slot, slot);
}

}  // namespace syncline::expr

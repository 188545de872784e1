#include "runtime/examine/key_sample.h"

#include <algorithm>
#include <string>

#include "runtime/exec/key_values.h"
#include "stdlib/types/calendar.h"

namespace syncline::examine {
namespace {

using types::TypeKind;
using types::Value;

struct Ends {
  Value low;
  Value high;
};

Ends numbers(std::int64_t greatest) {
  return {greatest - 100, greatest - 1};
}

/// Near the greatest value that a column of this type holds; times are those of the last day.
std::optional<Ends> ends_of(const types::LogicalType& type, std::int64_t now) {
  constexpr int kDigits = 15;
  switch (type.kind) {
    case TypeKind::tinyint:
      return numbers(127);
    case TypeKind::smallint:
      return numbers(32767);
    case TypeKind::integer:
      return numbers(2147483647);
    case TypeKind::bigint:
      return numbers(9223372036854775807);
    case TypeKind::year:
      return Ends{std::int64_t{2090}, std::int64_t{2100}};
    case TypeKind::decimal: {
      const int whole = type.precision < 0 ? kDigits : std::clamp(type.precision - std::max(type.scale, 0), 1, kDigits);
      const auto digits = static_cast<std::size_t>(whole);
      return Ends{types::Decimal{std::string(digits - 1, '9') + "1"}, types::Decimal{std::string(digits, '9')}};
    }
    case TypeKind::string:
      return Ends{std::string("zzzzzzzz"), std::string("zzzzzzzzz")};
    case TypeKind::date: {
      const std::int64_t today = now / types::kMicrosPerDay;
      return Ends{types::Date{today - 1}, types::Date{today}};
    }
    case TypeKind::timestamp:
    case TypeKind::timestamp_local:
      return Ends{types::Timestamp{now - types::kMicrosPerDay}, types::Timestamp{now}};
    default:
      return std::nullopt;
  }
}

}  // namespace

expr::ExprPtr key_sample(const plan::KeyIncrement& key, bool with_nulls, std::int64_t now) {
  exec::KeyValues low;
  exec::KeyValues high;
  for (const types::Column& column : key.columns) {
    auto ends = ends_of(column.logical, now);
    if (!ends) return nullptr;
    low.push_back(std::move(ends->low));
    high.push_back(std::move(ends->high));
  }
  const expr::ExprPtr range =
      exec::all_of(exec::after(key.columns, low, exec::Edge::excluded), exec::before(key.columns, high, exec::Edge::included));
  return with_nulls ? exec::any_of(range, exec::any_null(key.columns)) : range;
}

}  // namespace syncline::examine

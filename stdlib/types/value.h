#pragma once
#include <cstdint>
#include <string>
#include <variant>

namespace syncline::types {

/// A month, day and microsecond amount, added in that order. Month arithmetic clamps (Jan 31 + 1 month = Feb 28/29).
struct Interval {
  std::int64_t months = 0;
  std::int64_t days = 0;
  std::int64_t micros = 0;
  bool operator==(const Interval&) const = default;
};
struct Decimal {
  std::string text;
  bool operator==(const Decimal&) const = default;
};  ///< canonical, as CellKind::decimal
struct Date {
  std::int64_t days = 0;
  bool operator==(const Date&) const = default;
};
struct Timestamp {
  std::int64_t micros = 0;
  bool operator==(const Timestamp&) const = default;
};  ///< an instant, UTC

/// One value of the expression language (LANGUAGE 2.4): null, bool, int, decimal, string, date, timestamp, interval.
/// For constants, parameters and plan-time evaluation; rows never use it where no expression is.
using Value = std::variant<std::monostate, bool, std::int64_t, Decimal, std::string, Date, Timestamp, Interval>;

inline bool is_null(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}
/// Canonical text: `true`, `42`, `1.50`, the string itself, `2026-11-20`, `2026-11-20 00:30:00Z`, `P1M`; null: `NULL`.
std::string to_text(const Value& value);

}  // namespace syncline::types

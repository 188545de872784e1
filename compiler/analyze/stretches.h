#pragma once
#include <optional>
#include <string>

#include "stdlib/expr/evaluate.h"
#include "stdlib/schedule/timetable.h"
#include "stdlib/types/zone.h"

/// What the instances of a sync read and where they write it, by evaluation. Times of its column are instants.
namespace syncline::analyze {

/// Values of typed expressions for one instance after the other, in one zone.
class InstanceValues {
 public:
  InstanceValues(std::string zone, const types::Zone& clock);
  InstanceValues(const InstanceValues&) = delete;
  InstanceValues& operator=(const InstanceValues&) = delete;

  /// Throws expr::EvaluationError.
  types::Value value(const expr::Expr& expression, const schedule::Instance& instance);
  [[nodiscard]] const types::Zone& clock() const { return clock_; }

 private:
  [[nodiscard]] types::Value parameter(std::string_view name) const;

  const types::Zone& clock_;
  expr::Environment environment_;
  const schedule::Instance* instance_ = nullptr;
};

/// The calendar unit that a value names: a date its day; a text such as `20261119`, `2026-11-19`, `2026111905`, `202611`, `2026`
/// its day, hour, month or year. Nothing for anything else.
std::optional<schedule::Window> unit_of(const types::Value& value, const types::Zone& clock);
/// Whether a unit of the zone's calendar begins at an instant.
bool begins_unit(std::int64_t instant, schedule::Unit unit, const types::Zone& clock);

/// The part of a column that one instance reads.
struct Stretch {
  std::int64_t from = 0;
  std::int64_t to = 0;
  bool from_included = true;
  bool to_included = false;
};

/// `lower <= column < upper`; a bound that is a date or names one stands for its whole unit. Null bounds are open.
struct TypedBounds {
  expr::ExprPtr lower, upper;
  bool lower_included = true;
  bool upper_included = false;
};
/// Nothing when a bound is no time. Throws expr::EvaluationError.
std::optional<Stretch> stretch_of(const TypedBounds& bounds, const schedule::Instance& instance, InstanceValues& values);

/// "2026-11-19 23:00": clock time in the zone; seconds only where there are some.
std::string clock_text(std::int64_t instant, const types::Zone& clock);
/// "2026-11-19" for a whole day, else "2026-11-19 23:00 to 2026-11-20 00:00".
std::string stretch_text(std::int64_t from, std::int64_t to, const types::Zone& clock);

}  // namespace syncline::analyze

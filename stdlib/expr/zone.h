#pragma once
#include <cstdint>
#include <string_view>

/// Where dates and instants meet. Zones by name: types/zone.h.
namespace syncline::expr {

/// Clock time in `zone` at an instant, both in microseconds since 2000-01-01. Throws EvaluationError for an unknown zone.
std::int64_t to_local(std::int64_t instant, std::string_view zone);
/// The instant of a clock time: the earlier one when it happened twice. Throws EvaluationError when it never happened.
std::int64_t to_instant(std::int64_t local, std::string_view zone);
/// The same, except that a clock time that never happened becomes the end of its gap: for computed times.
std::int64_t to_first_instant(std::int64_t local, std::string_view zone);
/// Where the clock hour of an instant begins: at the full hour, or where a change of the clock begins a part of one.
std::int64_t start_of_hour(std::int64_t instant, std::string_view zone);

/// Calendar months, clamped to the month's last day.
std::int64_t add_months(std::int64_t days, std::int64_t months);

}  // namespace syncline::expr

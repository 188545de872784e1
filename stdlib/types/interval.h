#pragma once
#include <optional>
#include <string_view>

#include "stdlib/types/value.h"

namespace syncline::types {

/// ISO-8601 duration (`P1Y2M-3DT25H0.5S`, signs per part, fraction on seconds only); nothing for any other text.
std::optional<Interval> parse_interval(std::string_view text);

}  // namespace syncline::types

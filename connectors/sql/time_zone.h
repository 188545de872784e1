#pragma once
#include <string_view>

#include "stdlib/types/value.h"

namespace syncline::connectors::sql {

/// The clock time that an instant shows in an IANA zone, as microseconds like Timestamp's. ConnectorError(setup) for an unknown
/// zone.
types::Timestamp to_clock_time(types::Timestamp instant, std::string_view zone);
/// The instant of a clock time; the first one when it occurs twice, the moment of the jump when it does not occur.
types::Timestamp to_instant(types::Timestamp clock_time, std::string_view zone);

}  // namespace syncline::connectors::sql

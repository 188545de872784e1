#include "connectors/sql/time_zone.h"

#include <date/tz.h>

#include <string>

#include "connectors/api/error.h"
#include "stdlib/types/calendar.h"

namespace syncline::connectors::sql {
namespace {

constexpr std::chrono::microseconds kEpoch{types::kUnixToEpochDays * types::kMicrosPerDay};

bool utc(std::string_view zone) {
  return zone.empty() || zone == "UTC";
}

const date::time_zone* locate(std::string_view zone) {
  try {
    return date::locate_zone(std::string(zone));
  } catch (const std::exception&) {
    throw ConnectorError(ErrorKind::setup, "the time zone `" + std::string(zone) + "` is not known on this machine");
  }
}

bool unbounded(types::Timestamp value) {
  return value.micros == types::kTimestampInfinity || value.micros == types::kTimestampMinusInfinity;
}

}  // namespace

types::Timestamp to_clock_time(types::Timestamp instant, std::string_view zone) {
  if (utc(zone) || unbounded(instant)) return instant;
  const date::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(instant.micros) + kEpoch};
  return {(locate(zone)->to_local(time).time_since_epoch() - kEpoch).count()};
}

types::Timestamp to_instant(types::Timestamp clock_time, std::string_view zone) {
  if (utc(zone) || unbounded(clock_time)) return clock_time;
  const date::local_time<std::chrono::microseconds> local{std::chrono::microseconds(clock_time.micros) + kEpoch};
  return {(locate(zone)->to_sys(local, date::choose::earliest).time_since_epoch() - kEpoch).count()};
}

}  // namespace syncline::connectors::sql

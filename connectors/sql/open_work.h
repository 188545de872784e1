#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/api/source.h"

/// What the horizons of SQL engines share.
namespace syncline::connectors::sql {

/// Subtracted from the oldest start, in microseconds: columns and lists that hold whole seconds, and the moment between a
/// statement's own time and its appearance in the server's lists.
constexpr std::int64_t kHorizonMargin = 2'000'000;

/// Microseconds since 1970-01-01 as those since 2000-01-01.
std::int64_t micros_of_unix(std::int64_t unix_micros);
OpenWork unknown_work(std::string why, std::string help);
/// "session 4711 of `app` (`psql`), open for 1 min 30 s"; what is empty is left out.
std::string session_text(std::string_view session, std::string_view user, std::string_view program, std::int64_t open_micros);
/// A foreign name within backquotes: printable, and not longer than people want to read.
std::string shown_name(std::string_view foreign);

}  // namespace syncline::connectors::sql

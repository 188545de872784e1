#include "connectors/sql/open_work.h"

#include <algorithm>
#include <utility>

#include "stdlib/base/text.h"
#include "stdlib/types/calendar.h"

namespace syncline::connectors::sql {

std::int64_t micros_of_unix(std::int64_t unix_micros) {
  return unix_micros - types::kUnixToEpochDays * types::kMicrosPerDay;
}

OpenWork unknown_work(std::string why, std::string help) {
  OpenWork work;
  work.why = std::move(why);
  work.help = std::move(help);
  return work;
}

std::string session_text(std::string_view session, std::string_view user, std::string_view program, std::int64_t open_micros) {
  constexpr double kMicrosPerSecond = 1e6;
  std::string out = "session " + text::printable(session);
  if (!user.empty()) out += " of " + shown_name(user);
  if (!program.empty()) out += " (" + shown_name(program) + ")";
  return out + ", open for " +
         text::human_duration(static_cast<double>(std::max<std::int64_t>(open_micros, 0)) / kMicrosPerSecond);
}

std::string shown_name(std::string_view foreign) {
  constexpr std::size_t kShownBytes = 80;
  return "`" + text::printable(text::truncate_utf8(foreign, kShownBytes)) + "`";
}

}  // namespace syncline::connectors::sql

#include "connectors/mysql/lost_answer.h"

#include <algorithm>
#include <array>

#include "connectors/mysql/run_lock.h"

namespace syncline::connectors::mysql {
namespace {

std::optional<bool> ask(const ConnectionSpec& spec, const std::string& session_lock, const Outcome& outcome) noexcept {
  try {
    Connection other(spec, Role::state);
    // Only when the lost session is gone is its statement decided.
    if (!end_session(other, session_lock)) return std::nullopt;
    return outcome(other);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace

bool answer_lost(const ConnectorError& error) {
  // The client's own; killed, shut down, timed out; network errors that the server noticed.
  constexpr std::array kCodes{2006, 2013, 2055, 1927, 1053, 4031, 1158, 1159, 1160, 1161};
  return std::find(kCodes.begin(), kCodes.end(), error.native_code) != kCodes.end();
}

void settle_lost_answer(const ConnectionSpec& spec, const std::string& session_lock, ConnectorError failed,
                        const Outcome& outcome) {
  if (!answer_lost(failed)) throw ConnectorError(failed);
  const auto happened = ask(spec, session_lock, outcome);
  if (happened == true) return;
  failed.in_doubt = !happened;
  throw ConnectorError(failed);
}

}  // namespace syncline::connectors::mysql

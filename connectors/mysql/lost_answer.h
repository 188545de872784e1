#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "connectors/mysql/client.h"

/// A statement that publishes rows must not stay unknown: when the connection dies before the answer, another session asks.
namespace syncline::connectors::mysql {

/// Whether the rows are visible, asked in `other`; nothing when the server cannot tell.
using Outcome = std::function<std::optional<bool>(Connection& other)>;

/// True when the connection may have died between a statement and its answer.
bool answer_lost(const ConnectorError& error);

/// After a statement failed in the session that holds `session_lock`. When its answer was lost: ends that session, then asks
/// `outcome`. Returns when the statement took effect, otherwise throws the failure, `in_doubt` when that stays unknown.
void settle_lost_answer(const ConnectionSpec& spec, const std::string& session_lock, ConnectorError failed,
                        const Outcome& outcome);

}  // namespace syncline::connectors::mysql

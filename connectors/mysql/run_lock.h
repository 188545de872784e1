#pragma once
#include <chrono>

#include "connectors/api/target.h"
#include "connectors/mysql/client.h"
#include "connectors/mysql/meta.h"

namespace syncline::connectors::mysql {

/// Takes the lock of the run state. A holder that is a dead process of this host is killed on the server; a living one is waited
/// for up to `wait`, then ErrorKind::held names it. Afterwards no session of an earlier run works on.
void take_run_lock(Connection& connection, Meta& meta, const RunIdentity& run, std::chrono::seconds wait);
void release_run_lock(Connection& connection, Meta& meta) noexcept;

/// Ends the session that holds a named lock and waits until it is gone; false when it stays.
bool end_session(Connection& connection, const std::string& lock);

}  // namespace syncline::connectors::mysql

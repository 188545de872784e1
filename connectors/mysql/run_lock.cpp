#include "connectors/mysql/run_lock.h"

#include <signal.h>

#include <cerrno>
#include <thread>

#include "connectors/mysql/dialect.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::mysql {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kPause{250};

struct Holder {
  std::string run_id;
  std::string sync;
  std::string host;
  std::int64_t pid = 0;
  std::string started_at;
};

std::optional<Holder> recorded_holder(Connection& connection, Meta& meta) {
  if (!meta.enabled()) return std::nullopt;
  const Rows rows = connection.query("SELECT run_id, sync, host, pid, started_at FROM " + meta.table("lock") + " WHERE id = 1");
  if (rows.empty()) return std::nullopt;
  const Row& row = rows[0];
  return Holder{row[0].value_or(""), row[1].value_or(""), row[2].value_or(""), std::stoll(row[3].value_or("0")),
                row[4].value_or("")};
}

bool is_dead_here(const Holder& holder, const RunIdentity& run) {
  if (holder.host != run.host || holder.pid <= 0) return false;
  return kill(static_cast<pid_t>(holder.pid), 0) != 0 && errno == ESRCH;
}

/// Ends the session that holds a named lock, if any does.
void kill_holder(Connection& connection, const std::string& lock) {
  const auto id = connection.scalar("SELECT IS_USED_LOCK(" + quote_text(lock) + ")");
  if (id) static_cast<void>(connection.attempt("KILL " + *id));
}

bool get_lock(Connection& connection, const std::string& lock, int seconds) {
  const auto question = "SELECT GET_LOCK(" + quote_text(lock) + ", " + std::to_string(seconds) + ")";
  return connection.scalar(question, Rehearsed::cell("1")).value_or("0") == "1";
}

[[noreturn]] void throw_held(const std::optional<Holder>& holder) {
  std::string message = "another run holds the target";
  if (holder) {
    message += ": run " + text::printable(holder->run_id) + " of `" + text::printable(holder->sync) + "`, process " +
               std::to_string(holder->pid) + " on " + text::printable(holder->host) + ", since " +
               text::printable(holder->started_at);
  }
  ConnectorError error(ErrorKind::held, message);
  error.help = "wait for it to end, or end that process; a longer wait can be asked for";
  throw ConnectorError(error);
}

/// Loader sessions of earlier runs: ended, and waited for, so that no statement of theirs is under way any more.
void end_old_sessions(Connection& connection, Meta& meta) {
  for (const Row& row : connection.query("SELECT lock_name FROM " + meta.table("session"))) {
    static_cast<void>(end_session(connection, row[0].value_or("")));
  }
  connection.execute("DELETE FROM " + meta.table("session"));
}

void record_holder(Connection& connection, Meta& meta, const RunIdentity& run) {
  connection.execute("REPLACE INTO " + meta.table("lock") + " VALUES (1, " + quote_text(run.run_id) + ", " +
                     quote_text(text::truncate_utf8(run.sync, 250)) + ", " + quote_text(run.host) + ", " +
                     std::to_string(run.pid) + ", " + std::to_string(connection.id()) + ", " + quote_text(run.started_at) + ")");
}

}  // namespace

bool end_session(Connection& connection, const std::string& lock) {
  kill_holder(connection, lock);
  if (!get_lock(connection, lock, 10)) return false;
  static_cast<void>(connection.scalar("SELECT RELEASE_LOCK(" + quote_text(lock) + ")"));
  return true;
}

void take_run_lock(Connection& connection, Meta& meta, const RunIdentity& run, std::chrono::seconds wait) {
  const auto deadline = Clock::now() + wait;
  const auto lock = meta.run_lock();
  while (!get_lock(connection, lock, 0)) {
    const auto holder = recorded_holder(connection, meta);
    if (holder && is_dead_here(*holder, run)) {
      kill_holder(connection, lock);
    } else if (Clock::now() >= deadline) {
      throw_held(holder);
    }
    std::this_thread::sleep_for(kPause);
  }
  if (!meta.enabled()) return;
  end_old_sessions(connection, meta);
  record_holder(connection, meta, run);
}

void release_run_lock(Connection& connection, Meta& meta) noexcept {
  try {
    if (meta.enabled()) {
      static_cast<void>(connection.attempt("DELETE FROM " + meta.table("lock") +
                                           " WHERE id = 1 AND connection_id = " + std::to_string(connection.id())));
    }
    static_cast<void>(connection.scalar("SELECT RELEASE_LOCK(" + quote_text(meta.run_lock()) + ")"));
  } catch (const std::exception&) {  // The server frees it with the session.
  }
}

}  // namespace syncline::connectors::mysql

#include <cerrno>
#include <csignal>
#include <thread>

#include "connectors/postgres/dialect.h"
#include "connectors/postgres/target_state.h"
#include "stdlib/base/hash.h"

/// The run lock of a target database and the take-over of a dead holder (DECISIONS 7).
namespace syncline::connectors::postgres {
namespace {

using Clock = std::chrono::steady_clock;

struct Owner {
  std::string run_id;
  std::string host;
  std::int64_t pid = 0;
  int backend_pid = 0;
  std::string started_at;
};

bool is_dead_here(const Owner& owner, const RunIdentity& run) {
  if (owner.host != run.host || owner.pid <= 0 || owner.pid == run.pid) return false;
  return ::kill(static_cast<pid_t>(owner.pid), 0) != 0 && errno == ESRCH;
}

Owner owner_of(Session& session, const MetaTables& meta) {
  Owner owner;
  const Result row = session.run("SELECT run_id, host, pid, backend_pid, started_at FROM " + meta.run);
  if (row.rows() == 0) return owner;
  owner.run_id = row.text(0, 0);
  owner.host = row.text(0, 1);
  owner.pid = row.number(0, 2);
  owner.backend_pid = static_cast<int>(row.number(0, 3));
  owner.started_at = row.text(0, 4);
  return owner;
}

}  // namespace

bool PostgresTargetState::try_lock() {
  const auto key = static_cast<std::int64_t>(hash::fast("syncline run lock"));
  return session_.query("SELECT pg_try_advisory_lock($1::bigint)", {std::to_string(key)}, answer_cell("t")).truth(0, 0);
}

void PostgresTargetState::take_lock(const RunIdentity& run, std::chrono::seconds wait) {
  const auto deadline = Clock::now() + wait;
  std::string holder;
  while (!try_lock()) {
    holder = recorded() ? end_dead_owner(run) : "another session";
    if (Clock::now() >= deadline) {
      ConnectorError error(ErrorKind::held, "another run holds this target: " + holder);
      error.help = "wait for it to end, or give more time with --wait";
      throw error;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

std::string PostgresTargetState::end_dead_owner(const RunIdentity& run) {
  const Owner owner = owner_of(session_, meta_);
  if (owner.run_id.empty()) return "a run that is just starting or ending";
  if (is_dead_here(owner, run)) {
    session_.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1::int AND application_name = 'syncline state' AND "
        "backend_start = (SELECT backend_start FROM " +
            meta_.run + ")",
        {std::to_string(owner.backend_pid)});
  }
  return "run " + owner.run_id + " on " + owner.host + " (process " + std::to_string(owner.pid) + "), started " +
         owner.started_at;
}

void PostgresTargetState::end_sessions_of(const std::string& run_id) {
  const std::vector<std::optional<std::string>> who{loader_application(run_id)};
  const auto deadline = Clock::now() + std::chrono::seconds(10);
  for (;;) {
    const Result left = session_.query(
        "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = "
        "current_user AND "
        "application_name = $1",
        who);
    if (left.rows() == 0 || Clock::now() >= deadline) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

void PostgresTargetState::write_owner(const RunIdentity& run) {
  // The lock is ours: sessions of the last holder that still work are leftovers.
  if (const Owner last = owner_of(session_, meta_); !last.run_id.empty() && last.run_id != run.run_id)
    end_sessions_of(last.run_id);
  session_.query(
      "INSERT INTO " + meta_.run +
          " (run_id, sync, host, pid, backend_pid, backend_start, started_at) SELECT $1, $2, $3, $4, pg_backend_pid(), "
          "(SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()), $5 ON CONFLICT (one) DO UPDATE SET "
          "run_id = EXCLUDED.run_id, sync = EXCLUDED.sync, host = EXCLUDED.host, pid = EXCLUDED.pid, "
          "backend_pid = EXCLUDED.backend_pid, backend_start = EXCLUDED.backend_start, started_at = EXCLUDED.started_at",
      {run.run_id, run.sync, run.host, std::to_string(run.pid), run.started_at});
}

}  // namespace syncline::connectors::postgres

#pragma once
#include <atomic>
#include <chrono>
#include <string>

#include "compiler/plan/plan.h"
#include "connectors/api/registry.h"
#include "runtime/exec/locks.h"
#include "runtime/introspect/known_store.h"
#include "runtime/observe/observer.h"

namespace syncline::exec {

/// Set by the first SIGINT/SIGTERM (drain) and by the second (cancel). DECISIONS 39.
struct Interrupt {
  std::atomic<int> signals{0};
  [[nodiscard]] bool draining() const { return signals.load(std::memory_order_relaxed) > 0; }
  [[nodiscard]] bool cancelling() const { return signals.load(std::memory_order_relaxed) > 1; }
};

struct RunOptions {
  std::string run_id;           ///< ULID
  std::string host;             ///< where the run says it is; empty: here, with the id of this process
  std::int64_t started_at = 0;  ///< microseconds since 2000-01-01 UTC
  bool adopt = false;
  int parallel = 0;               ///< loads at a time, also windows of one table; 0: tables as LIMITS says, windows one by one
  std::chrono::seconds wait{30};  ///< for another run's lock
  introspect::KnownStore* known = nullptr;  ///< of targets that hold no state; null: nobody keeps their lists
  Locks* locks = nullptr;                   ///< targets that the run holds already; null: none
};

/// How a run ended; the cli maps it to an exit code (DECISIONS 13): precedence 130, 2, 4, 7, 6, 5.
struct Outcome {
  observe::RunSummary summary;
  std::size_t committed = 0;
  std::size_t failed = 0;
  bool unreachable = false;  ///< source or target could not be reached or refused the login before any table started
  bool refused = false;      ///< the whole run was refused or fenced by another
};
int exit_code(const Outcome& outcome);

/// Executes a plan. Refuses a target (as held) when another run came between the plan and its lock. Throws nothing; every failure
/// is in the outcome.
Outcome run(const plan::Plan& plan, const connectors::Registry& registry, const RunOptions& options, Interrupt& interrupt,
            observe::RunObserver& observer);

}  // namespace syncline::exec

#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

#include "connectors/api/source.h"
#include "connectors/api/target.h"

namespace syncline::exec {

/// Why a unit is to end before its time.
enum class Stop : std::uint8_t {
  none,
  drain,    ///< first signal: stop at the next batch, publish nothing more
  cancel,   ///< second signal, or the drain took too long
  stalled,  ///< no rows moved for the connection's stall_timeout
  timeout,  ///< ERRORS (timeout = …)
};

/// One running unit as its supervisor sees it: when rows last moved, and the sessions to cancel. Thread-safe.
class Watch {
 public:
  using Clock = std::chrono::steady_clock;

  void moved() { last_move_.store(Clock::now().time_since_epoch().count(), std::memory_order_relaxed); }
  /// Rows ought to flow from now on (true), or the server works on its own (false: building, publishing).
  void flowing(bool expected) {
    moved();
    flowing_.store(expected, std::memory_order_relaxed);
  }
  [[nodiscard]] Clock::duration idle() const;
  [[nodiscard]] Clock::duration age() const { return Clock::now() - started_; }

  /// The first reason stays, but `cancel` follows `drain`. All but `drain` cancel the statements that run now.
  void stop(Stop reason);
  [[nodiscard]] Stop stopped() const { return stop_.load(std::memory_order_acquire); }

  /// Sessions whose statements `stop` cancels, until they are detached.
  void attach(connectors::Reader* reader);
  void detach(connectors::Reader* reader);
  void attach(connectors::Loader* loader);
  void detach(connectors::Loader* loader);

 private:
  const Clock::time_point started_ = Clock::now();
  std::atomic<Clock::rep> last_move_{Clock::now().time_since_epoch().count()};
  std::atomic<bool> flowing_{false};
  std::atomic<Stop> stop_{Stop::none};
  std::mutex mutex_;
  std::vector<connectors::Reader*> readers_;
  std::vector<connectors::Loader*> loaders_;
};

}  // namespace syncline::exec

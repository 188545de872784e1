#pragma once
#include <list>
#include <memory>
#include <string>

#include "compiler/plan/plan.h"
#include "connectors/api/registry.h"
#include "runtime/exec/state_session.h"

namespace syncline::exec {

struct RunOptions;

/// The targets that a run holds before it starts, so that what is planned then stays true. One thread.
class Locks {
 public:
  /// Takes the lock of every target that the plan writes and that is not held yet, waiting up to `options.wait` for each. True:
  /// another run had to be waited for, so the plan may be out of date. What cannot be reached, stays held, or is held by this run
  /// under another connection's name is left to run(), which says so. `registry` outlives the locks.
  bool take(const plan::Plan& plan, const connectors::Registry& registry, const RunOptions& options);
  /// The session that holds a target, given away; null when it is not held.
  std::unique_ptr<StateSession> give(const std::string& connection);

 private:
  struct Held {
    std::string connection;
    std::unique_ptr<connectors::ConnectionSpec> spec;  ///< the session looks at it
    std::unique_ptr<StateSession> session;
  };
  std::list<Held> held_;
};

/// Who a run says it is, to others that find its lock.
connectors::RunIdentity identity(const RunOptions& options, const std::string& sync);

}  // namespace syncline::exec

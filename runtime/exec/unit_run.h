#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "connectors/api/connector.h"
#include "runtime/exec/board.h"
#include "runtime/exec/hooks.h"
#include "runtime/exec/table_job.h"
#include "runtime/exec/window_order.h"
#include "stdlib/expr/evaluate.h"

namespace syncline::exec {

/// What a unit needs besides its tables.
struct UnitContext {
  connectors::Snapshot& snapshot;
  connectors::Loader& loader;
  const expr::Environment& environment;  ///< parameters of the run
  Board& board;
  Watch& watch;
  const WindowOrder& order;
  Hooks& hooks;
  /// Sessions that may read the unit's table at a time; above 1 only for a unit of one table that is split.
  int readers = 1;
  /// Loaders that write into the table's staging beside `loader`, for which the table is staged in chunks; at most readers - 1.
  std::vector<connectors::Loader*> joined{};
};

/// Loads, verifies and publishes one unit. Nothing: published, its tables are done. A failure: the loader has aborted, the target
/// is as before. Throws nothing.
std::optional<UnitFailure> run_unit(const Unit& unit, const UnitContext& context) noexcept;

/// The diagnostic of a unit that was stopped from outside.
diag::Diagnostic describe_stop(Stop stopped, const TableJob& job, std::chrono::seconds stall_timeout);
Where where(const TableJob& job, Side side);

}  // namespace syncline::exec

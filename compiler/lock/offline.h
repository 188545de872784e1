#pragma once
#include "compiler/lock/lock_files.h"

namespace syncline::lock {

/// Plans the syncs whose source has a lock, and adds what the planner finds to `result.sink`: classes 1 to 7. Nothing without
/// locks. `unit` loses its other syncs.
void check_with_locks(bound::Unit& unit, const compiler::Options& options, const connectors::Registry& registry,
                      compiler::Result& result);

/// result.plan from the locks alone.
void plan_with_locks(const bound::Unit& unit, const compiler::Options& options, const connectors::Registry& registry,
                     compiler::Result& result);

}  // namespace syncline::lock

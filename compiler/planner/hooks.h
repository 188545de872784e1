#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// The statements of BEFORE and AFTER: those of a run in `sync.plan`, those of a table with the table. After the names of
/// targets.
void plan_hooks(Context& context, SyncWork& sync);

}  // namespace syncline::planner

#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// Write mode, what happens to an existing table, adoption (DECISIONS 8, 9). Finds SY8004.
void decide_action(Context& context, SyncWork& sync, Work& work);

/// The way of publishing (DECISIONS 2, 18), once it is known of all tables which are ours. Before types are decided, because a
/// kept table's columns decide over them.
void decide_load(Context& context, SyncWork& sync, Work& work);

/// Limits, errors, verification, staging and relay, once the columns are known (DECISIONS 35). Finds SY5013.
void decide_movement(SyncWork& sync, Work& work);

/// Tables joined by foreign keys are read from one snapshot (DECISIONS 3); a table on its own has group 0. `next_group` goes up
/// by the groups made.
void decide_snapshot_groups(SyncWork& sync, int* next_group);

}  // namespace syncline::planner

#pragma once
#include "compiler/planner/key_names.h"

namespace syncline::planner {

/// Primary key, unique and secondary indexes, CREATE WITH and KEY of a new table; the UPSERT key of every table.
/// Finds SY5005, SY5015, SY5016, SY5021, SY3003, SY3017.
void plan_keys(Context& context, SyncWork& sync, Work& work, NameSpace* names);

}  // namespace syncline::planner

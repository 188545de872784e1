#pragma once
#include "compiler/planner/key_names.h"

namespace syncline::planner {

/// The columns of KEY in target names; empty after a finding.
std::vector<std::string> key_clause(Context& context, SyncWork& sync, Work& work);

/// The key by which rows merge must be unique in the target: finds SY5005, SY5015, SY3003.
void plan_upsert_key(SyncWork& sync, Work& work, NameSpace* names);

}  // namespace syncline::planner

#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// SPLIT: along which columns several readers share the table, if they do. After the limits are decided.
void plan_split(Context& context, SyncWork& sync, Work& work);

}  // namespace syncline::planner

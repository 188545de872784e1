#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// How each load behind the first is published: into the table that the first one leaves.
void decide_later_loads(Work& work);

/// What each load reads: FILTER, the condition of its phase, the part of the table below the first window, its key. After the
/// columns are known. Finds SY3041.
void plan_conditions(Context& context, SyncWork& sync, Work& work);

/// The values of the partition columns of each load, where they are the same for all its rows.
void plan_partitions(Context& context, SyncWork& sync, Work& work);

/// Every load with the values of its instance: what the plan shows is what the source is asked. Last of the three.
void settle_instances(Work& work);

}  // namespace syncline::planner

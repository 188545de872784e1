#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// SY5010: the column that increments go by has no index on a large table, or may be NULL. With the first load and without it.
void check_increment_columns(const Context& context, const SyncWork& sync, Work& work);

}  // namespace syncline::planner

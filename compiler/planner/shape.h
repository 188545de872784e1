#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// The columns of a new table, without keys: target_schema and load_columns from the drafts.
void shape_new_table(SyncWork& sync, Work& work);

/// read_columns and the recipe of every cell written, from the drafts in order. After the schema is known.
void make_recipes(Work& work);

}  // namespace syncline::planner

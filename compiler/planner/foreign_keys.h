#pragma once
#include "compiler/planner/key_names.h"

namespace syncline::planner {

/// Foreign keys of the source whose both ends are in this sync go to `source_keys`; the others are SY5023.
void collect_foreign_keys(SyncWork& sync);

/// Foreign keys to add after the data, in target names. Needs the shapes of all tables. Finds SY5023.
void plan_foreign_keys(SyncWork& sync, NameSpace* names);

}  // namespace syncline::planner

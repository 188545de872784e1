#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// ON COLUMN CHANGE: compares the source with the kept table and with what the last run copied. May take drafts out, mark them to
/// be widened, or turn the loads into one that copies the table anew. After the drafts and their key classes, before anything is
/// decided over publishing and types. Finds SY5030, SY5031, SY5032, SY5035.
void decide_column_changes(Context& context, SyncWork& sync, Work& work);

}  // namespace syncline::planner

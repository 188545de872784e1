#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// Fills `sync.tables` with the source's tables that TABLES matches (sorted by name), each with its policy, captures and schema.
/// Finds: SY5002, SY5019, SY5025 (script), SY8002 and SY9205 (table). Throws catalog::Unavailable.
void match_tables(Context& context, SyncWork& sync);

}  // namespace syncline::planner

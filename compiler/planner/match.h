#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// Fills `sync.tables` with the source's tables that TABLES matches (sorted by name), each with its policy, captures and schema.
/// Finds: SY5002, SY5019, SY5025 (script), SY8002 and SY9205 (table). Throws catalog::Unavailable.
void match_tables(Context& context, SyncWork& sync);

/// The object that a pattern without a match may have meant; null: none is close.
const connectors::ListedObject* closest_object(const bound::Pattern& pattern,
                                               const std::vector<connectors::ListedObject>& objects);

}  // namespace syncline::planner

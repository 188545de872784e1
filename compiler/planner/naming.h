#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// Gives every table its target name: NAMING, else the level rules of DECISIONS 22. Finds SY5006, SY5020, SY8011.
void name_targets(Context& context, SyncWork& sync);

/// Two tables to one name, judged by the target's case rule: SY1010 and SY5006 inside a sync, SY1012 across syncs. Every
/// concerned table gets the finding.
void find_collisions(Context& context, std::vector<SyncWork>& syncs);

}  // namespace syncline::planner

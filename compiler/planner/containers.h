#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// Target containers that are missing, and the rights the user lacks in those that are written (SY8002 per table). Throws
/// nothing: what the catalogue cannot say is left to the run.
void plan_containers(SyncWork& sync);

}  // namespace syncline::planner

#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// The loads of a table that are due now, in order: its phases, the windows that its schedule has completed, what the target
/// recorded as done, and what the command asks for (`--window`, `--at`, a backfill, `--full`). Fills phase, mode, instance,
/// windowed, settled_until and records_progress of each. A table that is up to date keeps one load, which is taken out at the
/// end (Work::idle). `anew`: as if nothing were recorded. Finds SY3040, SY8014.
void list_loads(Context& context, SyncWork& sync, Work& work, bool anew = false);

/// Instead of what is due: the whole table by RECREATE, and what follows a first full copy.
void list_reload(Context& context, SyncWork& sync, Work& work);

/// True when the table grows by increments, or each load fills partitions of its own.
bool grows(const Work& work);
/// The phase of LOAD that this load carries out.
const ast::LoadPhase* phase_of(const Work& work, const plan::Load& load);

}  // namespace syncline::planner

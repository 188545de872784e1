#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// The list of known tables, as the target keeps it. Throws catalog::Unavailable.
void read_known_tables(SyncWork& sync);

/// Whether the pattern names a known table that the source no longer has.
bool names_dropped_table(const SyncWork& sync, const bound::Pattern& pattern);

/// ON NEW TABLE: of the matched tables those that the list lacks, unless an edit of TABLES is why they are matched. Takes ignored
/// ones out. Finds SY5033.
void decide_new_tables(SyncWork& sync);

/// ON DROPPED TABLE, and which entries of the list are written and taken off; last of all. Finds SY5034.
void decide_known_tables(Context& context, SyncWork& sync);

/// What the list says of the columns that the last run copied; empty: nothing, or of another target table.
std::vector<KnownColumn> known_columns(const SyncWork& sync, const Work& work);

}  // namespace syncline::planner

#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// Looks up the target tables that exist already (one describe for all) and which of them are ours. Throws catalog::Unavailable.
void find_existing(SyncWork& sync);

/// Binds the drafts to the columns of a kept table by name: fills target_schema, load_columns and add_columns, drops drafts that
/// feed computed columns. Finds SY5012.
void bind_existing(SyncWork& sync, Work& work);

/// What stands on the existing table and forbids a rename swap: everything but foreign keys of tables of this sync that are ours
/// (decide_adoption must have seen all of them).
std::vector<types::Dependent> dependents_of(const Context& context, const SyncWork& sync, const Work& work);

}  // namespace syncline::planner

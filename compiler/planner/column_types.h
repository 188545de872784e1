#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// Marks the drafts that are part of a primary, unique or foreign key, or of the KEY clause.
void mark_keys(Work& work);

/// Types are decided per foreign-key class: BIGINT UNSIGNED of a class with an auto-increment column becomes bigint where the
/// target has no unsigned integers (DECISIONS 11). Needs `source_keys` and marks of all tables.
void decide_key_classes(SyncWork& sync);

/// The target type of every draft, and its recipe. A kept table's existing columns decide over the mapping. Finds SY5007, SY5014,
/// SY2001, SY2007, SY5018.
void decide_types(Context& context, SyncWork& sync, Work& work);

/// The way of a draft into a column of the kept table, and the one into a table made anew; nothing: the target has no type for
/// it.
MappedType type_in_existing(const SyncWork& sync, const Work& work, const Draft& draft, const types::Column& bound);
std::optional<MappedType> type_in_new_table(const Context& context, const SyncWork& sync, const Work& work, const Draft& draft);

/// True when the load keeps the existing table (all modes but a rename swap of RECREATE).
bool keeps_table(const Work& work);

/// The existing column that a target name binds to by the target's case rule, or null.
const types::Column* existing_column(const SyncWork& sync, const Work& work, std::string_view name);

}  // namespace syncline::planner

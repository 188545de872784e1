#pragma once
#include <string_view>

#include "compiler/analyze/context.h"

/// Columns that look personal by their name (personal_columns.def).
namespace syncline::analyze {

/// What a column of this name is thought to hold: "a mail address". Empty: nothing personal.
std::string_view personal_content(std::string_view column);

/// SY6004 for columns that a sync names (KEY, COLUMNS, conditions, partitions), that look personal and that no rule masks,
/// excludes or sets to something else.
void check_personal_columns(Context& context, const bound::Sync& sync);

}  // namespace syncline::analyze

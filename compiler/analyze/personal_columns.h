#pragma once
#include <set>
#include <string>
#include <string_view>

#include "compiler/analyze/context.h"

/// Columns that look personal by their name (personal_columns.def).
namespace syncline::analyze {

/// What a column of this name is thought to hold: "a mail address". Empty: nothing personal.
std::string_view personal_content(std::string_view column);

/// SY6004 of one column.
diag::Diagnostic personal_column(const std::string& column, const source::Span& at);

/// Source columns that the sync or one of its overrides names one by one.
std::set<std::string> named_columns(const bound::Sync& sync);

/// SY6004 for columns that a sync names (KEY, COLUMNS, conditions, partitions), that look personal and that no rule masks,
/// excludes or sets to something else.
void check_personal_columns(Context& context, const bound::Sync& sync);

}  // namespace syncline::analyze

#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// Applies COLUMNS to a table: EXCLUDE, then SET, MASK and CAST on source names, then RENAME, then ADD (LANGUAGE 2.7). Fills
/// `work.drafts`, without types. Finds SY5003, SY5004 (script), SY5006, SY5022, SY5024 (table) and class 2.
void draft_columns(Context& context, SyncWork& sync, Work& work);

/// What an expression over this table's source columns may use; `latest` as in analyze::Scope. Lives as long as `work`.
/// `columns`: those of another schema than `work.source`.
analyze::Scope row_scope(const Context& context, const SyncWork& sync, const Work& work, expr::Phase latest,
                         const types::TableSchema* columns = nullptr);

}  // namespace syncline::planner

#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// A column's default in the target: the same meaning, or none with SY5017. The draft's type is decided.
types::ColumnDefault translated_default(Context& context, SyncWork& sync, Work& work, const Draft& draft,
                                        const types::Column& column);

}  // namespace syncline::planner

#pragma once
#include "compiler/planner/work.h"

namespace syncline::planner {

/// Fills plan::Table::behaviour: what decides over the rows of a table and when they come, clause by clause, as it holds for this
/// table after all levels. Positions, comments and spelling of the script leave no trace in it.
void describe_behaviour(const Context& context, Work& work);

}  // namespace syncline::planner

#pragma once
#include "compiler/bound/bound.h"
#include "compiler/plan/plan.h"

namespace syncline::planner {

/// SY6004 for columns that only the catalogue names: they look personal, and their values reach the target as they are. One
/// finding for each sync and column name, with the tables that have it. Columns that the script names are judged without a
/// catalogue (analyze/personal_columns.h) and left out.
void report_personal_data(const bound::Unit& unit, const plan::Plan& plan, diag::Sink& sink);

}  // namespace syncline::planner

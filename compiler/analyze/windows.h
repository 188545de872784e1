#pragma once
#include <string>
#include <vector>

#include "compiler/bound/bound.h"
#include "stdlib/schedule/timetable.h"

/// Instances of a sync, and which rows each of them reads: for the alignment proof, `simulate` and the planner.
namespace syncline::analyze {

/// Of its schedules, in the order of the clause (Instance::schedule); MANUAL and ONCE count as daily (LANGUAGE 2.7). Schedules
/// that were refused are left out.
schedule::Timetable timetable(const bound::Unit& unit, const bound::Policy& policy);
/// Where dates and instants meet in the sync's expressions: the zone of its first schedule, else the script's.
std::string zone_of(const bound::Unit& unit, const bound::Policy& policy);

/// What a condition says about the rows of one instance: `lower <= column < upper`. Both bounds are free of columns; without
/// `opaque`, all other parts of the condition are the same for every instance.
struct RowBounds {
  std::string column;         ///< as written; empty: nothing depends on the instance
  ast::ExprPtr compared;      ///< the column where it is compared first; null for COVERS
  ast::ExprPtr lower, upper;  ///< null: not bounded on that side
  bool lower_included = true;
  bool upper_included = false;
  source::Span lower_span, upper_span;  ///< the comparisons; equal for BETWEEN and `=`
  bool opaque = false;                  ///< the instance decides in a way that is not read here
  std::string why;                      ///< "a top-level OR"
  source::Span why_span;
  ast::ExprPtr wrapped;   ///< the comparison that hides its column: `date(created) = …`
  bool asserted = false;  ///< by COVERS

  [[nodiscard]] bool complete() const { return !opaque && lower && upper; }
};
RowBounds row_bounds(const bound::Unit& unit, const ast::Condition& condition);

/// Whether a value depends on the instance: on :window_start, :window_end, :bizdate or :scheduled_at, through PARAM defaults
/// too.
bool uses_window(const bound::Unit& unit, const ast::Expr& expression);
/// `source` is the engine that a NATIVE text is for.
bool uses_window(const bound::Unit& unit, const ast::Condition& condition, const connectors::EngineInfo& source);
/// The partition values of a policy, those of PARTITION BY in its form with added columns.
bool partition_uses_window(const bound::Unit& unit, const bound::Policy& policy);

/// The phase with INCREMENTAL, or null.
const ast::LoadPhase* increment_of(const bound::Policy& policy);

}  // namespace syncline::analyze

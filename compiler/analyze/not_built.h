#pragma once
#include "compiler/analyze/analyze.h"

namespace syncline::analyze {

/// SY1016 for everything that the syncs of this unit use and this version cannot do: engines, settings, clauses.
void report_not_built(const bound::Unit& unit, const connectors::Registry& registry, diag::Sink& sink);

/// Drops findings that say the same at the same place twice (a template used by several syncs), applies [lint] and SET levels,
/// and takes out what comments suppress.
void settle(const compiler::Options& options, const bound::Unit& unit, compiler::Result& result);

}  // namespace syncline::analyze

#pragma once
#include "compiler/analyze/analyze.h"
#include "compiler/bound/bound.h"
#include "compiler/catalog/catalog.h"
#include "compiler/plan/plan.h"
#include "connectors/api/registry.h"

/// From bound and catalogues to the plan: every decision is taken here, with its reason. Compiler-internal.
namespace syncline::planner {

/// Script-wide findings go to `sink` (they stop everything); findings of one table go to that table's `findings` (DECISIONS 14).
plan::Plan make_plan(const bound::Unit& unit, const connectors::Registry& registry, catalog::CatalogProvider& catalogs,
                     const compiler::Options& options, diag::Sink& sink);

}  // namespace syncline::planner

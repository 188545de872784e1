#pragma once
#include <map>
#include <vector>

#include "compiler/analyze/layers.h"

/// What clauses must satisfy without a catalogue: class 3, names they refer to, types of their expressions.
namespace syncline::analyze {

/// Where clauses stand: their sync and the highest clause of each kind, overrides on top of the body.
struct Place {
  const bound::Sync& sync;
  std::map<ast::ClauseKind, const ast::Clause*> effective;
  std::string name;  ///< "sync `x`", "OVERRIDE of `x`"
};

/// References, properties, NAMING levels and expressions of one clause.
void check_clause(Context& context, const Place& place, const ast::Clause& clause);
/// What several clauses say together: LOAD with PARTITION BY, SCHEDULE, KEY. `of_sync`: no LOAD at all is an error.
void check_together(Context& context, const Place& place, bool of_sync);

/// Types the expressions of a clause where columns are still unknown (expression_checks.cpp).
void check_expressions(Context& context, const Place& place, const ast::Clause& clause);
/// SY3011: KEY beside a distribution by other columns (distribution.cpp).
void check_distribution(Context& context, const Place& place);
/// `match.x` is captured by every pattern of TABLES (SY1009).
void check_captures(Context& context, const bound::Sync& sync, const ast::Clause& clause);
/// The fence around a NATIVE condition (SY6002, SY6008) and its binds.
void check_native(Context& context, const bound::Sync& sync, const ast::Condition& condition);

}  // namespace syncline::analyze

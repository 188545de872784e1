#pragma once
#include "compiler/lock/lock_files.h"

namespace syncline::lock {

/// The locks of all connections that the unit's syncs use, in name order. A source's holds what TABLES patterns touch; a target's
/// the tables that are written to and that Syncline did not make. Empty after errors (connections) in `result.sink`.
std::vector<compiler::Snapshot> take_snapshots(const bound::Unit& unit, const compiler::Options& options,
                                               const connectors::Registry& registry, catalog::CatalogProvider& catalogs,
                                               compiler::Result& result);

/// SY8003 where what the locks hold of the tables that the unit's syncs read and write is no longer what the catalogues say; the
/// others are not asked for. Reads no lock's own mistakes aloud: that is for `check`. `result` holds the plan.
void report_drift(const bound::Unit& unit, const compiler::Options& options, catalog::CatalogProvider& catalogs,
                  compiler::Result& result);

}  // namespace syncline::lock

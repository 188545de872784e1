#pragma once
#include <vector>

#include "runtime/exec/increments.h"
#include "runtime/exec/table_job.h"

/// The tables of a shard group (MERGE SHARDS): one load into the target, read table after table from one snapshot. A table alone
/// is its own only member.
namespace syncline::exec {

/// What a load reads, in order. Pointers into `job`.
std::vector<TableJob*> parts_of(TableJob& job);

/// The job's load records what those of its members that take part reach.
void gather_progress(TableJob& job);
/// A load that replaces the whole table takes the rows of former members away: a record that says nothing takes the place of what
/// they had reached. After the job's own progress is set.
void forget_former_members(TableJob& job);

/// Increments::settle for each member that takes part; the first one's note speaks for all. Never empty.
std::vector<Settled> settle_all(Increments& increments, const TableJob& job, const Watch& watch);

/// Increments::bound for each; leaves `reads` of those that have rows, and the progress of these alone in the job's load. False:
/// none has.
bool bound_all(Increments& increments, TableJob& job, connectors::Snapshot& snapshot, const std::vector<Settled>& settled);

}  // namespace syncline::exec

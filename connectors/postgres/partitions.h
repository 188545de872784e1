#pragma once
#include <string>
#include <utility>
#include <vector>

#include "connectors/api/target.h"
#include "connectors/postgres/session.h"

/// Partitions of the server's own, made as staged rows need them (PARTITION BY RANGE, LIST).
namespace syncline::connectors::postgres {

/// A partition of a root that is not the target yet: `made` until the root takes the target's name.
struct StagedPartition {
  std::string made;
  std::string label;  ///< behind the table's name: `p202611`, `p_cn`, `default`
};

/// Fills a new root: makes the partitions that `rows` need, then moves them in. `own`: the partitions get their final names at
/// once; otherwise they are told. Throws when a row finds no partition, or not all of `count` rows arrive.
std::vector<StagedPartition> fill_partitions(Session& session, const LoadTable& table, const types::ObjectName& root,
                                             const types::ObjectName& rows, bool own, std::uint64_t count);

/// Names of partitions and their indexes after the root took the target's name.
void rename_partitions(Session& session, const types::ObjectName& root, const std::vector<StagedPartition>& partitions);

/// Makes the partitions that `rows` need and the live root lacks, inside the open transaction, while others read. Those that
/// people made are used as they are: what would overlap them is left out.
void add_missing_partitions(Session& session, const LoadTable& table, const types::ObjectName& rows);

/// Condition for the rows of the ranges that `rows` lie in (LoadTable::partition_ranges); empty where there are no rows.
std::string in_staged_ranges(Session& session, const LoadTable& table, const types::ObjectName& rows);

/// No unique index can tell rows apart by the upsert key alone: it lacks a partition column.
bool key_spans_partitions(const LoadTable& table);
/// ErrorKind::constraint naming a key that several of these rows have.
void refuse_repeated_keys(Session& session, const LoadTable& table, const types::ObjectName& rows);

}  // namespace syncline::connectors::postgres

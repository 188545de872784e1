#pragma once
#include <string>

#include "connectors/api/target.h"
#include "connectors/mysql/client.h"
#include "connectors/mysql/staged_table.h"

/// Partitions of the server's own, made as staged rows need them (PARTITION BY RANGE, LIST). RANGE has no gaps here: what lies
/// between two ranges that rows needed is one empty partition `gap_…`, which is divided when rows come for it; `p_first` lies
/// below all and holds the rows without a value.
namespace syncline::connectors::mysql {

/// What CREATE TABLE says of the table's partitions, with the one that it begins with; empty for none.
std::string partition_clause(const types::TableSchema& schema);

/// Makes the partitions that `rows` need and `table` lacks. Each ALTER commits; it adds empty partitions or divides empty ones,
/// so readers see the same rows. Those that people made are used as they are. ErrorKind::locked when the table stays in use.
void add_missing_partitions(Connection& connection, const LoadTable& plan, const types::ObjectName& table,
                            const types::ObjectName& rows);

/// Condition for the rows of the ranges that `rows` lie in (LoadTable::partition_ranges); empty where there are no rows.
std::string in_staged_ranges(Connection& connection, const LoadTable& plan, const types::ObjectName& rows);

/// Moves the rows that arrived into partitioned staging.
void fill_partitions(Connection& connection, StagedTable& table);

}  // namespace syncline::connectors::mysql

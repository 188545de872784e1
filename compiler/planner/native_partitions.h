#pragma once
#include "compiler/planner/work.h"

/// PARTITION BY RANGE, LIST, NATIVE: partitions that the target's engine keeps itself.
namespace syncline::planner {

/// Marks the drafts of the columns as parts of a key. Before types are decided.
void mark_partition_columns(SyncWork& sync, Work& work);

/// The partitions of the target table as it will be, made anew or kept. After the shape is known, before the keys. Finds SY1016,
/// SY5003, SY5037.
void plan_native_partitions(Context& context, SyncWork& sync, Work& work);

/// Columns that every unique key of the table holds, because the engine sees one partition at a time, or because OVERWRITE
/// PARTITION replaces one at a time; empty without partitions.
const std::vector<std::string>& native_partition_columns(const Work& work);
/// `columns` and behind them the partition columns that it lacks.
std::vector<std::string> with_native_partition(const Work& work, std::vector<std::string> columns);

}  // namespace syncline::planner

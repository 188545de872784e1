#pragma once
#include "compiler/planner/work.h"

/// MERGE SHARDS (LANGUAGE 2.7): tables of one sync with one target are a group. All of them are planned over the union of their
/// columns, with the same loads; the first leads: it decides the shape and stands in the plan, with the others as its members.
namespace syncline::planner {

/// Forms the groups, once the tables have targets.
void group_shards(SyncWork& sync);

/// Gives the tables of each group one schema to plan with. Finds SY5008.
void unite_shards(SyncWork& sync);

/// Gives the tables of each group the same loads; a table that a load does not concern takes no part in it. A table that joins a
/// group later is copied by the increments' write mode, which leaves the rows of the others alone; where that replaces
/// partitions, all are copied anew. Finds SY5008.
void align_shard_loads(Context& context, SyncWork& sync);

/// Cuts what the group reads down to the columns that the table has: the others become NULL. After make_recipes. Finds SY5008.
void read_own_columns(SyncWork& sync, Work& work);

/// The table takes keys and indexes of its group's first one. Finds SY5008 where their columns differ after all.
void follow_shape(SyncWork& sync, Work& work);

/// Target columns that tell the rows of the group's tables apart, as far as they stand in its keys.
std::vector<std::string> shard_key_columns(const Work& work);
/// `key` behind them; an empty key stays empty.
std::vector<std::string> with_shard(const Work& work, const std::vector<std::string>& key);

/// Each group becomes one table of the plan, blocked when one of its tables is. Finds SY3006, SY3041, SY5008.
void merge_shards(SyncWork& sync);

}  // namespace syncline::planner

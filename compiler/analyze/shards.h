#pragma once
#include "compiler/analyze/clause_checks.h"

/// MERGE SHARDS: which columns tell the tables that share a target apart.
namespace syncline::analyze {

/// True for ADD with a value of names that differ between tables: source.database, source.schema, source.table or match.*, and
/// nothing else that changes (no column of a row, no parameter).
bool tells_shards_apart(const ast::ColumnRule& rule);

/// SY3006: KEY without any column that tells the tables apart.
void check_shard_key(Context& context, const Place& place);

}  // namespace syncline::analyze

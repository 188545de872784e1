#pragma once
#include "connectors/api/source.h"
#include "connectors/api/target.h"
#include "stdlib/expr/row_key.h"

/// By which cells a row is named in messages. Empty where not every key column travels.
namespace syncline::connectors {

/// The request's key among the cells that a reader hands over.
expr::RowKey source_row_key(const ReadRequest& request);
/// The target's primary key, else the key of the upsert, else a unique index, among the cells that a loader takes.
expr::RowKey target_row_key(const LoadTable& table);

}  // namespace syncline::connectors

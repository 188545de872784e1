#pragma once
#include <string>
#include <vector>

#include "connectors/mysql/client.h"
#include "connectors/mysql/meta.h"
#include "connectors/mysql/staged_table.h"

/// How staged tables become visible.
namespace syncline::connectors::mysql {

/// Copies staging into the live tables in the transaction that is open: DELETE + INSERT, INSERT, or merge, then the meta rows.
/// References between tables are checked at the end, not while rows move.
void publish_rows(Connection& connection, Meta& meta, std::vector<StagedTable*>& tables);

/// One multi-table RENAME. Announces it in the meta rows, waits for older snapshots, drops foreign keys that would follow the old
/// tables. Returns notes for the summary.
std::vector<std::string> publish_by_rename(Connection& connection, Meta& meta, std::vector<StagedTable*>& tables);

}  // namespace syncline::connectors::mysql

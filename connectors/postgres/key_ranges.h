#pragma once
#include <vector>

#include "connectors/postgres/session.h"
#include "connectors/sql/key_ranges.h"

namespace syncline::connectors::postgres {

/// The columns of `source_row`, as the server compares them.
std::vector<sql::CutColumn> cut_columns(const KeyOrder& order);
/// As Snapshot::cut says, asked in this session.
std::vector<KeyPosition> cut_table(Session& session, const ReadRequest& request, const CutRequest& cut);

}  // namespace syncline::connectors::postgres

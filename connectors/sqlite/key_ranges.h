#pragma once
#include <vector>

#include "connectors/sql/key_ranges.h"
#include "connectors/sqlite/session.h"

namespace syncline::connectors::sqlite {

/// The columns as they are stored and sorted: by storage class, then by value or collation.
std::vector<sql::CutColumn> cut_columns(const KeyOrder& order);
/// The request's condition with its binds, without WHERE.
SqlText filter_text(const ReadRequest& request);
/// As Snapshot::cut says, asked in this session.
std::vector<KeyPosition> cut_table(const Database& database, const ReadRequest& request, const CutRequest& cut);

}  // namespace syncline::connectors::sqlite

#pragma once
#include <vector>

#include "connectors/mysql/client.h"
#include "connectors/sql/key_ranges.h"

namespace syncline::connectors::mysql {

/// How the server orders and compares the columns of a key: ENUM, SET and BIT by number.
std::vector<sql::CutColumn> cut_columns(const KeyOrder& order);
/// The request's condition with its binds (strings only), without WHERE.
SqlText filter_text(const ReadRequest& request);
/// As Snapshot::cut says, asked in this session.
std::vector<KeyPosition> cut_table(Connection& connection, const ReadRequest& request, const CutRequest& cut);

}  // namespace syncline::connectors::mysql

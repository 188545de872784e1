#pragma once
#include <string>
#include <string_view>

#include "connectors/api/target.h"
#include "connectors/mysql/client.h"
#include "connectors/mysql/staged_table.h"

/// What a server says when a rule of the table refuses a row, told with the table's own names.
namespace syncline::connectors::mysql {

/// "Duplicate entry '7-a' for key 't.k'" as "key `k` (id, name), value '7-a'". `primary`: the columns of PRIMARY.
std::string duplicate_text(std::string_view message, const types::TableSchema& table, const std::vector<std::string>& primary);

/// The JSON column whose check (MariaDB's JSON_VALID, MySQL's own) this message is about; null: none of the table's.
const types::Column* refused_json(unsigned code, std::string_view message, const LoadTable& table);

/// Throws what a failed INSERT … SELECT from staging means: expr::ValueError with column and row key for a broken JSON text, else
/// the error with the duplicate key named.
[[noreturn]] void throw_refused_insert(Connection& connection, const StagedTable& table, const ConnectorError& error);

}  // namespace syncline::connectors::mysql

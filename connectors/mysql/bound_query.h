#pragma once
#include <string>
#include <vector>

#include "connectors/api/dialect.h"
#include "connectors/mysql/client.h"

namespace syncline::connectors::mysql {

/// Texts of a result, with the names of its columns.
struct BoundRows {
  std::vector<std::string> names;
  Rows rows;
};

/// Runs one prepared statement whose binds are texts. Whatever the length of its cells, they arrive whole.
BoundRows query_with(Connection& connection, const std::string& sql, std::vector<types::Value> values);
/// Has the server parse a statement; nothing is executed.
void prepare_only(Connection& connection, const std::string& sql);

}  // namespace syncline::connectors::mysql

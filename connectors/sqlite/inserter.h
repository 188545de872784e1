#pragma once
#include <optional>
#include <string>
#include <vector>

#include "connectors/api/target.h"
#include "connectors/sqlite/encoder.h"
#include "connectors/sqlite/session.h"

namespace syncline::connectors::sqlite {

/// Puts batches into one staging table with prepared statements of several rows each.
class Inserter {
 public:
  Inserter(const Database& database, const LoadTable& table, const std::string& staging);

  /// Returns the rows that SQLite says it inserted. Throws ConnectorError, expr::RowError.
  std::uint64_t insert(const types::Batch& batch);
  void add_policy_uses(std::vector<std::pair<std::string, std::uint64_t>>& uses) const;

 private:
  std::uint64_t insert_relay(const types::Batch& batch);
  void bind_row(sqlite3_stmt* statement, std::size_t place, const types::Batch& batch, std::size_t row);
  std::uint64_t step(Statement& statement);
  [[nodiscard]] Statement prepare(const Database& database, const std::string& staging, std::size_t rows) const;

  const LoadTable& table_;
  std::vector<ColumnEncoder> encoders_;
  std::size_t rows_per_statement_;
  std::vector<char> scratch_;
  std::optional<Statement> many_;
  std::optional<Statement> one_;
};

}  // namespace syncline::connectors::sqlite

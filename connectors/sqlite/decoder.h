#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stdlib/expr/row_transform.h"
#include "stdlib/types/batch.h"
#include "stdlib/types/load.h"
#include "stdlib/types/schema.h"

namespace syncline::connectors::sqlite {

/// Why a cell is refused: the reader adds column and row.
struct CellProblem {
  expr::ValueProblem problem;
  std::string detail;
};

/// Decodes the cells of one result column. SQLite types values, not columns (DECISIONS 12), so every cell's storage class is held
/// against the column's logical type. Chosen once per column; no allocation per cell but for decimals that are not stored as
/// text.
class ColumnDecoder {
 public:
  ColumnDecoder(const types::Column& column, int index, const types::ValuePolicies& policies);

  /// Writes the cell of the statement's current row. Throws CellProblem.
  void decode(sqlite3_stmt* row, types::Batch& batch, std::uint64_t& slot, std::uint8_t& null) {
    const int storage = sqlite3_column_type(row, index_);
    null = static_cast<std::uint8_t>(storage == SQLITE_NULL);
    if (storage != SQLITE_NULL) slot = decode_(*this, row, storage, batch, null);
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint64_t policy_uses() const { return policy_uses_; }

 private:
  using Decode = std::uint64_t (*)(ColumnDecoder&, sqlite3_stmt*, int storage, types::Batch&, std::uint8_t& null);
  friend struct Decoders;

  std::string name_;
  types::LogicalType type_;
  int index_;
  bool untyped_;  ///< no declared type: integers and reals arrive as text
  types::ValuePolicies policies_;
  std::int64_t lowest_ = 0;
  std::int64_t highest_ = 0;
  std::uint64_t policy_uses_ = 0;
  Decode decode_ = nullptr;
};

/// "INTEGER", "REAL", "TEXT", "BLOB".
const char* storage_name(int storage);

}  // namespace syncline::connectors::sqlite

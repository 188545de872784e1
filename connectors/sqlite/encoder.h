#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "connectors/sqlite/declared_type.h"
#include "stdlib/expr/row_transform.h"
#include "stdlib/types/batch.h"
#include "stdlib/types/load.h"
#include "stdlib/types/schema.h"

namespace syncline::connectors::sqlite {

/// Binds one column's cells (DECISIONS 12): dates, decimals and the like as canonical text, so that the file holds exactly the
/// value. Chosen once per column; no allocation per cell. Text and blobs are bound where they lie: the batch must outlive the
/// step.
class ColumnEncoder {
 public:
  ColumnEncoder(const types::Column& column, const types::ValuePolicies& policies);

  /// Room that one cell needs for its text while a statement waits for its step.
  static constexpr std::size_t kScratch = 48;

  /// Throws expr::ValueError.
  void bind(sqlite3_stmt* statement, int parameter, const types::Batch& batch, std::uint64_t slot, char* scratch) {
    bind_(*this, statement, parameter, batch, slot, scratch);
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint64_t policy_uses() const { return policy_uses_; }

 private:
  using Bind = void (*)(ColumnEncoder&, sqlite3_stmt*, int parameter, const types::Batch&, std::uint64_t slot, char* scratch);
  friend struct Encoders;

  std::string name_;
  types::LogicalType type_;
  Affinity affinity_;
  types::ValuePolicies policies_;
  std::uint64_t policy_uses_ = 0;
  Bind bind_ = nullptr;
};

}  // namespace syncline::connectors::sqlite

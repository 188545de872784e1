#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "stdlib/expr/row_key.h"
#include "stdlib/types/batch.h"

namespace syncline::connectors::postgres {

/// The keys of the rows that were sent last: the server refuses a row some time after it was sent. Kept only for tables with
/// values that the server judges.
class SentKeys {
 public:
  explicit SentKeys(expr::RowKey key);
  /// The rows of `batch` were sent behind `rows_before` others.
  void remember(const types::Batch& batch, std::uint64_t rows_before);
  /// The name of a row, counted from 1: its key, or its number where that is not known (any more).
  [[nodiscard]] std::string name_of(std::uint64_t row) const;

 private:
  struct Page {
    std::uint64_t rows_before = 0;
    std::size_t row_bytes = 0;  ///< of the whole rows
    types::Batch keys;
  };
  expr::RowKey key_;     ///< in the batches that come
  expr::RowKey copied_;  ///< in a page
  std::deque<Page> pages_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace syncline::connectors::postgres

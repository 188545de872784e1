#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stdlib/expr/row_transform.h"
#include "stdlib/types/batch.h"
#include "stdlib/types/logical_type.h"

/// How a row is named to people: by its key ("order_id=5, line=2", "name='Ada'", "hash=x'00ff'"), else by its number.
namespace syncline::expr {

/// A value of one row of a batch is at fault. Whoever holds the batch knows its key and fills in `row_key`.
struct RowError : ValueError {
  RowError(const ValueError& error, std::size_t row_in_batch) : ValueError(error), row(row_in_batch) {}
  std::size_t row;
};

/// Appends `column=value` to `key`, behind a comma unless it is the first. `value` is foreign text or bytes: long ones are
/// shortened, text is quoted, bytes are written as hex.
void append_key_part(std::string& key, std::string_view column, types::CellKind kind, std::string_view value);

/// "1,204 of the table as read": for rows without a key, counted from 1.
std::string row_number(std::uint64_t number);

/// The key columns among the cells of a batch.
class RowKey {
 public:
  struct Part {
    std::string column;
    std::size_t cell = 0;
    types::CellKind kind = types::CellKind::text;
  };
  RowKey() = default;
  explicit RowKey(std::vector<Part> parts) : parts_(std::move(parts)) {}

  [[nodiscard]] bool empty() const { return parts_.empty(); }
  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  /// "id=17"; empty when there is no key.
  [[nodiscard]] std::string of(const types::Batch& batch, std::size_t row) const;

 private:
  std::vector<Part> parts_;
};

}  // namespace syncline::expr

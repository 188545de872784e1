#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "stdlib/expr/row_key.h"
#include "stdlib/expr/row_transform.h"
#include "stdlib/types/integer_range.h"

/// The conversions behind row_transform.h: one function per pair of types, chosen once per column, run over whole batches.
namespace syncline::expr {

/// What the cells of one column are converted with.
struct Conversion {
  types::LogicalType from;
  types::LogicalType to;
  std::string column;  ///< target column, for messages
  bool nullable = true;
  std::string zone = "UTC";  ///< where naive and absolute time meet
  bool non_finite_null = false;
  types::IntegerRange range;       ///< of `to`, when it is an integer
  std::int64_t fraction_unit = 1;  ///< microseconds of the last digit that `to` keeps
  std::uint64_t policy_uses = 0;
  types::Buffer* heap = nullptr;  ///< where the cells' bytes are, and where new ones go

  [[nodiscard]] std::string_view view(std::uint64_t slot) const {
    return {heap->data() + (slot & 0xffffffffU), static_cast<std::size_t>(slot >> 32U)};
  }
  /// Copies bytes from outside the heap into it.
  std::uint64_t store(std::string_view bytes);
  /// Bytes that lie in the heap already, as a slot.
  [[nodiscard]] std::uint64_t slot_of(std::string_view in_heap) const {
    return types::Batch::heap_slot(static_cast<std::uint64_t>(in_heap.data() - heap->data()), in_heap.size());
  }
  [[noreturn]] void refuse(ValueProblem problem, std::string detail) const;
  /// "does not fit smallint".
  [[noreturn]] void refuse(ValueProblem problem) const;
  /// NaN and infinities: false (NULL) where the policy says so, else an error.
  bool refuse_non_finite();
};

/// Converts one cell; false: the result is NULL.
using ConvertCell = bool (*)(Conversion& conversion, std::uint64_t in, std::uint64_t& out);
/// Converts column `source` of `in` into column `target` of `out`, which has as many rows.
using ConvertColumn = void (*)(Conversion& conversion, const types::Batch& in, std::size_t source, types::Batch& out,
                               std::size_t target);

struct Converter {
  ConvertCell cell = nullptr;  ///< null: there is no way
  ConvertColumn column = nullptr;
};
Converter find_converter(const types::LogicalType& from, const types::LogicalType& to);
Conversion make_conversion(types::LogicalType from, types::LogicalType to, std::string column, bool nullable);

[[noreturn]] void refuse_null(const Conversion& conversion);

/// Calls `work(row)` for every row; what it throws names the row.
template <class Work>
void for_each_row(const types::Batch& in, const Conversion& conversion, Work work) {
  std::size_t row = 0;
  try {
    for (; row < in.rows(); ++row) work(row);
  } catch (const EvaluationError& error) {
    throw RowError(ValueError(ValueProblem::evaluation, conversion.column, error.what()), row);
  } catch (const ValueError& error) {
    throw RowError(error, row);
  }
}

template <ConvertCell Cell>
void convert_column(Conversion& conversion, const types::Batch& in, std::size_t source, types::Batch& out, std::size_t target) {
  for_each_row(in, conversion, [&](std::size_t row) {
    const bool null = in.nulls(row)[source] != 0 || !Cell(conversion, in.slots(row)[source], out.slots(row)[target]);
    out.nulls(row)[target] = null ? 1 : 0;
    if (null && !conversion.nullable) refuse_null(conversion);
  });
}

template <ConvertCell Cell>
Converter converter() {
  return {Cell, convert_column<Cell>};
}

bool convert_unchanged(Conversion& conversion, std::uint64_t in, std::uint64_t& out);
/// Characters of a text column's cell against the column's length.
bool check_length(const Conversion& conversion, std::string_view text);

Converter from_integer(const types::LogicalType& from, const types::LogicalType& to);
Converter from_decimal(const types::LogicalType& to);
Converter from_float(const types::LogicalType& from, const types::LogicalType& to);
Converter from_time(const types::LogicalType& from, const types::LogicalType& to);
Converter from_text(const types::LogicalType& from, const types::LogicalType& to);
Converter from_bytes(const types::LogicalType& from, const types::LogicalType& to);

}  // namespace syncline::expr

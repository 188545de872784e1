#pragma once
#include <optional>
#include <string>
#include <vector>

#include "stdlib/expr/expr.h"
#include "stdlib/types/batch.h"
#include "stdlib/types/schema.h"
#include "stdlib/types/value.h"

/// Cells as canonical text, so that cases are written and compared as plain tables of strings.
namespace syncline::conformance {

using Cell = std::optional<std::string>;  ///< nothing: NULL
using Row = std::vector<Cell>;
using Rows = std::vector<Row>;

/// Canonical text of a cell: `true`, numbers, `2024-02-29`, `12:00:00.000000`, `2024-02-29 12:00:00.000000`, bytes as hex.
std::string cell_text(const types::LogicalType& type, std::uint64_t slot, const types::Batch& batch);
/// Appends one row given as canonical text.
void add_row(types::Batch& batch, const std::vector<types::LogicalType>& types, const Row& row);
/// The value of the expression language that a cell of this text is.
types::Value value_of(const types::LogicalType& type, const Cell& cell);
/// One line per row, for messages and comparisons.
std::string to_text(const Rows& rows);

types::LogicalType logical(types::TypeKind kind, int precision = -1, int scale = -1, std::int64_t length = -1);
/// A column of this native type; `native` is taken apart into words and arguments.
types::Column column(const std::string& name, const std::string& native, types::LogicalType type, bool nullable = true);
/// The condition `column op bound` on whole numbers.
expr::ExprPtr compared(expr::Op op, const types::Column& column, std::int64_t bound);

}  // namespace syncline::conformance

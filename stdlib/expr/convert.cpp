#include "stdlib/expr/convert.h"

#include <fmt/format.h>

#include <algorithm>

namespace syncline::expr {
namespace {

using types::CellKind;
using types::TypeKind;

/// Row loops look at bytes first: a text that is short enough in bytes is short enough in characters.
std::int64_t characters(std::string_view utf8) {
  return std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

std::int64_t fraction_unit(const types::LogicalType& type) {
  std::int64_t unit = 1;
  for (int digits = type.scale < 0 ? 6 : type.scale; digits < 6; ++digits) unit *= 10;
  return unit;
}

}  // namespace

std::uint64_t Conversion::store(std::string_view bytes) {
  if (heap->size() + bytes.size() > UINT32_MAX) refuse(ValueProblem::row_too_large, "a batch cannot hold more than 4 GB");
  const auto offset = heap->size();
  if (!bytes.empty()) heap->append(bytes);
  return types::Batch::heap_slot(offset, bytes.size());
}

void Conversion::refuse(ValueProblem problem, std::string detail) const {
  throw ValueError(problem, column, std::move(detail));
}

void Conversion::refuse(ValueProblem problem) const {
  refuse(problem, fmt::format("does not fit {}", types::to_string(to)));
}

bool Conversion::refuse_non_finite() {
  if (!non_finite_null) refuse(ValueProblem::non_finite, fmt::format("{} has neither NaN nor infinities", types::to_string(to)));
  ++policy_uses;
  return false;
}

void refuse_null(const Conversion& conversion) {
  conversion.refuse(ValueProblem::null_in_not_null, "NULL for a column that is NOT NULL");
}

bool convert_unchanged(Conversion& /*conversion*/, std::uint64_t in, std::uint64_t& out) {
  out = in;
  return true;
}

bool check_length(const Conversion& conversion, std::string_view text) {
  const auto limit = conversion.to.length;
  if (limit < 0 || text.size() <= static_cast<std::size_t>(limit) || characters(text) <= limit) return true;
  conversion.refuse(ValueProblem::too_long, fmt::format("longer than {} characters", limit));
}

Conversion make_conversion(types::LogicalType from, types::LogicalType to, std::string column, bool nullable) {
  Conversion made;
  made.from = std::move(from);
  made.to = std::move(to);
  made.column = std::move(column);
  made.nullable = nullable;
  made.range = types::integer_range(made.to);
  made.fraction_unit = fraction_unit(made.to);
  return made;
}

Converter find_converter(const types::LogicalType& from, const types::LogicalType& to) {
  switch (types::cell_kind(from)) {
    case CellKind::boolean:
    case CellKind::i64:
    case CellKind::u64:
      return from_integer(from, to);
    case CellKind::decimal:
      return from_decimal(to);
    case CellKind::f32:
    case CellKind::f64:
      return from_float(from, to);
    case CellKind::date:
    case CellKind::time:
    case CellKind::timestamp:
      return from_time(from, to);
    case CellKind::text:
    case CellKind::set:
      return from_text(from, to);
    case CellKind::bytes:
    case CellKind::bits:
      return from_bytes(from, to);
  }
  return {};
}

}  // namespace syncline::expr

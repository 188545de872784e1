#include "cells.h"

#include <cmath>
#include <cstring>
#include <stdexcept>

#include "stdlib/types/calendar.h"
#include "stdlib/types/decimal.h"

namespace syncline::conformance {
namespace {

using types::CellKind;

std::string hex_of(std::string_view bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4U];
    out += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

std::string bytes_of(const std::string& hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return out;
}

double number_of(const std::string& text) {
  if (text == "NaN") return std::nan("");
  if (text == "Infinity") return HUGE_VAL;
  if (text == "-Infinity") return -HUGE_VAL;
  return std::strtod(text.c_str(), nullptr);
}

template <typename To, typename From>
To same_bits(From value) {
  To out{};
  std::memcpy(&out, &value, std::min(sizeof out, sizeof value));
  return out;
}

std::uint64_t slot_of(CellKind kind, const std::string& text) {
  switch (kind) {
    case CellKind::boolean:
      return text == "true" ? 1 : 0;
    case CellKind::i64:
      return static_cast<std::uint64_t>(std::stoll(text));
    case CellKind::u64:
      return std::stoull(text);
    case CellKind::f32:
      return same_bits<std::uint64_t>(static_cast<float>(number_of(text)));
    case CellKind::f64:
      return same_bits<std::uint64_t>(number_of(text));
    case CellKind::date:
      return static_cast<std::uint64_t>(types::parse_date(text).value());
    case CellKind::time:
      return static_cast<std::uint64_t>(types::parse_time(text).value());
    case CellKind::timestamp:
      return static_cast<std::uint64_t>(types::parse_timestamp(text).value());
    default:
      throw std::logic_error("not a slot");
  }
}

}  // namespace

std::string cell_text(const types::LogicalType& type, std::uint64_t slot, const types::Batch& batch) {
  const auto number = static_cast<std::int64_t>(slot);
  char text[32];
  switch (types::cell_kind(type)) {
    case CellKind::boolean:
      return slot != 0 ? "true" : "false";
    case CellKind::i64:
      return std::to_string(number);
    case CellKind::u64:
      return std::to_string(slot);
    case CellKind::f32:
      return std::string(text, types::decimal::write_float(text, same_bits<float>(static_cast<std::uint32_t>(slot))));
    case CellKind::f64:
      return std::string(text, types::decimal::write_double(text, same_bits<double>(slot)));
    case CellKind::date:
      return types::format_date(number);
    case CellKind::time:
      return types::format_time(number, 6);
    case CellKind::timestamp:
      return types::format_timestamp(number, 6);
    case CellKind::bytes:
      return hex_of(batch.heap_view(slot));
    default:
      return std::string(batch.heap_view(slot));
  }
}

void add_row(types::Batch& batch, const std::vector<types::LogicalType>& types, const Row& row) {
  const std::size_t at = batch.add_row();
  for (std::size_t i = 0; i < row.size(); ++i) {
    batch.nulls(at)[i] = row[i].has_value() ? 0 : 1;
    if (!row[i].has_value()) continue;
    const auto kind = types::cell_kind(types.at(i));
    if (!types::on_heap(kind)) {
      batch.slots(at)[i] = slot_of(kind, *row[i]);
      continue;
    }
    const std::string bytes = kind == CellKind::bytes ? bytes_of(*row[i]) : *row[i];
    batch.slots(at)[i] = types::Batch::heap_slot(batch.heap.size(), bytes.size());
    batch.heap.append(bytes);
  }
}

types::Value value_of(const types::LogicalType& type, const Cell& cell) {
  if (!cell.has_value()) return {};
  switch (types::cell_kind(type)) {
    case CellKind::boolean:
      return *cell == "true";
    case CellKind::i64:
      return static_cast<std::int64_t>(std::stoll(*cell));
    case CellKind::u64:
    case CellKind::decimal:
    case CellKind::f32:
    case CellKind::f64:
      return types::Decimal{*cell};
    case CellKind::date:
      return types::Date{types::parse_date(*cell).value()};
    case CellKind::timestamp:
      return types::Timestamp{types::parse_timestamp(*cell).value()};
    default:
      return *cell;
  }
}

std::string to_text(const Rows& rows) {
  std::string out;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) out += (i == 0 ? "" : "|") + row[i].value_or("~");
    out += '\n';
  }
  return out;
}

types::LogicalType logical(types::TypeKind kind, int precision, int scale, std::int64_t length) {
  types::LogicalType type;
  type.kind = kind;
  type.precision = precision;
  type.scale = scale;
  type.length = length;
  return type;
}

types::Column column(const std::string& name, const std::string& native, types::LogicalType type, bool nullable) {
  types::Column out;
  out.name = name;
  out.native.text = native;
  const auto open = native.find('(');
  const auto close = native.find(')');
  out.native.words = native.substr(0, open);
  if (open != std::string::npos) {
    std::string inside = native.substr(open + 1, close - open - 1);
    for (std::size_t comma = inside.find(','); comma != std::string::npos; comma = inside.find(',')) {
      out.native.arguments.push_back(inside.substr(0, comma));
      inside.erase(0, comma + 1);
    }
    out.native.arguments.push_back(inside);
    out.native.words += native.substr(close + 1);
  }
  for (char& c : out.native.words) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  out.logical = std::move(type);
  out.nullable = nullable;
  return out;
}

expr::ExprPtr compared(expr::Op op, const types::Column& column, std::int64_t bound) {
  auto value = std::make_shared<expr::Expr>();
  value->type = expr::Type::integer;
  value->value = bound;
  auto name = std::make_shared<expr::Expr>();
  name->op = expr::Op::column;
  name->type = expr::Type::integer;
  name->name = column.name;
  name->column_type = column.logical;
  auto condition = std::make_shared<expr::Expr>();
  condition->op = op;
  condition->type = expr::Type::boolean;
  condition->args = {name, value};
  return condition;
}

}  // namespace syncline::conformance

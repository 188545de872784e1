#include "connectors/sql/partition.h"

#include <cstring>

#include "connectors/api/error.h"
#include "connectors/sql/lists.h"
#include "stdlib/expr/cell_value.h"
#include "stdlib/types/calendar.h"
#include "stdlib/types/decimal.h"

namespace syncline::connectors::sql {
namespace {

using types::CellKind;

const types::Column& column_of(const LoadTable& table, const std::string& name) {
  if (const types::Column* column = table.desired.find_column(name)) return *column;
  throw ConnectorError(ErrorKind::drift, types::to_string(table.desired.name) + " has no partition column `" + name + "`");
}

int scale_of(const types::Column& column) {
  return column.logical.scale < 0 || column.logical.scale > 6 ? 6 : column.logical.scale;
}

template <class Float>
Float float_of(std::uint64_t slot) {
  Float value = 0;
  std::memcpy(&value, &slot, sizeof value);
  return value;
}

std::string cell_text(const types::Column& column, std::uint64_t slot, std::string_view heap_bytes) {
  switch (types::cell_kind(column.logical)) {
    case CellKind::boolean:
      return slot != 0 ? "true" : "false";
    case CellKind::i64:
      return std::to_string(static_cast<std::int64_t>(slot));
    case CellKind::u64:
      return std::to_string(slot);
    case CellKind::f32:
      return types::decimal::from_float(float_of<float>(slot));
    case CellKind::f64:
      return types::decimal::from_double(float_of<double>(slot));
    case CellKind::date:
      return types::format_date(static_cast<std::int64_t>(slot));
    case CellKind::time:
      return types::format_time(static_cast<std::int64_t>(slot), scale_of(column));
    case CellKind::timestamp:
      return types::format_timestamp(static_cast<std::int64_t>(slot), scale_of(column));
    default:
      return std::string(heap_bytes);
  }
}

bool lies_in_heap(const types::Column& column) {
  switch (types::cell_kind(column.logical)) {
    case CellKind::decimal:
    case CellKind::text:
    case CellKind::set:
    case CellKind::bytes:
    case CellKind::bits:
      return true;
    default:
      return false;
  }
}

std::string one_column(const Dialect& dialect, const types::Column& column, const types::Value& value, std::string_view zone,
                       SpellCell spell) {
  types::Buffer heap;
  auto conversion = expr::make_conversion(column.logical, column.logical, column.name, true);
  conversion.zone = zone;
  conversion.heap = &heap;
  std::uint64_t slot = 0;
  const std::string name = dialect.quote(std::string_view(column.name));
  if (!expr::value_to_cell(value, conversion, slot)) return name + " IS NULL";
  const auto bytes = lies_in_heap(column) ? conversion.view(slot) : std::string_view();
  return name + " = " + spell(column, cell_text(column, slot, bytes));
}

}  // namespace

std::string fixed_partition(const Dialect& dialect, const LoadTable& table, std::string_view zone, SpellCell spell) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < table.partition_columns.size(); ++i) {
    const auto& column = column_of(table, table.partition_columns[i]);
    parts.push_back(one_column(dialect, column, table.partition_values.at(i), zone, spell));
  }
  return join(parts, " AND ");
}

std::string null_partition(const Dialect& dialect, const LoadTable& table, std::string_view prefix) {
  std::vector<std::string> parts;
  for (const auto& name : table.partition_columns) {
    if (column_of(table, name).nullable)
      parts.push_back(std::string(prefix) + dialect.quote(std::string_view(name)) + " IS NULL");
  }
  return join(parts, " OR ");
}

std::string same_partition(const Dialect& dialect, const LoadTable& table, std::string_view left, std::string_view op,
                           std::string_view right) {
  std::vector<std::string> parts;
  for (const auto& name : table.partition_columns) {
    const auto column = dialect.quote(std::string_view(name));
    parts.push_back(std::string(left) + "." + column + " " + std::string(op) + " " + std::string(right) + "." + column);
  }
  return join(parts, " AND ");
}

std::string shown_partition_delete(const Dialect& dialect, const LoadTable& table, SpellCell spell) {
  const std::string columns = column_list(dialect, table.partition_columns);
  if (table.partition_ranges) {
    return "DELETE FROM " + dialect.quote(table.desired.name) + " WHERE " + columns + " >= … AND " + columns +
           " < … /* each range of rows in staging, " + types::to_string(*table.partition_ranges) + " */";
  }
  const std::string where = table.partition_values.empty() ? "(" + columns + ") IN (SELECT DISTINCT " + columns + " FROM staging)"
                                                           : fixed_partition(dialect, table, "UTC", spell);
  return "DELETE FROM " + dialect.quote(table.desired.name) + " WHERE " + where;
}

}  // namespace syncline::connectors::sql

#include "connectors/mysql/load_fields.h"

#include <vector>

#include "connectors/mysql/dialect.h"
#include "connectors/mysql/type_text.h"
#include "connectors/sql/lists.h"

namespace syncline::connectors::mysql {
namespace {

using types::CellKind;

bool carries_bytes(const types::Column& column) {
  return types::cell_kind(column.logical) == CellKind::bytes || column.native.words == "bit";
}

bool carries_text(const types::Column& column) {
  const auto kind = types::cell_kind(column.logical);
  return kind == CellKind::text || kind == CellKind::set || is_text_type(column.native.words);
}

std::vector<const types::Column*> loaded_columns(const LoadTable& table) {
  std::vector<const types::Column*> columns;
  for (const int index : table.load_columns) columns.push_back(&table.desired.columns.at(static_cast<std::size_t>(index)));
  return columns;
}

}  // namespace

LoadFields load_fields(const LoadTable& table, bool mariadb) {
  const auto columns = loaded_columns(table);
  bool bytes = false;
  for (const auto* column : columns) bytes = bytes || carries_bytes(*column);
  const bool as_binary = bytes && !mariadb;
  std::vector<std::string> fields;
  std::vector<std::string> made;
  for (const auto* column : columns) {
    const auto name = dialect().quote(std::string_view(column->name));
    if (!as_binary || carries_bytes(*column) || !carries_text(*column)) {
      fields.push_back(name);
      continue;
    }
    fields.push_back("@syncline_" + std::to_string(fields.size()));
    made.push_back(name + " = CONVERT(" + fields.back() + " USING utf8mb4)");
  }
  LoadFields result;
  if (as_binary) result.charset = "binary";
  result.list = "(" + sql::join(fields, ", ") + ")";
  if (!made.empty()) result.list += " SET " + sql::join(made, ", ");
  return result;
}

}  // namespace syncline::connectors::mysql

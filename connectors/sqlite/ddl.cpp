#include "connectors/sqlite/ddl.h"

#include <algorithm>

#include "connectors/api/error.h"
#include "connectors/sql/foreign_key.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/partition.h"
#include "connectors/sqlite/dialect.h"
#include "connectors/sqlite/index_text.h"
#include "connectors/sqlite/session.h"
#include "stdlib/base/text.h"
#include "stdlib/types/decimal.h"

namespace syncline::connectors::sqlite {
namespace {

using types::Column;
using types::ColumnDefault;
using types::TableSchema;
using types::TypeKind;

bool has_word(std::string_view words, std::string_view word) {
  return words.find(word) != std::string_view::npos;
}

/// The column that becomes the rowid: SQLite's only kind of auto-increment.
bool is_rowid_key(const TableSchema& schema, const Column& column) {
  return schema.primary_key.columns.size() == 1 && text::ascii_iequals(schema.primary_key.columns[0], column.name) &&
         (column.auto_increment || column.native.words == "integer") && !has_word(schema.storage, "without rowid");
}

std::string literal_default(const Column& column) {
  const auto& text = column.default_value.text;
  switch (types::cell_kind(column.logical)) {
    case types::CellKind::boolean:
      return text == "true" ? "1" : text == "false" ? "0" : text;
    case types::CellKind::i64:
    case types::CellKind::u64:
    case types::CellKind::f32:
    case types::CellKind::f64:
      return types::decimal::parse(text).has_value() ? text : sql::quoted(text, '\'');
    default:
      return sql::quoted(text, '\'');
  }
}

std::string column_definition(const TableSchema& schema, const Column& column) {
  std::string out = quote(column.name);
  if (is_rowid_key(schema, column)) {
    out += " INTEGER PRIMARY KEY";
    if (schema.next_identity.has_value()) out += " AUTOINCREMENT";
    return out + " NOT NULL";
  }
  if (!column.native.text.empty()) out += " " + column.native.text;
  const auto& key = schema.primary_key.columns;
  const bool in_key =
      std::any_of(key.begin(), key.end(), [&](const auto& name) { return text::ascii_iequals(name, column.name); });
  if (!column.nullable || in_key) out += " NOT NULL";
  const std::string value = default_text(column);
  return value.empty() ? out : out + " DEFAULT " + value;
}

std::string foreign_key_text(const types::ForeignKey& key) {
  std::string out = key.name.empty() ? "" : "CONSTRAINT " + quote(key.name) + " ";
  out += sql::foreign_key(dialect(), key);
  if (key.deferrable) out += key.initially_deferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE INITIALLY IMMEDIATE";
  return out;
}

/// STRICT and WITHOUT ROWID where the schema asks for them, and what the script adds.
std::string table_options(const TableSchema& schema) {
  std::vector<std::string> options;
  if (has_word(schema.storage, "without rowid") && !schema.primary_key.columns.empty()) options.emplace_back("WITHOUT ROWID");
  if (has_word(schema.storage, "strict")) options.emplace_back("STRICT");
  if (!schema.create_options.empty()) options.push_back(schema.create_options);
  return options.empty() ? "" : " " + sql::join(options, ", ");
}

}  // namespace

std::string now_text(int scale, bool zoned) {
  const std::string seconds = "strftime('%Y-%m-%d %H:%M:%S','now')";
  const std::string millis = "strftime('%Y-%m-%d %H:%M:%f','now')";
  std::string out = scale <= 0 ? seconds : millis;
  if (scale == 1 || scale == 2) out = "substr(" + millis + ",1," + std::to_string(20 + scale) + ")";
  const std::string tail = std::string(scale > 3 ? static_cast<std::size_t>(scale - 3) : 0U, '0') + (zoned ? "Z" : "");
  return tail.empty() ? out : out + "||'" + tail + "'";
}

std::string default_text(const Column& column) {
  const auto& value = column.default_value;
  const bool zoned = column.logical.kind == TypeKind::timestamp;
  switch (value.kind) {
    case ColumnDefault::Kind::none:
      return {};
    case ColumnDefault::Kind::null:
      return "NULL";
    case ColumnDefault::Kind::literal:
      return literal_default(column);
    case ColumnDefault::Kind::current_date:
      return "CURRENT_DATE";
    case ColumnDefault::Kind::current_time:
      return "CURRENT_TIME";
    case ColumnDefault::Kind::current_timestamp:
      if (has_word(column.native.words, "_text"))
        return "(" + now_text(column.logical.scale < 0 ? 6 : column.logical.scale, zoned) + ")";
      return "CURRENT_TIMESTAMP";
    case ColumnDefault::Kind::native:
      return "(" + value.text + ")";
  }
  return {};
}

std::string column_literal(const Column& column, const std::string& text) {
  switch (types::cell_kind(column.logical)) {
    case types::CellKind::boolean:
      return text == "true" ? "1" : "0";
    case types::CellKind::i64:
      return text;
    case types::CellKind::bytes:
      return "x'" + sql::hex(text) + "'";
    case types::CellKind::timestamp:
      return sql::quoted(column.logical.kind == TypeKind::timestamp ? text + "Z" : text, '\'');
    default:
      // A literal ends at NUL.
      return text.find('\0') == std::string::npos ? sql::quoted(text, '\'') : "CAST(x'" + sql::hex(text) + "' AS TEXT)";
  }
}

std::string create_table(const TableSchema& schema, std::string_view name) {
  std::vector<std::string> parts;
  bool key_inline = false;
  for (const auto& column : schema.columns) {
    parts.push_back(column_definition(schema, column));
    key_inline = key_inline || is_rowid_key(schema, column);
  }
  if (!schema.primary_key.columns.empty() && !key_inline) {
    parts.push_back("PRIMARY KEY (" + sql::column_list(dialect(), schema.primary_key.columns) + ")");
  }
  for (const auto& key : schema.foreign_keys) parts.push_back(foreign_key_text(key));
  return "CREATE TABLE " + quote(name) + " (\n  " + sql::join(parts, ",\n  ") + "\n)" + table_options(schema);
}

std::string create_plain_table(const TableSchema& schema, const std::vector<int>& columns, std::string_view name) {
  std::vector<std::string> parts;
  for (const int index : columns) {
    const auto& column = schema.columns.at(static_cast<std::size_t>(index));
    parts.push_back(quote(column.name) + (column.native.text.empty() ? "" : " " + column.native.text));
  }
  return "CREATE TABLE " + quote(name) + " (" + sql::join(parts, ", ") + ")";
}

std::string create_index(const types::Index& index, std::string_view index_name, std::string_view table) {
  if (!index.special.empty() && !index.definition.empty()) return retarget_index(index.definition, index_name, table);
  std::vector<std::string> parts;
  for (const auto& column : index.columns) parts.push_back(quote(column.name) + (column.descending ? " DESC" : ""));
  return std::string("CREATE ") + (index.unique ? "UNIQUE " : "") + "INDEX " + quote(index_name) + " ON " + quote(table) + " (" +
         sql::join(parts, ", ") + ")";
}

std::string add_column(const TableSchema& schema, const Column& column, std::string_view table) {
  return "ALTER TABLE " + quote(table) + " ADD COLUMN " + column_definition(schema, column);
}

std::vector<std::string> load_ddl(const LoadTable& table) {
  std::vector<std::string> out;
  const bool replaced = table.publish == types::Publish::rename && table.mode == types::WriteMode::recreate;
  if (table.existing.has_value() && !replaced) {
    for (const int index : table.add_columns) {
      out.push_back(
          add_column(table.desired, table.desired.columns.at(static_cast<std::size_t>(index)), table.desired.name.table));
    }
    if (table.publish == types::Publish::partition) out.push_back(sql::shown_partition_delete(dialect(), table, column_literal));
    return out;
  }
  out.push_back(create_table(table.desired, table.desired.name.table));
  for (const auto& index : table.desired.indexes) out.push_back(create_index(index, index.name, table.desired.name.table));
  return out;
}

}  // namespace syncline::connectors::sqlite

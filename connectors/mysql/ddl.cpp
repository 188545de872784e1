#include "connectors/mysql/ddl.h"

#include <algorithm>

#include "connectors/mysql/dialect.h"
#include "connectors/mysql/partitions.h"
#include "connectors/mysql/type_text.h"
#include "connectors/sql/foreign_key.h"
#include "connectors/sql/lists.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::mysql {
namespace {

using types::Column;
using types::ColumnDefault;
using types::Index;
using types::TableSchema;

std::string name_of(std::string_view identifier) {
  return dialect().quote(identifier);
}

int fraction_digits(const Column& column) {
  return column.native.words == "datetime" || column.native.words == "timestamp" || column.native.words == "time"
             ? argument(column.native, 0, 0)
             : -1;
}

std::string current_timestamp(const Column& column, int scale) {
  const int own = fraction_digits(column);
  const int digits = own >= 0 ? own : std::max(scale, 0);
  const std::string call = digits > 0 ? "CURRENT_TIMESTAMP(" + std::to_string(digits) + ")" : "CURRENT_TIMESTAMP";
  return column.native.words == "datetime" || column.native.words == "timestamp" ? call : "(" + call + ")";
}

std::string literal_default(const Column& column) {
  const auto& words = column.native.words;
  const auto& value = column.default_value.text;
  if (words == "bit") return "b'" + (value == "true" ? "1" : value == "false" ? "0" : value) + "'";
  const bool text = is_text_type(words) || words == "json";
  if (!text && (value == "true" || value == "false")) return value == "true" ? "1" : "0";
  return is_long_type(words) ? "(" + quote_text(value) + ")" : quote_text(value);
}

std::string default_clause(const Column& column) {
  switch (column.default_value.kind) {
    case ColumnDefault::Kind::none:
      return {};
    case ColumnDefault::Kind::null:
      return column.nullable ? " DEFAULT NULL" : "";
    case ColumnDefault::Kind::literal:
      return " DEFAULT " + literal_default(column);
    case ColumnDefault::Kind::current_timestamp:
      return " DEFAULT " + current_timestamp(column, column.default_value.scale);
    case ColumnDefault::Kind::current_date:
      return " DEFAULT (CURRENT_DATE)";
    case ColumnDefault::Kind::current_time:
      return " DEFAULT (CURRENT_TIME(" + std::to_string(std::max(column.default_value.scale, 0)) + "))";
    case ColumnDefault::Kind::native:
      return " DEFAULT " + column.default_value.text;
  }
  return {};
}

std::string charset_clause(const Column& column, const std::string& collation) {
  if (!is_text_type(column.native.words)) return {};
  std::string out;
  if (!column.charset.empty()) out += " CHARACTER SET " + name_of(column.charset);
  if (!column.collation.empty()) return out + " COLLATE " + name_of(column.collation);
  if (column.charset.empty() && !collation.empty()) out += " COLLATE " + name_of(collation);
  return out;
}

std::string key_part(const types::IndexColumn& part) {
  std::string out = name_of(part.name);
  if (part.prefix_length > 0) out += "(" + std::to_string(part.prefix_length) + ")";
  return part.descending ? out + " DESC" : out;
}

/// Empty for indexes on expressions, which the plan leaves out.
std::string index_clause(const Index& index) {
  std::vector<std::string> parts;
  for (const auto& column : index.columns) {
    if (column.name.empty()) return {};
    parts.push_back(key_part(column));
  }
  std::string out = index.method == "fulltext" ? "FULLTEXT INDEX " : index.method == "spatial" ? "SPATIAL INDEX " : "INDEX ";
  if (index.unique) out = "UNIQUE INDEX ";
  out += index.name.empty() ? "" : name_of(index.name) + " ";
  out += "(" + sql::join(parts, ", ") + ")";
  if (!index.comment.empty()) out += " COMMENT " + quote_text(index.comment);
  return out;
}

const Column* auto_increment_column(const TableSchema& schema) {
  const auto found = std::find_if(schema.columns.begin(), schema.columns.end(), [](const Column& c) { return c.auto_increment; });
  return found == schema.columns.end() ? nullptr : &*found;
}

bool same_name(std::string_view a, std::string_view b) {
  return text::ascii_iequals(a, b);
}

bool leads_primary_key(const TableSchema& schema, const Column& column) {
  return !schema.primary_key.columns.empty() && same_name(schema.primary_key.columns.front(), column.name);
}

/// The index without which the server refuses the AUTO_INCREMENT column; null: the primary key serves, or there is none.
const Index* index_for_auto_increment(const TableSchema& schema) {
  const Column* column = auto_increment_column(schema);
  if (column == nullptr || leads_primary_key(schema, *column)) return nullptr;
  for (const auto& index : schema.indexes) {
    if (!index.columns.empty() && same_name(index.columns.front().name, column->name) &&
        index.columns.front().prefix_length == 0) {
      return &index;
    }
  }
  return nullptr;
}

bool may_count_up(const TableSchema& schema, const Column& column, Keys keys) {
  return column.auto_increment && keys != Keys::none &&
         (leads_primary_key(schema, column) || index_for_auto_increment(schema) != nullptr);
}

std::string table_options(const TableSchema& schema, const std::string& collation) {
  std::string out = ") ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4";
  if (!collation.empty()) out += " COLLATE " + name_of(collation);
  if (!schema.comment.empty()) out += " COMMENT=" + quote_text(schema.comment);
  if (!schema.create_options.empty()) out += " " + schema.create_options;
  return out + partition_clause(schema);
}

/// InnoDB has no SET DEFAULT; refusing the change is what loses nothing.
types::ForeignKey without_set_default(types::ForeignKey key) {
  for (types::ForeignKeyAction* action : {&key.on_delete, &key.on_update}) {
    if (*action == types::ForeignKeyAction::set_default) *action = types::ForeignKeyAction::no_action;
  }
  return key;
}

std::string names(const std::vector<std::string>& columns) {
  return sql::column_list(dialect(), columns);
}

}  // namespace

std::string column_definition(const Column& column, bool auto_increment, const std::string& collation) {
  std::string out = name_of(column.name) + " " + column.native.text;
  out += charset_clause(column, collation);
  out += column.nullable ? " NULL" : " NOT NULL";
  if (auto_increment) {
    out += " AUTO_INCREMENT";
  } else {
    out += default_clause(column);
  }
  if (column.on_update_now) out += " ON UPDATE " + current_timestamp(column, fraction_digits(column));
  if (!column.comment.empty()) out += " COMMENT " + quote_text(column.comment);
  return out;
}

std::string create_table(const TableSchema& schema, const types::ObjectName& name, Keys keys, const std::string& collation) {
  std::string out = "CREATE TABLE " + dialect().quote(name) + " (";
  for (const auto& column : schema.columns) {
    if (&column != schema.columns.data()) out += ", ";
    out += column_definition(column, may_count_up(schema, column, keys), collation);
  }
  if (keys != Keys::none && !schema.primary_key.columns.empty())
    out += ", PRIMARY KEY (" + names(schema.primary_key.columns) + ")";
  const Index* needed = index_for_auto_increment(schema);
  for (const auto& index : schema.indexes) {
    const bool wanted = keys == Keys::all || (keys == Keys::primary && &index == needed);
    const auto clause = wanted ? index_clause(index) : std::string();
    if (!clause.empty()) out += ", " + clause;
  }
  return out + table_options(schema, collation);
}

std::string add_indexes(const TableSchema& schema, const types::ObjectName& name) {
  std::vector<std::string> parts;
  const Index* there = index_for_auto_increment(schema);
  for (const auto& index : schema.indexes) {
    const auto clause = &index == there ? std::string() : index_clause(index);
    if (!clause.empty()) parts.push_back("ADD " + clause);
  }
  return parts.empty() ? std::string() : "ALTER TABLE " + dialect().quote(name) + " " + sql::join(parts, ", ");
}

std::string alter_columns(const LoadTable& table, const types::ObjectName& name, const std::string& collation) {
  std::vector<std::string> parts;
  for (const int index : table.add_columns) {
    parts.push_back("ADD COLUMN " +
                    column_definition(table.desired.columns.at(static_cast<std::size_t>(index)), false, collation));
  }
  for (const int index : table.widen_columns) {
    const Column& column = table.desired.columns.at(static_cast<std::size_t>(index));
    parts.push_back("MODIFY COLUMN " + column_definition(column, column.auto_increment, collation));
  }
  return parts.empty() ? std::string() : "ALTER TABLE " + dialect().quote(name) + " " + sql::join(parts, ", ");
}

std::string add_foreign_key(const types::ObjectName& table, const types::ForeignKey& key, const std::string& name) {
  std::string out = "ALTER TABLE " + dialect().quote(table) + " ADD ";
  if (!name.empty()) out += "CONSTRAINT " + name_of(name) + " ";
  return out + sql::foreign_key(dialect(), without_set_default(key));
}

std::string rename_tables(const std::vector<std::pair<types::ObjectName, types::ObjectName>>& renames) {
  std::vector<std::string> parts;
  for (const auto& [from, to] : renames) parts.push_back(dialect().quote(from) + " TO " + dialect().quote(to));
  return "RENAME TABLE " + sql::join(parts, ", ");
}

std::string column_literal(const Column& column, const std::string& text) {
  switch (types::cell_kind(column.logical)) {
    case types::CellKind::boolean:
      return text == "true" ? "1" : "0";
    case types::CellKind::i64:
    case types::CellKind::u64:
    case types::CellKind::decimal:
    case types::CellKind::f32:
    case types::CellKind::f64:
      return text;  // As a number: a quoted one would be compared as a double.
    case types::CellKind::bits:
      return "b" + quote_text(text);
    case types::CellKind::bytes:
      return "x'" + sql::hex(text) + "'";
    default:
      return quote_text(text);
  }
}

std::string drop_tables(const std::vector<types::ObjectName>& tables) {
  std::vector<std::string> parts;
  for (const auto& table : tables) parts.push_back(dialect().quote(table));
  return "DROP TABLE IF EXISTS " + sql::join(parts, ", ");
}

}  // namespace syncline::connectors::mysql

#include "stdlib/types/schema.h"

#include <algorithm>

#include "stdlib/base/hash.h"
#include "stdlib/base/text.h"

namespace syncline::types {
namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + text::printable(name);
  return "(" + out + ")";
}

const char* action_text(ForeignKeyAction action) {
  switch (action) {
    case ForeignKeyAction::no_action:
      return "no action";
    case ForeignKeyAction::restrict_:
      return "restrict";
    case ForeignKeyAction::cascade:
      return "cascade";
    case ForeignKeyAction::set_null:
      return "set null";
    case ForeignKeyAction::set_default:
      return "set default";
  }
  return "";
}

std::string default_text(const ColumnDefault& value) {
  const auto scaled = [&](const char* name) {
    return value.scale > 0 ? std::string(name) + "(" + std::to_string(value.scale) + ")" : name;
  };
  switch (value.kind) {
    case ColumnDefault::Kind::none:
      return "";
    case ColumnDefault::Kind::null:
      return " default null";
    case ColumnDefault::Kind::literal:
      return " default literal " + text::printable(value.text);
    case ColumnDefault::Kind::current_timestamp:
      return " default " + scaled("current_timestamp");
    case ColumnDefault::Kind::current_date:
      return " default current_date";
    case ColumnDefault::Kind::current_time:
      return " default " + scaled("current_time");
    case ColumnDefault::Kind::native:
      return " default native " + text::printable(value.text);
  }
  return "";
}

std::string flags_text(const Column& column) {
  std::string out = column.nullable ? "" : " not null";
  if (column.auto_increment) out += column.identity_always ? " identity always" : " auto_increment";
  if (column.on_update_now) out += " on update now";
  if (column.zerofill) out += " zerofill";
  if (column.invisible) out += " invisible";
  if (column.generated) out += " generated " + text::printable(column.generation);
  if (!column.charset.empty()) out += " charset " + column.charset;
  if (!column.collation.empty()) out += " collation " + column.collation;
  if (!column.comment.empty()) out += " comment " + text::printable(column.comment);
  return out;
}

std::string column_line(const Column& column) {
  return "column " + text::printable(column.name) + " " + text::printable(column.native.text) + " as " +
         text::printable(to_string(column.logical)) + default_text(column.default_value) + flags_text(column) + "\n";
}

std::string index_line(const Index& index) {
  std::string columns;
  for (const auto& column : index.columns) {
    columns += (columns.empty() ? "" : ", ") + (column.name.empty() ? std::string("<expression>") : text::printable(column.name));
    if (column.prefix_length > 0) columns += "[" + std::to_string(column.prefix_length) + "]";
    if (column.descending) columns += " desc";
  }
  std::string line = std::string(index.unique ? "unique " : "index ") + text::printable(index.name) + " (" + columns + ")";
  if (index.constraint) line += " constraint";
  if (!index.method.empty()) line += " using " + index.method;
  if (!index.special.empty()) line += " special " + text::printable(index.special);
  if (index.nulls_not_distinct) line += " nulls not distinct";
  if (!index.comment.empty()) line += " comment " + text::printable(index.comment);
  return line + "\n";
}

std::string foreign_key_line(const ForeignKey& key) {
  std::string line = "foreign key " + text::printable(key.name) + " " + listed(key.columns) + " references " +
                     text::printable(to_string(key.referenced)) + " " + listed(key.referenced_columns) + " on delete " +
                     action_text(key.on_delete) + " on update " + action_text(key.on_update);
  if (key.deferrable) line += key.initially_deferred ? " initially deferred" : " deferrable";
  return line + "\n";
}

}  // namespace

std::string to_string(const ObjectName& name) {
  return name.container.empty() ? name.table : name.container + "." + name.table;
}

const Column* TableSchema::find_column(std::string_view column_name) const {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const Column& column) { return column.name == column_name; });
  return found == columns.end() ? nullptr : &*found;
}

std::string to_string(const NativePartitions& partitions) {
  static constexpr const char* kUnits[] = {" HOUR", " DAY", " MONTH", " VALUE"};
  switch (partitions.kind) {
    case NativePartitions::Kind::none:
      return {};
    case NativePartitions::Kind::native:
      return "NATIVE";
    case NativePartitions::Kind::list:
      return "LIST " + listed(partitions.columns);
    case NativePartitions::Kind::range:
      break;
  }
  std::string out = "RANGE " + listed(partitions.columns);
  if (partitions.every <= 0) return out;
  out += " EVERY " + std::to_string(partitions.every) + kUnits[static_cast<std::size_t>(partitions.unit)];
  return partitions.every == 1 ? out : out + "S";
}

std::string to_text(const TableSchema& schema) {
  std::string out = "table " + text::printable(to_string(schema.name));
  if (!schema.comment.empty()) out += " comment " + text::printable(schema.comment);
  out += "\n";
  for (const auto& column : schema.columns) out += column_line(column);
  if (!schema.primary_key.columns.empty())
    out += "primary key " + text::printable(schema.primary_key.name) + " " + listed(schema.primary_key.columns) + "\n";
  for (const auto& index : schema.indexes) out += index_line(index);
  for (const auto& key : schema.foreign_keys) out += foreign_key_line(key);
  if (schema.native_partitions.kind != NativePartitions::Kind::none)
    out += "partitions " + to_string(schema.native_partitions) + " " + text::printable(schema.native_partitions.text) + "\n";
  return out;
}

std::string column_fingerprint(const TableSchema& schema) {
  std::string input;
  const auto add = [&](std::string_view part) { input += std::to_string(part.size()) + ":" + std::string(part); };
  for (const auto& column : schema.columns) {
    add(column.name);
    add(column.native.text);
    input += column.nullable ? "?" : "!";
  }
  return hash::fast_hex(input);
}

}  // namespace syncline::types

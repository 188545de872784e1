#include "connectors/mysql/catalogue.h"

#include <algorithm>
#include <map>

#include "connectors/mysql/catalogue_sql.h"
#include "connectors/mysql/dialect.h"
#include "connectors/mysql/type_text.h"
#include "connectors/sql/foreign_key.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/staging_name.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::mysql {
namespace {

using types::ObjectName;
using types::TableSchema;
using Schemas = std::map<ObjectName, TableSchema>;

std::string with_condition(std::string_view query, const std::string& condition) {
  const auto at = query.find("%s");
  return std::string(query.substr(0, at)) + condition + std::string(query.substr(at + 2));
}

std::string text_of(const Row& row, std::size_t column) {
  return row[column].value_or(std::string());
}

std::int64_t number_of(const Row& row, std::size_t column, std::int64_t otherwise) {
  return row[column] ? static_cast<std::int64_t>(std::stoull(*row[column])) : otherwise;
}

TableSchema* find(Schemas& schemas, const Row& row) {
  const auto found = schemas.find({text_of(row, 0), text_of(row, 1)});
  return found == schemas.end() ? nullptr : &found->second;
}

void read_tables(Connection& connection, const std::vector<ObjectName>& names, Schemas& schemas) {
  const auto condition = name_condition("TABLE_SCHEMA", "TABLE_NAME", names);
  for (const Row& row : connection.look(with_condition(catalogue_sql::kTables, condition))) {
    TableSchema schema;
    schema.name = {text_of(row, 0), text_of(row, 1)};
    schema.storage = text_of(row, 3);
    schema.row_estimate = number_of(row, 4, -1);
    schema.byte_estimate = number_of(row, 5, -1);
    if (row[6]) schema.next_identity = std::stoull(*row[6]);
    schema.comment = text_of(row, 2) == "VIEW" ? std::string() : text_of(row, 7);
    if (row[8] == "1") schema.native_partitions.kind = types::NativePartitions::Kind::native;
    schemas.emplace(schema.name, std::move(schema));
  }
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

types::Column read_column(const Row& row, bool mariadb) {
  types::Column column;
  column.name = text_of(row, 2);
  column.ordinal = static_cast<int>(number_of(row, 3, 0));
  column.nullable = text_of(row, 5) == "YES";
  column.native = parse_type(text_of(row, 6));
  column.zerofill = is_zerofill(column.native.text);
  column.charset = text_of(row, 7);
  column.collation = text_of(row, 8);
  const auto extra = text_of(row, 9);
  column.auto_increment = contains(extra, "auto_increment");
  column.on_update_now = contains(text::ascii_lower(extra), "on update current_timestamp");
  column.invisible = contains(extra, "INVISIBLE");
  column.comment = text_of(row, 10);
  column.generation = text_of(row, 11);
  column.generated = !column.generation.empty() || contains(extra, "VIRTUAL GENERATED") || contains(extra, "STORED GENERATED");
  if (!column.generated && !column.auto_increment) {
    column.default_value = parse_default({!row[4].has_value(), text_of(row, 4), extra, column.nullable, mariadb}, column.native);
  }
  return column;
}

void read_columns(Connection& connection, const std::vector<ObjectName>& names, Schemas& schemas) {
  const auto condition = name_condition("TABLE_SCHEMA", "TABLE_NAME", names);
  for (const Row& row : connection.look(with_condition(catalogue_sql::kColumns, condition))) {
    if (TableSchema* schema = find(schemas, row)) schema->columns.push_back(read_column(row, connection.mariadb()));
  }
}

void add_index_row(TableSchema& schema, const Row& row) {
  const auto name = text_of(row, 2);
  if (name == "PRIMARY") {
    schema.primary_key.name = name;
    schema.primary_key.columns.push_back(text_of(row, 4));
    return;
  }
  if (schema.indexes.empty() || schema.indexes.back().name != name) {
    types::Index index;
    index.name = name;
    index.unique = text_of(row, 3) == "0";
    index.constraint = index.unique;
    index.method = text::ascii_lower(text_of(row, 7));
    index.comment = text_of(row, 8);
    if (index.method == "fulltext" || index.method == "spatial") index.special = index.method;
    schema.indexes.push_back(std::move(index));
  }
  auto& index = schema.indexes.back();
  types::IndexColumn column;
  column.name = text_of(row, 4);
  column.descending = text_of(row, 5) == "D";
  if (index.special.empty()) column.prefix_length = static_cast<int>(number_of(row, 6, 0));
  if (column.name.empty()) index.special = "expression";
  if (column.prefix_length > 0 && index.special.empty()) index.special = "prefix";
  index.columns.push_back(std::move(column));
}

void read_indexes(Connection& connection, const std::vector<ObjectName>& names, Schemas& schemas) {
  const auto condition = name_condition("TABLE_SCHEMA", "TABLE_NAME", names);
  for (const Row& row : connection.look(with_condition(catalogue_sql::kIndexes, condition))) {
    if (TableSchema* schema = find(schemas, row)) add_index_row(*schema, row);
  }
}

/// `… ON DELETE SET NULL ON UPDATE CASCADE` behind one constraint of SHOW CREATE TABLE -> the rule behind `event`.
types::ForeignKeyAction action_in(std::string_view clause, std::string_view event) {
  const auto at = clause.find(event);
  if (at == std::string_view::npos) return types::ForeignKeyAction::no_action;
  clause.remove_prefix(at + event.size());
  for (const std::string_view rule : {"CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT"}) {
    if (clause.substr(0, rule.size()) == rule) return sql::action_of(rule);
  }
  return types::ForeignKeyAction::no_action;
}

/// Rules of keys whose information schema row is hidden, from the table's own definition.
void read_hidden_rules(Connection& connection, std::vector<ForeignKeyOf*>& keys) {
  std::string definition;
  const ObjectName* shown = nullptr;
  for (ForeignKeyOf* key : keys) {
    if (sql::parse_staging_name(key->table.table)) continue;  // another session's, it may be gone by now
    if (shown == nullptr || *shown != key->table) {
      const Rows rows = connection.look("SHOW CREATE TABLE " + dialect().quote(key->table));
      definition = rows.empty() || rows[0].size() < 2 ? std::string() : rows[0][1].value_or("");
      shown = &key->table;
    }
    const auto at = definition.find("CONSTRAINT " + dialect().quote(std::string_view(key->key.name)) + " FOREIGN KEY");
    if (at == std::string::npos) continue;
    const auto clause = std::string_view(definition).substr(at, definition.find('\n', at) - at);
    key->key.on_delete = action_in(clause, " ON DELETE ");
    key->key.on_update = action_in(clause, " ON UPDATE ");
  }
}

std::vector<ForeignKeyOf> read_foreign_keys(Connection& connection, const std::string& condition) {
  std::vector<ForeignKeyOf> keys;
  std::vector<std::size_t> hidden;
  for (const Row& row : connection.look(with_condition(catalogue_sql::kForeignKeys, condition))) {
    const ObjectName table{text_of(row, 0), text_of(row, 1)};
    if (keys.empty() || keys.back().table != table || keys.back().key.name != text_of(row, 2)) {
      ForeignKeyOf& key = keys.emplace_back();
      key.table = table;
      key.key.name = text_of(row, 2);
      key.key.referenced = {text_of(row, 4), text_of(row, 5)};
      key.key.on_update = sql::action_of(text_of(row, 7));
      key.key.on_delete = sql::action_of(text_of(row, 8));
      if (!row[7]) hidden.push_back(keys.size() - 1);
    }
    keys.back().key.columns.push_back(text_of(row, 3));
    keys.back().key.referenced_columns.push_back(text_of(row, 6));
  }
  std::vector<ForeignKeyOf*> unknown;
  for (const auto index : hidden) unknown.push_back(&keys[index]);
  read_hidden_rules(connection, unknown);
  return keys;
}

void add_foreign_keys(Connection& connection, const std::vector<ObjectName>& names, Schemas& schemas) {
  for (auto& [table, key] : held_keys(connection, names)) {
    const auto found = schemas.find(table);
    if (found != schemas.end()) found->second.foreign_keys.push_back(std::move(key));
  }
  for (const auto& [table, key] : referencing_keys(connection, names)) {
    const auto found = schemas.find(key.referenced);
    if (found != schemas.end() && table != key.referenced) {
      found->second.dependents.push_back({"foreign key", types::to_string(table) + "." + key.name});
    }
  }
}

void read_triggers(Connection& connection, const std::vector<ObjectName>& names, Schemas& schemas) {
  const auto condition = name_condition("EVENT_OBJECT_SCHEMA", "EVENT_OBJECT_TABLE", names);
  for (const Row& row : connection.look(with_condition(catalogue_sql::kTriggers, condition))) {
    if (TableSchema* schema = find(schemas, row)) schema->dependents.push_back({"trigger", text_of(row, 2)});
  }
}

/// MariaDB's JSON is LONGTEXT with this check; it is reported as the type that its owner wrote.
bool is_json_check(const Row& row) {
  const auto clause = text::ascii_lower(text_of(row, 3));
  return clause == "json_valid(" + text::ascii_lower(dialect().quote(std::string_view(text_of(row, 2)))) + ")";
}

void add_check(TableSchema& schema, const Row& row, bool mariadb) {
  if (mariadb && is_json_check(row)) {
    for (auto& column : schema.columns) {
      if (text::ascii_iequals(column.name, text_of(row, 2)) && column.native.words == "longtext") {
        column.native = {"json", {}, "json"};
        column.charset.clear();
        column.collation.clear();
        return;
      }
    }
  }
  schema.checks.push_back(text_of(row, 2));
}

void read_checks(Connection& connection, const std::vector<ObjectName>& names, Schemas& schemas) {
  const bool mariadb = connection.mariadb();
  if (!mariadb && connection.version_number() < 80016) return;
  if (mariadb && connection.version_number() < 100222) return;
  const auto query = mariadb
                         ? with_condition(catalogue_sql::kChecksMariadb, name_condition("CONSTRAINT_SCHEMA", "TABLE_NAME", names))
                         : with_condition(catalogue_sql::kChecksMysql, name_condition("t.TABLE_SCHEMA", "t.TABLE_NAME", names));
  for (const Row& row : connection.look(query)) {
    if (TableSchema* schema = find(schemas, row)) add_check(*schema, row, mariadb);
  }
}

/// "`a`,`b c`" as names; nothing when it is an expression.
std::vector<std::string> quoted_names(std::string_view text) {
  std::vector<std::string> names;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] != '`') return {};
    std::string name;
    for (++at; at < text.size(); ++at) {
      if (text[at] != '`') {
        name += text[at];
      } else if (at + 1 < text.size() && text[at + 1] == '`') {
        name += text[at++];
      } else {
        break;
      }
    }
    if (at >= text.size()) return {};
    names.push_back(std::move(name));
    ++at;
    while (at < text.size() && (text[at] == ',' || text[at] == ' ')) ++at;
  }
  return names;
}

/// Partitions that are made in another way stay `native`.
void read_partitions(Connection& connection, Schemas& schemas) {
  using Kind = types::NativePartitions::Kind;
  std::vector<ObjectName> names;
  for (const auto& [name, schema] : schemas) {
    if (schema.native_partitions.kind != Kind::none) names.push_back(name);
  }
  if (names.empty()) return;
  constexpr std::string_view kSeconds = "unix_timestamp(";
  for (const Row& row :
       connection.look(with_condition(catalogue_sql::kPartitions, name_condition("TABLE_SCHEMA", "TABLE_NAME", names)))) {
    TableSchema* schema = find(schemas, row);
    const auto method = text_of(row, 2);
    auto expression = text_of(row, 3);
    const bool seconds = text::ascii_lower(expression).rfind(kSeconds, 0) == 0 && expression.back() == ')';
    if (seconds) expression = expression.substr(kSeconds.size(), expression.size() - kSeconds.size() - 1);
    const auto columns = quoted_names(expression);
    if (schema == nullptr || columns.empty()) continue;
    if (method == "LIST COLUMNS") schema->native_partitions.kind = Kind::list;
    if (columns.size() == 1 && (method == "RANGE COLUMNS" || (method == "RANGE" && seconds)))
      schema->native_partitions.kind = Kind::range;
    if (schema->native_partitions.kind != Kind::native) schema->native_partitions.columns = columns;
  }
}

}  // namespace

std::string value_condition(const char* column, const std::vector<std::string>& values) {
  if (values.empty()) return "FALSE";
  std::vector<std::string> literals;
  for (const auto& value : values) literals.push_back(quote_text(value));
  return std::string(column) + " IN (" + sql::join(literals, ", ") + ")";
}

std::string name_condition(const char* schema_column, const char* table_column, const std::vector<ObjectName>& names) {
  if (names.empty()) return "FALSE";
  std::vector<std::string> pairs;
  for (const auto& name : names) pairs.push_back("(" + quote_text(name.container) + ", " + quote_text(name.table) + ")");
  return "(" + std::string(schema_column) + ", " + table_column + ") IN (" + sql::join(pairs, ", ") + ")";
}

bool is_system_container(std::string_view container) {
  const auto name = text::ascii_lower(container);
  return name == "mysql" || name == "information_schema" || name == "performance_schema" || name == "sys";
}

std::vector<ForeignKeyOf> held_keys(Connection& connection, const std::vector<ObjectName>& tables) {
  return tables.empty() ? std::vector<ForeignKeyOf>{}
                        : read_foreign_keys(connection, name_condition("k.TABLE_SCHEMA", "k.TABLE_NAME", tables));
}

std::vector<ForeignKeyOf> referencing_keys(Connection& connection, const std::vector<ObjectName>& parents) {
  if (parents.empty()) return {};
  return read_foreign_keys(connection, name_condition("k.REFERENCED_TABLE_SCHEMA", "k.REFERENCED_TABLE_NAME", parents));
}

std::vector<TableSchema> describe_tables(Connection& connection, const std::vector<ObjectName>& names) {
  std::vector<TableSchema> found;
  if (names.empty()) return found;
  Schemas schemas;
  read_tables(connection, names, schemas);
  std::vector<ObjectName> existing;
  for (const auto& entry : schemas) existing.push_back(entry.first);
  if (existing.empty()) return found;
  read_columns(connection, existing, schemas);
  read_indexes(connection, existing, schemas);
  add_foreign_keys(connection, existing, schemas);
  read_triggers(connection, existing, schemas);
  read_checks(connection, existing, schemas);
  read_partitions(connection, schemas);
  for (const auto& name : names) {
    const auto at = schemas.find(name);
    if (at != schemas.end()) found.push_back(at->second);
  }
  return found;
}

std::vector<TableSchema> described(Connection& connection, const TableSchema& planned) {
  auto found = describe_tables(connection, {planned.name});
  if (found.empty() && connection.rehearsal() != nullptr) found.push_back(planned);
  return found;
}

}  // namespace syncline::connectors::mysql

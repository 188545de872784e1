#include "connectors/sqlite/catalogue.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "connectors/sql/foreign_key.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/staging_name.h"
#include "connectors/sqlite/declared_type.h"
#include "connectors/sqlite/index_text.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::sqlite {
namespace {

using types::TableSchema;

/// Tables under description by lower-case name; the queries below fill them row by row.
using Tables = std::unordered_map<std::string, TableSchema>;

/// The names as a JSON array, the way a set of any size reaches a statement as one bind.
std::string json_array(const Tables& tables) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "[";
  for (const auto& [name, table] : tables) {
    out += out.size() == 1 ? "\"" : ",\"";
    for (const char c : name) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20) {
        out += std::string("\\u00") + kHex[byte >> 4U] + kHex[byte & 0xfU];
      } else {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
      }
    }
    out += '"';
  }
  return out + "]";
}

/// A statement over the tables under description; `{names}` in its text is the condition on `m.name`.
Statement prepare(const Database& database, const Tables& tables, std::string sql) {
  constexpr std::string_view kMark = "{names}";
  sql.replace(sql.find(kMark), kMark.size(), "m.name COLLATE NOCASE IN (SELECT value FROM json_each(?1))");
  Statement statement = database.prepare(sql);
  statement.bind(1, std::string_view(json_array(tables)));
  return statement;
}

TableSchema* find(Tables& tables, const Statement& row, int column = 0) {
  const auto found = tables.find(text::ascii_lower(row.text(column)));
  return found == tables.end() ? nullptr : &found->second;
}

/// The definition starts "CREATE TABLE"; a CHECK is not listed by any pragma, so its word is looked for outside quotes.
std::size_t count_checks(std::string_view definition) {
  std::size_t count = 0;
  char quote = 0;
  for (std::size_t i = 0; i < definition.size(); ++i) {
    const char c = definition[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"' || c == '`') {
      quote = c;
    } else if (text::ascii_iequals(definition.substr(i, 5), "check")) {
      const auto behind = definition.find_first_not_of(" \t\r\n", i + 5);
      if (behind != std::string_view::npos && definition[behind] == '(') ++count;
    }
  }
  return count;
}

void read_tables(const Database& database, Tables& tables) {
  Statement row =
      prepare(database, tables,
              "SELECT m.name, m.type, coalesce(m.sql, ''), l.wr, l.strict FROM sqlite_schema m "
              "JOIN pragma_table_list l ON l.schema = 'main' AND l.name = m.name WHERE {names} AND m.type IN ('table', 'view')");
  while (row.step()) {
    TableSchema* table = find(tables, row);
    if (table == nullptr) continue;
    table->name.table = row.text(0);
    const std::string rowid = row.integer(3) != 0 ? "without rowid" : "rowid";
    table->storage = row.text(1) == "view" ? "view" : row.integer(4) != 0 ? rowid + " strict" : rowid;
    const auto checks = count_checks(row.text(2));
    for (std::size_t i = 1; i <= checks; ++i) table->checks.push_back("check " + std::to_string(i));
  }
}

void add_column_row(TableSchema& table, const Statement& row, std::map<std::int64_t, std::string>& key) {
  types::Column column;
  column.ordinal = static_cast<int>(table.columns.size()) + 1;
  column.name = row.text(1);
  column.native = parse_declared_type(row.text(2));
  column.nullable = row.integer(3) == 0;
  if (!row.is_null(4)) column.default_value = parse_default(row.text(4));
  column.generated = row.integer(6) == 2 || row.integer(6) == 3;
  if (row.integer(5) > 0) key[row.integer(5)] = column.name;
  table.columns.push_back(std::move(column));
}

/// A single INTEGER key of a rowid table is the rowid: never null, numbered by SQLite.
void finish_key(TableSchema& table, const std::map<std::int64_t, std::string>& key) {
  for (const auto& [position, name] : key) table.primary_key.columns.push_back(name);
  if (table.storage.find("without rowid") != std::string::npos) {
    for (auto& column : table.columns) {
      const auto& names = table.primary_key.columns;
      if (std::find(names.begin(), names.end(), column.name) != names.end()) column.nullable = false;
    }
    return;
  }
  if (table.primary_key.columns.size() != 1) return;
  for (auto& column : table.columns) {
    if (column.name != table.primary_key.columns[0] || column.native.words != "integer") continue;
    column.auto_increment = true;
    column.nullable = false;
  }
}

void read_columns(const Database& database, Tables& tables) {
  Statement row = prepare(database, tables,
                          "SELECT m.name, x.name, x.type, x.\"notnull\", x.dflt_value, x.pk, x.hidden FROM sqlite_schema m, "
                          "pragma_table_xinfo(m.name) x "
                          "WHERE {names} AND m.type IN ('table', 'view') AND x.hidden <> 1 ORDER BY m.name, x.cid");
  std::unordered_map<TableSchema*, std::map<std::int64_t, std::string>> keys;
  while (row.step()) {
    if (TableSchema* table = find(tables, row)) add_column_row(*table, row, keys[table]);
  }
  for (auto& [table, key] : keys) finish_key(*table, key);
}

std::string constraint_name(const TableSchema& table, const types::Index& index) {
  std::string name = table.name.table;
  for (const auto& column : index.columns) name += "_" + column.name;
  return name + "_key";
}

void add_index_column(types::Index& index, const Statement& row) {
  types::IndexColumn column;
  column.name = row.integer(6) == -1 ? "rowid" : row.text(7);
  column.descending = row.integer(8) != 0;
  if (row.integer(6) == -2) {
    column.name.clear();
    index.special = "expression";
  }
  if (index.special.empty() && index.unique && !text::ascii_iequals(row.text(9), "BINARY")) index.special = "collation";
  index.columns.push_back(std::move(column));
}

void read_indexes(const Database& database, Tables& tables) {
  Statement row = prepare(
      database, tables,
      "SELECT m.name, i.name, i.\"unique\", i.origin, i.partial, coalesce(s.sql, ''), c.cid, c.name, c.desc, coalesce(c.coll, "
      "'BINARY') "
      "FROM sqlite_schema m, pragma_index_list(m.name) i, pragma_index_xinfo(i.name) c "
      "LEFT JOIN sqlite_schema s ON s.type = 'index' AND s.name = i.name "
      "WHERE {names} AND m.type = 'table' AND i.origin <> 'pk' AND c.key = 1 ORDER BY m.name, i.seq DESC, c.seqno");
  std::string current;
  while (row.step()) {
    TableSchema* table = find(tables, row);
    if (table == nullptr) continue;
    if (current != row.text(1)) {
      current = row.text(1);
      types::Index index;
      index.name = current;
      index.unique = row.integer(2) != 0;
      index.constraint = row.text(3) == "u";
      index.method = "btree";
      if (row.integer(4) != 0) index.special = "partial";
      index.definition = row.text(5);
      table->indexes.push_back(std::move(index));
    }
    add_index_column(table->indexes.back(), row);
  }
  for (auto& [name, table] : tables) {
    for (auto& index : table.indexes)
      index.name = index.constraint ? constraint_name(table, index) : plain_index_name(index.name);
  }
}

/// Columns of the primary key of a referenced table that the foreign key does not name.
std::vector<std::string> key_of(const Database& database, const std::string& table) {
  Statement row = database.prepare("SELECT name FROM pragma_table_xinfo(?) WHERE pk > 0 ORDER BY pk");
  row.bind(1, std::string_view(table));
  std::vector<std::string> names;
  while (row.step()) names.push_back(row.text(0));
  return names;
}

void read_foreign_keys(const Database& database, Tables& tables) {
  Statement row =
      prepare(database, tables,
              "SELECT m.name, f.id, f.\"table\", f.\"from\", f.\"to\", f.on_update, f.on_delete FROM sqlite_schema m, "
              "pragma_foreign_key_list(m.name) f WHERE {names} AND m.type = 'table' ORDER BY m.name, f.id, f.seq");
  std::int64_t current = -1;
  const TableSchema* last = nullptr;
  while (row.step()) {
    TableSchema* table = find(tables, row);
    if (table == nullptr) continue;
    if (table != last || row.integer(1) != current) {
      types::ForeignKey key;
      key.referenced.table = row.text(2);
      key.on_update = sql::action_of(row.text(5));
      key.on_delete = sql::action_of(row.text(6));
      table->foreign_keys.push_back(std::move(key));
      last = table;
      current = row.integer(1);
    }
    auto& key = table->foreign_keys.back();
    key.columns.push_back(row.text(3));
    if (!row.is_null(4)) key.referenced_columns.push_back(row.text(4));
  }
  for (auto& [name, table] : tables) {
    for (auto& key : table.foreign_keys) {
      if (key.referenced_columns.empty()) key.referenced_columns = key_of(database, key.referenced.table);
      key.name = table.name.table + "_" + sql::join(key.columns, "_") + "_fkey";
    }
  }
}

void read_triggers(const Database& database, Tables& tables) {
  Statement row = database.prepare("SELECT tbl_name, name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name");
  while (row.step()) {
    if (TableSchema* table = find(tables, row)) table->dependents.push_back({"trigger", row.text(1)});
  }
}

void read_sequences(const Database& database, Tables& tables) {
  if (database.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_sequence'") != 0) {
    Statement row = database.prepare("SELECT name, seq FROM sqlite_sequence");
    while (row.step()) {
      if (TableSchema* table = find(tables, row)) table->next_identity = static_cast<std::uint64_t>(row.integer(1)) + 1;
    }
  }
  Statement row = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'");
  while (row.step()) {
    TableSchema* table = find(tables, row);
    const bool numbered = table != nullptr && std::any_of(table->columns.begin(), table->columns.end(),
                                                          [](const auto& column) { return column.auto_increment; });
    if (numbered && !table->next_identity.has_value()) table->next_identity = 1;
  }
}

void read_estimates(const Database& database, Tables& tables) {
  for (auto& [name, table] : tables) {
    if (table.storage == "view" || table.storage.find("without rowid") != std::string::npos) continue;
    const auto shadowed = [&](const types::Column& column) { return text::ascii_iequals(column.name, "rowid"); };
    if (std::any_of(table.columns.begin(), table.columns.end(), shadowed)) continue;
    table.row_estimate = std::max<std::int64_t>(0, database.integer("SELECT max(rowid) FROM " + quote(table.name.table)));
  }
  if (database.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'") == 0) return;
  Statement row = database.prepare("SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl");
  while (row.step()) {
    if (TableSchema* table = find(tables, row)) table->row_estimate = row.integer(1);
  }
}

}  // namespace

std::vector<ListedObject> list_objects(const Database& database) {
  Statement row =
      database.prepare("SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow' ORDER BY name");
  std::vector<ListedObject> out;
  while (row.step()) {
    ListedObject object;
    object.name.table = row.text(0);
    if (object.name.table.rfind("sqlite_", 0) == 0 || sql::is_own_name(object.name.table)) continue;
    const std::string type = row.text(1);
    object.kind = type == "table" ? ObjectKind::table : type == "view" ? ObjectKind::view : ObjectKind::other;
    out.push_back(std::move(object));
  }
  return out;
}

std::vector<TableSchema> describe_tables(const Database& database, const std::vector<types::ObjectName>& names) {
  Tables tables;
  for (const auto& name : names) tables[text::ascii_lower(name.table)];
  read_tables(database, tables);
  for (auto it = tables.begin(); it != tables.end();) it = it->second.name.table.empty() ? tables.erase(it) : std::next(it);
  read_columns(database, tables);
  read_indexes(database, tables);
  read_foreign_keys(database, tables);
  read_triggers(database, tables);
  read_sequences(database, tables);
  read_estimates(database, tables);
  std::vector<TableSchema> out;
  for (const auto& name : names) {
    const auto found = tables.find(text::ascii_lower(name.table));
    if (found != tables.end()) out.push_back(found->second);
  }
  return out;
}

}  // namespace syncline::connectors::sqlite

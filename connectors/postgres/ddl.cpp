#include "connectors/postgres/ddl.h"

#include "connectors/postgres/dialect.h"
#include "connectors/postgres/text_cell.h"
#include "connectors/sql/foreign_key.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/newest.h"
#include "connectors/sql/partition.h"
#include "stdlib/base/hash.h"

namespace syncline::connectors::postgres {
namespace {

using types::Column;
using types::ColumnDefault;
using types::Index;
using types::TableSchema;
using types::TypeKind;

std::string q(std::string_view name) {
  return dialect().quote(name);
}
std::string q(const types::ObjectName& name) {
  return dialect().quote(name);
}

}  // namespace

std::string column_literal(const Column& column, const std::string& text) {
  switch (types::cell_kind(column.logical)) {
    case types::CellKind::bytes:
      return quote_text("\\x" + sql::hex(text));
    case types::CellKind::bits:
      return "B" + quote_text(text);
    case types::CellKind::set:
      return quote_text(column.native.words == "text[]" ? set_literal(text) : text);
    default:
      return quote_text(text);
  }
}

namespace {

std::string precision(int scale) {
  return scale >= 0 && scale < 6 ? "(" + std::to_string(scale) + ")" : "";
}

std::string now_default(const Column& column) {
  if (column.logical.kind == TypeKind::timestamp_local) return "LOCALTIMESTAMP" + precision(column.default_value.scale);
  return "CURRENT_TIMESTAMP" + precision(column.default_value.scale);
}

std::string default_text(const Column& column) {
  switch (column.default_value.kind) {
    case ColumnDefault::Kind::none:
    case ColumnDefault::Kind::null:
      return {};
    case ColumnDefault::Kind::literal:
      return column_literal(column, column.default_value.text);
    case ColumnDefault::Kind::current_timestamp:
      return now_default(column);
    case ColumnDefault::Kind::current_date:
      return "CURRENT_DATE";
    case ColumnDefault::Kind::current_time:
      return "LOCALTIME" + precision(column.default_value.scale);
    case ColumnDefault::Kind::native:
      return column.default_value.text;
  }
  return {};
}

std::string collation_text(const Column& column) {
  if (column.collation.empty() || !column.charset.empty()) return {};
  const bool spelled = column.collation.front() == '"';
  return " COLLATE " + (spelled ? column.collation : q(column.collation));
}

std::string type_text(const Column& column) {
  return column.native.text + collation_text(column);
}

std::string identity_text(const Column& column, const types::ObjectName& sequence) {
  const std::string kind = column.identity_always ? "ALWAYS" : "BY DEFAULT";
  return " GENERATED " + kind + " AS IDENTITY (SEQUENCE NAME " + q(sequence) + ")";
}

std::string check_text(const TableSchema& desired, const Column& column) {
  if (column.logical.kind != TypeKind::enumeration || column.native.words == "enum" || column.logical.labels.empty()) return {};
  std::vector<std::string> labels;
  for (const std::string& label : column.logical.labels) labels.push_back(quote_text(label));
  const std::string name = fitted_name(desired.name.table + "_" + column.name + "_check");
  return "CONSTRAINT " + q(name) + " CHECK (" + q(column.name) + " IN (" + sql::join(labels, ", ") + "))";
}

/// A name for the n-th thing of a staging table; never that of a thing of the target.
std::string part_name(const types::ObjectName& staging, const std::string& part) {
  return staging.table + "_" + part;
}

std::string sequence_of(const TableSchema& desired, const Column& column, const TableNames& names) {
  return names.own ? sequence_name(desired, column) : part_name(names.table, "s" + std::to_string(column.ordinal));
}

std::string column_text(const TableSchema& desired, const Column& column, const TableNames& names) {
  std::string text = q(column.name) + " " + type_text(column);
  if (is_identity(column)) {
    text += identity_text(column, {names.table.container, sequence_of(desired, column, names)});
  } else if (const std::string value = default_text(column); !value.empty()) {
    text += " DEFAULT " + value;
  }
  return column.nullable ? text : text + " NOT NULL";
}

std::string index_columns(const Index& index) {
  std::vector<std::string> items;
  for (const auto& column : index.columns) items.push_back(q(column.name) + (column.descending ? " DESC" : ""));
  return sql::join(items, ", ");
}

std::string index_name(const TableSchema& desired, std::size_t number, const TableNames& names) {
  return names.own ? desired.indexes[number].name : part_name(names.table, "i" + std::to_string(number));
}

std::string index_text(const TableSchema& desired, std::size_t number, const TableNames& names) {
  const Index& index = desired.indexes[number];
  const std::string name = index_name(desired, number, names);
  const std::string distinct = index.nulls_not_distinct ? " NULLS NOT DISTINCT" : "";
  if (index.constraint) {
    return "ALTER TABLE " + q(names.table) + " ADD CONSTRAINT " + q(name) + " UNIQUE" + distinct + " (" + index_columns(index) +
           ")";
  }
  const std::string head =
      std::string("CREATE ") + (index.unique ? "UNIQUE " : "") + "INDEX " + q(name) + " ON " + q(names.table) + " ";
  if (const std::string tail = index_tail(index.definition); !index.special.empty() && !tail.empty()) return head + tail;
  const std::string method = index.method.empty() || index.method == "btree" ? "" : "USING " + q(index.method) + " ";
  return head + method + "(" + index_columns(index) + ")" + distinct;
}

/// Behind one identifier, quoted or not.
std::size_t skip_identifier(const std::string& text, std::size_t at) {
  if (at >= text.size() || text[at] != '"') {
    while (at < text.size() && text[at] != ' ' && text[at] != '.') ++at;
    return at;
  }
  for (++at; at < text.size(); ++at) {
    if (text[at] != '"') continue;
    if (at + 1 < text.size() && text[at + 1] == '"') {
      ++at;
      continue;
    }
    return at + 1;
  }
  return at;
}

bool skip_word(const std::string& text, std::size_t& at, std::string_view word) {
  if (text.compare(at, word.size(), word) != 0) return false;
  at += word.size();
  return true;
}

/// What CREATE TABLE says of the table's partitions; empty for none.
std::string partition_clause(const types::NativePartitions& partitions) {
  using Kind = types::NativePartitions::Kind;
  switch (partitions.kind) {
    case Kind::none:
      return {};
    case Kind::native:
      return " " + partitions.text;
    case Kind::range:
      return " PARTITION BY RANGE (" + sql::column_list(dialect(), partitions.columns) + ")";
    case Kind::list:
      return " PARTITION BY LIST (" + sql::column_list(dialect(), partitions.columns) + ")";
  }
  return {};
}

void append(std::vector<std::string>& into, std::vector<std::string> more) {
  for (std::string& statement : more) into.push_back(std::move(statement));
}

}  // namespace

bool is_identity(const Column& column) {
  const std::string& words = column.native.words;
  return column.auto_increment && (words == "bigint" || words == "integer" || words == "smallint" || words == "int" ||
                                   words == "int8" || words == "int4" || words == "int2");
}

std::string primary_key_name(const TableSchema& desired) {
  const std::string& name = desired.primary_key.name;
  return name.empty() || name == "PRIMARY" ? fitted_name(desired.name.table + "_pkey") : name;
}

std::string sequence_name(const TableSchema& desired, const Column& column) {
  return fitted_name(desired.name.table + "_" + column.name + "_seq");
}

std::string create_table(const TableSchema& desired, const TableNames& names) {
  std::vector<std::string> lines;
  for (const Column& column : desired.columns) lines.push_back(column_text(desired, column, names));
  for (const Column& column : desired.columns) {
    if (std::string check = check_text(desired, column); !check.empty()) lines.push_back(std::move(check));
  }
  const std::string options = desired.create_options.empty() ? "" : " " + desired.create_options;
  return "CREATE TABLE " + q(names.table) + " (\n  " + sql::join(lines, ",\n  ") + "\n)" +
         partition_clause(desired.native_partitions) + options;
}

std::string create_plain_staging(const LoadTable& table, const types::ObjectName& staging, bool numbered) {
  std::vector<std::string> lines;
  for (const int index : table.load_columns) {
    const Column& column = table.desired.columns[static_cast<std::size_t>(index)];
    lines.push_back(q(column.name) + " " + type_text(column));
  }
  if (numbered) lines.push_back(q(sql::arrival_column(table)) + " bigint GENERATED ALWAYS AS IDENTITY");
  return "CREATE TABLE " + q(staging) + " (" + sql::join(lines, ", ") + ")";
}

std::vector<std::string> create_keys(const TableSchema& desired, const TableNames& names) {
  std::vector<std::string> statements;
  if (!desired.primary_key.columns.empty()) {
    const std::string name = names.own ? primary_key_name(desired) : part_name(names.table, "k");
    statements.push_back("ALTER TABLE " + q(names.table) + " ADD CONSTRAINT " + q(name) + " PRIMARY KEY (" +
                         sql::column_list(dialect(), desired.primary_key.columns) + ")");
  }
  for (std::size_t i = 0; i < desired.indexes.size(); ++i) statements.push_back(index_text(desired, i, names));
  return statements;
}

std::vector<std::string> create_comments(const TableSchema& desired, const types::ObjectName& table) {
  std::vector<std::string> statements;
  if (!desired.comment.empty()) statements.push_back("COMMENT ON TABLE " + q(table) + " IS " + quote_text(desired.comment));
  for (const Column& column : desired.columns) {
    if (column.comment.empty()) continue;
    statements.push_back("COMMENT ON COLUMN " + q(table) + "." + q(column.name) + " IS " + quote_text(column.comment));
  }
  return statements;
}

std::vector<std::string> rename_to_target(const TableSchema& desired, const types::ObjectName& staging) {
  const TableNames names{staging, false};
  const std::string& schema = desired.name.container;
  std::vector<std::string> statements;
  statements.push_back("ALTER TABLE " + q(staging) + " RENAME TO " + q(desired.name.table));
  if (!desired.primary_key.columns.empty()) {
    statements.push_back("ALTER INDEX " + q({schema, part_name(staging, "k")}) + " RENAME TO " + q(primary_key_name(desired)));
  }
  for (std::size_t i = 0; i < desired.indexes.size(); ++i) {
    statements.push_back("ALTER INDEX " + q({schema, index_name(desired, i, names)}) + " RENAME TO " +
                         q(desired.indexes[i].name));
  }
  for (const Column& column : desired.columns) {
    if (!is_identity(column)) continue;
    const std::string from = sequence_of(desired, column, names);
    statements.push_back("ALTER SEQUENCE " + q({schema, from}) + " RENAME TO " + q(sequence_name(desired, column)));
  }
  return statements;
}

std::string add_column(const types::ObjectName& table, const Column& column) {
  const std::string value = default_text(column);
  return "ALTER TABLE " + q(table) + " ADD COLUMN " + q(column.name) + " " + type_text(column) +
         (value.empty() ? "" : " DEFAULT " + value);
}

std::string widen_column(const types::ObjectName& table, const Column& column) {
  return "ALTER TABLE " + q(table) + " ALTER COLUMN " + q(column.name) + " TYPE " + type_text(column);
}

std::string add_foreign_key(const types::ObjectName& table, const types::ForeignKey& key, bool partitioned) {
  std::string text = "ALTER TABLE " + q(table) + " ADD CONSTRAINT " + q(key.name) + " " + sql::foreign_key(dialect(), key);
  if (key.deferrable) text += key.initially_deferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
  return partitioned ? text : text + " NOT VALID";
}

std::vector<std::string> load_statements(const LoadTable& table) {
  std::vector<std::string> statements;
  if (table.existing && table.publish != types::Publish::rename) {
    for (const int index : table.add_columns) {
      const Column& column = table.desired.columns[static_cast<std::size_t>(index)];
      statements.push_back(add_column(table.desired.name, column));
      if (!column.nullable) {
        statements.push_back("ALTER TABLE " + q(table.desired.name) + " ALTER COLUMN " + q(column.name) + " SET NOT NULL");
      }
    }
    for (const int index : table.widen_columns)
      statements.push_back(widen_column(table.desired.name, table.desired.columns[static_cast<std::size_t>(index)]));
    if (table.publish == types::Publish::partition)
      statements.push_back(sql::shown_partition_delete(dialect(), table, column_literal));
    return statements;
  }
  if (table.existing) statements.push_back("DROP TABLE " + q(table.desired.name));
  const TableNames names{table.desired.name, true};
  statements.push_back(create_table(table.desired, names));
  append(statements, create_keys(table.desired, names));
  append(statements, create_comments(table.desired, table.desired.name));
  return statements;
}

std::string index_tail(const std::string& definition) {
  std::size_t at = 0;
  if (!skip_word(definition, at, "CREATE ")) return {};
  skip_word(definition, at, "UNIQUE ");
  if (!skip_word(definition, at, "INDEX ")) return {};
  at = skip_identifier(definition, at);
  if (!skip_word(definition, at, " ON ")) return {};
  skip_word(definition, at, "ONLY ");
  at = skip_identifier(definition, at);
  if (at < definition.size() && definition[at] == '.') at = skip_identifier(definition, at + 1);
  if (!skip_word(definition, at, " USING ")) return {};
  return definition.substr(at - 6);
}

}  // namespace syncline::connectors::postgres

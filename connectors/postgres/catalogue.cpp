#include "connectors/postgres/catalogue.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include "connectors/postgres/catalogue_sql.h"
#include "connectors/postgres/dialect.h"
#include "connectors/postgres/native_type.h"

namespace syncline::connectors::postgres {
namespace {

using types::TableSchema;

/// Finds a table by its oid while rows of a query go by.
class ByOid {
 public:
  explicit ByOid(std::vector<TableSchema>& tables) {
    for (TableSchema& table : tables) by_oid_[table.object_id] = &table;
  }
  [[nodiscard]] TableSchema& at(const Result& result, int row) const {
    return *by_oid_.at(static_cast<std::uint64_t>(result.number(row, 0)));
  }
  [[nodiscard]] std::string parameter() const {
    std::vector<std::string> oids;
    for (const auto& entry : by_oid_) oids.push_back(std::to_string(entry.first));
    return array_parameter(oids);
  }

 private:
  std::map<std::uint64_t, TableSchema*> by_oid_;
};

std::string with(const char* pattern, const std::string& text) {
  const std::string whole(pattern);
  const std::size_t at = whole.find("%s");
  return whole.substr(0, at) + text + whole.substr(at + 2);
}

const char* storage_word(char kind) {
  switch (kind) {
    case 'p':
      return "partitioned";
    case 'v':
      return "view";
    case 'm':
      return "materialized view";
    case 'f':
      return "foreign";
    default:
      return "table";
  }
}

TableSchema table_of(const Result& result, int row) {
  TableSchema table;
  table.object_id = static_cast<std::uint64_t>(result.number(row, 0));
  table.name = {result.text(row, 1), result.text(row, 2)};
  table.storage = storage_word(result.text(row, 3)[0]);
  table.row_estimate = result.number(row, 4);
  table.byte_estimate = result.number(row, 5);
  table.comment = result.text(row, 6);
  return table;
}

types::Column column_of(const Result& result, int row) {
  types::Column column;
  column.name = result.text(row, 1);
  const std::string type = result.text(row, 2);
  column.native = result.text(row, 3) == "e" ? enum_type(type, result.text(row, 10)) : split_type(type);
  column.nullable = result.truth(row, 4);
  const std::string identity = result.text(row, 6);
  column.identity_always = identity == "a";
  column.auto_increment = !identity.empty();
  column.generated = !result.text(row, 7).empty();
  if (column.generated) {
    column.generation = result.text(row, 5);
  } else {
    column.default_value = parse_default(result.text(row, 5), column.native.words, column.auto_increment);
  }
  column.collation = result.text(row, 8);
  column.comment = result.text(row, 9);
  return column;
}

void add_columns(Session& session, const ByOid& tables) {
  const Result result = session.query(catalogue_sql::kColumns, {tables.parameter()}, look_it_up());
  for (int row = 0; row < result.rows(); ++row) {
    TableSchema& table = tables.at(result, row);
    types::Column column = column_of(result, row);
    column.ordinal = static_cast<int>(table.columns.size()) + 1;
    table.columns.push_back(std::move(column));
  }
}

types::Index index_of(const Result& result, int row) {
  types::Index index;
  index.name = result.text(row, 1);
  index.unique = result.truth(row, 4);
  index.constraint = result.text(row, 6) == "u";
  index.method = result.text(row, 7);
  index.special = result.text(row, 8);
  index.definition = result.text(row, 9);
  index.nulls_not_distinct = result.truth(row, 10);
  index.comment = result.text(row, 11);
  return index;
}

void add_indexes(Session& session, const ByOid& tables) {
  const char* distinct = session.version() >= 150000 ? "i.indnullsnotdistinct" : "false";
  const Result result = session.query(with(catalogue_sql::kIndexes, distinct), {tables.parameter()}, look_it_up());
  std::string last;
  for (int row = 0; row < result.rows(); ++row) {
    TableSchema& table = tables.at(result, row);
    if (result.truth(row, 5)) {
      table.primary_key.name = result.text(row, 1);
      table.primary_key.columns.push_back(result.text(row, 2));
      continue;
    }
    if (const std::string oid = result.text(row, 12); oid != last) {
      table.indexes.push_back(index_of(result, row));
      last = oid;
    }
    types::IndexColumn column;
    column.name = result.text(row, 2);
    column.descending = result.truth(row, 3);
    table.indexes.back().columns.push_back(std::move(column));
  }
}

types::ForeignKeyAction action_of(const std::string& letter) {
  switch (letter.empty() ? 'a' : letter[0]) {
    case 'r':
      return types::ForeignKeyAction::restrict_;
    case 'c':
      return types::ForeignKeyAction::cascade;
    case 'n':
      return types::ForeignKeyAction::set_null;
    case 'd':
      return types::ForeignKeyAction::set_default;
    default:
      return types::ForeignKeyAction::no_action;
  }
}

types::ForeignKey foreign_key_of(const Result& result, int row) {
  types::ForeignKey key;
  key.name = result.text(row, 1);
  key.referenced = {result.text(row, 3), result.text(row, 4)};
  key.on_delete = action_of(result.text(row, 6));
  key.on_update = action_of(result.text(row, 7));
  key.deferrable = result.truth(row, 8);
  key.initially_deferred = result.truth(row, 9);
  return key;
}

void add_foreign_keys(Session& session, const ByOid& tables) {
  const Result result = session.query(catalogue_sql::kForeignKeys, {tables.parameter()}, look_it_up());
  std::string last;
  for (int row = 0; row < result.rows(); ++row) {
    TableSchema& table = tables.at(result, row);
    if (const std::string oid = result.text(row, 10); oid != last) {
      table.foreign_keys.push_back(foreign_key_of(result, row));
      last = oid;
    }
    table.foreign_keys.back().columns.push_back(result.text(row, 2));
    table.foreign_keys.back().referenced_columns.push_back(result.text(row, 5));
  }
}

void add_checks(Session& session, const ByOid& tables) {
  const Result result = session.query(catalogue_sql::kChecks, {tables.parameter()}, look_it_up());
  for (int row = 0; row < result.rows(); ++row) tables.at(result, row).checks.push_back(result.text(row, 1));
}

void add_sequences(Session& session, const ByOid& tables) {
  const Result result = session.query(catalogue_sql::kSequences, {tables.parameter()}, look_it_up());
  for (int row = 0; row < result.rows(); ++row) {
    if (!result.null(row, 1) && result.number(row, 1) > 0) {
      tables.at(result, row).next_identity = static_cast<std::uint64_t>(result.number(row, 1));
    }
  }
}

void add_partition_keys(Session& session, const std::vector<TableSchema>& tables, const ByOid& by_oid) {
  const auto partitioned = [](const TableSchema& table) { return table.storage == "partitioned"; };
  if (std::none_of(tables.begin(), tables.end(), partitioned)) return;
  const Result result = session.query(catalogue_sql::kPartitionKeys, {by_oid.parameter()}, look_it_up());
  for (int row = 0; row < result.rows(); ++row) {
    using Kind = types::NativePartitions::Kind;
    types::NativePartitions& partitions = by_oid.at(result, row).native_partitions;
    const std::string name = result.text(row, 2);
    const std::string how = result.text(row, 1);
    const bool plain = !name.empty() && (how == "r" || how == "l") && partitions.kind != Kind::native;
    partitions.kind = !plain ? Kind::native : how == "r" ? Kind::range : Kind::list;
    if (!name.empty()) partitions.columns.push_back(name);
  }
}

}  // namespace

std::vector<TableSchema> read_tables(Session& session, const std::vector<types::ObjectName>& names) {
  if (names.empty()) return {};
  std::vector<std::string> containers;
  std::vector<std::string> tables;
  for (const types::ObjectName& name : names) {
    containers.push_back(name.container);
    tables.push_back(name.table);
  }
  const Result result =
      session.query(catalogue_sql::kTables, {array_parameter(containers), array_parameter(tables)}, look_it_up());
  std::vector<TableSchema> schemas;
  for (int row = 0; row < result.rows(); ++row) schemas.push_back(table_of(result, row));
  add_columns(session, ByOid(schemas));
  return schemas;
}

void read_keys(Session& session, std::vector<TableSchema>& tables) {
  const ByOid by_oid(tables);
  add_indexes(session, by_oid);
  add_foreign_keys(session, by_oid);
  add_checks(session, by_oid);
  add_sequences(session, by_oid);
  add_partition_keys(session, tables, by_oid);
}

void read_dependents(Session& session, std::vector<TableSchema>& tables) {
  const ByOid by_oid(tables);
  const Result result = session.query(catalogue_sql::kDependents, {by_oid.parameter()}, look_it_up());
  for (int row = 0; row < result.rows(); ++row)
    by_oid.at(result, row).dependents.push_back({result.text(row, 1), result.text(row, 2)});
  const std::string state = dialect().quote(types::ObjectName{session.spec().state_schema, "syncline_target"});
  const bool recorded = !session.query("SELECT to_regclass($1)", {state}, look_it_up()).null(0, 0);
  const std::string not_ours =
      recorded ? "AND NOT EXISTS (SELECT 1 FROM " + state + " s WHERE s.object_id = c.conrelid::bigint)" : "";
  const Result keys = session.query(with(catalogue_sql::kReferencing, not_ours), {by_oid.parameter()}, look_it_up());
  for (int row = 0; row < keys.rows(); ++row) by_oid.at(keys, row).dependents.push_back({"foreign key", keys.text(row, 1)});
}

std::vector<TouchingKey> read_touching_keys(Session& session, const std::string& oids, const std::string& managed) {
  const Result result = session.query(with(catalogue_sql::kTouchingKeys, managed), {oids}, look_it_up());
  std::vector<TouchingKey> keys;
  std::string last;
  for (int row = 0; row < result.rows(); ++row) {
    if (const std::string oid = result.text(row, 10); oid != last) {
      keys.push_back({{result.text(row, 11), result.text(row, 12)}, foreign_key_of(result, row)});
      last = oid;
    }
    keys.back().key.columns.push_back(result.text(row, 2));
    keys.back().key.referenced_columns.push_back(result.text(row, 5));
  }
  return keys;
}

const char* kept_rights_query() {
  return catalogue_sql::kKeptRights;
}

void refuse_active_references(Session& session, std::uint64_t object_id, const std::string& table) {
  const Result result = session.query(catalogue_sql::kActiveReferences, {std::to_string(object_id)}, look_it_up());
  if (result.rows() == 0) return;
  throw ConnectorError(ErrorKind::unsupported,
                       "clearing " + table + " would act on another table through its foreign key " + result.text(0, 0));
}

}  // namespace syncline::connectors::postgres

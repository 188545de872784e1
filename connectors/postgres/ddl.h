#pragma once
#include <string>
#include <vector>

#include "connectors/api/target.h"

namespace syncline::connectors::postgres {

/// A CREATE TABLE and what follows it under the names of a staging table, or under the target's own.
struct TableNames {
  types::ObjectName table;  ///< name to create under
  bool own = true;          ///< true: indexes, constraints and sequences get their final names at once
};

/// Columns, defaults, NOT NULL, identities and enumeration checks; no keys. `plain`: bare columns only, for staging that is
/// copied from.
std::string create_table(const types::TableSchema& desired, const TableNames& names);
/// `numbered`: with a column that counts rows as they arrive (sql::arrival_column).
std::string create_plain_staging(const LoadTable& table, const types::ObjectName& staging, bool numbered);
/// Primary key, unique constraints and indexes.
std::vector<std::string> create_keys(const types::TableSchema& desired, const TableNames& names);
std::vector<std::string> create_comments(const types::TableSchema& desired, const types::ObjectName& table);
/// Renames everything that `create_table` and `create_keys` made for staging to the target's names (the old table is gone).
std::vector<std::string> rename_to_target(const types::TableSchema& desired, const types::ObjectName& staging);
/// `ALTER TABLE … ADD COLUMN …`, nullable: NOT NULL follows when the rows are in.
std::string add_column(const types::ObjectName& table, const types::Column& column);
/// ALTER TABLE … ALTER COLUMN … TYPE: keeps default, NOT NULL and identity.
std::string widen_column(const types::ObjectName& table, const types::Column& column);
/// ADD CONSTRAINT … FOREIGN KEY … NOT VALID. `partitioned`: the table takes valid ones only.
std::string add_foreign_key(const types::ObjectName& table, const types::ForeignKey& key, bool partitioned);
/// The statements of a whole load, for people.
std::vector<std::string> load_statements(const LoadTable& table);

/// A value of this column, given as canonical text: untyped, so that the server reads it as the column's type.
std::string column_literal(const types::Column& column, const std::string& text);

/// Final names, as PostgreSQL itself would choose where the plan leaves them open.
std::string primary_key_name(const types::TableSchema& desired);
std::string sequence_name(const types::TableSchema& desired, const types::Column& column);
bool is_identity(const types::Column& column);
/// The part of a CREATE INDEX text behind the table's name ("USING btree (…) WHERE …"); empty when it has another shape.
std::string index_tail(const std::string& definition);

}  // namespace syncline::connectors::postgres

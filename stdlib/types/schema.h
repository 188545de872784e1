#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stdlib/types/logical_type.h"

namespace syncline::types {

/// A table in its engine's terms. `container`: MySQL database, PostgreSQL schema, empty for SQLite.
struct ObjectName {
  std::string container;
  std::string table;
  auto operator<=>(const ObjectName&) const = default;
};
/// `shop.orders`, or `orders` where there is no container. For people and addresses, never for SQL.
std::string to_string(const ObjectName& name);

/// A native type as its engine writes it. `words` is the lower-case name without arguments: "bigint unsigned",
/// "character varying", "timestamp with time zone", "enum"; `arguments` as written: "20", "10", "'a'"; `text` the whole.
/// PostgreSQL arrays: `words` ends in "[]".
struct NativeType {
  std::string words;
  std::vector<std::string> arguments;
  std::string text;
};

/// A default that we understand, or the native text of one that we do not (dropped with a warning on another engine).
struct ColumnDefault {
  enum class Kind : std::uint8_t {
    none,
    null,               ///< explicit DEFAULT NULL
    literal,            ///< `text` is the value's canonical text (as CellKind of the column would print), unquoted
    current_timestamp,  ///< `scale` fractional digits
    current_date,
    current_time,
    native,  ///< `text` is engine SQL; valid on the same engine only
  };
  Kind kind = Kind::none;
  std::string text;
  int scale = -1;
  bool operator==(const ColumnDefault&) const = default;
};

struct Column {
  std::string name;
  int ordinal = 0;  ///< position in the table, from 1
  NativeType native;
  LogicalType logical;  ///< filled by the mapping (compiler), `other` until then
  bool nullable = true;
  ColumnDefault default_value;
  bool auto_increment = false;  ///< AUTO_INCREMENT, serial, identity, INTEGER PRIMARY KEY
  bool identity_always = false;
  bool generated = false;      ///< computed by the source: arrives as a plain value
  std::string generation;      ///< native expression of a generated column
  bool on_update_now = false;  ///< MySQL ON UPDATE CURRENT_TIMESTAMP
  bool zerofill = false;
  bool invisible = false;
  std::string charset;  ///< MySQL character set of a text column, else empty
  std::string collation;
  std::string comment;
};

struct IndexColumn {
  std::string name;  ///< empty for an expression
  bool descending = false;
  int prefix_length = 0;  ///< MySQL prefix index: characters; 0: whole column
};

struct Index {
  std::string name;
  std::vector<IndexColumn> columns;
  bool unique = false;
  bool constraint = false;  ///< declared as a UNIQUE constraint
  std::string method;       ///< btree, hash, gin, fulltext, spatial…; lower case
  std::string special;      ///< why another engine cannot have it: "partial", "expression", "prefix"…; empty: ordinary
  std::string definition;   ///< native CREATE INDEX text where the engine gives one (same-engine copies of special indexes)
  bool nulls_not_distinct = false;
  std::string comment;
};

struct PrimaryKey {
  std::string name;
  std::vector<std::string> columns;  ///< empty: the table has none
};

enum class ForeignKeyAction : std::uint8_t { no_action, restrict_, cascade, set_null, set_default };

struct ForeignKey {
  std::string name;
  std::vector<std::string> columns;
  ObjectName referenced;
  std::vector<std::string> referenced_columns;
  ForeignKeyAction on_delete = ForeignKeyAction::no_action;
  ForeignKeyAction on_update = ForeignKeyAction::no_action;
  bool deferrable = false;
  bool initially_deferred = false;
};

/// An object of the target that stands on a table: it decides whether a rename swap is possible (DECISIONS 2).
struct Dependent {
  std::string kind;  ///< view, rule, trigger, foreign key, publication, policy
  std::string name;
};

/// Partitions that the engine itself keeps: PARTITION BY RANGE, LIST, NATIVE. Not the columns that PARTITION BY (c type = e)
/// adds.
struct NativePartitions {
  enum class Kind : std::uint8_t { none, range, list, native };
  enum class Unit : std::uint8_t { hours, days, months, values };
  Kind kind = Kind::none;
  std::vector<std::string> columns;  ///< of the table; range: one; native: empty, or what the catalogue tells
  Unit unit = Unit::days;            ///< of `every`
  std::int64_t every = 0;            ///< range: how wide a partition is; 0: not known, none are made
  std::string text;                  ///< native: engine text behind the columns of CREATE TABLE

  /// Loads make the partitions that their rows need.
  [[nodiscard]] bool grow() const { return kind == Kind::list || (kind == Kind::range && every > 0); }
};
/// `RANGE (placed) EVERY 3 MONTHS`, `LIST (region)`, `NATIVE`; empty for none.
std::string to_string(const NativePartitions& partitions);

struct TableSchema {
  ObjectName name;
  std::vector<Column> columns;  ///< in ordinal order
  PrimaryKey primary_key;
  std::vector<Index> indexes;  ///< without the primary key's
  std::vector<ForeignKey> foreign_keys;
  std::vector<Dependent> dependents;
  std::vector<std::string> checks;  ///< names of CHECK constraints: not copied, the plan says so
  std::string comment;
  std::string create_options;  ///< engine text behind the columns of CREATE TABLE: CREATE WITH (NATIVE …)
  NativePartitions native_partitions;
  std::string storage;  ///< MySQL engine ("InnoDB"), PostgreSQL "partitioned"/"table", SQLite "rowid"/"without rowid"/"strict"
  std::int64_t row_estimate = -1;  ///< < 0: unknown
  std::int64_t byte_estimate = -1;
  std::optional<std::uint64_t> next_identity;  ///< next AUTO_INCREMENT / sequence value where the source knows it
  std::uint64_t object_id = 0;                 ///< PostgreSQL oid; 0 elsewhere

  [[nodiscard]] const Column* find_column(std::string_view column_name) const;  ///< exact name
};

/// A stable line-oriented text of columns, keys and indexes: the input of fingerprints and of golden tests.
std::string to_text(const TableSchema& schema);
/// Hash of the columns only (names in order, native types, nullability): "is this still the table that we made?" (DECISIONS 18).
std::string column_fingerprint(const TableSchema& schema);

}  // namespace syncline::types

#pragma once
#include "compiler/ast/expression.h"

/// Clauses of SYNC, TEMPLATE, DEFAULTS and OVERRIDE as written. See statement.h.
namespace syncline::ast {

struct Segment {
  enum class Kind : std::uint8_t { exact, any, regex } kind = Kind::exact;
  std::string text;  ///< name, or the RE2 pattern
  bool quoted = false;
  Span span;
};
struct ObjectPattern {
  std::vector<Segment> segments;
  Span span;
};

struct Assignment {
  Name name;
  ExprPtr value;
  Span span;
};
struct TemplateUse {
  Name name;
  std::vector<Assignment> arguments;
  Span span;
};

/// A condition: a portable expression or fenced native text.
struct Condition {
  ExprPtr portable;
  std::optional<Name> native_engine;
  std::string native_text;  ///< between the dollars
  Span native_span;         ///< of the whole dollar token
  std::optional<Name> covers;
  ExprPtr covers_from, covers_to;
  Span span;
};

enum class NameLevel : std::uint8_t { database, schema, table };

struct ColumnRule {
  enum class Kind : std::uint8_t { exclude, rename, cast, set, mask, add } kind = Kind::exclude;
  Segment columns;              ///< exclude, rename, cast, mask: pattern; set, add: exact name
  ExprPtr value;                ///< rename: new name; set, add: value; mask: the function call
  std::optional<TypeRef> type;  ///< cast, add
  Span span;
};

struct CreateItem {
  enum class Kind : std::uint8_t {
    table_type,
    distribute_hash,
    distribute_random,
    distribute_replicated,
    order_by,
    index,
    properties,
    comment,
    native
  } kind = Kind::comment;
  Name name;  ///< table type, index name
  std::vector<Name> columns;
  std::optional<std::int64_t> buckets;
  std::optional<Name> method;  ///< index … USING
  Settings properties;
  ExprPtr comment;
  std::string native_text;
  Span span;
};

struct PartitionColumn {
  Name name;
  TypeRef type;
  ExprPtr value;
  Span span;
};

enum class WriteMode : std::uint8_t { recreate, truncate, append, upsert, overwrite_partition };
struct Write {
  WriteMode mode;
  Span span;
};

struct LoadPhase {
  enum class Kind : std::uint8_t { schema, full, incremental } kind = Kind::full;
  bool up_to_first_window = false;
  std::vector<Assignment> into_partition;
  std::optional<Condition> where;  ///< incremental
  std::vector<Name> key;           ///< incremental key
  std::optional<Quantity> lookback;
  std::optional<Name> from;  ///< TARGET or STATE
  std::optional<Write> write;
  Span span;
};

struct ColumnEvent {
  Name event;   ///< ADDED, DROPPED, RETYPED
  Name action;  ///< RELOAD, EVOLVE, IGNORE, FAIL; upper case
};

/// In the order of LANGUAGE 2.3, which is fmt's canonical order.
enum class ClauseKind : std::uint8_t {
  using_template,
  naming,
  type_mapping,
  columns,
  key,
  partition_by,
  create_with,
  merge_shards,  // shape
  filter,
  load,
  split,
  on_new_table,
  on_dropped_table,
  on_column_change,
  verify,
  consistent,
  deletes,  // movement
  limits,
  errors,
  priority,
  hook,  // execution
  schedule,
  depends_on,
  notify,
  owner,  // timing
};
/// The keywords: "NAMING", "ON NEW TABLE".
const char* to_string(ClauseKind kind);

struct NamingItem {
  NameLevel level;
  ExprPtr value;
  Span span;
};

/// A clause as written. `kind` says which members count; keyword-valued clauses keep the upper-case word in `word`.
struct Clause {
  ClauseKind kind = ClauseKind::naming;
  Span span;
  Span keyword;                        ///< of the introducing keyword(s)
  std::vector<TemplateUse> templates;  // using_template
  std::vector<NamingItem> naming;      // naming
  std::vector<Name> names;          // type_mapping, key, partition LIST/RANGE column, schedule, depends_on, notify, MARK column
  std::vector<ColumnRule> columns;  // columns
  enum class PartitionForm : std::uint8_t { columns, range, list, native } partition_form = PartitionForm::columns;
  std::vector<PartitionColumn> partition_columns;
  std::vector<CreateItem> create;      // create_with
  std::optional<Condition> condition;  // filter
  std::vector<LoadPhase> phases;       // load: one or two
  std::string word;  // merge_shards SAME|UNION, on_new_table, on_dropped_table, on_column_change (single action), verify,
                     // consistent, deletes, priority, hook "BEFORE RUN ON TARGET", schedule MANUAL|ONCE, split OFF, depends ELSE
  std::vector<ColumnEvent> events;     // on_column_change
  std::optional<Quantity> quantity;    // RANGE EVERY, deletes UP TO, schedule STAGGER, depends WAIT
  std::optional<std::int64_t> chunks;  // split
  Settings settings;                   // limits, errors
  std::string text;                    // hook body, native partition text, schedule AT, owner
  Span text_span;                      // hook body with its dollars
};

}  // namespace syncline::ast

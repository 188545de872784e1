#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/source/source.h"

/// What was written: raw names, clause order, spans, comments. No types, no catalogue facts. Immutable once parsed.
namespace syncline::ast {

using source::Span;

struct Name {
  std::string text;  ///< unquoted
  bool quoted = false;
  Span span;
};

struct TypeArgument;

/// `DECIMAL(18, 2)`, `TIMESTAMP(f) WITH TIME ZONE`, `'int8'` (native text).
struct TypeRef {
  std::vector<Name> words;       ///< before and after the arguments, in order
  std::size_t words_before = 0;  ///< how many stand before the parenthesis
  std::vector<TypeArgument> arguments;
  bool has_arguments = false;
  std::optional<std::string> native_text;  ///< of the quoted form
  Span span;
};
struct TypeArgument {
  std::optional<std::int64_t> integer;
  std::shared_ptr<const TypeRef> type;  ///< a type, or a single word: a variable of a type rule
  Span span;
};

enum class ExprKind : std::uint8_t {
  null_literal,
  true_literal,
  false_literal,
  integer,    ///< text: digits as written
  decimal,    ///< text
  string,     ///< text: unescaped
  parameter,  ///< text: name without ':'
  path,       ///< path: `a`, `source.table`, `match.shard`
  call,       ///< text: function name; args
  date_literal,
  timestamp_literal,  ///< text: the string
  interval,           ///< text: unit; args[0]: integer or parameter
  cast,               ///< args[0], type
  case_when,          ///< args: when, then, …, [else]; negated unused
  parenthesized,      ///< args[0]
  negate,
  logical_not,
  binary,  ///< text: operator as canonical token: = <> < <= > >= + - * / || AND OR
  is_null,
  in_list,
  between,
  like,  ///< negated: NOT; LIKE's pattern is args[1], a string
};

struct Expr;
using ExprPtr = std::shared_ptr<const Expr>;
struct Expr {
  ExprKind kind = ExprKind::null_literal;
  Span span;
  std::string text;
  std::vector<Name> path;
  std::vector<ExprPtr> args;
  bool negated = false;
  std::optional<TypeRef> type;
};

/// `50 MB PER SECOND`, `0.1%`, `2 HOURS`, `3`.
struct Quantity {
  std::string number;
  std::string unit;  ///< as written; "%" for percent; empty: none
  std::string per;
  Span span;
};

struct SettingValue;
using SettingList = std::vector<SettingValue>;
struct Secret {
  std::string reference;
  Span span;
};  ///< 'env:SHOP_PASSWORD': a reference, never the value
struct SettingValue {
  enum class Kind : std::uint8_t {
    quantity,
    negative_number,
    string,
    boolean,
    null,
    secret,
    parameter,
    word,
    list
  } kind = Kind::null;
  Quantity quantity;  ///< quantity (a bare number is one without unit), negative_number
  std::string text;   ///< string, parameter name, word
  bool boolean = false;
  Secret secret;
  SettingList list;
  Span span;
};
struct Setting {
  Name key;
  bool key_is_string = false;
  SettingValue value;
  Span span;
};
using Settings = std::vector<Setting>;

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
struct TableItem {
  bool except = false;
  ObjectPattern pattern;
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
  Name event;
  Name action;
};  ///< ADDED/DROPPED/RETYPED; RELOAD/EVOLVE/IGNORE/FAIL, upper case

/// A clause as written. `kind` says which members count; keyword-valued clauses keep the upper-case word in `word`.
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
/// Order of LANGUAGE 2.3: fmt's canonical order. `to_string` gives the keywords: "NAMING", "ON NEW TABLE".
const char* to_string(ClauseKind kind);

struct NamingItem {
  NameLevel level;
  ExprPtr value;
  Span span;
};

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
};

struct TypeRule {
  TypeRef from;
  ExprPtr when;
  TypeRef to;
  Span span;
};

struct Trigger {
  enum class Kind : std::uint8_t { at, every_hour, every_day, every_week, every_month, cron } kind = Kind::at;
  std::vector<std::string> times;     ///< AT strings, or the cron text
  std::vector<std::int64_t> minutes;  ///< every_hour
  std::vector<Name> week_days;
  std::vector<std::optional<std::int64_t>> month_days;  ///< nothing: LAST
  std::optional<Quantity> window;
  bool since_previous = false;  ///< WINDOW SINCE PREVIOUS TRIGGER
  Span span;
};
struct ScheduleOption {
  std::string word;  ///< TIMEZONE, STARTING, ENDING, CATCH UP, OVERLAP, STAGGER OVER
  std::string text;  ///< string or keyword value
  std::optional<Quantity> quantity;
  Span span;
};
struct AlertEvent {
  std::optional<Name> name;
  std::optional<Quantity> late_by;
  Span span;
};
struct AlertSink {
  std::string word;
  std::string text;
  std::optional<Secret> secret;
  Span span;
};  ///< EMAIL, WEBHOOK

struct SetStatement {
  Name key;
  SettingValue value;
};
struct IncludeStatement {
  std::string path;
  Span path_span;
};
struct ParamStatement {
  Name name;
  TypeRef type;
  ExprPtr default_value;
  std::optional<Secret> default_secret;
  ExprPtr check;
};
struct ConnectionStatement {
  Name name;
  Name engine;
  Settings settings;
};
struct TypeMappingStatement {
  Name name;
  Name from;
  Name to;
  std::vector<TypeRule> rules;
};
struct ScheduleStatement {
  Name name;
  std::vector<Trigger> triggers;
  std::vector<ScheduleOption> options;
};
struct AlertStatement {
  Name name;
  std::vector<AlertEvent> events;
  std::vector<AlertSink> sinks;
};
struct TemplateParameter {
  Name name;
  TypeRef type;
};
struct TemplateStatement {
  Name name;
  std::vector<TemplateParameter> parameters;
  std::vector<Clause> clauses;
};
struct DefaultsStatement {
  std::vector<Clause> clauses;
};
struct SyncStatement {
  Name name;
  std::optional<Name> renamed_from;
  Name from;
  std::vector<TableItem> tables;
  Name into;
  std::vector<Clause> clauses;
};
struct OverrideStatement {
  Name sync;
  NameLevel level;
  std::vector<ObjectPattern> patterns;
  std::vector<Clause> clauses;
};

using StatementBody =
    std::variant<SetStatement, IncludeStatement, ParamStatement, ConnectionStatement, TypeMappingStatement, ScheduleStatement,
                 AlertStatement, TemplateStatement, DefaultsStatement, SyncStatement, OverrideStatement>;
struct Statement {
  StatementBody body;
  Span span;
  Span keyword;
};

/// A comment as written (`-- …` to the line end, or `/* … */`), kept for fmt.
struct Comment {
  Span span;
  bool own_line = false;
};

struct Script {
  source::SourceId source = 0;
  std::vector<Statement> statements;  ///< those that parsed; a broken one is left out and reported
  std::vector<Comment> comments;      ///< in order
};

/// Stable line-oriented text of a script: golden tests, `--show ast`.
std::string to_text(const Script& script);

}  // namespace syncline::ast

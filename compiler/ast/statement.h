#pragma once
#include <variant>

#include "compiler/ast/clause.h"

/// What was written: raw names, clause order, spans, comments. No types, no catalogue facts. Immutable once parsed.
namespace syncline::ast {

struct TableItem {
  bool except = false;
  ObjectPattern pattern;
  Span span;
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
  std::string word;  ///< EMAIL, WEBHOOK
  std::string text;
  std::optional<Secret> secret;
  Span span;
};

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
  bool named = false;                 ///< by the call, itself or its folder; else only an INCLUDE reads it
};

/// Stable line-oriented text of a script: golden tests, `--show ast`.
std::string to_text(const Script& script);

}  // namespace syncline::ast

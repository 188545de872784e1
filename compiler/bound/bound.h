#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ast/statement.h"
#include "compiler/plan/plan.h"
#include "connectors/api/engine.h"
#include "stdlib/schedule/schedule.h"

/// What a script means: names resolved, templates expanded, every default filled with its origin. No connection is open, no SQL
/// text. Expressions over columns stay ast until a table's columns are known (analyze/typecheck.h types them per table).
namespace syncline::bound {

using source::Span;

/// Where an effective value comes from: a line of a script, the prelude, or the built-in default (span empty).
struct Origin {
  Span span;
  std::string level;
};  ///< level: "built-in", "DEFAULTS", "USING x", "SYNC", "OVERRIDE … TABLE"
template <class T>
struct Effective {
  T value{};
  Origin origin;
};

/// A clause, setting or engine that the language knows and this version cannot do yet: SY1016 at plan. `clause` is the key by
/// which a later level replaces it ("LOAD", "LIMITS memory").
struct NotBuilt {
  std::string what;
  Span span;
  std::string clause;
};

struct Connection {
  plan::Connection plan;  ///< typed, canonical settings and secret references
  const connectors::EngineInfo* engine = nullptr;
  bool allow_writes = false;
  bool allow_writes_doubtful = false;  ///< written, but misspelt, of a wrong type, or without a value: said elsewhere
  std::string database;                ///< setting, empty: none
  std::string timezone = "UTC";
  int max_connections = 0;          ///< setting; 0: none
  std::vector<NotBuilt> not_built;  ///< settings without effect in this version
  Span span;                        ///< of the name
};

/// A compiled pattern: one segment per name level of its engine, as written.
struct Pattern {
  std::vector<ast::Segment> segments;
  Span span;
};
std::string to_text(const Pattern& pattern);

struct TypeMapping {
  std::string name;
  std::string from;
  std::string to;
  std::vector<ast::TypeRule> rules;
  Span span;
};

struct Parameter {
  std::string name;
  expr::Type type = expr::Type::string;
  types::Value value;                     ///< frozen, when known and no secret
  std::string secret_reference;           ///< else empty
  bool known = false;                     ///< `value` counts, NULL included
  expr::Phase phase = expr::Phase::plan;  ///< run: its default uses :bizdate and the like
  expr::ExprPtr computed;                 ///< the typed default, when the run or each instance decides it (:run_id, :bizdate)
  Span span;
};

/// A SCHEDULE statement whose texts are well-formed.
struct Timing {
  std::string name;
  schedule::Schedule schedule;  ///< zone filled (the script's where it says none)
  std::vector<Span> triggers;   ///< where each of schedule.triggers stands
  std::string catch_up;         ///< ALL, LATEST, NONE; empty: not said
  std::string overlap;          ///< SKIP, QUEUE; empty: not said
  std::optional<std::chrono::seconds> stagger;
  Span span;  ///< of the name
};

/// The SCHEDULE clause.
struct When {
  enum class Kind : std::uint8_t { manual, once, recurring } kind = Kind::manual;
  std::string at;                      ///< once: a moment, empty: at apply
  std::vector<std::string> schedules;  ///< recurring: names in Unit::timings
};

struct NamingRule {
  ast::ExprPtr value;
  Origin origin;
};
struct BoundColumnRule {
  ast::ColumnRule rule;
  Origin origin;
};
struct BoundCreateItem {
  ast::CreateItem item;
  Origin origin;
};
struct Load {
  bool schema = false;
  bool full = false;
  bool incremental = false;
  types::WriteMode mode = types::WriteMode::recreate;  ///< of the first phase
  std::vector<ast::LoadPhase> phases;                  ///< as written, one or two
  Span span;
};

/// ON COLUMN CHANGE; an event that it does not name keeps its default, which follows the write mode.
struct ColumnChanges {
  std::map<plan::ColumnEvent, plan::ColumnAction> actions;
};

/// MERGE SHARDS: REQUIRE SAME COLUMNS, or UNION COLUMNS.
enum class ShardColumns : std::uint8_t { same, all };

/// A statement of the script around a run or a table: `BEFORE TABLE ON TARGET $$ … $$`.
struct Hook {
  std::string when;  ///< "BEFORE TABLE ON TARGET"
  bool before = true;
  bool of_run = false;     ///< of the whole sync in a run; else of each load of a table
  bool on_source = false;  ///< refused
  std::string text;        ///< between the dollars
  Span text_span;          ///< with the dollars
  Origin origin;
};

/// The effective policy of one table: built-in < DEFAULTS < USING < SYNC body < OVERRIDE DATABASE < SCHEMA < TABLE.
struct Policy {
  std::map<ast::NameLevel, NamingRule> naming;
  std::optional<Effective<std::string>> type_mapping;  ///< name in Unit::mappings
  std::vector<BoundColumnRule> columns;                ///< merged per column
  std::optional<Effective<std::vector<std::string>>> key;
  std::vector<BoundCreateItem> create;
  std::optional<Effective<ast::Condition>> filter;
  std::optional<Effective<Load>> load;
  std::optional<Effective<ast::Clause>> partition;         ///< PARTITION BY (c type = e): columns that are added
  std::optional<Effective<ast::Clause>> native_partition;  ///< PARTITION BY RANGE, LIST, NATIVE: at most one of the two
  std::optional<Effective<ast::Clause>> split;             ///< SPLIT
  std::optional<Effective<ShardColumns>> merge_shards;
  Effective<When> when;  ///< SCHEDULE
  std::optional<Effective<ColumnChanges>> column_changes;
  Effective<plan::NewTable> new_table{plan::NewTable::sync, {}};
  Effective<plan::DroppedTable> dropped_table{plan::DroppedTable::keep, {}};
  Effective<types::Verify> verify{types::Verify::count, {}};
  Effective<types::Consistency> consistency{types::Consistency::table, {}};
  plan::Limits limits;  ///< effective values
  plan::Errors errors;
  std::map<std::string, Origin> option_origins;  ///< of limits and errors keys that were set: "page_size", "zero_dates"
  std::vector<Hook> hooks;                       ///< of all levels, in their order
  /// What explain shows: clauses that replace each other as a whole, and the settings of LIMITS and ERRORS by their lower-case
  /// key, as written and with their origin. Shared, because each table has a policy.
  std::map<ast::ClauseKind, Effective<std::shared_ptr<const ast::Clause>>> written;
  std::map<std::string, Effective<std::shared_ptr<const ast::Setting>>> settings;
  std::vector<NotBuilt> not_built;
  std::vector<std::string> noted;  ///< "SCHEDULE acts under `serve` only"
};

/// What one OVERRIDE changes: applied over the SYNC's policy in precedence order.
struct Override {
  ast::NameLevel level = ast::NameLevel::table;
  std::vector<Pattern> patterns;
  std::vector<ast::Clause> clauses;
  Span span;
};

struct Sync {
  std::string name;
  const Connection* source = nullptr;
  const Connection* target = nullptr;
  std::vector<Pattern> include;
  std::vector<Pattern> except;
  Policy policy;  ///< without overrides
  std::vector<Override> overrides;
  Span span;  ///< of the name
  Span tables_span;
};

/// A compilation unit that has passed check. Immutable.
struct Unit {
  std::map<std::string, std::unique_ptr<Connection>> connections;
  std::map<std::string, TypeMapping> mappings;  ///< the script's own; the standard library's are in planner/type_mapping
  std::map<std::string, Parameter> parameters;
  std::map<std::string, Timing> timings;             ///< SCHEDULE statements
  std::vector<Sync> syncs;                           ///< those that --select leaves, in name order
  std::map<std::string, std::string> table_selects;  ///< reserved
  std::vector<std::string> select_tables;            ///< "table:PATTERN" selections without prefix; empty: all
  std::string timezone = "UTC";
  std::map<std::string, diag::Severity> severities;  ///< SET SYnnnn = level
  std::vector<NotBuilt> not_built;                   ///< of parameters: SECRET 'vault:…'
  std::vector<diag::Diagnostic> conflicts;  ///< of scripts given together: names with two meanings; errors once they are compiled
  std::string fingerprint;                  ///< of the resolved script text
};

/// `--show bound`: stable, line-oriented, every value with its origin.
std::string to_text(const Unit& unit, const source::SourceSet& sources);

}  // namespace syncline::bound

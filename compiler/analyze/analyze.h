#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compiler/bound/bound.h"
#include "compiler/diag/diagnostic.h"
#include "compiler/pipeline.h"
#include "connectors/api/registry.h"
#include "stdlib/expr/expr.h"

/// From ast to bound, and what the planner asks of it later. Compiler-internal.
namespace syncline::analyze {

/// Reads the scripts and their includes (and the prelude), checks everything that needs no catalogue, binds.
/// A Unit comes back even with errors in `result.sink`, as far as it could be bound.
bound::Unit bind(const compiler::Options& options, const connectors::Registry& registry, compiler::Result& result);

/// Reads script files and folders with their INCLUDEs into `result.sources`; ASTs in order, each file once.
std::vector<ast::Script> load_scripts(const compiler::Options& options, compiler::Result& result);

/// Names known about one table at plan time: source.*, target.*, match.*, column.name.
struct NameContext {
  std::string source_connection, source_container, source_table;
  std::string target_connection, target_container, target_table;  ///< target.* is empty while NAMING itself is evaluated
  std::map<std::string, std::string> captures;                    ///< match.*
  std::string column;                                             ///< column.name, for RENAME … TO
  std::string container_level;                                    ///< "database" or "schema" of the source engine; empty: none
};

/// What an expression may use where it stands.
struct Scope {
  const bound::Unit* unit = nullptr;
  const NameContext* names = nullptr;     ///< null: unknown yet (check): object properties are strings of unknown value
  expr::Phase latest = expr::Phase::row;  ///< plan: NAMING, RENAME, COMMENT; run: assigned constants; row: columns allowed
  std::string when;                       ///< for SY2003: "the plan is made", "a run starts"
  /// The logical type of a source column by name (engine's case rule), or nothing: SY5003. Null function: columns are not
  /// checked.
  std::function<std::optional<types::LogicalType>(std::string_view, std::string* exact_name)> column;
  std::vector<std::string> column_names;                  ///< for did-you-mean
  std::string table;                                      ///< for messages
  const connectors::EngineInfo* pushed_to = nullptr;      ///< a condition for this engine: only what may be pushed
  std::string what = "this expression";                   ///< for SY2003: "NAMING"
  const connectors::EngineInfo* source_engine = nullptr;  ///< for SY1005; null: not checked
  const connectors::EngineInfo* target_engine = nullptr;
  /// :bizdate, :window_start and the like stay names, also within PARAM defaults: each instance has its own. Else they are
  /// constants once the start of the run is known.
  bool per_instance = false;
  bool mask = false;  ///< the call of a MASK: mask-only functions allowed, first argument is the column
};

/// Types an expression, folds what is known. Null after an error (in `sink`).
expr::ExprPtr type_expression(const ast::Expr& written, const Scope& scope, diag::Sink& sink);
/// A name or text known at plan time; a bare name is itself (RENAME a TO b; NAMING refuses it at check). Nothing after an error.
std::optional<std::string> evaluate_name(const ast::Expr& written, const Scope& scope, diag::Sink& sink);

/// The policy of one source table, overrides applied; SY1014 when two of equal rank set one clause. `case_rule` of the source.
bound::Policy policy_of(const bound::Sync& sync, const types::ObjectName& table, const connectors::ServerInfo& server,
                        diag::Sink& sink);

/// Whether a pattern matches a table by the engine's case rule; captures of its regexes go to `captures`.
bool matches(const bound::Pattern& pattern, const types::ObjectName& table, const connectors::ServerInfo& server,
             std::map<std::string, std::string>* captures);
/// The same for a column pattern.
bool matches_column(const ast::Segment& pattern, std::string_view column, connectors::NameCase rule);

}  // namespace syncline::analyze

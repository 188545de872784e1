#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/lock.h"
#include "compiler/diag/diagnostic.h"
#include "compiler/diag/suppression.h"
#include "compiler/plan/plan.h"
#include "compiler/policy_report.h"
#include "compiler/simulation.h"
#include "compiler/source/source.h"
#include "connectors/api/registry.h"

/// The compiler as its callers see it: check(), format(), compile(). cli never includes ast or bound (DECISIONS 30).
namespace syncline::compiler {

struct Options {
  std::vector<std::string> paths;                    ///< script files, or folders (every *.sync below)
  std::string project_folder;                        ///< root of includes; display names are relative to it
  std::map<std::string, std::string> parameters;     ///< --param n=v
  std::vector<std::string> select;                   ///< "sync:NAME", "table:PATTERN"; all must hold per kind
  bool full = false;                                 ///< run --full
  std::string window;                                ///< run --window A..B: exactly that window, done or not; empty: none
  std::string at;                                    ///< run --at TIME: the instance of that moment; empty: none
  std::string from, to;                              ///< backfill, simulate: --from D --to D, both included; empty: none
  bool redo = false;                                 ///< backfill --redo: windows that are done too
  bool adopt = false;                                ///< run --adopt: existing tables may be taken over (no SY8004)
  std::map<std::string, std::string> texts;          ///< by canonical path: read instead of the file, which need not exist
  std::map<std::string, diag::Severity> severities;  ///< [lint] of syncline.toml
  std::string lock_folder;                           ///< of catalogue locks; empty, or not there: none are used
  int proved_days = 4 * 365 + 1;                     ///< from `started_at`: how far ahead windows and triggers are proved
  /// The scripts are those of another revision: parameters and syncs that they lack are no mistake of the caller.
  bool other_revision = false;
  bool lint = false;              ///< compile(): also what a reviewer wants to know and a run does not
  bool compared = false;          ///< the plan is to be compared with another (plan/effect.h)
  bool online = false;            ///< check --online: plan::Table::specimen is filled
  bool partial_snapshot = false;  ///< catalog snapshot of some scripts: what a lock covers besides stays in it
  /// now() of the run, microseconds since 2000-01-01 UTC: :started_at and friends at plan time are the caller's.
  std::int64_t started_at = 0;
};

/// A statement or clause that `run` accepts and only `serve` will act on, and the like: for notes.
struct Unit;  // a parsed and bound compilation unit; opaque to callers

/// Everything a compilation leaves behind. `sources` outlives the diagnostics that point into it.
struct Result {
  source::SourceSet sources;
  diag::Sink sink;
  std::vector<diag::Suppression> suppressions;  ///< of all scripts read, in their order
  std::optional<plan::Plan> plan;               ///< compile(): present when the script itself has no errors
};

/// Connections of a checked script, so that the runtime can open them before compile() asks for catalogues.
using ProviderFactory =
    std::function<std::unique_ptr<catalog::CatalogProvider>(const std::map<std::string, plan::Connection>& connections)>;

/// All diagnostics that need no database. Where the folder of locks holds one of a sync's source, also what the planner finds in
/// it.
void check(const Options& options, const connectors::Registry& registry, Result& result);

/// check(), then binding against live catalogues, then the plan. Findings of the script stop everything; findings of one table
/// stand with that table (DECISIONS 14).
void compile(const Options& options, const connectors::Registry& registry, const ProviderFactory& providers, Result& result);

/// compile(), with the findings of the tables among those of the script, and what `examine` asks the sources of that plan. Levels
/// and suppressions count for all of them.
using Examine = std::function<void(const plan::Plan& plan, diag::Sink& sink)>;
void check_online(const Options& options, const connectors::Registry& registry, const ProviderFactory& providers,
                  const Examine& examine, Result& result);

/// compile() with the catalogue locks alone: no connection is opened, targets without a lock are empty. SY5001 where a source has
/// none.
void compile_offline(const Options& options, const connectors::Registry& registry, Result& result);

/// A connection's lock as it would be written now, beside the one that is there.
struct Snapshot {
  catalog::Lock lock;
  std::optional<catalog::Lock> before;  ///< nothing: no file, or one that cannot be read
  std::string file;                     ///< where it belongs
  bool file_exists = false;
};
/// Asks the databases for what the locks of the selected syncs' connections hold. Empty after errors; connections in name order.
std::vector<Snapshot> snapshot(const Options& options, const connectors::Registry& registry, const ProviderFactory& providers,
                               Result& result);

/// What scripts mean without the alignment proof, which `check` does; then the instances of the selected syncs on the days
/// `options.from` to `options.to` (dates that exist), in name order. Empty after errors.
std::vector<Simulation> simulate(const Options& options, const connectors::Registry& registry, Result& result);

/// What decides over `table` (written as in TABLES, without patterns) in each selected sync that copies it. Empty after errors,
/// and when none does (SY1026). Nothing is asked of a database: names are compared by the rule that the engine has offline.
std::vector<TablePolicy> explain_policy(const Options& options, const std::string& table, const connectors::Registry& registry,
                                        Result& result);

/// The canonical form of one source, or nothing when it does not parse (diagnostics in `sink`).
std::optional<std::string> format(const source::SourceSet& sources, source::SourceId source, diag::Sink& sink);

/// `--show ast|bound` of one unit, for people who debug the compiler.
std::string show(const std::string& representation, const Options& options, const connectors::Registry& registry, Result& result);

}  // namespace syncline::compiler

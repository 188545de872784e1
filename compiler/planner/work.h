#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/analyze/analyze.h"
#include "compiler/bound/bound.h"
#include "compiler/catalog/catalog.h"
#include "compiler/diag/kinds.h"
#include "compiler/pipeline.h"
#include "compiler/plan/plan.h"
#include "compiler/planner/type_mapping.h"

/// What the planner knows while it works. Each step of planner.cpp fills a part; nothing here outlives make_plan.
namespace syncline::planner {

/// One side of a sync: its connection with what its server says.
struct Endpoint {
  const bound::Connection* connection = nullptr;
  const connectors::EngineInfo* engine = nullptr;
  catalog::Catalog* catalog = nullptr;
  connectors::ServerInfo server;

  [[nodiscard]] std::string name() const { return std::string(engine->name); }
  [[nodiscard]] const connectors::Capabilities& can() const { return engine->capabilities; }
};

/// A column on its way: where its cells come from and what it becomes.
struct Draft {
  int source = -1;                           ///< index in Work::source.columns; -1: added
  std::string name;                          ///< in the target
  expr::ExprPtr expression;                  ///< SET, MASK, ADD
  std::optional<ast::TypeRef> written;       ///< CAST or ADD type
  source::Span span;                         ///< of the rule that wrote it
  bool nullified = false;                    ///< MASK nullify: loses NOT NULL
  bool rewritten = false;                    ///< SET or MASK: values differ from the source's
  std::optional<types::LogicalType> wanted;  ///< decided by the planner (foreign-key class, key length, row size)
  MappedType type;
  types::Column target;
  std::string note;
  bool partition = false;      ///< a column that PARTITION BY adds
  bool listed = false;         ///< a column of PARTITION BY LIST
  bool discriminator = false;  ///< MERGE SHARDS: tells the tables of the group apart
  bool key = false;            ///< part of a primary, unique or foreign key
  bool widened = false;        ///< the kept column takes the type that a new table would have
  bool failed = false;         ///< has a finding; left out of what follows
};

/// A column as the last run copied it.
struct KnownColumn {
  std::string source;
  std::string target;
  std::string type;  ///< native text in the source
};

/// The list of known tables of one sync, as its target keeps it.
struct KnownTables {
  bool begun = false;       ///< without a list every table counts as known
  std::string tables_text;  ///< TABLES when it was written
  std::map<types::ObjectName, types::KnownTable> tables;
};

/// One table while it is planned. Has at least one load.
struct Work {
  Work() { plan.loads.emplace_back(); }
  plan::Table plan;
  bound::Policy policy;
  analyze::NameContext names;
  types::TableSchema source;  ///< logical types filled
  std::vector<Draft> drafts;
  std::optional<types::TableSchema> existing;
  bool existing_is_view = false;
  std::vector<types::ForeignKey> source_keys;  ///< foreign keys whose both ends are in this sync (source names)
  bool idle = false;  ///< nothing is due: the one load there is decides over the shape and is taken out at the end
  bool selected = true;
  bool unplanned = false;  ///< nothing more to decide (unreadable, say)
  std::optional<types::KnownTable> known;
  bool refused_as_new = false;  ///< ON NEW TABLE FAIL: it stays new

  std::optional<std::size_t> shard_group;           ///< MERGE SHARDS: index in SyncWork::shard_groups
  bool follows = false;                             ///< another table of its group decides over the shape and stands in the plan
  bool merged = false;                              ///< its group has other tables too
  std::vector<plan::ColumnMapping> shared_columns;  ///< of a merged table: `plan.columns` before they were cut to what it has

  /// What this run does first: decides over the shape of the target table. LOAD SCHEMA: a load that is taken out at the end.
  [[nodiscard]] plan::Load& first() { return plan.loads.front(); }
  [[nodiscard]] const plan::Load& first() const { return plan.loads.front(); }
  void reason(std::string sentence) { plan.reasons.push_back(std::move(sentence)); }
  [[nodiscard]] bool blocked() const;
  [[nodiscard]] Draft* draft_of(std::string_view source_column);  ///< by source name; null: not copied
  [[nodiscard]] Draft* draft_named(std::string_view target_column);
};

struct SyncWork {
  /// Indexes in `tables`; the first leads.
  using ShardGroup = std::vector<std::size_t>;
  const bound::Sync* bound = nullptr;
  Endpoint source;
  Endpoint target;
  std::vector<Work> tables;               ///< by source name
  std::vector<ShardGroup> shard_groups;   ///< MERGE SHARDS: tables with one target, also where it is a single one
  std::vector<types::Progress> progress;  ///< what increments of this sync recorded in the target
  KnownTables known;
  plan::Sync plan;
  const bound::TypeMapping* mapping_of(const Work& work, const bound::Unit& unit) const;
  [[nodiscard]] bool same_engine() const { return source.engine->name == target.engine->name; }
  [[nodiscard]] Work* table(const types::ObjectName& source_name);
};

/// Findings of the script: each once, however many tables meet it; a column missing in some tables only becomes SY5004.
class ScriptFindings {
 public:
  explicit ScriptFindings(diag::Sink& sink) : sink_(sink) {}
  void emit(diag::Diagnostic diagnostic);
  /// Hands over what one rule said about one table: findings of the script here, findings of the table to `work`.
  void route(const diag::Sink& local, const source::Span& rule, const std::string& sync, Work& work);
  /// Counts a rule as looked at for a table (even when nothing was found).
  void flush();

 private:
  struct Misses {
    diag::Diagnostic first;
    std::map<std::string, std::string> tables;  ///< by address
    std::string column;
  };
  using Place = std::tuple<source::SourceId, std::uint32_t, std::uint32_t>;
  static Place place(const source::Span& span) { return {span.source, span.begin, span.end}; }
  diag::Sink& sink_;
  std::set<std::pair<int, std::string>> seen_;
  std::map<Place, std::set<std::string>> looked_at_;  ///< addresses of tables, each once however many loads it has
  std::map<std::pair<Place, std::string>, Misses> misses_;
};

/// Everything that the steps share.
struct Context {
  const bound::Unit& unit;
  const connectors::Registry& registry;
  catalog::CatalogProvider& catalogs;
  const compiler::Options& options;
  ScriptFindings& script;
};

/// Adds a finding to a table, addressed.
void finding(const SyncWork& sync, Work& work, diag::Diagnostic diagnostic);

/// Names by a case rule: what makes two names one.
std::string fold(std::string_view name, connectors::NameCase rule);
std::string fold(const types::ObjectName& name, connectors::NameCase rule);

/// Why an engine refuses this identifier for its length ("`x` is 71 bytes, postgres takes 63"), or empty.
std::string too_long(std::string_view name, const connectors::EngineInfo& engine);
/// The name cut to the engine's limit with a hash of the whole, when it is too long.
std::string shortened(const std::string& name, const connectors::EngineInfo& engine);

}  // namespace syncline::planner

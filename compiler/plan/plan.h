#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/plan/shape_changes.h"
#include "stdlib/expr/expr.h"
#include "stdlib/expr/row_transform.h"
#include "stdlib/schedule/schedule.h"
#include "stdlib/types/known_table.h"
#include "stdlib/types/load.h"
#include "stdlib/types/schema.h"

/// What will happen: every decision taken, with its reason. No pointers to source, no open handles, no SQL text but fenced native
/// conditions. Immutable once built; prints as text and JSON.
namespace syncline::plan {

/// A connection by reference: settings as written (typed), secrets as references only ('env:X', 'file:Y'), resolved by the
/// runtime.
struct Connection {
  std::string name;
  std::string engine;
  std::map<std::string, std::string> settings;  ///< canonical text per setting; durations in seconds, bytes as numbers
  std::map<std::string, std::string> secrets;   ///< setting -> reference
};

/// `+ create`, `~ alter`, `> load`, `= merge`, `! blocked`, `. skip` (PRACTICES 19).
enum class Action : std::uint8_t {
  create,   ///< `+` the target table is new
  replace,  ///< `>` its whole content is replaced
  append,   ///< `>` rows are added
  merge,    ///< `=` rows are upserted
  schema,   ///< `~` LOAD SCHEMA: columns added, or nothing to do
  none,     ///< `.` up to date: no load is due
  blocked,  ///< `!` cannot run; `findings` say why
};
char symbol(Action action);
const char* to_string(Action action);

struct ColumnMapping {
  expr::ColumnRecipe recipe;  ///< recipe.source indexes Table::read_columns
  std::string source_column;  ///< empty: added
  std::string note;           ///< "zerofill is lost", "checked: values above 2^63-1 fail"
};

struct Limits {
  int parallel_tables = 4;
  int readers_per_table = 1;
  int source_connections = 8;
  int target_connections = 8;
  std::uint64_t batch_bytes = 16U << 20U;
  std::int64_t page_size = 0;  ///< rows; 0: none
  std::uint64_t max_row_bytes = 64U << 20U;
};

/// Source rows without a value in a column of INCREMENTAL KEY: no increment finds them.
enum class NullKeys : std::uint8_t {
  warn,  ///< counted in the summary
  fail,  ///< the table is not loaded (SY9331)
  copy,  ///< read again by every increment; UPSERT only
};

struct Errors {
  int retries = 2;
  std::chrono::seconds retry_delay{30};
  std::chrono::seconds timeout{0};  ///< 0: none
  bool stop_on_table_failure = false;
  types::OnOlderSnapshots older_snapshots = types::OnOlderSnapshots::warn;
  bool allow_empty_source = false;
  bool accept_unsettled = false;  ///< windows and keys go on where open transactions cannot be seen
  NullKeys null_keys = NullKeys::warn;
  types::ValuePolicies values;
};

/// A native condition's promise about the rows it lets through (COVERS): `column` lies in [from, to). Enforced row by row:
/// SY9001.
struct Covers {
  std::string column;  ///< source column; among Table::read_columns
  expr::ExprPtr from;
  expr::ExprPtr to;
};

/// INCREMENTAL KEY: the rows behind the greatest tuple that the target, or the recorded progress, holds.
struct KeyIncrement {
  std::vector<types::Column> columns;           ///< source columns, logical types filled; among Table::read_columns
  std::vector<std::string> target_columns;      ///< where they stand in the target, copied unchanged
  bool from_target = true;                      ///< else from the recorded progress
  std::optional<types::Interval> lookback;      ///< of the first column, date and timestamp keys
  std::optional<std::int64_t> lookback_values;  ///< of the first column, integer keys; 0: rows never arrive late, no safe bound
  bool unique = false;                          ///< no two source rows share a tuple
};

/// A piece of native conditions as the script writes it: for messages.
struct NativePart {
  std::string text;   ///< between the dollars
  source::Span span;  ///< of the whole dollar token
};

/// One load of a table: what this run does to its rows, once. The loads of a table come one after the other, in order; each is
/// published on its own. A table that is LOAD SCHEMA only has none.
struct Load {
  types::Phase phase = types::Phase::full;
  Action action = Action::create;
  types::WriteMode mode = types::WriteMode::recreate;
  types::Publish publish = types::Publish::rename;
  types::Staging staging = types::Staging::one_transaction;
  /// When it counts as scheduled, and its data window: the values of :scheduled_at, :window_start, :window_end, :bizdate.
  schedule::Instance instance;
  std::string timezone = "UTC";  ///< of the schedule: dates and instants meet in it
  bool windowed = false;         ///< the window decides over rows or partitions: it is recorded as done, and shown
  expr::ExprPtr filter;          ///< FILTER and the phase's condition, portable parts, folded as far as the plan can
  std::string native_filter;
  std::vector<NativePart> native_parts;  ///< what `native_filter` is made of
  std::vector<std::pair<std::string, expr::ExprPtr>> native_binds;
  std::optional<Covers> covers;
  std::optional<KeyIncrement> key;
  /// Publish::partition: the values of Partitioning::columns for this load where they are the same for all its rows; empty: each
  /// row has its own.
  std::vector<expr::ExprPtr> partition;
  /// The source has to be settled up to this instant first: no open transaction is older (RELIABILITY 3.6). Window: its end;
  /// full: the hand-over to the first window. Nothing: any moment will do.
  std::optional<std::int64_t> settled_until;
  bool records_progress = false;  ///< increments exist: what it reached is kept in the target
  bool takes_part = true;         ///< a member of a shard group: false leaves its rows out of this load
};

/// SPLIT: the table is read in ranges of a key, by several sessions of one snapshot. Where the ranges end is asked of the source
/// in the run, in its own order and collation.
struct Split {
  std::vector<types::Column> columns;  ///< of the source, compared one after the other; NULLs go with the first range
  int chunks = 2;                      ///< ranges
  int readers = 2;                     ///< most sessions at a time
  bool primary = false;                ///< the columns begin the primary key
  std::string reason;                  ///< who chose the columns: "SPLIT BY", "primary key", "unique index uk"
};

/// What OVERWRITE PARTITION replaces together: rows with equal values in columns that PARTITION BY (c type = e) adds or LIST
/// names, or in one range of the column that RANGE names.
struct Partitioning {
  std::vector<std::string> columns;               ///< target columns
  std::optional<types::NativePartitions> ranges;  ///< of the one column, as the clause says, whatever the table has
};

/// A target column that holds one value in all rows of one source table: it tells the tables of a shard group apart.
struct Discriminator {
  std::string column;
  types::Value value;
};

/// A statement of the script that runs on the target around a table's load or around a sync in a run; fenced, in the engine's
/// SQL.
struct Hook {
  std::string when;  ///< "BEFORE TABLE ON TARGET"
  std::string text;  ///< as written, with `:name` and `{target.table}`
  std::vector<std::pair<std::string, expr::ExprPtr>> binds;
};

/// One table's way from source to target.
struct Table {
  std::string address;  ///< "shop_ods/shop.orders"
  types::ObjectName source;
  types::ObjectName target;
  Action action = Action::create;  ///< of its first load
  bool schema_only = false;
  std::vector<Load> loads;
  /// check --online: how a table that grows by increments is read each time, with the instance of now; due or not, never run.
  std::optional<Load> specimen;
  std::string increment_column;  ///< of the source, along which increments find their rows; empty: not known
  source::Span increment_span;   ///< of their phase in the script
  /// check --online: SY5010 as the catalogue alone has it. The examiner tells it of a table that the source shows no way of
  /// reading.
  std::optional<diag::Diagnostic> index_guess;
  std::vector<std::string> reasons;         ///< one sentence per decision
  types::TableSchema source_schema;         ///< logical types filled
  std::vector<types::Column> read_columns;  ///< what the reader fetches, in order
  std::vector<std::string> read_key;        ///< key for pages and row names in errors
  std::vector<ColumnMapping> columns;       ///< one per cell written, in order
  types::TableSchema target_schema;         ///< as it will be (native types of the target, final index names)
  std::vector<int> load_columns;            ///< columns[i] goes to target_schema.columns[load_columns[i]]
  std::optional<types::TableSchema> existing;
  std::vector<int> add_columns;    ///< target_schema columns to add to the existing table
  std::vector<int> widen_columns;  ///< target_schema columns whose type the existing table's column takes over
  std::vector<ColumnChange> column_changes;
  /// What is written into the list of known tables once a load is published; nothing: it stands there already.
  std::optional<types::KnownTable> remember;
  bool is_new = false;           ///< new in the source since the last run
  bool gone = false;             ///< a known table that is no longer in the source: nothing to load, `findings` say why
  bool managed = false;          ///< existing and ours
  bool needs_adoption = false;   ///< run must be told --adopt
  std::vector<std::string> key;  ///< upsert key (target names)
  bool relay = false;
  std::optional<Partitioning> partitioning;
  std::vector<Hook> before;                     ///< in front of each load, before anything of it is written
  std::vector<Hook> after;                      ///< behind each load that was published
  std::vector<types::ForeignKey> foreign_keys;  ///< to create after the data, target names; both ends in this sync
  std::optional<Split> split;                   ///< nothing: one reader
  int snapshot_group = 0;                       ///< tables of one group are read from one snapshot
  types::Verify verify = types::Verify::count;
  types::Consistency consistency = types::Consistency::table;
  Limits limits;
  Errors errors;
  std::vector<diag::Diagnostic> findings;     ///< errors block this table only; warnings are shown
  std::vector<Discriminator> discriminators;  ///< MERGE SHARDS; empty: nothing tells its rows from those of other tables
  /// MERGE SHARDS: the source tables whose rows arrive here, two or more; empty: `source` alone. Of each of them `source`,
  /// `source_schema`, `read_columns`, `read_key`, `columns`, `discriminators` and the conditions of `loads` (as many as here, in
  /// the same order) count; here `source` is the first of them, and `source_schema` the union of their columns.
  std::vector<Table> members;
  /// MERGE SHARDS: source tables that once were among them and have progress in the target. A full copy that replaces the table
  /// takes their rows away, and with them what is recorded.
  std::vector<std::string> former_members;
  /// What decides over its rows and when they come, as text by subject ("condition", "schedule"): the same text means the same.
  /// Filled where plans are compared (plan/effect.h), else empty.
  std::map<std::string, std::string> behaviour;
};

struct Sync {
  std::string name;
  std::string source_connection;
  std::string target_connection;
  std::vector<Table> tables;                   ///< by source name; a shard group stands where its first table does
  std::vector<types::ObjectName> excluded;     ///< matched, then taken out by EXCEPT
  std::vector<std::string> create_containers;  ///< target containers that are missing
  std::vector<Hook> before;                    ///< once, before anything of the sync is written
  std::vector<Hook> after;                     ///< once, when all its tables are done
  std::vector<std::string> noted;              ///< clauses that act only under a scheduler
  std::vector<TableChange> table_changes;      ///< tables that are on one side only
  std::vector<types::KnownTable> remember;     ///< entries that the list of known tables lacks
  std::vector<types::KnownTable> forget;       ///< entries that leave it
};

struct Plan {
  int version = 1;
  std::string script_fingerprint;
  std::string source_timezone = "UTC";
  std::map<std::string, Connection> connections;
  std::vector<Sync> syncs;
  std::map<std::string, types::Value> parameters;        ///< frozen PARAM values, no secrets
  std::map<std::string, std::string> secret_parameters;  ///< name -> reference
};

/// True when a load may leave out rows of the source.
bool selects(const Load& load);

/// What `load`, one of `table.loads`, is for a member of `table`; null: it has none.
const Load* load_of(const Table& member, const Table& table, const Load& load);

/// Hash of everything that decides what a load makes of its table: content and shape.
std::string plan_hash(const Table& table, const Load& load);

/// How print.h shows a plan.
struct TextStyle {
  bool color = false;
  bool columns = false;
  bool ddl = false;
  std::string arguments;  ///< script paths for the "Next: syncline run …" line; empty: the whole project
};

}  // namespace syncline::plan

#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stdlib/types/batch.h"
#include "stdlib/types/known_table.h"
#include "stdlib/types/load.h"
#include "stdlib/types/progress.h"
#include "stdlib/types/schema.h"
#include "stdlib/types/value.h"

namespace syncline::connectors {

/// Who runs. Written into the target's lock and meta rows so that another run can tell whether we still live.
struct RunIdentity {
  std::string run_id;  ///< ULID
  std::string sync;    ///< informative
  std::string host;
  std::int64_t pid = 0;
  std::string started_at;  ///< UTC text
};

/// What Syncline recorded about a table it made (DECISIONS 18). Managed = row present and one of its fingerprints equals the live
/// table's (PostgreSQL also `object_id`).
struct ManagedTable {
  types::ObjectName name;
  std::string column_fingerprint;
  std::string altered_fingerprint;  ///< of a change to the live table that was announced and perhaps made; empty: none
  std::uint64_t object_id = 0;
  std::int64_t epoch = 0;
  std::int64_t rows = -1;                       ///< of the last finished load
  std::vector<types::ForeignKey> foreign_keys;  ///< recorded before a swap dropped them
};

/// One table to load, as planned. The loader takes no decision of its own.
struct LoadTable {
  types::TableSchema desired;  ///< target columns in native types, primary key, indexes (final names), comments; name = target
  std::optional<types::TableSchema> existing;  ///< the live table when one exists
  std::vector<int> load_columns;  ///< index into desired.columns for each cell of a batch, in order; others take their default
  bool ours = true;               ///< we made the table or adopted it; else its rows are added to and it stays somebody else's
  std::int64_t epoch = 0;
  /// Several loads of one table that are staged side by side share its epoch and are told apart by this number, from 1 on; they
  /// are published one after the other, never by a rename. 0: the only load under its epoch.
  int part = 0;
  types::WriteMode mode = types::WriteMode::recreate;
  types::Publish publish = types::Publish::rename;
  types::Staging staging = types::Staging::one_transaction;
  types::Verify verify = types::Verify::count;
  std::vector<std::string> key;  ///< upsert key columns (target names)
  /// Publish::merge: of rows in staging with one key the newest wins, the greatest by these columns (target names, compared one
  /// after the other, NULL first), ties by order of arrival (the later one). Empty: the later one.
  std::vector<std::string> newest_by;
  /// Publish::partition: the columns that name a row's partition. With `partition_values` (one per column): exactly that
  /// partition is replaced, also when no row arrives. Without: every partition that a row in staging names.
  std::vector<std::string> partition_columns;
  std::vector<types::Value> partition_values;
  /// Publish::partition by PARTITION BY RANGE: the one column's ranges stand for its values, and every range that a row in
  /// staging lies in is replaced whole; rows without a range (NULL) stand for all such rows.
  std::optional<types::NativePartitions> partition_ranges;
  /// Recorded with the rows, in their transaction where the engine can (MySQL's RENAME: in a transaction right behind it).
  std::vector<types::Progress> progress;
  types::Forget forget = types::Forget::nothing;
  std::vector<int> add_columns;          ///< desired.columns to ALTER … ADD to the existing table first
  std::vector<int> widen_columns;        ///< desired.columns whose type the existing table's column takes over first
  bool relay = false;                    ///< batches carry this engine's own wire bytes
  std::size_t batch_bytes = 16U << 20U;  ///< commit size when chunked
  types::ValuePolicies policies;
  types::OnOlderSnapshots older_snapshots = types::OnOlderSnapshots::warn;
  std::chrono::seconds swap_timeout{30};
  std::string plan_hash;
  std::uint64_t row_estimate = 0;
};

/// What the server itself says of a finished staging.
struct StagedRows {
  std::uint64_t sent = 0;      ///< rows handed to write()
  std::uint64_t reported = 0;  ///< rows the server reported per statement, summed (and the ledger's sum)
  std::int64_t counted = -1;   ///< count(*) of staging; -1: not asked (Verify::none)
};

/// One session that loads units of one or several tables. A unit is published as a whole: all its tables or none.
/// Order: begin_unit, then for each table open, write*, close, build; then publish; at any point abort. One thread;
/// `cancel` from any thread. Throws ConnectorError, expr::ValueError; after a throw only abort() may follow.
class Loader {
 public:
  virtual ~Loader() = default;
  /// Checks the fence (epochs are ours), opens the unit's transaction if it has one. `tables` must live until publish or abort.
  virtual void begin_unit(const std::vector<const LoadTable*>& tables) = 0;
  /// Makes the table's staging and readies it for rows. Before: ALTER … ADD of `add_columns` where the engine cannot defer it.
  virtual void open(std::size_t table) = 0;
  virtual void write(const types::Batch& batch) = 0;
  /// Instead of begin_unit and open: this session writes into the staging of `table` that another loader has opened, in chunks of
  /// its own (Staging::chunked, epochs alike). Then write*, close; abort gives up its open chunk only. `session` counts from 1,
  /// another one for each that joins. Engines with one writer (`max_parallel_loads` = 1) throw ErrorKind::unsupported.
  virtual void join(const LoadTable& table, int session);
  /// To be said before close by the loader that opened the table: what the sessions that joined wrote.
  virtual void joined(const StagedRows& rows);
  /// Ends the stream; all rows are in staging, in chunked mode committed with their ledger rows.
  virtual StagedRows close() = 0;
  /// Primary key, unique and secondary indexes, comments, NOT NULL on staging, as the plan's publish method needs them.
  virtual void build(std::size_t table) = 0;
  /// Makes the unit visible in one step, records rows, fingerprint and phase in the meta rows, positions identities, drops what
  /// was replaced. Returns notes for the summary ("swapped although session 4711 has a snapshot from …").
  virtual std::vector<std::string> publish() = 0;
  /// Rolls back and drops the unit's staging; the target is as before. Never throws.
  virtual void abort() noexcept = 0;
  /// Rows the server says each published statement touched, for the summary ("upsert 48,112 rows"); after publish.
  [[nodiscard]] virtual std::uint64_t published_rows(std::size_t table) const = 0;
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::uint64_t>> policy_uses() const = 0;
  virtual void cancel() noexcept = 0;
};

struct ForeignKeyToAdd {
  types::ObjectName table;
  types::ForeignKey key;  ///< target names
};

/// Outcome of one foreign key: added, already there, or left out because rows have no parent (their keys sampled).
struct ForeignKeyResult {
  enum class Kind : std::uint8_t { added, present, orphans } kind = Kind::added;
  std::uint64_t orphans = 0;
  std::vector<std::string> sample;  ///< "user_id=17"
};

/// The run's state in one target. One thread.
class TargetState {
 public:
  virtual ~TargetState() = default;
  /// Meta rows of these tables; changes nothing, works before begin_run, empty when the meta tables do not exist.
  virtual std::vector<ManagedTable> managed(const std::vector<types::ObjectName>& tables) = 0;
  /// Progress of all units of these syncs; changes nothing, works before begin_run, empty when the meta tables do not exist.
  virtual std::vector<types::Progress> progress(const std::vector<std::string>& syncs);
  /// The known tables of these syncs, theirs included; changes nothing, works before begin_run, empty when there is no list.
  virtual std::vector<types::KnownTable> known_tables(const std::vector<std::string>& syncs);
  /// Writes entries of the list (each replaces the one of its sync and source), and takes others off it: all or none. Does
  /// nothing with `state = local`.
  virtual void remember(const std::vector<types::KnownTable>& entries, const std::vector<types::KnownTable>& forgotten);
  /// Makes the meta tables where missing (ErrorKind::setup with the GRANT in help when it may not), takes the run lock. A holder
  /// that is a dead process of this host is cancelled (DECISIONS 7); otherwise waits up to `wait`, then ErrorKind::held naming
  /// the holder.
  virtual void begin_run(const RunIdentity& run, std::chrono::seconds wait) = 0;
  /// New epochs for these tables, strictly increasing, recorded in one statement; drops staging and leftovers of dead epochs.
  virtual std::vector<std::int64_t> take_epochs(const std::vector<types::ObjectName>& tables, const std::string& plan_hash) = 0;
  /// Creates databases or schemas that are missing.
  virtual void create_containers(const std::vector<std::string>& containers) = 0;
  /// Records existing tables as ours (run --adopt).
  virtual void adopt(const std::vector<types::TableSchema>& tables) = 0;
  /// Adds a foreign key between managed tables after the data, validated; repeatable.
  virtual ForeignKeyResult add_foreign_key(const ForeignKeyToAdd& key) = 0;
  /// SQLite and engines with inline keys: checks the whole database's references. Empty: all hold.
  virtual std::vector<std::pair<ForeignKeyToAdd, ForeignKeyResult>> check_foreign_keys(
      const std::vector<types::ObjectName>& tables) = 0;
  /// LOAD SCHEMA: creates a missing table, or adds missing columns to an existing one.
  virtual void apply_schema(const LoadTable& table) = 0;
  /// Drops what this run left (its staging), releases the lock. Never throws.
  virtual void end_run() noexcept = 0;
};

}  // namespace syncline::connectors

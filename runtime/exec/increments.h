#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "connectors/api/connector.h"
#include "runtime/exec/run_context.h"
#include "runtime/exec/table_job.h"

namespace syncline::exec {

/// The target's side of increments: what its tables and its progress say.
struct IncrementTarget {
  const connectors::Connector* connector = nullptr;
  connectors::ConnectionSpec spec;
};

/// What was learnt of a source before its snapshot was opened.
struct Settled {
  bool bounded = false;               ///< `below` or `up_to` says how far the rows are complete
  std::optional<std::int64_t> below;  ///< rows whose first key column lies before this instant
  std::vector<types::Value> up_to;    ///< rows whose key is not greater
  std::string note;                   ///< for the summary; empty: none
};

/// A bound cannot be had, or not in time: the table is not loaded.
struct Unsettled {
  diag::Diagnostic diagnostic;
};

/// Decides over the rows of an increment: waits until the source is settled, finds the watermark, sets the range that is read and
/// the progress that is recorded with it (RELIABILITY 3.6). Thread-safe; each job belongs to one caller at a time.
class Increments {
 public:
  Increments(RunContext& context, IncrementTarget target) : context_(context), target_(std::move(target)) {}

  /// Before the snapshot is opened. Throws Unsettled, ConnectorError.
  Settled settle(const TableJob& job, const Watch& watch);
  /// With the snapshot: completes `job.read` and `job.load`. False: there is nothing to read. Throws Unsettled, ConnectorError.
  bool bound(TableJob& job, connectors::Snapshot& snapshot, const Settled& settled);
  /// The target table as it is now. Throws ConnectorError.
  std::optional<types::TableSchema> describe(const types::ObjectName& table) const;

 private:
  struct Watched {
    std::mutex mutex;
    std::unique_ptr<connectors::Horizon> horizon;
    std::atomic<bool> untold{false};  ///< it could not tell for all that patience
  };
  Watched& watched(const TableJob& job);
  template <class Ask>
  auto ask(const TableJob& job, const Ask& question);
  connectors::OpenWork look(const TableJob& job);
  /// The same, with a moment's patience where the source cannot tell: a prepared transaction may end. Once for each source.
  connectors::OpenWork look_twice(const TableJob& job, const Watch& watch);
  Settled settle_key(const TableJob& job, const Watch& watch);
  void wait(const TableJob& job, const Watch& watch, const std::string& until, const std::function<bool()>& ready,
            const std::function<std::string()>& holder);
  /// Rows that no increment finds: told, or refused, as ERRORS (null_keys) says. Throws Unsettled.
  void govern_null_keys(const TableJob& job, connectors::Snapshot& snapshot) const;
  [[nodiscard]] std::vector<types::Value> greatest_in_target(const TableJob& job) const;
  [[nodiscard]] std::vector<types::Value> recorded_key(const TableJob& job) const;

  RunContext& context_;
  IncrementTarget target_;
  std::mutex mutex_;
  std::map<std::string, Watched> horizons_;
};

}  // namespace syncline::exec

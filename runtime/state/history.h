#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/observe/observer.h"

/// The embedded state database: history of runs (schema.sql). Advisory: a run goes on without it.
namespace syncline::state {

/// The state file cannot be used: the cli shows it as SY9401. The message names the file's trouble, not the file.
struct StateError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One row of `runs`. `outcome`: running, succeeded, partial, failed, interrupted; killed when its process is gone.
struct RunRow {
  std::string run_id;
  std::string started_at;   ///< UTC text
  std::string finished_at;  ///< empty: not finished
  std::string outcome = "running";
  std::string scripts;
  std::int64_t tables = 0;
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
  std::int64_t skipped = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  double seconds = 0;
  std::string error_code;
  std::string error;
};

/// One row of `run_tables`.
struct TableRow {
  std::string address;
  std::string target;
  std::string state;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  double seconds = 0;
  std::string how;
  int attempt = 1;
  std::string finished_at;
  std::string error_code;
  std::string error;
  std::string notes;
};

/// One connection to the file; any number of processes may hold one at a time (WAL, short transactions). One thread at a time.
/// Everything throws StateError.
class History {
 public:
  /// Opens `<folder>/state.db`, making the folder (0700) and the file (0600) where missing.
  explicit History(const std::string& folder);
  ~History();
  History(History&&) noexcept;

  [[nodiscard]] const std::string& path() const;

  void begin_run(const RunRow& run);
  void finish_table(const std::string& run_id, const observe::TableProgress& table);
  void finish_run(const observe::RunSummary& summary);

  /// Newest first. `failed_only`: outcome is neither running nor succeeded.
  std::vector<RunRow> list(int limit, bool failed_only = false);
  /// By id or by a beginning that only one run has; nothing when none or several have it.
  std::optional<RunRow> find(const std::string& run_id_or_beginning);
  std::vector<TableRow> show(const std::string& run_id);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace syncline::state

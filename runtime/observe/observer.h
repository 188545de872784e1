#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.h"

namespace syncline::observe {

enum class TableState : std::uint8_t { waiting, loading, building, publishing, done, failed, skipped };
const char* to_string(TableState state);

/// One table at one moment. `address` as in the plan.
struct TableProgress {
  std::string address;
  std::string target;
  TableState state = TableState::waiting;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::int64_t expected_rows = -1;  ///< estimate; < 0: unknown
  double seconds = 0;               ///< since it started
  std::string how;                  ///< "recreate", "upsert"; filled when done
  int attempt = 1;
  std::vector<std::string> notes;
  std::vector<diag::Diagnostic> errors;
};

struct RunSummary {
  std::string run_id;
  std::vector<TableProgress> tables;
  double seconds = 0;
  bool interrupted = false;
  std::vector<diag::Diagnostic> run_errors;  ///< not of one table
  std::vector<std::string> notes;            ///< of tables that were not part of the run
};

/// The one place that shows a run to somebody. Calls come from the scheduler's threads, serialised by the caller.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void run_started(const std::string& run_id, std::size_t tables) = 0;
  /// Once, after run_started: the rows of all tables together; `unknown` tables have no estimate and count nothing.
  virtual void size_estimated(std::uint64_t /*rows*/, std::size_t /*unknown*/) {}
  virtual void table_changed(const TableProgress& table) = 0;  ///< state changes
  /// A finished table has more to tell than when it was finished.
  virtual void table_remarked(const TableProgress& /*table*/) {}
  virtual void tick(const std::vector<TableProgress>& running, std::size_t done, std::size_t failed,
                    std::size_t total) = 0;  ///< about 5 per second
  virtual void note(const std::string& line) = 0;
  virtual void run_finished(const RunSummary& summary) = 0;
};

}  // namespace syncline::observe

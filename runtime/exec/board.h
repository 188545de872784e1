#pragma once
#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/observe/observer.h"

namespace syncline::exec {

using TableId = std::size_t;

/// How far every table is. Thread-safe; all calls of the observer are made here, one at a time.
class Board {
 public:
  explicit Board(observe::RunObserver& observer) : observer_(observer) {}

  TableId add(std::string address, std::string target, std::int64_t expected_rows);
  void run_started(const std::string& run_id);

  /// Rows start over: a first try or the next one.
  void start(TableId table, int attempt);
  void enter(TableId table, observe::TableState state);
  void add_rows(TableId table, std::uint64_t rows, std::uint64_t bytes);
  /// Back to waiting: it will be tried again, because of `reason` (empty: nothing worth telling).
  void postpone(TableId table, const std::string& reason);
  void finish(TableId table, std::string how, std::vector<std::string> notes);
  void fail(TableId table, std::vector<diag::Diagnostic> errors);
  void skip(TableId table, diag::Diagnostic why);
  /// Something about a table that stays done: a foreign key left out.
  void complain(TableId table, diag::Diagnostic error);
  void add_note(TableId table, std::string note);
  /// What came after a table was finished; the history has it too.
  void remark(TableId table, std::vector<std::string> notes);
  void run_error(diag::Diagnostic error);
  void note(const std::string& line);
  void tick();

  [[nodiscard]] observe::TableState state(TableId table) const;
  /// True once any table moved on from waiting.
  [[nodiscard]] bool any_started() const;
  /// Ends the run: sums up, tells the observer.
  observe::RunSummary finish_run(const std::string& run_id, bool interrupted, std::vector<std::string> notes);

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    observe::TableProgress shown;
    Clock::time_point started;
    bool final = false;
  };
  Entry& end(TableId table, observe::TableState state);
  static double seconds_since(Clock::time_point moment);

  observe::RunObserver& observer_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
  std::vector<diag::Diagnostic> run_errors_;
  Clock::time_point run_started_ = Clock::now();
  bool any_started_ = false;
};

}  // namespace syncline::exec

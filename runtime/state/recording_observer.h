#pragma once
#include <memory>
#include <string>

#include "runtime/observe/observer.h"
#include "runtime/state/history.h"

namespace syncline::state {

/// Passes a run on to the observer that shows it, and writes it into the history. A history that fails is told once as a note;
/// the run goes on.
class RecordingObserver : public observe::RunObserver {
 public:
  /// `scripts`: what was run, for people. `started_at`: microseconds since 2000-01-01 UTC.
  RecordingObserver(History& history, observe::RunObserver& shown, std::string scripts, std::int64_t started_at);

  void run_started(const std::string& run_id, std::size_t tables) override;
  void size_estimated(std::uint64_t rows, std::size_t unknown) override { shown_.size_estimated(rows, unknown); }
  void table_changed(const observe::TableProgress& table) override;
  void table_remarked(const observe::TableProgress& table) override;
  void tick(const std::vector<observe::TableProgress>& running, std::size_t done, std::size_t failed, std::size_t total) override;
  void note(const std::string& line) override;
  void run_finished(const observe::RunSummary& summary) override;

 private:
  template <class Write>
  void record(const Write& write);

  History& history_;
  observe::RunObserver& shown_;
  std::string scripts_;
  std::int64_t started_at_;
  std::string run_id_;
  bool lost_ = false;
};

}  // namespace syncline::state

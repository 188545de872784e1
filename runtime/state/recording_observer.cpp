#include "runtime/state/recording_observer.h"

#include "runtime/observe/clock.h"

namespace syncline::state {
namespace {

bool finished(observe::TableState state) {
  return state == observe::TableState::done || state == observe::TableState::failed || state == observe::TableState::skipped;
}

}  // namespace

RecordingObserver::RecordingObserver(History& history, observe::RunObserver& shown, std::string scripts, std::int64_t started_at)
    : history_(history), shown_(shown), scripts_(std::move(scripts)), started_at_(started_at) {}

template <class Write>
void RecordingObserver::record(const Write& write) {
  if (lost_) return;
  try {
    write();
  } catch (const StateError& error) {
    lost_ = true;
    shown_.note("warning: this run is missing from the history: state file `" + history_.path() + "`: " + error.what());
  }
}

void RecordingObserver::run_started(const std::string& run_id, std::size_t tables) {
  run_id_ = run_id;
  RunRow run;
  run.run_id = run_id;
  run.started_at = observe::wall_text(started_at_);
  run.scripts = scripts_;
  run.tables = static_cast<std::int64_t>(tables);
  shown_.run_started(run_id, tables);
  record([&] { history_.begin_run(run); });
}

void RecordingObserver::table_changed(const observe::TableProgress& table) {
  shown_.table_changed(table);
  if (finished(table.state)) record([&] { history_.finish_table(run_id_, table); });
}

void RecordingObserver::table_remarked(const observe::TableProgress& table) {
  shown_.table_remarked(table);
  record([&] { history_.finish_table(run_id_, table); });
}

void RecordingObserver::tick(const std::vector<observe::TableProgress>& running, std::size_t done, std::size_t failed,
                             std::size_t total) {
  shown_.tick(running, done, failed, total);
}

void RecordingObserver::note(const std::string& line) {
  shown_.note(line);
}

void RecordingObserver::run_finished(const observe::RunSummary& summary) {
  record([&] { history_.finish_run(summary); });
  shown_.run_finished(summary);
}

}  // namespace syncline::state

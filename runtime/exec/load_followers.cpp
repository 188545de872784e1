#include "compiler/diag/kinds.h"
#include "runtime/exec/load_steps.h"
#include "runtime/exec/unit_run.h"

/// The loads of a table behind its first: one after the other, or several windows side by side.
namespace syncline::exec {

using schedule::Step;

/// Each sees the table as the one before left it, under an epoch of its own.
std::vector<Step> LoadSteps::next_loads(const Unit& unit) {
  std::vector<Step> steps;
  for (const TableJob* job : unit.tables) {
    if (job->next == nullptr || context_.board.state(job->next->id) != observe::TableState::waiting) continue;
    if (job->next->load.part > 0) continue;  // listed already, with all others of its table
    Unit following{{job->next}, 1, 0, {}};
    try {
      job->next->load.existing = increments_.describe(job->plan->target);
      job->next->load.add_columns.clear();
      job->next->load.widen_columns.clear();
      const auto epochs = state_.with(
          [&](connectors::TargetState& state) { return state.take_epochs({job->plan->target}, job->next->load.plan_hash); });
      job->next->load.epoch = epochs.at(0);
      if (!side_by_side(*job->next)) {
        steps.push_back(add(std::move(following)));
        continue;
      }
      for (const Step step : all_windows(*job->next)) steps.push_back(step);
    } catch (const connectors::ConnectorError& error) {
      UnitFailure failed;
      failed.diagnostic = describe(error, where(*job->next, Side::target));
      failed.kind = error.kind;
      give_up(following, failed);
    }
  }
  return steps;
}

/// From this load on: windows of a table that is there, none of which is published by a rename, each with a snapshot of its own.
bool LoadSteps::side_by_side(const TableJob& first) const {
  // A hook may rely on what the window before has left.
  if (!first.plan->before.empty() || !first.plan->after.empty()) return false;
  if (windows_at_once_ < 2 || first.plan->snapshot_group != 0 || !first.load.existing || first.load.progress.empty())
    return false;
  for (const TableJob* job = &first; job != nullptr; job = job->next) {
    if (job->step->phase != types::Phase::window || job->load.publish == types::Publish::rename) return false;
  }
  return true;
}

/// They share the epoch of the first, because each of them has to go on when another one takes its turn.
std::vector<Step> LoadSteps::all_windows(TableJob& first) {
  std::vector<Step> steps;
  std::optional<TableId> before;
  for (TableJob* job = &first; job != nullptr; job = job->next) {
    job->load.existing = first.load.existing;
    job->load.add_columns.clear();
    job->load.widen_columns.clear();
    job->load.epoch = first.load.epoch;
    job->load.part = ++parts_;
    job->load.staging = types::Staging::chunked;  // one transaction would hold the table's row until its end
    order_.add(job->id, before);
    before = job->id;
    steps.push_back(add(Unit{{job}, 1, 0, {}}));
  }
  return steps;
}

void LoadSteps::skip(const TableJob& job, const std::string& why) {
  if (context_.board.state(job.id) == observe::TableState::skipped) return;
  diag::Diagnostic skipped = diag::NotStarted(job.plan->address, why).with_help("run it again: it goes on where it stopped");
  skipped.sync = job.sync->name;
  skipped.table = job.plan->address;
  context_.board.skip(job.id, std::move(skipped));
}

/// Those that are read already end by themselves, when their turn does not come.
void LoadSteps::skip_followers(const TableJob& job, const std::string& why) {
  order_.give_up(job.id);
  for (const TableJob* next = job.next; next != nullptr; next = next->next) {
    if (!order_.under_way(next->id)) skip(*next, why);
  }
}

}  // namespace syncline::exec

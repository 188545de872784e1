#include "runtime/exec/known_tables.h"

#include <set>

namespace syncline::exec {
namespace {

types::KnownTable of_run(types::KnownTable entry, const RunContext& context) {
  entry.run_id = context.options.run_id;
  return entry;
}

using Entries = std::vector<types::KnownTable>;

void write(const Entries& entries, const Entries& forgotten, const RunContext& context, StateSession& state) {
  if (state.in_target()) return state.with([&](connectors::TargetState& open) { open.remember(entries, forgotten); });
  if (context.options.known == nullptr) return;
  try {
    context.options.known->remember(entries, forgotten);
  } catch (const std::exception& error) {
    context.board.note(std::string("the list of known tables could not be written: ") + error.what());
  }
}

}  // namespace

void remember_tables(const std::vector<TableJob*>& jobs, const RunContext& context, StateSession& state) {
  std::set<const plan::Sync*> seen;
  std::vector<types::KnownTable> entries;
  std::vector<types::KnownTable> forgotten;
  for (const TableJob* job : jobs) {
    if (!seen.insert(job->sync).second) continue;
    for (const types::KnownTable& entry : job->sync->remember) entries.push_back(of_run(entry, context));
    forgotten.insert(forgotten.end(), job->sync->forget.begin(), job->sync->forget.end());
  }
  if (!entries.empty() || !forgotten.empty()) write(entries, forgotten, context, state);
}

void remember_shapes(const std::vector<TableJob*>& jobs, const RunContext& context, StateSession& state) noexcept {
  std::vector<types::KnownTable> entries;
  for (const TableJob* job : jobs) {
    if (!job->follows && !job->untouched && job->plan->remember) entries.push_back(of_run(*job->plan->remember, context));
  }
  if (entries.empty()) return;
  try {
    write(entries, {}, context, state);
  } catch (const std::exception& error) {
    for (const TableJob* job : jobs)
      context.board.add_note(
          job->id, std::string("its columns could not be noted down, so the next run sees the same changes: ") + error.what());
  }
}

std::vector<std::string> followed_changes(const TableJob& job) {
  std::vector<std::string> notes;
  if (job.follows) return notes;
  for (const plan::ColumnChange& change : job.plan->column_changes) {
    // A column that is left out is left out each time: the plan says it.
    const bool left_out = change.event == plan::ColumnEvent::added && change.action == plan::ColumnAction::ignore;
    if (!left_out) notes.push_back(change.sentence);
  }
  return notes;
}

std::vector<std::string> table_notes(const plan::Plan& plan) {
  std::vector<std::string> notes;
  for (const plan::Sync& sync : plan.syncs) {
    for (const plan::TableChange& change : sync.table_changes)
      notes.push_back(sync.name + "/" + types::to_string(change.source) + ": " + change.sentence);
  }
  return notes;
}

}  // namespace syncline::exec

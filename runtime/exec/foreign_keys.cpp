#include "runtime/exec/foreign_keys.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "compiler/diag/kinds.h"
#include "runtime/exec/unit_run.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/base/text.h"

namespace syncline::exec {
namespace {

using connectors::ForeignKeyResult;
using JobsByTarget = std::map<types::ObjectName, const TableJob*>;

/// The table stands in the target: loaded now, or ours from an earlier run.
bool stands(const TableJob& job) {
  return job.committed || job.plan->managed;
}

void complain_of_orphans(const TableJob& job, const types::ForeignKey& key, const ForeignKeyResult& result, Board& board) {
  const std::string sample = result.sample.empty() ? "keys unknown" : text::sample_list(result.sample);
  diag::Diagnostic made = diag::Orphans(key.name, types::to_string(job.plan->target), result.orphans, sample)
                              .with_help("the rows are there; mend them in the source, then run it again");
  made.sync = job.sync->name;
  made.table = job.plan->address;
  made.connection = job.sync->target_connection;
  board.complain(job.id, std::move(made));
}

void add_one(const TableJob& job, const types::ForeignKey& key, RunContext& context, StateSession& state) {
  try {
    const ForeignKeyResult result = state.with([&](connectors::TargetState& open) {
      return open.add_foreign_key({job.plan->target, key});
    });
    if (result.kind == ForeignKeyResult::Kind::orphans) complain_of_orphans(job, key, result, context.board);
  } catch (const connectors::ConnectorError& error) {
    diag::Diagnostic made = describe(error, where(job, Side::target));
    made.notes.push_back(fmt::format("foreign key `{}` is missing until the next run", key.name));
    context.board.complain(job.id, std::move(made));
  }
}

void add_keys_of(const TableJob& job, const JobsByTarget& jobs, RunContext& context, StateSession& state) {
  for (const types::ForeignKey& key : job.plan->foreign_keys) {
    const auto parent = jobs.find(key.referenced);
    const bool parent_stands = parent == jobs.end() || stands(*parent->second);
    const bool touched = job.committed || (parent != jobs.end() && parent->second->committed);
    if (!touched || !stands(job)) continue;
    if (parent_stands) {
      add_one(job, key, context, state);
    } else {
      context.board.add_note(
          job.id, fmt::format("foreign key `{}` waits for `{}`, which failed", key.name, types::to_string(key.referenced)));
    }
  }
}

void check_inline_keys(const std::vector<TableJob*>& jobs, const JobsByTarget& by_target, RunContext& context,
                       StateSession& state) {
  std::vector<types::ObjectName> tables;
  for (const TableJob* job : jobs) {
    if (job->committed) tables.push_back(job->plan->target);
  }
  if (tables.empty()) return;
  const auto broken = state.with([&](connectors::TargetState& open) { return open.check_foreign_keys(tables); });
  for (const auto& [key, result] : broken) {
    const auto job = by_target.find(key.table);
    const bool known = job != by_target.end() && result.kind == ForeignKeyResult::Kind::orphans;
    if (known) complain_of_orphans(*job->second, key.key, result, context.board);
  }
}

}  // namespace

void add_foreign_keys(const std::vector<TableJob*>& jobs, bool declared_inline, RunContext& context, StateSession& state) {
  JobsByTarget by_target;
  for (const TableJob* job : jobs) by_target[job->plan->target] = job;
  failpoint("foreign_keys.before");
  if (declared_inline) return check_inline_keys(jobs, by_target, context, state);
  for (const TableJob* job : jobs) {
    if (context.interrupt.cancelling()) return;
    add_keys_of(*job, by_target, context, state);
  }
}

}  // namespace syncline::exec

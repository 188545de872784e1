#include "runtime/exec/run.h"

#include <algorithm>
#include <deque>
#include <map>

#include "compiler/diag/kinds.h"
#include "compiler/plan/summary.h"
#include "runtime/exec/board.h"
#include "runtime/exec/known_tables.h"
#include "runtime/exec/members.h"
#include "runtime/exec/memory.h"
#include "runtime/exec/parameters.h"
#include "runtime/exec/target_run.h"
#include "runtime/exec/unit_run.h"
#include "runtime/introspect/resolve.h"
#include "runtime/lower/lower.h"

namespace syncline::exec {
namespace {

using observe::TableState;

/// Tables by target connection, in the order in which the plan names the targets first.
struct Targets {
  std::vector<std::pair<std::string, std::vector<TableJob*>>> list;
  std::vector<TableJob*>& of(const std::string& connection) {
    for (auto& [name, jobs] : list) {
      if (name == connection) return jobs;
    }
    return list.emplace_back(connection, std::vector<TableJob*>()).second;
  }
};

/// Errors that the plan found with this table, or that it needs --adopt: it is not started.
std::vector<diag::Diagnostic> obstacles(const plan::Sync& sync, const plan::Table& table, const RunOptions& options) {
  std::vector<diag::Diagnostic> found;
  for (const auto& finding : table.findings) {
    if (finding.severity == diag::Severity::error && !(options.adopt && finding.code == diag::Code::SY8004))
      found.push_back(finding);
  }
  if (table.needs_adoption && !options.adopt && found.empty()) {
    found.push_back(
        diag::NotManaged(types::to_string(table.target)).with_help("`run --adopt` takes it over; its content will be replaced"));
  }
  if (table.action == plan::Action::blocked && found.empty() && !table.needs_adoption) {
    found.push_back(diag::NotStarted(table.address, "the plan says it cannot run"));
  }
  for (auto& diagnostic : found) {
    diagnostic.sync = sync.name;
    diagnostic.table = table.address;
  }
  return found;
}

std::int64_t expected_rows(const plan::Table& table, const plan::Load* load) {
  return load == nullptr || plan::selects(*load) ? -1 : table.source_schema.row_estimate;
}

class Run {
 public:
  Run(const plan::Plan& plan, const connectors::Registry& registry, const RunOptions& options, Interrupt& interrupt,
      observe::RunObserver& observer)
      : plan_(plan), options_(options), board_(observer), context_{plan,     registry,   options, interrupt, board_, environment_,
                                                                   sources_, tables_of_, false,   false,     {}} {}

  Outcome run() {
    list_tables();
    board_.run_started(options_.run_id);
    if (resolve_parameters()) {
      block_tables();
      for (auto& [connection, jobs] : targets_.list) {
        TargetRun(context_, connection, std::move(jobs)).execute();
      }
    }
    return outcome();
  }

 private:
  void list_tables() {
    for (const plan::Sync& sync : plan_.syncs) {
      for (const plan::Table& table : sync.tables) {
        if (table.loads.empty()) add_job(sync, table, nullptr);
        TableJob* before = nullptr;
        for (const plan::Load& load : table.loads) {
          TableJob& job = add_job(sync, table, &load);
          job.follows = before != nullptr;
          if (before != nullptr) before->next = &job;
          before = &job;
        }
      }
    }
  }

  TableJob& add_job(const plan::Sync& sync, const plan::Table& table, const plan::Load* load) {
    TableJob job;
    std::string address = table.address + (load != nullptr ? plan::instance_text(*load) : std::string());
    // Each load has an address of its own: a shard group may copy new tables in full before the increments of the others.
    if (load != nullptr && load != table.loads.data() && !load->windowed)
      address += std::string("@") + types::to_string(load->phase);
    job.id = board_.add(address, types::to_string(table.target), expected_rows(table, load));
    job.sync = &sync;
    job.plan = &table;
    job.step = load;
    tables_of_[&sync].push_back(job.id);
    jobs_.push_back(std::move(job));
    return jobs_.back();
  }

  bool resolve_parameters() {
    try {
      environment_ = run_environment(plan_, options_);
      return true;
    } catch (const introspect::SecretError& error) {
      board_.run_error(diag::SecretUnresolved(error.reference, error.connection, error.message));
      for (const TableJob& job : jobs_) board_.skip(job.id, diag::NotStarted(job.plan->address, "a parameter has no value"));
      return false;
    }
  }

  /// Findings of one table stop that table only (DECISIONS 14), or the run where the script says so.
  void block_tables() {
    std::string& stopped = context_.stop_reason;
    const plan::Table* failed = nullptr;
    for (TableJob& job : jobs_) {
      if (job.follows && job.plan == failed) {
        board_.skip(job.id, diag::NotStarted(job.plan->address, "an earlier load of the table failed"));
        continue;
      }
      if (job.plan->action == plan::Action::none) {
        board_.finish(job.id, "up to date", {});
        continue;
      }
      auto found = obstacles(*job.sync, *job.plan, options_);
      if (found.empty()) found = lower_table(job);
      if (found.empty()) continue;
      if (job.plan->errors.stop_on_table_failure) stopped = "`" + job.plan->address + "` failed and `on_table_failure = stop`";
      board_.fail(job.id, std::move(found));
      failed = job.plan;
    }
    for (TableJob& job : jobs_) {
      const TableState state = board_.state(job.id);
      if (state == TableState::failed || state == TableState::done || state == TableState::skipped) continue;
      if (stopped.empty()) {
        targets_.of(job.sync->target_connection).push_back(&job);
      } else {
        board_.skip(job.id, diag::NotStarted(job.plan->address, stopped));
      }
    }
  }

  std::vector<diag::Diagnostic> lower_table(TableJob& job) {
    try {
      job.instance = environment_;
      job.load = job.step ? lower::load_table(*job.plan, *job.step, 0) : lower::schema_table(*job.plan);
      if (job.step) lower_load(job);
      return {};
    } catch (const std::exception& error) {
      diag::Diagnostic made = diag::Evaluation(error.what());
      made.sync = job.sync->name;
      made.table = job.plan->address;
      return {std::move(made)};
    }
  }

  /// Records of a table that is gone would count again once a table of that name is there.
  static types::Forget forgets(const TableJob& job) {
    if (!job.follows && !job.plan->existing) return types::Forget::everything;
    if (job.step->phase != types::Phase::full) return types::Forget::nothing;
    return types::replaces_rows(job.step->mode) ? types::Forget::everything : types::Forget::reached;
  }

  void lower_load(TableJob& job) {
    job.instance = plan::instance_environment(environment_, *job.step);
    job.read = lower::read_request(*job.plan, *job.step, job.instance);
    job.filter = job.read.filter.portable;
    lower::set_partition(job.load, *job.plan, *job.step, job.instance);
    lower_members(job);
    if (!job.step->records_progress) return;
    if (job.members.empty()) job.load.progress = {progress_of(job)};
    if (!job.members.empty()) gather_progress(job);
    job.load.forget = forgets(job);
    forget_former_members(job);
    if (!job.step->key) return;
    for (const std::string& column : job.step->key->target_columns) job.load.newest_by.push_back(column);
  }

  types::Progress progress_of(const TableJob& job) const {
    types::Progress progress;
    progress.phase = job.step->phase;
    progress.sync = job.sync->name;
    progress.unit = types::to_string(job.plan->source);
    progress.target = job.plan->target;
    progress.run_id = options_.run_id;
    const auto& window = job.step->instance.window;
    if (job.step->phase == types::Phase::window) progress.upper = window.end;
    if (job.step->phase == types::Phase::window) progress.lower = window.start;
    if (job.step->phase == types::Phase::full) progress.lower = job.step->settled_until.value_or(0);
    return progress;
  }

  /// Tables of a shard group: each reads on its own.
  void lower_members(TableJob& job) {
    for (const plan::Table& member : job.plan->members) {
      TableJob made;
      made.id = job.id;
      made.sync = job.sync;
      made.plan = &member;
      made.step = plan::load_of(member, *job.plan, *job.step);
      made.load.desired = job.load.desired;
      made.load.existing = job.load.existing;
      lower_load(made);
      made.reads = made.step->takes_part;
      job.members.push_back(std::move(made));
    }
  }

  Outcome outcome() {
    Outcome ended;
    ended.summary = board_.finish_run(options_.run_id, context_.interrupt.draining(), table_notes(plan_));
    for (const auto& table : ended.summary.tables) (table.state == TableState::done ? ended.committed : ended.failed) += 1;
    ended.unreachable = context_.unreachable;
    ended.refused = context_.refused;
    return ended;
  }

  const plan::Plan& plan_;
  const RunOptions& options_;
  Board board_;
  expr::Environment environment_;
  Sources sources_;
  std::map<const plan::Sync*, std::vector<TableId>> tables_of_;
  RunContext context_;
  std::deque<TableJob> jobs_;
  Targets targets_;
};

}  // namespace

Outcome run(const plan::Plan& plan, const connectors::Registry& registry, const RunOptions& options, Interrupt& interrupt,
            observe::RunObserver& observer) {
  return_large_memory();
  return Run(plan, registry, options, interrupt, observer).run();
}

}  // namespace syncline::exec

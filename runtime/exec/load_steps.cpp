#include "runtime/exec/load_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "compiler/diag/kinds.h"
#include "runtime/exec/known_tables.h"
#include "runtime/exec/members.h"
#include "runtime/exec/unit_run.h"
#include "stdlib/base/hash.h"

namespace syncline::exec {
namespace {

using connectors::ErrorKind;
using schedule::Start;
using schedule::Step;
using Clock = Watch::Clock;

constexpr int kRedos = 5;
constexpr std::chrono::seconds kDrain{8};  ///< of the 10 s that the first signal leaves
constexpr std::chrono::milliseconds kTick{200};
constexpr const char* kEarlierFailed = "an earlier load of the table failed";

Sources::Group group_of(const Unit& unit) {
  return {unit.tables.front()->sync, unit.tables.front()->plan->snapshot_group};
}
const std::string& source_of(const Unit& unit) {
  return unit.tables.front()->sync->source_connection;
}

int readers_wanted(const Unit& unit) {
  const auto& split = unit.tables.front()->plan->split;
  return split && unit.tables.size() == 1 ? split->readers : 1;
}

std::chrono::milliseconds jitter(int redo) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const int most = 50 * (1 << std::min(redo, 5));
  return std::chrono::milliseconds(std::uniform_int_distribution<int>(most / 2, most)(random));
}

bool redo_at_once(const Unit& unit, const UnitFailure& failure) {
  return failure.stopped == Stop::none && failure.kind && redo_helps(*failure.kind) && unit.redo < kRedos;
}

bool retry_later(const Unit& unit, const UnitFailure& failure) {
  const bool kind =
      failure.stopped == Stop::stalled || (failure.stopped == Stop::none && failure.kind && retry_helps(*failure.kind));
  return kind && unit.attempt <= unit.tables.front()->plan->errors.retries;
}

/// No table of the group will fare better: the run was taken over, or nobody answers.
bool ends_everything(const UnitFailure& failure) {
  return failure.kind == ErrorKind::fenced || failure.kind == ErrorKind::held;
}

}  // namespace

LoadSteps::LoadSteps(RunContext& context, StateSession& state, Loaders& loaders, Increments& increments, Hooks& hooks,
                     std::chrono::seconds target_stall, int windows_at_once, int target_sessions)
    : context_(context),
      state_(state),
      loaders_(loaders),
      increments_(increments),
      hooks_(hooks),
      target_stall_(target_stall),
      windows_at_once_(windows_at_once),
      target_sessions_(target_sessions) {}

Step LoadSteps::add(Unit unit) {
  auto made = std::make_unique<Running>();
  made->unit = std::move(unit);
  const std::lock_guard lock(mutex_);
  steps_[next_step_] = std::move(made);
  return next_step_++;
}

LoadSteps::Running& LoadSteps::running(Step step) {
  const std::lock_guard lock(mutex_);
  return *steps_.at(step);
}

Start LoadSteps::may_start(Step step) {
  Running& candidate = running(step);
  if (context_.interrupt.draining() || !context_.stop_reason.empty() || !lost_target_.empty()) return Start::never;
  const Unit& unit = candidate.unit;
  const TableId first = unit.tables.front()->id;
  if (order_.lost(first)) return Start::never;
  if (Clock::now() < unit.not_before || !order_.may_start(first)) return Start::later;
  int& in_group = reading_groups_[group_of(unit)];
  int& of_source = reading_sources_[source_of(unit)];
  const int free_source = context_.sources.source(source_of(unit)).sessions - of_source;
  const int free_group = context_.sources.sessions(unit) - in_group;
  if (free_source < 1 || free_group < 1 || loading_ >= target_sessions_) return Start::later;
  // The first of a group opens its snapshot, with as many sessions as can be used.
  const int most = in_group == 0 ? free_source : std::min(free_source, free_group);
  candidate.readers = candidate.taken_readers = std::clamp(readers_wanted(unit), 1, most);
  candidate.loaders = loaders_for(unit, candidate.readers);
  in_group += candidate.readers;
  of_source += candidate.readers;
  loading_ += candidate.loaders;
  order_.start(first);
  candidate.watch = std::make_unique<Watch>();
  return Start::now;
}

/// Readers write side by side where the table is staged in chunks; else, and where sessions are short, through fewer loaders.
int LoadSteps::loaders_for(const Unit& unit, int readers) const {
  const bool chunked = unit.tables.front()->load.staging == types::Staging::chunked;
  return chunked ? std::clamp(target_sessions_ - loading_, 1, readers) : 1;
}

void LoadSteps::run(Step step) noexcept {
  Running& mine = running(step);
  try {
    mine.failure = load(mine);
  } catch (const std::exception& error) {
    UnitFailure failed;
    failed.diagnostic = describe_unexpected(error.what(), where(*mine.unit.tables.front(), Side::target));
    mine.failure = std::move(failed);
  }
  const TableId first = mine.unit.tables.front()->id;
  mine.failure ? order_.failed(first) : order_.published(first);
}

UnitFailure LoadSteps::could_not_open(const connectors::ConnectorError& error, const Running& running, Side side) const {
  UnitFailure failed;
  failed.diagnostic = describe(error, where(*running.unit.tables.front(), side));
  failed.kind = error.kind;
  failed.side = side;
  failed.stopped = running.watch->stopped();
  return failed;
}

UnitFailure LoadSteps::could_not_settle(const Unsettled& unsettled, const Running& running) const {
  const Where at = where(*running.unit.tables.front(), Side::source);
  UnitFailure failed;
  failed.diagnostic = unsettled.diagnostic;
  failed.diagnostic.sync = at.sync;
  failed.diagnostic.table = at.address;
  failed.diagnostic.connection = at.connection;
  failed.side = Side::source;
  // Without words of its own it was stopped from outside; else they say more than "took too long".
  if (unsettled.diagnostic.message.empty()) failed.stopped = running.watch->stopped();
  return failed;
}

std::optional<UnitFailure> LoadSteps::load(Running& running) {
  Side side = Side::source;
  std::vector<std::unique_ptr<connectors::Loader>> loaders;
  TableJob& first = *running.unit.tables.front();
  try {
    const std::vector<Settled> settled = settle_all(increments_, first, *running.watch);
    if (!order_.await_snapshot(first.id, *running.watch)) return overtaken(running);
    running.snapshot = context_.sources.open(running.unit, running.readers);
    running.readers = std::min(running.readers, std::max(1, running.snapshot->sessions()));
    order_.opened(first.id);
    if (!bound_all(increments_, first, *running.snapshot, settled)) {
      first.committed = first.untouched = true;
      context_.board.finish(first.id, "up to date", {});
      return std::nullopt;
    }
    if (!settled.front().note.empty()) context_.board.add_note(first.id, settled.front().note);
    side = Side::target;
    if (auto failure = hooks_.before_table(first, running.unit.attempt, running.watch.get()))
      return hook_failed(std::move(*failure), running);
    for (TableJob* job : running.unit.tables) make_merged_table(*job);
    while (static_cast<int>(loaders.size()) < std::min(running.loaders, running.readers)) loaders.push_back(loaders_.take());
  } catch (const connectors::ConnectorError& error) {
    return could_not_open(error, running, side);
  } catch (const Unsettled& unsettled) {
    return could_not_settle(unsettled, running);
  }
  return load_with(running, loaders);
}

/// Gives the loaders back when the unit was published.
std::optional<UnitFailure> LoadSteps::load_with(Running& running, std::vector<std::unique_ptr<connectors::Loader>>& loaders) {
  UnitContext unit{*running.snapshot, *loaders.front(), context_.environment, context_.board, *running.watch, order_, hooks_};
  unit.readers = running.readers;
  for (std::size_t i = 1; i < loaders.size(); ++i) unit.joined.push_back(loaders[i].get());
  for (const auto& loader : loaders) running.watch->attach(loader.get());
  auto failure = run_unit(running.unit, unit);
  for (const auto& loader : loaders) running.watch->detach(loader.get());
  if (failure) return failure;
  for (auto& loader : loaders) loaders_.give_back(std::move(loader));
  return std::nullopt;
}

/// Rows are merged by key into a table that does not exist yet: it is made empty.
void LoadSteps::make_merged_table(TableJob& job) {
  if (job.load.existing || job.load.publish != types::Publish::merge) return;
  state_.with([&](connectors::TargetState& state) { state.apply_schema(job.load); });
  job.load.existing = increments_.describe(job.plan->target);
}

UnitFailure LoadSteps::hook_failed(diag::Diagnostic diagnostic, const Running& running) {
  UnitFailure failed;
  failed.diagnostic = std::move(diagnostic);
  failed.stopped = running.watch->stopped();
  return failed;
}

UnitFailure LoadSteps::overtaken(const Running& running) {
  UnitFailure failed;
  failed.overtaken = true;
  failed.side = Side::source;
  failed.stopped = running.watch->stopped();
  return failed;
}

std::vector<Step> LoadSteps::account(Step step) {
  std::unique_ptr<Running> ended;
  {
    const std::lock_guard lock(mutex_);
    ended = std::move(steps_.at(step));
    steps_.erase(step);
  }
  reading_groups_[group_of(ended->unit)] -= ended->taken_readers;
  reading_sources_[source_of(ended->unit)] -= ended->taken_readers;
  loading_ -= ended->loaders;
  if (!ended->failure) {
    for (const TableJob* job : ended->unit.tables) context_.sources.leave(*job);
    ended->snapshot.reset();
    change_untouched(ended->unit);
    remember_shapes(ended->unit.tables, context_, state_);
    return next_loads(ended->unit);
  }
  const UnitFailure& failure = *ended->failure;
  const bool reader_lost = failure.side == Side::source && (failure.kind || failure.stopped == Stop::stalled);
  if (reader_lost && ended->snapshot && context_.sources.lost(ended->unit, ended->snapshot)) {
    for (const TableJob* job : ended->unit.tables) {
      context_.board.add_note(job->id, "the snapshot was lost: read from a later one than other tables of its group");
    }
  }
  ended->snapshot.reset();
  return after_failure(std::move(ended->unit), std::move(*ended->failure));
}

/// Nothing was read, so nothing was loaded; the columns that the plan names change all the same.
void LoadSteps::change_untouched(const Unit& unit) {
  for (TableJob* job : unit.tables) {
    if (!job->untouched || (job->load.add_columns.empty() && job->load.widen_columns.empty())) continue;
    try {
      state_.with([&](connectors::TargetState& state) { state.apply_schema(job->load); });
      job->untouched = false;
      for (const std::string& note : followed_changes(*job)) context_.board.add_note(job->id, note);
    } catch (const connectors::ConnectorError& error) {
      context_.board.complain(job->id, describe(error, where(*job, Side::target)));
    }
  }
}

// Redo at once, one by one, again later, give up: in this order.
std::vector<Step> LoadSteps::after_failure(Unit unit, UnitFailure failure) {
  if (failure.stopped == Stop::drain || failure.stopped == Stop::cancel || context_.interrupt.draining()) {
    interrupted(unit);
    return {};
  }
  if (order_.lost(unit.tables.front()->id)) {
    skip(*unit.tables.front(), kEarlierFailed);
    context_.sources.leave(*unit.tables.front());
    return {};
  }
  if (failure.overtaken && failure.stopped == Stop::none) return again({std::move(unit)}, {});
  if (failure.stopped != Stop::none) {
    failure.diagnostic = describe_stop(failure.stopped, *unit.tables[failure.table], stall_timeout(unit));
  }
  const bool hopeless = failure.in_doubt || ends_everything(failure);
  const std::string& message = failure.diagnostic.message;
  if (!hopeless && redo_at_once(unit, failure)) {
    ++unit.redo;
    unit.not_before = Clock::now() + jitter(unit.redo);
    return again({std::move(unit)}, "redone at once: " + message);
  }
  if (!hopeless && unit.tables.size() > 1) {
    std::vector<Unit> single;
    for (TableJob* job : unit.tables) single.push_back(Unit{{job}, unit.attempt, 0, {}});
    return again(std::move(single), {});
  }
  if (!hopeless && retry_later(unit, failure)) {
    const std::string reason = fmt::format("attempt {} failed: {}", unit.attempt, message);
    unit.not_before = Clock::now() + unit.tables.front()->plan->errors.retry_delay;
    ++unit.attempt;
    unit.redo = 0;
    return again({std::move(unit)}, reason);
  }
  give_up(unit, failure);
  return {};
}

/// Each try has epochs of its own; taking them drops what the last one left behind.
std::vector<Step> LoadSteps::again(std::vector<Unit> units, const std::string& reason) {
  TableJob& first = *units.front().tables.front();
  if (first.load.part > 0) {
    first.load.part = ++parts_;  // others work under its epoch
    context_.board.postpone(first.id, reason);
    return {add(std::move(units.front()))};
  }
  std::vector<TableJob*> jobs;
  std::vector<types::ObjectName> names;
  std::string plans;
  for (const Unit& unit : units) {
    for (TableJob* job : unit.tables) {
      jobs.push_back(job);
      names.push_back(job->plan->target);
      plans += job->load.plan_hash;
    }
  }
  try {
    const auto epochs =
        state_.with([&](connectors::TargetState& state) { return state.take_epochs(names, hash::fast_hex(plans)); });
    for (std::size_t at = 0; at < jobs.size(); ++at) jobs[at]->load.epoch = epochs.at(at);
  } catch (const connectors::ConnectorError& error) {
    for (const Unit& unit : units) {
      UnitFailure failed;
      failed.diagnostic = describe(error, where(*unit.tables.front(), Side::target));
      failed.kind = error.kind;
      give_up(unit, failed);
    }
    return {};
  }
  for (const TableJob* job : jobs) context_.board.postpone(job->id, reason);
  std::vector<Step> steps;
  for (Unit& unit : units) steps.push_back(add(std::move(unit)));
  return steps;
}

void LoadSteps::give_up(const Unit& unit, const UnitFailure& failure) {
  for (const TableJob* job : unit.tables) {
    diag::Diagnostic diagnostic = failure.diagnostic;
    if (failure.in_doubt) {
      diagnostic.notes.push_back("the connection was lost while the rows were being added: they may be there");
      diagnostic.help.insert(diagnostic.help.begin(), "compare the target with the source before you run it again");
    }
    context_.board.fail(job->id, {std::move(diagnostic)});
    context_.sources.leave(*job);
    skip_followers(*job, kEarlierFailed);
    if (job->plan->errors.stop_on_table_failure)
      context_.stop_reason = "`" + job->plan->address + "` failed and `on_table_failure = stop`";
  }
  const bool no_answer = failure.kind == ErrorKind::unreachable || failure.kind == ErrorKind::auth;
  if (no_answer && !context_.board.any_started()) context_.unreachable = true;
  if (ends_everything(failure)) {
    context_.refused = true;
    lost_target_ = "another run took the target over";
  }
}

void LoadSteps::interrupted(const Unit& unit) {
  for (const TableJob* job : unit.tables) {
    if (context_.board.state(job->id) != observe::TableState::skipped)
      context_.board.skip(job->id, describe_stop(Stop::drain, *job, {}));
    context_.sources.leave(*job);
    skip_followers(*job, "the run was interrupted");
  }
}

void LoadSteps::dropped(Step step) {
  std::unique_ptr<Running> never;
  {
    const std::lock_guard lock(mutex_);
    never = std::move(steps_.at(step));
    steps_.erase(step);
  }
  if (context_.interrupt.draining()) return interrupted(never->unit);
  for (const TableJob* job : never->unit.tables) {
    if (order_.lost(job->id)) {
      skip(*job, kEarlierFailed);
      context_.sources.leave(*job);
      continue;
    }
    diag::Diagnostic why = diag::NotStarted(job->plan->address, lost_target_.empty() ? context_.stop_reason : lost_target_)
                               .with_help("mend that, then run it again");
    why.sync = job->sync->name;
    why.table = job->plan->address;
    context_.board.skip(job->id, std::move(why));
    context_.sources.leave(*job);
    skip_followers(*job, "an earlier load of the table was not started");
  }
}

void LoadSteps::tick() {
  const Clock::time_point now = Clock::now();
  if (now < next_tick_) return;
  next_tick_ = now + kTick;
  if (context_.interrupt.draining() && !drain_since_) drain_since_ = now;
  std::vector<Running*> all;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [step, entry] : steps_) {
      if (entry->watch) all.push_back(entry.get());
    }
  }
  for (Running* entry : all) supervise(*entry);
  context_.board.tick();
}

std::chrono::seconds LoadSteps::stall_timeout(const Unit& unit) const {
  return std::min(target_stall_, context_.sources.source(source_of(unit)).spec.stall_timeout);
}

void LoadSteps::supervise(Running& running) {
  Watch& watch = *running.watch;
  if (drain_since_) {
    const bool enough = context_.interrupt.cancelling() || Clock::now() - *drain_since_ > kDrain;
    if (watch.stopped() != Stop::cancel) watch.stop(enough ? Stop::cancel : Stop::drain);
    return;
  }
  if (watch.stopped() != Stop::none) return;
  const std::chrono::seconds timeout = running.unit.tables.front()->plan->errors.timeout;
  if (timeout.count() > 0 && watch.age() > timeout) return watch.stop(Stop::timeout);
  const std::chrono::seconds stall = stall_timeout(running.unit);
  if (stall.count() > 0 && watch.idle() > stall) watch.stop(Stop::stalled);
}

}  // namespace syncline::exec

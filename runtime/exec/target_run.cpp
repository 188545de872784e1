#include "runtime/exec/target_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/diag/kinds.h"
#include "compiler/plan/summary.h"
#include "runtime/exec/foreign_keys.h"
#include "runtime/exec/hooks.h"
#include "runtime/exec/increments.h"
#include "runtime/exec/known_tables.h"
#include "runtime/exec/load_steps.h"
#include "runtime/exec/loaders.h"
#include "runtime/exec/unit_run.h"
#include "runtime/exec/units.h"
#include "runtime/introspect/resolve.h"
#include "runtime/observe/clock.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/base/hash.h"

namespace syncline::exec {
namespace {

using connectors::ConnectorError;
using connectors::ErrorKind;

constexpr std::chrono::milliseconds kTick{100};

bool no_answer(const ConnectorError& error) {
  return error.kind == ErrorKind::unreachable || error.kind == ErrorKind::auth;
}
bool other_run(const ConnectorError& error) {
  return error.kind == ErrorKind::held || error.kind == ErrorKind::fenced;
}

std::vector<types::ObjectName> targets(const std::vector<TableJob*>& jobs) {
  std::vector<types::ObjectName> names;
  for (const TableJob* job : jobs) names.push_back(job->plan->target);
  return names;
}

template <class Number>
int largest(const std::vector<TableJob*>& jobs, const Number& of) {
  int most = 1;
  for (const TableJob* job : jobs) most = std::max(most, of(job->plan->limits));
  return most;
}

const connectors::Connector& connector_of(const RunContext& context, const std::string& connection) {
  const connectors::Connector* found = context.registry.connector(context.plan.connections.at(connection).engine);
  if (found == nullptr) throw ConnectorError(ErrorKind::unsupported, "this engine is not built");
  return *found;
}

}  // namespace

int allowed_sessions(const connectors::Connector& connector, const connectors::ConnectionSpec& spec, int limit) {
  const int free = connector.open_introspector(spec)->server().free_connections;
  const int most = std::max(1, limit);
  return free > 0 ? std::clamp(free / 2, 1, most) : most;
}

TargetRun::TargetRun(RunContext& context, std::string connection, std::vector<TableJob*> jobs)
    : context_(context), connection_(std::move(connection)), jobs_(std::move(jobs)) {}

void TargetRun::execute() noexcept {
  try {
    if (stopped_before()) return;
    prepare();
    prepare_sources();
    if (!jobs_.empty()) execute_with_state();
  } catch (const introspect::SecretError& error) {
    context_.unreachable |= !context_.board.any_started();
    refuse(error.connection, diag::SecretUnresolved(error.reference, error.connection, error.message), jobs_);
  } catch (const ConnectorError& error) {
    refuse_all(error);
  } catch (const std::exception& error) {
    refuse(connection_, describe_unexpected(error.what(), {}), jobs_);
  }
}

/// A signal or a failed table ended the run while an earlier target was worked on.
bool TargetRun::stopped_before() {
  if (context_.stop_reason.empty() && !context_.interrupt.draining()) return false;
  const std::string reason = context_.interrupt.draining() ? "the run was interrupted" : context_.stop_reason;
  for (const TableJob* job : jobs_) context_.board.skip(job->id, diag::NotStarted(job->plan->address, reason));
  return true;
}

void TargetRun::prepare() {
  connector_ = &connector_of(context_, connection_);
  spec_ = introspect::resolve(context_.plan.connections.at(connection_));
}

/// Opens each source once; tables of one that does not answer are given up, the others go on.
void TargetRun::prepare_sources() {
  std::map<std::string, std::vector<TableJob*>> by_source;
  for (TableJob* job : jobs_) by_source[job->sync->source_connection].push_back(job);
  for (const auto& [name, jobs] : by_source) {
    if (context_.sources.has(name)) continue;
    try {
      Sources::Source source;
      source.connector = &connector_of(context_, name);
      source.spec = introspect::resolve(context_.plan.connections.at(name));
      const int limit = largest(jobs, [](const plan::Limits& limits) { return limits.source_connections; });
      source.sessions = allowed_sessions(*source.connector, source.spec, limit);
      context_.sources.add(name, std::move(source));
    } catch (const ConnectorError& error) {
      context_.unreachable |= no_answer(error) && !context_.board.any_started();
      refuse(name, describe(error, Where{"", "", "", name, Side::source}), jobs);
    } catch (const introspect::SecretError& error) {
      context_.unreachable |= !context_.board.any_started();
      refuse(name, diag::SecretUnresolved(error.reference, error.connection, error.message), jobs);
    }
  }
  for (TableJob* job : jobs_) {
    if (!context_.sources.has(job->sync->source_connection)) continue;
    job->read.naive_timezone = context_.sources.source(job->sync->source_connection).spec.timezone;
    for (TableJob& member : job->members) member.read.naive_timezone = job->read.naive_timezone;
  }
  jobs_.erase(std::remove_if(jobs_.begin(), jobs_.end(),
                             [this](const TableJob* job) { return !context_.sources.has(job->sync->source_connection); }),
              jobs_.end());
}

void TargetRun::execute_with_state() {
  const RunOptions& options = context_.options;
  std::unique_ptr<StateSession> session = options.locks != nullptr ? options.locks->give(connection_) : nullptr;
  if (!session) {
    session = std::make_unique<StateSession>(*connector_, spec_, identity(options, jobs_.front()->sync->name), options.wait);
    session->begin();
    if (session->waited()) throw ConnectorError(ErrorKind::held, "another run has changed it since this one was planned");
  }
  StateSession& state = *session;
  Hooks hooks(context_, *connector_, spec_);
  hooks.before_run(jobs_);
  if (jobs_.empty()) return state.end();
  create_and_adopt(state);
  take_epochs(state);
  apply_schemas(state, hooks);
  load(state, hooks);
  if (!context_.interrupt.draining())
    add_foreign_keys(jobs_, connector_->info().capabilities.foreign_keys_inline, context_, state);
  hooks.after_run(jobs_);
  failpoint("cleanup.before");
  state.end();
}

void TargetRun::create_and_adopt(StateSession& state) {
  std::set<std::string> containers;
  std::vector<types::TableSchema> adopted;
  for (const TableJob* job : jobs_) {
    containers.insert(job->sync->create_containers.begin(), job->sync->create_containers.end());
    if (job->plan->needs_adoption && job->plan->existing) adopted.push_back(*job->plan->existing);
  }
  state.with([&](connectors::TargetState& open) {
    if (!containers.empty()) open.create_containers({containers.begin(), containers.end()});
    if (!adopted.empty()) open.adopt(adopted);
    remember_target_rows(open);
  });
  remember_tables(jobs_, context_, state);
}

void TargetRun::remember_target_rows(connectors::TargetState& state) {
  std::map<types::ObjectName, std::int64_t> rows;
  for (const auto& managed : state.managed(targets(jobs_))) rows[managed.name] = managed.rows;
  for (TableJob* job : jobs_) {
    const auto known = rows.find(job->plan->target);
    const bool ours = known != rows.end() || job->plan->needs_adoption;
    if (!ours || !job->plan->existing) continue;
    const bool counted = known != rows.end() && known->second >= 0;
    job->target_rows = counted ? known->second : job->plan->existing->row_estimate;
  }
}

/// A load that follows another one takes its epoch when its turn comes.
void TargetRun::take_epochs(StateSession& state) {
  std::vector<TableJob*> first;
  std::string plans;
  for (TableJob* job : jobs_) {
    if (job->follows) continue;
    first.push_back(job);
    plans += job->load.plan_hash;
  }
  const auto epochs =
      state.with([&](connectors::TargetState& open) { return open.take_epochs(targets(first), hash::fast_hex(plans)); });
  for (std::size_t at = 0; at < first.size(); ++at) first[at]->load.epoch = epochs.at(at);
}

std::vector<TableJob*> TargetRun::waiting(bool schema_only) const {
  std::vector<TableJob*> found;
  for (TableJob* job : jobs_) {
    if (job->plan->schema_only == schema_only) found.push_back(job);
  }
  return found;
}

void TargetRun::apply_schemas(StateSession& state, Hooks& hooks) {
  for (TableJob* job : waiting(true)) {
    if (context_.interrupt.draining()) {
      context_.board.skip(job->id, describe_stop(Stop::drain, *job, {}));
      continue;
    }
    context_.board.start(job->id, 1);
    if (auto failure = hooks.before_table(*job, 1, nullptr)) {
      context_.board.fail(job->id, {std::move(*failure)});
      continue;
    }
    try {
      state.with([&](connectors::TargetState& open) { open.apply_schema(job->load); });
      job->committed = true;
      remember_shapes({job}, context_, state);
      std::vector<std::string> notes;
      auto failure = hooks.after_table(*job, 1, nullptr, notes);
      context_.board.finish(job->id, "schema", std::move(notes));
      if (failure) context_.board.complain(job->id, std::move(*failure));
    } catch (const ConnectorError& error) {
      context_.board.fail(job->id, {describe(error, where(*job, Side::target))});
    }
  }
}

void TargetRun::load(StateSession& state, Hooks& hooks) {
  std::vector<TableJob*> loads = waiting(false);
  loads.erase(std::remove_if(loads.begin(), loads.end(), [](const TableJob* job) { return job->follows; }), loads.end());
  if (loads.empty()) return;
  const connectors::Capabilities& able = connector_->info().capabilities;
  const int target_limit = largest(loads, [](const plan::Limits& limits) { return limits.target_connections; });
  int parallel = largest(loads, [](const plan::Limits& limits) { return limits.parallel_tables; });
  const int wanted = context_.options.parallel;
  if (wanted > 0) parallel = wanted;
  int sessions = allowed_sessions(*connector_, spec_, target_limit);
  if (able.max_parallel_loads > 0) sessions = std::min(sessions, able.max_parallel_loads);
  parallel = std::min(parallel, sessions);
  if (parallel < wanted)
    context_.board.note(fmt::format("{} takes {} at a time, not {}", connection_, plan::counted(parallel, "load"), wanted));

  Loaders loaders(*connector_, spec_, state.identity());
  Increments increments(context_, {connector_, spec_});
  LoadSteps steps(context_, state, loaders, increments, hooks, spec_.stall_timeout, wanted > 0 ? parallel : 1, sessions);
  for (const TableJob* job : loads) context_.sources.expect(*job);
  std::deque<schedule::Step> waiting_steps;
  for (Unit& unit : make_units(loads, {able.tables_per_transaction, parallel}))
    waiting_steps.push_back(steps.add(std::move(unit)));
  schedule::run(std::move(waiting_steps), static_cast<std::size_t>(parallel), kTick, steps);
}

/// One error for the connection, and every table of it that is not finished was not started.
void TargetRun::refuse(const std::string& connection, diag::Diagnostic diagnostic, const std::vector<TableJob*>& jobs) {
  diagnostic.connection = connection;
  context_.board.run_error(std::move(diagnostic));
  for (const TableJob* job : jobs) {
    const observe::TableState state = context_.board.state(job->id);
    if (state == observe::TableState::done || state == observe::TableState::failed || state == observe::TableState::skipped)
      continue;
    diag::Diagnostic why = diag::NotStarted(job->plan->address, "connection `" + connection + "` cannot be used");
    why.sync = job->sync->name;
    why.table = job->plan->address;
    why.connection = connection;
    context_.board.skip(job->id, std::move(why));
  }
}

void TargetRun::refuse_all(const ConnectorError& error) {
  context_.unreachable |= no_answer(error) && !context_.board.any_started();
  context_.refused |= other_run(error);
  refuse(connection_, describe(error, Where{"", "", connection_, connection_, Side::target}), jobs_);
}

}  // namespace syncline::exec

#include "runtime/exec/hooks.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <thread>

#include "compiler/diag/kinds.h"
#include "compiler/plan/summary.h"
#include "runtime/exec/failures.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/base/text.h"

namespace syncline::exec {
namespace {

using connectors::ConnectorError;

constexpr int kHookTries = 5;
constexpr std::chrono::milliseconds kHookLook{100};
constexpr std::chrono::milliseconds kHookPause{50};
constexpr std::chrono::seconds kHookGrace{8};  ///< of the 10 s that the first signal leaves

/// Cancels the session's statement when the run or the load is to end, for as long as this object lives.
class Canceller {
 public:
  Canceller(connectors::ScriptSession& session, const Interrupt& interrupt, const Watch* watch)
      : thread_([this, &session, &interrupt, watch] { look(session, interrupt, watch); }) {}
  Canceller(const Canceller&) = delete;
  Canceller& operator=(const Canceller&) = delete;
  ~Canceller() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    ended_.notify_one();
    thread_.join();
  }

 private:
  void look(connectors::ScriptSession& session, const Interrupt& interrupt, const Watch* watch) {
    std::optional<std::chrono::steady_clock::time_point> draining;
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, kHookLook, [this] { return over_; })) {
      const auto now = std::chrono::steady_clock::now();
      if (interrupt.draining() && !draining) draining = now;
      const Stop stop = watch == nullptr ? Stop::none : watch->stopped();
      const bool late = draining && now - *draining > kHookGrace;
      if (interrupt.cancelling() || late || (stop != Stop::none && stop != Stop::drain)) session.cancel();
    }
  }

  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_;  ///< last: it uses the others
};

expr::Environment with_attempt(expr::Environment environment, int attempt) {
  environment.parameter = [known = std::move(environment.parameter), attempt](std::string_view name) -> types::Value {
    if (name == "attempt") return static_cast<std::int64_t>(attempt);
    if (!known) throw expr::EvaluationError("`:" + std::string(name) + "` is not known here");
    return known(name);
  };
  return environment;
}

std::vector<const plan::Sync*> syncs_of(const std::vector<TableJob*>& jobs) {
  std::vector<const plan::Sync*> syncs;
  for (const TableJob* job : jobs) {
    if (std::find(syncs.begin(), syncs.end(), job->sync) == syncs.end()) syncs.push_back(job->sync);
  }
  return syncs;
}

std::string first_line(const plan::Hook& hook) {
  constexpr std::size_t kShown = 200;
  const std::string text = plan::hook_text(hook);
  return text.size() <= kShown ? text : std::string(text::truncate_utf8(text, kShown)) + " …";
}

}  // namespace

std::optional<diag::Diagnostic> Hooks::before_table(TableJob& job, int attempt, const Watch* watch) {
  if (job.prepared || job.plan->before.empty()) return std::nullopt;
  std::vector<std::string> notes;
  auto failure = run({job.plan->before, *job.sync, &job, with_attempt(job.instance, attempt), watch}, notes);
  job.prepared = !failure;
  for (std::string& note : notes) context_.board.add_note(job.id, std::move(note));
  return failure;
}

std::optional<diag::Diagnostic> Hooks::after_table(const TableJob& job, int attempt, const Watch* watch,
                                                   std::vector<std::string>& notes) {
  if (job.plan->after.empty()) return std::nullopt;
  failpoint("hook.after_table");
  auto failure = run({job.plan->after, *job.sync, &job, with_attempt(job.instance, attempt), watch}, notes);
  if (failure) failure->notes.push_back("the new rows are there: the hook runs behind their publication");
  return failure;
}

void Hooks::before_run(std::vector<TableJob*>& jobs) {
  for (const plan::Sync* sync : syncs_of(jobs)) {
    if (sync->before.empty() || context_.interrupt.draining()) continue;
    std::vector<std::string> notes;
    auto failure = run({sync->before, *sync, nullptr, of_run(jobs, *sync), nullptr}, notes);
    for (const std::string& note : notes) context_.board.note(sync->name + ": " + note);
    const auto first = std::find_if(jobs.begin(), jobs.end(), [&](const TableJob* job) { return job->sync == sync; });
    for (std::string& note : notes) context_.board.add_note((*first)->id, std::move(note));
    if (!failure) continue;
    const std::string why = "a hook of `" + sync->name + "` failed";
    context_.board.run_error(std::move(*failure));
    for (const TableJob* job : jobs) {
      if (job->sync != sync) continue;
      diag::Diagnostic skipped = diag::NotStarted(job->plan->address, why).with_help("mend that, then run it again");
      skipped.sync = sync->name;
      skipped.table = job->plan->address;
      context_.board.skip(job->id, std::move(skipped));
    }
    jobs.erase(std::remove_if(jobs.begin(), jobs.end(), [&](const TableJob* job) { return job->sync == sync; }), jobs.end());
  }
}

void Hooks::after_run(const std::vector<TableJob*>& jobs) {
  for (const plan::Sync* sync : syncs_of(jobs)) {
    if (sync->after.empty() || context_.interrupt.draining()) continue;
    if (!all_done(*sync)) {
      context_.board.note(sync->name + ": hooks AFTER RUN are left out, because not all tables are done");
      continue;
    }
    std::vector<std::string> notes;
    auto failure = run({sync->after, *sync, nullptr, of_run(jobs, *sync), nullptr}, notes);
    for (const std::string& note : notes) context_.board.note(sync->name + ": " + note);
    const auto last = std::find_if(jobs.rbegin(), jobs.rend(), [&](const TableJob* job) { return job->sync == sync; });
    context_.board.remark((*last)->id, std::move(notes));
    if (!failure) continue;
    failure->notes.push_back("all its rows are there: the hook runs behind the last table");
    context_.board.run_error(std::move(*failure));
  }
}

std::optional<diag::Diagnostic> Hooks::run(const Call& call, std::vector<std::string>& notes) {
  const plan::Hook* current = &call.hooks.front();
  try {
    const auto session = connector_.open_script_session(spec_);
    const Canceller canceller(*session, context_.interrupt, call.watch);
    for (const plan::Hook& hook : call.hooks) {
      current = &hook;
      const std::uint64_t rows = execute(*session, hook, call);
      notes.push_back(fmt::format("{}, {}", first_line(hook), plan::counted(rows, "row")));
    }
    return std::nullopt;
  } catch (const ConnectorError& error) {
    return failed(*current, call, error.what(), &error);
  } catch (const std::exception& error) {
    return failed(*current, call, error.what(), nullptr);
  }
}

std::uint64_t Hooks::execute(connectors::ScriptSession& session, const plan::Hook& hook, const Call& call) {
  connectors::ScriptStatement statement;
  statement.text = hook.text;
  for (const auto& [name, value] : hook.binds) statement.binds.emplace_back(name, expr::evaluate(*value, call.environment));
  if (call.job != nullptr) statement.objects.emplace_back("target.table", call.job->plan->target);
  for (int tried = 1;; ++tried) {
    try {
      return session.execute(statement);
    } catch (const ConnectorError& error) {
      // Only what was surely rolled back may be done again.
      if (error.kind != connectors::ErrorKind::transient || !session_survives(error) || tried >= kHookTries) throw;
      std::this_thread::sleep_for(kHookPause * tried);
    }
  }
}

diag::Diagnostic Hooks::failed(const plan::Hook& hook, const Call& call, const std::string& why,
                               const ConnectorError* error) const {
  const std::string whose = call.job != nullptr ? call.job->plan->address : call.sync.name;
  diag::Diagnostic made = diag::HookFailed(hook.when, whose, why);
  made.sync = call.sync.name;
  if (call.job != nullptr) made.table = whose;
  made.connection = call.sync.target_connection;
  made.notes.push_back("statement: " + first_line(hook).substr(hook.when.size() + 2));
  if (error != nullptr && !error->help.empty()) made.help.push_back(error->help);
  return made;
}

/// The values of a run: from the first window that its loads fill to the last one, as the latest instance was scheduled.
expr::Environment Hooks::of_run(const std::vector<TableJob*>& jobs, const plan::Sync& sync) const {
  const auto loads = [&](bool windowed) {
    std::vector<const plan::Load*> found;
    for (const TableJob* job : jobs) {
      if (job->sync == &sync && job->step != nullptr && (job->step->windowed || !windowed)) found.push_back(job->step);
    }
    return found;
  };
  std::vector<const plan::Load*> list = loads(true);
  if (list.empty()) list = loads(false);
  if (list.empty()) return with_attempt(context_.environment, 1);
  plan::Load whole = *list.front();
  for (const plan::Load* load : list) {
    const schedule::Window& window = load->instance.window;
    const schedule::Window seen = whole.instance.window;
    if (load->instance.scheduled_at > whole.instance.scheduled_at) whole.instance = load->instance;
    whole.instance.window = {std::min(seen.start, window.start), std::max(seen.end, window.end)};
  }
  return with_attempt(plan::instance_environment(context_.environment, whole), 1);
}

bool Hooks::all_done(const plan::Sync& sync) const {
  const auto& tables = context_.tables_of.at(&sync);
  return std::all_of(tables.begin(), tables.end(),
                     [&](TableId table) { return context_.board.state(table) == observe::TableState::done; });
}

}  // namespace syncline::exec

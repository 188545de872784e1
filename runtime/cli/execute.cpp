#include "runtime/cli/execute.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <nlohmann/json.hpp>

#include "compiler/diag/kinds.h"
#include "compiler/diag/render.h"
#include "connectors/api/registry.h"
#include "runtime/exec/run.h"
#include "runtime/introspect/resolve.h"
#include "runtime/observe/clock.h"
#include "runtime/observe/observers.h"
#include "runtime/state/history.h"
#include "runtime/state/known_tables.h"
#include "runtime/state/recording_observer.h"

namespace syncline::cli {

namespace {

exec::Interrupt& interrupt() {
  static exec::Interrupt only;
  return only;
}

void count_signal(int) {
  interrupt().signals.fetch_add(1, std::memory_order_relaxed);
}

/// SIGINT and SIGTERM: the first drains, the second cancels.
void listen_to_signals() {
  struct sigaction action {};
  action.sa_handler = count_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

int terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 100;
}

int terminal_height() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

/// Cursor movements need a terminal that knows them; colours are another matter (NO_COLOR).
bool can_redraw() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

std::unique_ptr<observe::RunObserver> observer_for(const Common& common) {
  if (common.format == "json") return observe::make_json_observer(std::cout);
  observe::Screen screen{std::cerr, std::cout, use_color(STDOUT_FILENO, common), terminal_width, terminal_height};
  if (can_redraw()) return observe::make_terminal_observer(screen);
  return observe::make_line_observer(screen);
}

/// The history, or nothing and a warning: it is advisory, a run goes on without it.
std::optional<state::History> open_history(const std::string& folder, const Common& common) {
  try {
    return state::History(folder);
  } catch (const state::StateError& error) {
    report(diag::StateUnusable(folder + "/state.db", error.what())
               .with_help("this run is not recorded; choose another folder with --state"),
           common);
    return std::nullopt;
  }
}

/// Findings that keep a run from starting: for JSON one more event, on one line like the others.
void refuse(const compiler::Result& result, const Common& common) {
  if (common.format != "json") return report(result, common);
  nlohmann::ordered_json event{{"version", 1}, {"event", "refused"}};
  event.update(nlohmann::ordered_json::parse(diag::render_json(result.sink, result.sources)));
  fmt::print(stdout, "{}\n", event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace

std::optional<int> prepare(const compiler::Options& options, const Execution& how, const Common& common, Ready& ready) {
  const connectors::Registry& registry = connectors::default_registry();
  ready.options.run_id = observe::new_run_id();
  ready.options.started_at = options.started_at;
  ready.options.adopt = how.adopt;
  ready.options.wait = std::chrono::seconds(how.wait_seconds);
  ready.options.locks = &ready.locks;
  ready.known = std::make_unique<state::LocalKnownTables>(state_folder(common, options.project_folder));
  ready.options.known = ready.known.get();
  do {
    ready.result = compiler::Result{};
    compiler::compile(options, registry, introspect::live_catalogs(registry, ready.known.get()), ready.result);
    ready.result.sink.sort(ready.result.sources);
    if (!ready.result.plan || ready.result.sink.has_errors()) {
      refuse(ready.result, common);
      const int code = exit_of(ready.result);
      return code == kOk ? kUsage : code;
    }
  } while (!how.dry_run && ready.locks.take(*ready.result.plan, registry, ready.options));
  report_beside_data(ready.result, common);
  return std::nullopt;
}

int execute(Ready& ready, const Common& common, const Project& project) {
  std::optional<state::History> history = open_history(state_folder(common, project.folder), common);
  const std::unique_ptr<observe::RunObserver> shown = observer_for(common);
  std::unique_ptr<state::RecordingObserver> recording;
  if (history) {
    recording = std::make_unique<state::RecordingObserver>(*history, *shown, fmt::format("{}", fmt::join(common.paths, " ")),
                                                           ready.options.started_at);
  }
  listen_to_signals();
  observe::RunObserver& observer = recording ? static_cast<observe::RunObserver&>(*recording) : *shown;
  return exec::exit_code(exec::run(*ready.result.plan, connectors::default_registry(), ready.options, interrupt(), observer));
}

void add_execution(CLI::App& command, Execution& how, Common& common) {
  command.add_option("--wait", how.wait_seconds, "seconds to wait for another run of the same target (default 30)")
      ->check(CLI::Range(0, 86400))
      ->type_name("SECONDS");
  command.add_option("--state", common.state, "folder of the state database (default: .syncline of the project)")
      ->type_name("FOLDER");
}

}  // namespace syncline::cli

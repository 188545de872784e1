#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <nlohmann/json.hpp>

#include "compiler/diag/kinds.h"
#include "compiler/diag/render.h"
#include "compiler/pipeline.h"
#include "compiler/plan/print.h"
#include "connectors/api/registry.h"
#include "runtime/cli/commands.h"
#include "runtime/exec/run.h"
#include "runtime/introspect/resolve.h"
#include "runtime/observe/clock.h"
#include "runtime/observe/observers.h"
#include "runtime/state/history.h"
#include "runtime/state/recording_observer.h"
#include "stdlib/base/text.h"

namespace syncline::cli {

namespace {

constexpr int kWaitSeconds = 30;

struct RunChoices {
  Common common;
  bool full = false;
  bool adopt = false;
  bool dry_run = false;
  int wait_seconds = kWaitSeconds;
};

/// The words after `syncline run` that repeat this call without --dry-run.
std::vector<std::string> run_words(const RunChoices& chosen) {
  std::vector<std::string> words = given_words(chosen.common);
  if (chosen.full) words.emplace_back("--full");
  if (chosen.adopt) words.emplace_back("--adopt");
  if (chosen.wait_seconds != kWaitSeconds) words.insert(words.end(), {"--wait", std::to_string(chosen.wait_seconds)});
  if (!chosen.common.state.empty()) words.insert(words.end(), {"--state", chosen.common.state});
  return words;
}

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

int execute(const plan::Plan& plan, const RunChoices& chosen, const Project& project, std::int64_t started_at) {
  const std::string state_folder = chosen.common.state.empty() ? project.folder + "/.syncline" : chosen.common.state;
  std::optional<state::History> history = open_history(state_folder, chosen.common);
  const std::unique_ptr<observe::RunObserver> shown = observer_for(chosen.common);
  std::unique_ptr<state::RecordingObserver> recording;
  if (history)
    recording = std::make_unique<state::RecordingObserver>(*history, *shown,
                                                           fmt::format("{}", fmt::join(chosen.common.paths, " ")), started_at);
  exec::RunOptions options;
  options.run_id = observe::new_run_id();
  options.started_at = started_at;
  options.adopt = chosen.adopt;
  options.wait = std::chrono::seconds(chosen.wait_seconds);
  listen_to_signals();
  observe::RunObserver& observer = recording ? static_cast<observe::RunObserver&>(*recording) : *shown;
  return exec::exit_code(exec::run(plan, connectors::default_registry(), options, interrupt(), observer));
}

/// Findings that keep a run from starting: for JSON one more event, on one line like the others.
void refuse(const compiler::Result& result, const Common& common) {
  if (common.format != "json") return report(result, common);
  nlohmann::ordered_json event{{"version", 1}, {"event", "refused"}};
  event.update(nlohmann::ordered_json::parse(diag::render_json(result.sink, result.sources)));
  fmt::print(stdout, "{}\n", event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

int run(const RunChoices& chosen) {
  const Project project = find_project(".");
  compiler::Options options = compiler_options(chosen.common, project);
  options.full = chosen.full;
  options.adopt = chosen.adopt;
  const connectors::Registry& registry = connectors::default_registry();
  compiler::Result result;
  compiler::compile(options, registry, introspect::live_catalogs(registry), result);
  result.sink.sort(result.sources);
  if (!result.plan || result.sink.has_errors()) {
    refuse(result, chosen.common);
    const int code = exit_of(result);
    return code == kOk ? kUsage : code;
  }
  report_beside_data(result, chosen.common);
  if (chosen.dry_run) {
    plan::TextStyle style;
    style.color = use_color(STDOUT_FILENO, chosen.common);
    style.arguments = spoken(run_words(chosen));
    fmt::print(stdout, "{}",
               chosen.common.format == "json" ? plan::to_json(*result.plan) + "\n" : plan::to_text(*result.plan, style));
    return exit_of(*result.plan);
  }
  return execute(*result.plan, chosen, project, options.started_at);
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("run", "plan and do it, in the foreground");
  auto chosen = std::make_shared<RunChoices>();
  examples(
      *command,
      "  syncline run shop.sync                            every sync of the script\n"
      "  syncline run shop.sync --table shop.orders --full one table, all of it\n"
      "  syncline run --select sync:daily --param region=eu\n"
      "  syncline run shop.sync --adopt                    existing target tables may be replaced: they become Syncline's own\n"
      "  syncline run shop.sync --dry-run                  only show the plan");
  add_common(*command, chosen->common, "human|json");
  command->add_flag("--full", chosen->full, "run the FULL phase of each table");
  command->add_flag("--adopt", chosen->adopt, "record existing target tables as Syncline's own before they are replaced");
  command->add_flag("--dry-run", chosen->dry_run, "show the plan and stop");
  command->add_option("--wait", chosen->wait_seconds, "seconds to wait for another run of the same target (default 30)")
      ->check(CLI::Range(0, 86400))
      ->type_name("SECONDS");
  command->add_option("--state", chosen->common.state, "folder of the state database (default: .syncline of the project)")
      ->type_name("FOLDER");
  command->callback([chosen, &action] { action = [chosen] { return run(*chosen); }; });
}

}  // namespace syncline::cli

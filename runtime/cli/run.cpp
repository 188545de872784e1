#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "compiler/pipeline.h"
#include "compiler/plan/print.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/due.h"
#include "runtime/cli/execute.h"

namespace syncline::cli {

namespace {

struct RunChoices {
  Common common;
  Due due;
  Execution how;
};

/// The words after `syncline run` that repeat this call without --dry-run.
std::vector<std::string> run_words(const RunChoices& chosen) {
  std::vector<std::string> words = given_words(chosen.common);
  const std::vector<std::string> due = due_words(chosen.due);
  words.insert(words.end(), due.begin(), due.end());
  if (chosen.how.wait_seconds != kWaitSeconds) words.insert(words.end(), {"--wait", std::to_string(chosen.how.wait_seconds)});
  if (!chosen.common.state.empty()) words.insert(words.end(), {"--state", chosen.common.state});
  return words;
}

int run(const RunChoices& chosen) {
  const Project project = find_project(".");
  compiler::Options options = compiler_options(chosen.common, project);
  apply(chosen.due, options);
  Execution how = chosen.how;
  how.adopt = chosen.due.adopt;
  Ready ready;
  if (const auto code = prepare(options, how, chosen.common, ready)) return *code;
  if (chosen.how.dry_run) {
    plan::TextStyle style;
    style.color = use_color(STDOUT_FILENO, chosen.common);
    style.arguments = spoken(run_words(chosen));
    fmt::print(
        stdout, "{}",
        chosen.common.format == "json" ? plan::to_json(*ready.result.plan) + "\n" : plan::to_text(*ready.result.plan, style));
    return exit_of(*ready.result.plan);
  }
  return execute(ready, chosen.common, project);
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
      "  syncline run daily.sync --window 2026-11-19..2026-11-20   that day again\n"
      "  syncline run shop.sync --adopt                    existing target tables may be replaced: they become Syncline's own\n"
      "  syncline run shop.sync --dry-run                  only show the plan");
  add_common(*command, chosen->common, "human|json");
  add_due(*command, chosen->due);
  command->add_flag("--dry-run", chosen->how.dry_run, "show the plan and stop");
  add_execution(*command, chosen->how, chosen->common);
  command->callback([chosen, &action] { action = [chosen] { return run(*chosen); }; });
}

}  // namespace syncline::cli

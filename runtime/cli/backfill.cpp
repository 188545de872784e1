#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "compiler/pipeline.h"
#include "compiler/plan/summary.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/due.h"
#include "runtime/cli/execute.h"
#include "stdlib/base/text.h"

namespace syncline::cli {

namespace {

struct BackfillChoices {
  Common common;
  Execution how;
  std::string from, to;
  bool redo = false;
  int parallel = 0;  ///< 0: not said
};

/// Every window of every table, in the order of the run.
void print_list(const plan::Plan& plan) {
  for (const plan::Sync& sync : plan.syncs) {
    for (const plan::Table& table : sync.tables) {
      const bool due = table.action != plan::Action::none && !table.loads.empty();
      fmt::print(stdout, "{} {}: {}\n", text::printable(sync.name), text::printable(table.address),
                 due ? plan::counted(table.loads.size(), "window") : "nothing to do");
      for (const plan::Load& load : table.loads)
        if (due) fmt::print(stdout, "  {}\n", plan::window_text(load));
    }
  }
  std::fflush(stdout);
}

void print_json_list(const plan::Plan& plan) {
  nlohmann::ordered_json windows = nlohmann::ordered_json::array();
  for (const plan::Sync& sync : plan.syncs)
    for (const plan::Table& table : sync.tables)
      for (const plan::Load& load : table.loads)
        if (table.action != plan::Action::none)
          windows.push_back({{"sync", sync.name}, {"table", table.address}, {"window", plan::window_text(load)}});
  const nlohmann::ordered_json event{{"version", 1}, {"event", "backfill"}, {"windows", std::move(windows)}};
  fmt::print(stdout, "{}\n", event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  std::fflush(stdout);
}

int backfill(const BackfillChoices& chosen) {
  check_days(chosen.from, chosen.to);
  const Project project = find_project(".");
  compiler::Options options = compiler_options(chosen.common, project);
  options.from = chosen.from;
  options.to = chosen.to;
  options.redo = chosen.redo;
  options.adopt = chosen.how.adopt;
  Ready ready;
  if (const auto code = prepare(options, chosen.how, chosen.common, ready)) return *code;
  chosen.common.format == "json" ? print_json_list(*ready.result.plan) : print_list(*ready.result.plan);
  ready.options.parallel = chosen.parallel;
  if (chosen.how.dry_run) return exit_of(*ready.result.plan);
  return execute(ready, chosen.common, project);
}

}  // namespace

void add_backfill(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("backfill", "run the windows of past days that are not done, oldest first");
  auto chosen = std::make_shared<BackfillChoices>();
  examples(*command,
           "  syncline backfill daily.sync --from 2026-11-01 --to 2026-11-19          the list first, then each window\n"
           "  syncline backfill daily.sync --from 2026-11-01 --to 2026-11-19 --dry-run   only the list\n"
           "  syncline backfill daily.sync --from 2026-11-01 --to 2026-11-30 --parallel 4   four windows at a time\n"
           "  syncline backfill --select sync:shop_ods --from 2026-11-19 --to 2026-11-19 --redo   done or not");
  add_common(*command, chosen->common, "human|json");
  command->add_option("--from", chosen->from, "first day of data, by the clock of each sync's schedule")
      ->required()
      ->type_name("DAY");
  command->add_option("--to", chosen->to, "last day of data, included")->required()->type_name("DAY");
  command->add_flag("--redo", chosen->redo, "windows that are done too: their rows are written again");
  command
      ->add_option("--parallel", chosen->parallel,
                   "windows read at a time, of one table or of several (default: 1 of each table)")
      ->check(CLI::Range(1, 64))
      ->type_name("N");
  command->add_flag("--adopt", chosen->how.adopt, "record existing target tables as Syncline's own before they are replaced");
  command->add_flag("--dry-run", chosen->how.dry_run, "show the list and stop");
  add_execution(*command, chosen->how, chosen->common);
  command->callback([chosen, &action] { action = [chosen] { return backfill(*chosen); }; });
}

}  // namespace syncline::cli

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "compiler/pipeline.h"
#include "compiler/plan/print.h"
#include "compiler/plan/summary.h"
#include "connectors/api/registry.h"
#include "runtime/cli/against.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/due.h"
#include "runtime/introspect/resolve.h"
#include "runtime/lower/lower.h"
#include "runtime/state/known_tables.h"

namespace syncline::cli {

namespace {

struct PlanOptions {
  Common common;
  bool columns = false;
  bool ddl = false;
  Due due;
  bool exit_code = false;
  std::string show;
  std::string against;
  bool offline = false;
};

/// The words after `syncline run` that do what this plan shows.
std::vector<std::string> run_words(const PlanOptions& chosen) {
  std::vector<std::string> words = given_words(chosen.common);
  const std::vector<std::string> due = due_words(chosen.due);
  words.insert(words.end(), due.begin(), due.end());
  return words;
}

int plan(const PlanOptions& chosen) {
  if (!chosen.against.empty()) return plan_against(chosen.common, chosen.against, chosen.exit_code);
  const Project project = find_project(".");
  compiler::Options options = compiler_options(chosen.common, project);
  apply(chosen.due, options);
  const connectors::Registry& registry = connectors::default_registry();
  compiler::Result result;
  if (!chosen.show.empty()) {
    fmt::print(stdout, "{}", compiler::show(chosen.show, options, registry, result));
    report(result, chosen.common);
    return exit_of(result);
  }
  state::LocalKnownTables known(state_folder(chosen.common, project.folder));
  if (chosen.offline) {
    compiler::compile_offline(options, registry, result);
  } else {
    compiler::compile(options, registry, introspect::live_catalogs(registry, &known), result);
  }
  result.sink.sort(result.sources);
  if (!result.plan || result.sink.has_errors()) {
    report(result, chosen.common);
    const int code = exit_of(result);
    return code == kOk ? kUsage : code;
  }
  const auto ddl_of = [&](const plan::Sync& sync, const plan::Table& table) {
    return lower::ddl(sync, table, *result.plan, registry);
  };
  if (chosen.common.format == "json") {
    report_beside_data(result, chosen.common);
    fmt::print(stdout, "{}\n", chosen.ddl ? plan::to_json(*result.plan, ddl_of) : plan::to_json(*result.plan));
  } else {
    report(result, chosen.common);
    plan::TextStyle style;
    style.color = use_color(STDOUT_FILENO, chosen.common);
    style.arguments = spoken(run_words(chosen));
    style.columns = chosen.columns;
    style.ddl = chosen.ddl;
    fmt::print(stdout, "{}", chosen.ddl ? plan::to_text(*result.plan, style, ddl_of) : plan::to_text(*result.plan, style));
  }
  const int code = exit_of(*result.plan);
  return code == kOk && chosen.exit_code && plan::has_changes(*result.plan) ? kChanges : code;
}

}  // namespace

void add_plan(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("plan", "show what a run would do; changes nothing");
  auto chosen = std::make_shared<PlanOptions>();
  examples(
      *command,
      "  syncline plan shop.sync                      every table: name in the target, how it is written, and why\n"
      "  syncline plan shop.sync --table shop.orders --columns --ddl\n"
      "  syncline plan --exit-code                    for CI: exit 3 when a run would write something, 0 when not\n"
      "  syncline plan --against git:main             what a change to the scripts would do; needs no database, only the locks\n"
      "  syncline plan --format json > plan.json      for programs; the form is versioned");
  add_common(*command, chosen->common, "human|json");
  command->add_flag("--columns", chosen->columns, "each column's source, target and types");
  command->add_flag("--ddl", chosen->ddl, "the statements that create each table");
  add_due(*command, chosen->due);
  command->add_flag("--exit-code", chosen->exit_code,
                    "exit 3 when a run would write something (--against: when something changed), 0 when not");
  command->add_flag("--offline", chosen->offline, "from the catalogue locks alone, as if the targets were empty");
  command
      ->add_option("--against", chosen->against,
                   "compare with the scripts and locks of a git revision: tables added, retired, renamed, reloaded, changed")
      ->type_name("git:REV");
  command->add_option("--show", chosen->show, "print a stage of the compiler instead: ast or bound")
      ->check(CLI::IsMember({"ast", "bound"}));
  command->callback([chosen, &action] { action = [chosen] { return plan(*chosen); }; });
}

}  // namespace syncline::cli

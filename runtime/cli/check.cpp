#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "compiler/pipeline.h"
#include "connectors/api/registry.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/fix.h"
#include "runtime/introspect/resolve.h"
#include "stdlib/schedule/schedule.h"
#include "stdlib/types/zone.h"

namespace syncline::cli {

namespace {

struct CheckOptions {
  Common common;
  bool online = false;
  bool fix = false;
  std::string at;
  std::string deny;
};

std::int64_t moment_named(const std::string& text) {
  try {
    return schedule::parse_moment(text, *types::Zone::find("UTC"));
  } catch (const schedule::InvalidSchedule& error) {
    throw UsageError{std::string("--at: ") + error.what(), "for example --at 2026-11-20"};
  }
}

/// `check --online` also asks the databases: what would block a table stands with the script's findings.
void check_online(const compiler::Options& options, compiler::Result& result) {
  const connectors::Registry& registry = connectors::default_registry();
  compiler::compile(options, registry, introspect::live_catalogs(registry), result);
  if (!result.plan) return;
  for (const plan::Sync& sync : result.plan->syncs)
    for (const plan::Table& table : sync.tables)
      for (const diag::Diagnostic& finding : table.findings) result.sink.emit(finding);
}

int check(const CheckOptions& chosen) {
  const Project project = find_project(".");
  compiler::Options options = compiler_options(chosen.common, project);
  if (!chosen.at.empty()) options.started_at = moment_named(chosen.at);
  if (chosen.fix) apply_fixes(options);
  compiler::Result result;
  if (chosen.online) {
    check_online(options, result);
  } else {
    compiler::check(options, connectors::default_registry(), result);
  }
  result.sink.sort(result.sources);
  report(result, chosen.common);
  if (const int code = exit_of(result); code != kOk) return code;
  return chosen.deny == "warnings" && result.sink.warnings() > 0 ? kFindings : kOk;
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("check", "find mistakes in scripts; needs no database")->alias("lint");
  auto chosen = std::make_shared<CheckOptions>();
  examples(*command,
           "  syncline check                     every script of the project\n"
           "  syncline check jobs/shop.sync      one script and what it includes\n"
           "  syncline check --online            also ask the databases: connections, rights, unmanaged targets\n"
           "  syncline check --fix               apply what a finding offers as a safe fix\n"
           "  syncline check --deny warnings     for CI: warnings fail too");
  add_common(*command, chosen->common, "human|short|json");
  command->add_flag("--online", chosen->online, "also connect: SY8001, SY8002, SY8004 and everything a catalogue can tell");
  command->add_flag("--fix", chosen->fix, "write the fixes that cannot change what a correct script means, then check again");
  command->add_option("--at", chosen->at, "check as if it were then: windows are proved for the four years behind it")
      ->type_name("TIME");
  command->add_option("--deny", chosen->deny, "exit 1 for these too")->check(CLI::IsMember({"warnings"}));
  command->callback([chosen, &action] { action = [chosen] { return check(*chosen); }; });
}

}  // namespace syncline::cli

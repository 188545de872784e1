#include <fmt/format.h>

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "compiler/diag/render.h"
#include "compiler/pipeline.h"
#include "connectors/api/registry.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/fix.h"
#include "runtime/examine/examine.h"
#include "runtime/introspect/resolve.h"
#include "stdlib/schedule/schedule.h"
#include "stdlib/types/zone.h"

namespace syncline::cli {

namespace {

struct CheckOptions {
  Common common;
  bool online = false;
  bool fix = false;
  bool diff = false;
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

/// `check --online` also asks the databases: what they say of tables and conditions stands with the script's findings.
void check_online(compiler::Options options, compiler::Result& result) {
  const connectors::Registry& registry = connectors::default_registry();
  const auto examine = [&](const plan::Plan& plan, diag::Sink& sink) {
    examine::examine_sources(plan, registry, options.started_at, sink);
  };
  options.online = true;
  compiler::check_online(options, registry, introspect::live_catalogs(registry), examine, result);
}

std::string format_names() {
  std::string names;
  for (const diag::Format& one : diag::formats()) names += (names.empty() ? "" : "|") + std::string(one.name);
  return names;
}

/// The document of a machine's format stands alone on stdout.
const diag::Format& format_of(const CheckOptions& chosen) {
  const diag::Format& format = *diag::find_format(chosen.common.format);
  if (chosen.diff && !format.for_people)
    throw UsageError{fmt::format("--diff and --format {} both write to standard output", format.name), "leave one of them out"};
  return format;
}

/// Applies the fixes, or shows them. True: they are only shown, and there are some.
bool fix(const CheckOptions& chosen, const compiler::Options& options) {
  if (!chosen.fix) return false;
  const Fixes fixes = find_fixes(options);
  if (!chosen.diff) write_fixes(fixes);
  if (chosen.diff) show_fixes(fixes);
  return chosen.diff && !fixes.files.empty();
}

void report_in(const diag::Format& format, const compiler::Result& result, const CheckOptions& chosen, const Project& project) {
  diag::Report report{result.sink, result.sources};
  report.version = SYNCLINE_VERSION;
  report.project_folder = project.folder;
  report.working_folder = std::filesystem::current_path().string();
  report.warnings_fail = chosen.deny == "warnings";
  report.color = use_color(STDERR_FILENO, chosen.common);
  fmt::print(format.for_people ? stderr : stdout, "{}", format.render(report));
}

int check(const CheckOptions& chosen) {
  const diag::Format& format = format_of(chosen);
  const Project project = find_project(".");
  compiler::Options options = compiler_options(chosen.common, project);
  if (!chosen.at.empty()) options.started_at = moment_named(chosen.at);
  const bool would_change = fix(chosen, options);
  compiler::Result result;
  options.lint = true;
  if (chosen.online) {
    check_online(options, result);
  } else {
    compiler::check(options, connectors::default_registry(), result);
  }
  result.sink.sort(result.sources);
  report_in(format, result, chosen, project);
  if (const int code = exit_of(result); code != kOk) return code;
  const bool denied = chosen.deny == "warnings" && result.sink.warnings() > 0;
  return denied || would_change ? kFindings : kOk;
}

}  // namespace

void add_check(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("check", "find mistakes in scripts; needs no database")->alias("lint");
  auto chosen = std::make_shared<CheckOptions>();
  examples(*command,
           "  syncline check                     every script of the project\n"
           "  syncline check jobs/shop.sync      one script and what it includes\n"
           "  syncline check --online            also ask the databases: rights, native conditions, full scans\n"
           "  syncline check --fix               apply what a finding offers as a safe fix\n"
           "  syncline check --fix --diff        show what --fix would write; exit 1 when there is something\n"
           "  syncline check --deny warnings     for CI: warnings fail too\n"
           "  syncline check --format sarif      for CI: sarif, github, gitlab and junit go to standard output");
  add_common(*command, chosen->common, format_names());
  command->add_flag("--online", chosen->online,
                    "also connect: rights, native conditions, full scans, clocks, and everything a catalogue can tell");
  command->add_flag("--fix", chosen->fix, "write the fixes that cannot change what a correct script means, then check again");
  command->add_flag("--diff", chosen->diff, "with --fix: write nothing, print the differences; exit 1 when there are some")
      ->needs("--fix");
  command->add_option("--at", chosen->at, "check as if it were then: windows are proved for the four years behind it")
      ->type_name("TIME");
  command->add_option("--deny", chosen->deny, "exit 1 for these too")->check(CLI::IsMember({"warnings"}));
  command->callback([chosen, &action] { action = [chosen] { return check(*chosen); }; });
}

}  // namespace syncline::cli

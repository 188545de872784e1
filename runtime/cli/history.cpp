#include "runtime/state/history.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "compiler/diag/kinds.h"
#include "runtime/cli/commands.h"
#include "stdlib/base/text.h"

namespace syncline::cli {

namespace {

struct HistoryOptions {
  Common common;
  std::string run;
  bool failed = false;
  int limit = 20;
};

using Json = nlohmann::ordered_json;

constexpr int kAllRuns = 1000000;

std::string rows_text(std::int64_t rows) {
  return fmt::format("{} row{}", text::grouped(static_cast<std::uint64_t>(rows)), rows == 1 ? "" : "s");
}

Json json_of(const state::RunRow& run) {
  return {{"run_id", run.run_id},
          {"started_at", run.started_at},
          {"finished_at", run.finished_at},
          {"outcome", run.outcome},
          {"scripts", run.scripts},
          {"tables", run.tables},
          {"succeeded", run.succeeded},
          {"failed", run.failed},
          {"skipped", run.skipped},
          {"rows", run.rows},
          {"bytes", run.bytes},
          {"seconds", run.seconds},
          {"error_code", run.error_code},
          {"error", run.error}};
}

Json json_of(const state::TableRow& table) {
  return {{"address", table.address},
          {"target", table.target},
          {"state", table.state},
          {"rows", table.rows},
          {"bytes", table.bytes},
          {"seconds", table.seconds},
          {"how", table.how},
          {"attempt", table.attempt},
          {"finished_at", table.finished_at},
          {"error_code", table.error_code},
          {"error", table.error},
          {"notes", table.notes}};
}

void print_json(const Json& json) {
  fmt::print(stdout, "{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

void print_run(const state::RunRow& run) {
  fmt::print(stdout, "{}  {}  {:<11}  {} of {} table{}  {}  {}  {}\n", run.run_id, run.started_at, run.outcome, run.succeeded,
             run.tables, run.tables == 1 ? "" : "s", rows_text(run.rows), text::human_duration(run.seconds),
             text::printable(run.scripts));
  if (!run.error.empty()) fmt::print(stdout, "    {} {}\n", run.error_code, text::printable(run.error));
}

void print_table(const state::TableRow& table) {
  fmt::print(stdout, "  {:<7} {} → {}  {}  {}  {}  {}\n", table.state, text::printable(table.address),
             text::printable(table.target), table.how, rows_text(table.rows), text::human_bytes(table.bytes),
             text::human_duration(table.seconds));
  if (!table.error.empty()) fmt::print(stdout, "          {} {}\n", table.error_code, text::printable(table.error));
}

UsageError not_one(state::History& history, const std::string& beginning) {
  std::size_t matching = 0;
  for (const auto& run : history.list(kAllRuns, false)) matching += run.run_id.rfind(beginning, 0) == 0 ? 1 : 0;
  const std::string shown = text::printable(beginning);
  if (matching == 0) return {fmt::format("no run begins with `{}`", shown), "`syncline history` lists the runs"};
  return {fmt::format("{} runs begin with `{}`", text::grouped(matching), shown),
          "write more of the id; `syncline history` lists the runs"};
}

int show_one(state::History& history, const HistoryOptions& chosen) {
  const auto run = history.find(chosen.run);
  if (!run) throw not_one(history, chosen.run);
  const auto tables = history.show(run->run_id);
  if (chosen.common.format == "json") {
    Json out{{"version", 1}, {"run", json_of(*run)}, {"tables", Json::array()}};
    for (const auto& table : tables) out["tables"].push_back(json_of(table));
    print_json(out);
    return kOk;
  }
  print_run(*run);
  for (const auto& table : tables) print_table(table);
  return kOk;
}

int list_all(state::History& history, const HistoryOptions& chosen) {
  const auto runs = history.list(chosen.limit, chosen.failed);
  if (chosen.common.format == "json") {
    Json out{{"version", 1}, {"runs", Json::array()}};
    for (const auto& run : runs) out["runs"].push_back(json_of(run));
    print_json(out);
    return kOk;
  }
  if (runs.empty()) fmt::print(stdout, "no {}runs in {}\n", chosen.failed ? "failed " : "", history.path());
  for (const auto& run : runs) print_run(run);
  return kOk;
}

int history(const HistoryOptions& chosen) {
  const Project project = find_project(".");
  const std::string folder = state_folder(chosen.common, project.folder);
  if (!std::filesystem::exists(folder + "/state.db")) {
    if (chosen.common.format == "json") {
      print_json({{"version", 1}, {"runs", Json::array()}});
    } else {
      fmt::print(stdout, "no runs yet: {}/state.db does not exist\n", folder);
    }
    return kOk;
  }
  try {
    state::History opened(folder);
    return chosen.run.empty() ? list_all(opened, chosen) : show_one(opened, chosen);
  } catch (const state::StateError& error) {
    throw usage_error(diag::StateUnusable(folder + "/state.db", error.what())
                          .with_help("move it aside to start a new history; targets keep what decides correctness"));
  }
}

}  // namespace

void add_history(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("history", "runs of this project, and what each did to every table");
  auto chosen = std::make_shared<HistoryOptions>();
  examples(*command,
           "  syncline history              the latest runs\n"
           "  syncline history 01JD4        one run, table by table (any unique beginning of its id)\n"
           "  syncline history --failed --format json");
  command->add_option("run", chosen->run, "a run id or its beginning")->type_name("RUN");
  command->add_flag("--failed", chosen->failed, "only runs that did not succeed");
  command->add_option("--limit", chosen->limit, "at most this many (default 20)")
      ->check(CLI::Range(1, 100000))
      ->type_name("NUMBER");
  command->add_option("--state", chosen->common.state, "folder of the state database")->type_name("FOLDER");
  command->add_option("--format", chosen->common.format, "form of the output: human|json")
      ->check(CLI::IsMember({"human", "json"}))
      ->type_name("FORM");
  command->add_flag("--no-color", chosen->common.no_color, "accepted; nothing here is coloured");
  command->callback([chosen, &action] { action = [chosen] { return history(*chosen); }; });
}

}  // namespace syncline::cli

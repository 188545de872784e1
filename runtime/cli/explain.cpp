#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/diag/render.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/due.h"
#include "runtime/cli/explain_policy.h"
#include "runtime/cli/explain_sql.h"
#include "stdlib/base/text.h"

namespace syncline::cli {

namespace {

/// The teaching text; without one the message, its arguments shown as "…".
std::string teaching_of(const diag::CodeInfo& code) {
  const std::string_view teaching = diag::explanation(code.code);
  if (!teaching.empty()) return std::string(teaching);
  std::string message(code.format);
  for (std::size_t at; (at = message.find("{}")) != std::string::npos;) message.replace(at, 2, "…");
  return message + "\n";
}

int list_codes(bool json) {
  if (json) {
    nlohmann::ordered_json out{{"version", 1}, {"codes", nlohmann::ordered_json::array()}};
    for (const diag::CodeInfo& code : diag::catalogue())
      out["codes"].push_back({{"code", code.text}, {"name", code.name}, {"severity", diag::to_string(code.severity)}});
    fmt::print(stdout, "{}\n", out.dump(2));
    return kOk;
  }
  for (const diag::CodeInfo& code : diag::catalogue())
    fmt::print(stdout, "{}  {:<8}{}\n", code.text, diag::to_string(code.severity), code.name);
  return kOk;
}

int explain(std::string code, bool json) {
  if (code.empty()) return list_codes(json);
  std::transform(code.begin(), code.end(), code.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const diag::CodeInfo* known = diag::find_code(code);
  if (known == nullptr) {
    std::vector<std::string> codes;
    for (const diag::CodeInfo& one : diag::catalogue()) codes.emplace_back(one.text);
    const auto close = text::did_you_mean(code, codes);
    throw UsageError{
        fmt::format("no code `{}`", text::printable(code)),
        close ? fmt::format("did you mean {}? `syncline explain` lists all", *close) : "`syncline explain` lists all codes"};
  }
  const std::string teaching = teaching_of(*known);
  if (json) {
    const nlohmann::ordered_json out{{"version", 1},
                                     {"code", known->text},
                                     {"name", known->name},
                                     {"severity", diag::to_string(known->severity)},
                                     {"text", teaching}};
    fmt::print(stdout, "{}\n", out.dump(2));
    return kOk;
  }
  fmt::print(stdout, "{} {} ({})\n\n{}", known->text, known->name, diag::to_string(known->severity), teaching);
  return kOk;
}

struct ExplainOptions {
  Common common;  ///< `paths` holds the code where no table is asked for
  std::string policy;
  std::string sql;
  Due due;
  bool offline = false;
};

int explain(const ExplainOptions& chosen) {
  if (!chosen.policy.empty()) return explain_policy(chosen.common, chosen.policy);
  if (!chosen.sql.empty()) return explain_sql(chosen.common, chosen.sql, chosen.due, chosen.offline);
  if (chosen.offline || !due_words(chosen.due).empty())
    throw UsageError{"--offline, --full, --adopt, --window and --at go with --sql TABLE",
                     "`syncline explain --help` shows examples"};
  if (chosen.common.paths.size() > 1)
    throw UsageError{"one code at a time", "`syncline explain` lists all; --policy TABLE and --sql TABLE take paths"};
  return explain(chosen.common.paths.empty() ? std::string() : chosen.common.paths.front(), chosen.common.format == "json");
}

}  // namespace

void add_explain(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand(
      "explain", "what a code means and how to mend it; which lines decide over a table; the SQL that a run sends for it");
  auto chosen = std::make_shared<ExplainOptions>();
  examples(
      *command,
      "  syncline explain SY1010                       one code, with an example and the cure\n"
      "  syncline explain                              all codes, a line each\n"
      "  syncline explain --policy shop.orders jobs/   every option of a table, and the line that sets it; needs no database\n"
      "  syncline explain --sql shop.orders jobs/      each statement that a run would send for it now, as SQL to read and copy\n"
      "  syncline explain --sql orders --window 2026-11-19..2026-11-20 --offline");
  add_common(*command, chosen->common, "human|json");
  command->get_option("paths")->description(
      "SYnnnn; with --policy or --sql: script files or folders (default: the project folder)");
  command->add_option("--policy", chosen->policy, "a source table, as database.table: the effective value of each of its options")
      ->type_name("TABLE");
  command
      ->add_option("--sql", chosen->sql,
                   "a table of the source or the target: the statements that a run would send to both; executes none")
      ->type_name("TABLE")
      ->excludes("--policy");
  add_due(*command, chosen->due);
  command->add_flag("--offline", chosen->offline, "with --sql: from the catalogue locks alone, as if the targets were empty");
  command->callback([chosen, &action] { action = [chosen] { return explain(*chosen); }; });
}

}  // namespace syncline::cli

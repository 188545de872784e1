#include "runtime/cli/due.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "runtime/cli/context.h"
#include "stdlib/base/text.h"
#include "stdlib/types/calendar.h"

namespace syncline::cli {
namespace {

std::int64_t day_named(const std::string& option, const std::string& text) {
  const auto day = types::parse_date(text);
  if (!day || *day == types::kDateInfinity || *day == types::kDateMinusInfinity)
    throw UsageError{fmt::format("{} takes a day, not `{}`", option, text::printable(text)),
                     "for example " + option + " 2026-11-20"};
  return *day;
}

}  // namespace

void add_due(CLI::App& command, Due& due) {
  command.add_flag("--full", due.full, "run the FULL phase of each table");
  command.add_flag("--adopt", due.adopt, "record existing target tables as Syncline's own before they are replaced");
  CLI::Option* window =
      command.add_option("--window", due.window, "exactly this data window, done or not: A..B, two moments")->type_name("A..B");
  command.add_option("--at", due.at, "the instance of this moment instead of now: 2026-11-20 or '2026-11-20 01:30'")
      ->type_name("TIME")
      ->excludes(window);
}

std::vector<std::string> due_words(const Due& due) {
  std::vector<std::string> words;
  if (due.full) words.emplace_back("--full");
  if (due.adopt) words.emplace_back("--adopt");
  if (!due.window.empty()) words.insert(words.end(), {"--window", due.window});
  if (!due.at.empty()) words.insert(words.end(), {"--at", due.at});
  return words;
}

void apply(const Due& due, compiler::Options& options) {
  options.full = due.full;
  options.adopt = due.adopt;
  options.window = due.window;
  options.at = due.at;
}

void check_days(const std::string& from, const std::string& to) {
  if (day_named("--from", from) > day_named("--to", to))
    throw UsageError{"--from is after --to", "both days are included: --from 2026-11-01 --to 2026-11-30"};
}

}  // namespace syncline::cli

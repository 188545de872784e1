#include <CLI/CLI.hpp>
#include <sstream>

#include "runtime/cli/commands.h"

namespace syncline::cli {

void add_common(CLI::App& command, Common& common, const std::string& formats) {
  command.add_option("paths", common.paths, "script files or folders (default: the project folder)")->type_name("PATH");
  command.add_option("--select", common.select, "only these: sync:NAME or table:PATTERN, comma-separated")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("WHAT");
  command.add_option("--table", common.tables, "short for --select table:NAME")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME");
  command.add_option("--param", common.parameters, "value of a PARAM: name=value")->allow_extra_args(false)->type_name("N=V");
  command.add_option("--env", common.environment, "take parameters from [env.NAME] of syncline.toml")->type_name("NAME");
  std::vector<std::string> choices;
  std::istringstream list(formats);
  for (std::string one; std::getline(list, one, '|');) choices.push_back(one);
  command.add_option("--format", common.format, "form of the output: " + formats)
      ->check(CLI::IsMember(choices))
      ->type_name("FORM");
  command.add_flag("--no-color", common.no_color, "never colour (NO_COLOR does the same)");
  command.add_flag("--no-input", common.no_input, "never ask (Syncline never does; accepted for scripts)");
}

}  // namespace syncline::cli

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "connectors/api/registry.h"
#include "runtime/cli/commands.h"

namespace syncline::cli {

namespace {

int version(bool json) {
  const connectors::Registry& registry = connectors::default_registry();
  std::vector<std::string> built;
  for (const std::string& name : registry.names())
    if (registry.find(name)->built) built.push_back(name);
  if (json) {
    const nlohmann::ordered_json out{{"version", 1}, {"syncline", SYNCLINE_VERSION}, {"language", 1}, {"engines", built}};
    fmt::print(stdout, "{}\n", out.dump(2));
  } else {
    fmt::print(stdout, "syncline {} (language 1; engines: {})\n", SYNCLINE_VERSION, fmt::join(built, ", "));
  }
  return kOk;
}

}  // namespace

void add_version(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("version", "version of the tool and of the language");
  auto json = std::make_shared<bool>(false);
  auto format = std::make_shared<std::string>("human");
  examples(*command,
           "  syncline version\n"
           "  syncline version --json      for programs; the form is versioned");
  command->add_flag("--json", *json, "as JSON");
  command->add_option("--format", *format, "form of the output: human|json")
      ->check(CLI::IsMember({"human", "json"}))
      ->type_name("FORM");
  command->callback([json, format, &action] { action = [json, format] { return version(*json || *format == "json"); }; });
}

}  // namespace syncline::cli

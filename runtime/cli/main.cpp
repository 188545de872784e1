#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <string>
#include <vector>

#include "runtime/cli/commands.h"
#include "stdlib/base/text.h"

namespace syncline::cli {

void examples(CLI::App& command, const std::string& text) {
  command.footer("\n" + text);
}

namespace {

/// Examples come first, then usage and options.
class ExamplesFirst : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    std::string body = make_description(app);
    if (mode != CLI::AppFormatMode::Sub && !app->get_footer().empty()) body += "\nExamples:" + app->get_footer() + "\n\n";
    body += make_usage(app, std::move(name));
    body += make_positionals(app);
    body += make_groups(app, mode);
    body += make_subcommands(app, mode);
    return body;
  }
};

int say(const UsageError& error) {
  fmt::print(stderr, "error: {}\n", error.message);
  if (!error.help.empty()) fmt::print(stderr, "  help: {}\n", error.help);
  return kUsage;
}

/// A first word that is no command gets the closest one, before the option parser can only say "unexpected".
void refuse_unknown_command(const CLI::App& app, int count, char** arguments) {
  if (count < 2 || arguments[1][0] == '-' || arguments[1][0] == '\0') return;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->check_name(arguments[1])) return;
    names.push_back(command->get_name());
  }
  UsageError error{fmt::format("no command `{}`", text::printable(arguments[1])), "`syncline --help` lists the commands"};
  if (const auto close = text::did_you_mean(arguments[1], names)) error.help = fmt::format("did you mean `syncline {}`?", *close);
  throw error;
}

void add_all(CLI::App& app, Action& action) {
  add_check(app, action);
  add_fmt(app, action);
  add_plan(app, action);
  add_run(app, action);
  add_history(app, action);
  add_graph(app, action);
  add_explain(app, action);
  add_init(app, action);
  add_completion(app, action);
  add_version(app, action);
}

int parse_and_act(int count, char** arguments) {
  CLI::App app{"Syncline keeps whole databases in step, in batch: scripts in git, a plan to read, a run that is safe.",
               "syncline"};
  app.formatter(std::make_shared<ExamplesFirst>());
  examples(app,
           "  syncline init --from mysql://reader@db1/shop --to postgres://loader@db2/dw   write a first script\n"
           "  syncline check                         find mistakes in all scripts of the project, without a database\n"
           "  syncline plan shop.sync                show what a run would do\n"
           "  syncline run shop.sync                 do it");
  app.require_subcommand(1);
  Action action;
  add_all(app, action);
  refuse_unknown_command(app, count, arguments);
  try {
    app.parse(count, arguments);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    throw UsageError{error.what(), count > 1 ? fmt::format("`syncline {} --help` shows examples", arguments[1])
                                             : "`syncline --help` lists the commands"};
  }
  return action();
}

}  // namespace

int main_of(int count, char** arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  try {
    return parse_and_act(count, arguments);
  } catch (const UsageError& error) {
    return say(error);
  } catch (const std::exception& error) {
    fmt::print(
        stderr,
        "error[SY9403]: this is a bug in Syncline: {}\n  help: please report it with the command and the script that led here\n",
        error.what());
    return kUsage;
  }
}

}  // namespace syncline::cli

int main(int count, char** arguments) {
  return syncline::cli::main_of(count, arguments);
}

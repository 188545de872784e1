#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
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
  fmt::print(stderr, "error{}: {}\n", error.code.empty() ? "" : "[" + error.code + "]", error.message);
  if (!error.help.empty()) fmt::print(stderr, "  help: {}\n", error.help);
  return kUsage;
}

/// The words in order; `help COMMAND`, as many tools have it, means `COMMAND --help`.
std::vector<std::string> words_of(int count, char** arguments) {
  std::vector<std::string> words(arguments + 1, arguments + count);
  if (words.empty() || words.front() != "help") return words;
  words.erase(words.begin());
  words.emplace_back("--help");
  return words;
}

/// A first word that is no command gets the closest one, before the option parser can only say "unexpected".
void refuse_unknown_command(const CLI::App& app, const std::string& word) {
  if (word.empty() || word.front() == '-') return;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->check_name(word)) return;
    names.push_back(command->get_name());
  }
  UsageError error{fmt::format("no command `{}`", text::printable(word)), "`syncline --help` lists the commands"};
  if (const auto close = text::did_you_mean(word, names)) error.help = fmt::format("did you mean `syncline {}`?", *close);
  throw error;
}

void add_all(CLI::App& app, Action& action) {
  add_check(app, action);
  add_fmt(app, action);
  add_plan(app, action);
  add_run(app, action);
  add_backfill(app, action);
  add_simulate(app, action);
  add_history(app, action);
  add_graph(app, action);
  add_catalog(app, action);
  add_explain(app, action);
  add_init(app, action);
  add_completion(app, action);
  add_version(app, action);
}

/// Null: no such command.
const CLI::App* called_command(const CLI::App& app, const std::string& name) {
  for (const CLI::App* command : app.get_subcommands({}))
    if (command->check_name(name)) return command;
  return nullptr;
}

/// What a wrong option was probably meant to be, among those of the command that was called.
std::string help_for(const CLI::App& app, const std::string& command_name, const std::vector<std::string>& extras) {
  const CLI::App* command = called_command(app, command_name);
  std::vector<std::string> options;
  if (command != nullptr)
    for (const CLI::Option* option : command->get_options())
      for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
  for (const std::string& extra : extras) {
    const std::string option = extra.substr(0, extra.find('='));
    if (const auto close = text::did_you_mean(option, options)) return fmt::format("did you mean {}?", *close);
  }
  return fmt::format("`syncline {} --help` shows examples", command_name);
}

/// The option parser's complaint in our words.
UsageError usage_error(const CLI::App& app, const CLI::ParseError& error, const std::string& command) {
  const CLI::App* called = called_command(app, command);
  const std::vector<std::string> extras = called == nullptr ? std::vector<std::string>() : called->remaining();
  if (!extras.empty())
    return {fmt::format("`syncline {}` knows no `{}`", command, text::printable(extras.front())), help_for(app, command, extras)};
  return {text::printable(error.what()), called == nullptr ? "`syncline --help` lists the commands" : help_for(app, command, {})};
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
  app.set_version_flag("--version", fmt::format("syncline {}", SYNCLINE_VERSION), "print the version and exit");
  app.require_subcommand(1);
  Action action;
  add_all(app, action);
  std::vector<std::string> words = words_of(count, arguments);
  if (words.empty()) {
    fmt::print(stderr, "{}", app.help());
    return kUsage;
  }
  const std::string first = words.front();
  refuse_unknown_command(app, first);
  std::reverse(words.begin(), words.end());  // the parser takes the last word first
  try {
    app.parse(std::move(words));
  } catch (const CLI::Success& shown) {
    return app.exit(shown);
  } catch (const CLI::ParseError& error) {
    throw usage_error(app, error, first);
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

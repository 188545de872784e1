#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

#include "runtime/cli/commands.h"

namespace syncline::cli {

namespace {

/// A command's long options, and the values of those that take one of a few. Read off the option parser itself: completion cannot
/// drift.
struct CommandWords {
  std::vector<std::string> options;
  std::map<std::string, std::vector<std::string>> values;
};
using Words = std::map<std::string, CommandWords>;

/// `a`, `b` of an option that the parser describes as `FORM:{a,b}`.
std::vector<std::string> values_of(const CLI::Option& option) {
  const std::string described = option.get_type_name();
  const std::size_t open = described.find('{'), close = described.rfind('}');
  if (open == std::string::npos || close == std::string::npos) return {};
  return CLI::detail::split(described.substr(open + 1, close - open - 1), ',');
}

Words words_of(const CLI::App& app) {
  Words words;
  for (const CLI::App* command : app.get_subcommands({})) {
    CommandWords& known = words[command->get_name()];
    for (const CLI::Option* option : command->get_options()) {
      const std::vector<std::string> values = values_of(*option);
      for (const std::string& name : option->get_lnames()) {
        known.options.push_back("--" + name);
        if (!values.empty()) known.values["--" + name] = values;
      }
    }
  }
  return words;
}

std::string for_bash(const Words& words) {
  std::string commands, cases, values;
  for (const auto& [command, known] : words) {
    commands += " " + command;
    cases += fmt::format("    {}) options=\"{}\" ;;\n", command, fmt::join(known.options, " "));
    for (const auto& [option, choices] : known.values)
      values += fmt::format("    '{} {}') COMPREPLY=($(compgen -W \"{}\" -- \"$word\")); return ;;\n", command, option,
                            fmt::join(choices, " "));
  }
  return fmt::format(R"sh(# bash completion: eval "$(syncline completion bash)"
_syncline() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" options=""
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "{}" -- "$word")); return; fi
  case "${{COMP_WORDS[1]}} ${{COMP_WORDS[COMP_CWORD-1]}}" in
{}  esac
  case "${{COMP_WORDS[1]}}" in
{}  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -X '!*.sync' -- "$word") $(compgen -d -- "$word")) ;;
  esac
}}
complete -F _syncline syncline
)sh",
                     commands.substr(1), values, cases);
}

std::string for_zsh(const Words& words) {
  std::string commands, cases, values;
  for (const auto& [command, known] : words) {
    commands += " " + command;
    cases += fmt::format("    {}) compadd -- {} ;;\n", command, fmt::join(known.options, " "));
    for (const auto& [option, choices] : known.values)
      values += fmt::format("    '{} {}') compadd -- {}; return ;;\n", command, option, fmt::join(choices, " "));
  }
  return fmt::format(R"sh(#compdef syncline
# zsh completion: source <(syncline completion zsh)
_syncline() {{
  if (( CURRENT == 2 )); then compadd --{}; return; fi
  case "$words[2] $words[CURRENT-1]" in
{}  esac
  if [[ "$PREFIX" != -* ]]; then _files -g '*.sync(-.)' ; _files -/ ; return; fi
  case "$words[2]" in
{}  esac
}}
compdef _syncline syncline
)sh",
                     commands, values, cases);
}

std::string for_fish(const Words& words) {
  std::string out = "# fish completion: syncline completion fish | source\n";
  for (const auto& [command, known] : words) {
    out += fmt::format("complete -c syncline -n __fish_use_subcommand -f -a {}\n", command);
    for (const std::string& option : known.options) {
      const auto choices = known.values.find(option);
      const std::string values = choices == known.values.end() ? "" : fmt::format(" -x -a '{}'", fmt::join(choices->second, " "));
      out += fmt::format("complete -c syncline -n '__fish_seen_subcommand_from {}' -l {}{}\n", command, option.substr(2), values);
    }
  }
  return out;
}

}  // namespace

void add_completion(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("completion", "a completion script for your shell");
  auto shell = std::make_shared<std::string>();
  examples(*command, "  eval \"$(syncline completion bash)\"\n  syncline completion fish | source");
  command->add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  const CLI::App* root = &app;
  command->callback([shell, root, &action] {
    const Words words = words_of(*root);
    const std::string script = *shell == "bash" ? for_bash(words) : *shell == "zsh" ? for_zsh(words) : for_fish(words);
    action = [script] {
      fmt::print(stdout, "{}", script);
      return static_cast<int>(kOk);
    };
  });
}

}  // namespace syncline::cli

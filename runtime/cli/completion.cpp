#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

#include "runtime/cli/commands.h"

namespace syncline::cli {

namespace {

/// Command names with their long options, read off the option parser itself: completion cannot drift.
using Words = std::map<std::string, std::vector<std::string>>;

Words words_of(const CLI::App& app) {
  Words words;
  for (const CLI::App* command : app.get_subcommands({})) {
    std::vector<std::string>& options = words[command->get_name()];
    for (const CLI::Option* option : command->get_options())
      for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
  }
  return words;
}

std::string for_bash(const Words& words) {
  std::string commands, cases;
  for (const auto& [command, options] : words) {
    commands += " " + command;
    cases += fmt::format("    {}) options=\"{}\" ;;\n", command, fmt::join(options, " "));
  }
  return fmt::format(R"sh(# bash completion: eval "$(syncline completion bash)"
_syncline() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" options=""
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "{}" -- "$word")); return; fi
  case "${{COMP_WORDS[1]}}" in
{}  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -X '!*.sync' -- "$word") $(compgen -d -- "$word")) ;;
  esac
}}
complete -F _syncline syncline
)sh",
                     commands.substr(1), cases);
}

std::string for_zsh(const Words& words) {
  std::string commands, cases;
  for (const auto& [command, options] : words) {
    commands += " " + command;
    cases += fmt::format("    {}) compadd -- {} ;;\n", command, fmt::join(options, " "));
  }
  return fmt::format(R"sh(#compdef syncline
# zsh completion: source <(syncline completion zsh)
_syncline() {{
  if (( CURRENT == 2 )); then compadd --{}; return; fi
  if [[ "$PREFIX" != -* ]]; then _files -g '*.sync(-.)' ; _files -/ ; return; fi
  case "$words[2]" in
{}  esac
}}
compdef _syncline syncline
)sh",
                     commands, cases);
}

std::string for_fish(const Words& words) {
  std::string out = "# fish completion: syncline completion fish | source\n";
  for (const auto& [command, options] : words) {
    out += fmt::format("complete -c syncline -n __fish_use_subcommand -f -a {}\n", command);
    for (const std::string& option : options)
      out += fmt::format("complete -c syncline -n '__fish_seen_subcommand_from {}' -l {}\n", command, option.substr(2));
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

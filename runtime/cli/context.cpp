#include "runtime/cli/context.h"

#include <fmt/format.h>
#include <unistd.h>

#include <re2/re2.h>
#include <toml++/toml.h>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "compiler/diag/kinds.h"
#include "compiler/diag/render.h"
#include "stdlib/base/text.h"
#include "stdlib/types/calendar.h"

namespace syncline::cli {

namespace fs = std::filesystem;

namespace {

UsageError in_project_file(const std::string& problem, std::string help, const std::string& place = "") {
  return usage_error(diag::ProjectFile("syncline.toml" + place, problem).with_help(std::move(help)));
}

std::string text_of(const toml::node& node, const std::string& key) {
  if (auto text = node.value<std::string>(); text && node.is_string()) return *text;
  if (node.is_boolean()) return *node.value<bool>() ? "true" : "false";
  if (node.is_integer()) return std::to_string(*node.value<std::int64_t>());
  throw in_project_file(fmt::format("`{}` is neither text, number nor true/false", key), "write it in quotes");
}

diag::Severity severity_of(const std::string& code, const std::string& word) {
  const diag::CodeInfo* known = diag::find_code(code);
  if (known == nullptr)
    throw in_project_file(fmt::format("[lint] names no code `{}`", code), "codes look like SY1007; see `syncline explain`");
  if (!diag::may_relevel(*known))
    throw in_project_file(fmt::format("[lint] cannot lower {}: errors of its class stay errors", code), "remove the line");
  if (word == "error") return diag::Severity::error;
  if (word == "warning") return diag::Severity::warning;
  if (word == "info") return diag::Severity::info;
  throw in_project_file(fmt::format("[lint] {} = \"{}\" is no severity", code, word), "use error, warning or info");
}

void read_lint(const toml::table& table, Project& project) {
  for (const auto& [key, node] : table) {
    const std::string code(key.str());
    project.severities[code] = severity_of(code, text_of(node, code));
  }
}

void read_environments(const toml::table& table, Project& project) {
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const toml::table* values = node.as_table();
    if (values == nullptr)
      throw in_project_file(fmt::format("[env.{}] is no table", name), "write `[env.prod]` and name = value lines");
    for (const auto& [parameter, value] : *values)
      project.environments[name][std::string(parameter.str())] = text_of(value, std::string(parameter.str()));
  }
}

void read_project_file(const fs::path& file, Project& project) {
  try {
    const toml::table root = toml::parse_file(file.string());
    for (const auto& [key, node] : root) {
      const std::string name(key.str());
      if (name == "lint" && node.is_table()) {
        read_lint(*node.as_table(), project);
      } else if (name == "env" && node.is_table()) {
        read_environments(*node.as_table(), project);
      } else {
        throw in_project_file(fmt::format("no section `{}`", name), "sections are [lint] and [env.NAME]");
      }
    }
  } catch (const toml::parse_error& error) {
    throw in_project_file(std::string(error.description()), "correct this line: the file is TOML, with [lint] and [env.NAME]",
                          fmt::format(":{}:{}", error.source().begin.line, error.source().begin.column));
  }
}

}  // namespace

UsageError usage_error(const diag::Diagnostic& diagnostic) {
  return {diagnostic.message, diagnostic.help.empty() ? "" : diagnostic.help.front(),
          std::string(diag::info(diagnostic.code).text)};
}

Project find_project(const std::string& start) {
  Project project;
  const fs::path here = fs::canonical(start);
  for (fs::path folder = here;; folder = folder.parent_path()) {
    if (fs::exists(folder / "syncline.toml")) {
      project.folder = folder.string();
      project.has_file = true;
      read_project_file(folder / "syncline.toml", project);
      return project;
    }
    if (folder == folder.parent_path()) break;
  }
  project.folder = here.string();
  return project;
}

compiler::Options compiler_options(const Common& common, const Project& project) {
  compiler::Options options;
  options.project_folder = project.folder;
  options.lock_folder = project.folder + "/catalog";
  options.severities = project.severities;
  options.paths = common.paths.empty() ? std::vector<std::string>{project.folder} : common.paths;
  options.select = common.select;
  for (const std::string& table : common.tables) options.select.push_back("table:" + table);
  if (!common.environment.empty()) {
    const auto found = project.environments.find(common.environment);
    if (found == project.environments.end())
      throw UsageError{fmt::format("no environment `{}` in syncline.toml", common.environment),
                       fmt::format("add a section [env.{}]", common.environment)};
    options.parameters = found->second;
  }
  for (const std::string& parameter : common.parameters) {
    const std::size_t equals = parameter.find('=');
    if (equals == std::string::npos || equals == 0)
      throw UsageError{fmt::format("--param takes name=value, not `{}`", parameter), "for example --param region=eu"};
    options.parameters[parameter.substr(0, equals)] = parameter.substr(equals + 1);
  }
  options.started_at = now_micros();
  return options;
}

std::string state_folder(const Common& common, const std::string& project_folder) {
  return common.state.empty() ? project_folder + "/.syncline" : common.state;
}

bool use_color(int file_descriptor, const Common& common) {
  if (common.no_color || std::getenv("NO_COLOR") != nullptr) return false;
  const char* terminal = std::getenv("TERM");
  if (terminal != nullptr && std::string_view(terminal) == "dumb") return false;
  return isatty(file_descriptor) == 1;
}

void report(const compiler::Result& result, const Common& common) {
  if (common.format == "json") {
    fmt::print(stdout, "{}\n", diag::render_json(result.sink, result.sources));
    return;
  }
  diag::HumanStyle style;
  style.color = use_color(STDERR_FILENO, common);
  style.short_form = common.format == "short";
  const std::string text = diag::render_human(result.sink, result.sources, style);
  if (!text.empty()) fmt::print(stderr, "{}", text);
}

void report_beside_data(const compiler::Result& result, const Common& common) {
  Common human = common;
  human.format = "human";
  report(result, human);
}

void report(const diag::Diagnostic& diagnostic, const Common& common) {
  diag::HumanStyle style;
  style.color = use_color(STDERR_FILENO, common);
  fmt::print(stderr, "{}", diag::render_human(diagnostic, source::SourceSet(), style));
}

std::string spoken(const std::vector<std::string>& words) {
  static const re2::RE2 plain(R"([\pL\pN_./@%+=:,-]+)");
  std::string out;
  for (const std::string& word : words) {
    std::string quoted = "'";
    for (const char c : text::printable(word)) quoted += c == '\'' ? "'\\''" : std::string(1, c);
    out += (out.empty() ? "" : " ") + (re2::RE2::FullMatch(word, plain) ? word : quoted + "'");
  }
  return out;
}

std::vector<std::string> given_words(const Common& common) {
  std::vector<std::string> words = common.paths;
  const auto add = [&](const char* option, const std::vector<std::string>& values) {
    for (const std::string& value : values) words.insert(words.end(), {option, value});
  };
  add("--select", common.select);
  add("--table", common.tables);
  add("--param", common.parameters);
  if (!common.environment.empty()) add("--env", {common.environment});
  return words;
}

int exit_of(const compiler::Result& result) {
  if (!result.sink.has_errors()) return kOk;
  for (const diag::Diagnostic& diagnostic : result.sink.all()) {
    if (diagnostic.code == diag::Code::SY8001) return kUnreachable;
    if (diagnostic.code == diag::Code::SY8012) return kUsage;
  }
  return kFindings;
}

int exit_of(const plan::Plan& plan) {
  for (const plan::Sync& sync : plan.syncs)
    for (const plan::Table& table : sync.tables)
      if (table.action == plan::Action::blocked) return kFindings;
  return kOk;
}

std::int64_t now_micros() {
  const auto since_unix =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  return since_unix - types::kUnixToEpochDays * types::kMicrosPerDay;
}

}  // namespace syncline::cli

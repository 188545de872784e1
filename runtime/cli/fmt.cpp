#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "compiler/diag/render.h"
#include "compiler/pipeline.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/line_diff.h"

namespace syncline::cli {

namespace fs = std::filesystem;

namespace {

struct FmtOptions {
  Common common;
  bool check = false;
  bool diff = false;
};

std::vector<fs::path> files_of(const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  for (const std::string& path : paths) {
    if (fs::is_directory(path)) {
      for (const auto& entry : fs::recursive_directory_iterator(path))
        if (entry.is_regular_file() && entry.path().extension() == ".sync") files.push_back(entry.path());
    } else if (fs::is_regular_file(path)) {
      files.emplace_back(path);
    } else {
      throw UsageError{fmt::format("no file or folder `{}`", path), "give scripts or folders that hold *.sync files"};
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string read_all(std::istream& stream) {
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// The whole new text or the old one: written beside, then renamed.
void replace_file(const fs::path& file, const std::string& text) {
  const fs::path beside = file.string() + ".syncline-new";
  {
    std::ofstream stream(beside, std::ios::binary | std::ios::trunc);
    stream << text;
    stream.flush();
    if (!stream) throw UsageError{fmt::format("cannot write `{}`", file.string()), "is the disk full, or the folder read-only?"};
  }
  fs::permissions(beside, fs::status(file).permissions());
  fs::rename(beside, file);
}

/// Formats one text; false when it does not parse.
bool format_one(const std::string& name, const std::string& text, compiler::Result& result, std::string& formatted) {
  const source::SourceId source = result.sources.add(name, text);
  const std::size_t errors = result.sink.errors();
  const auto made = compiler::format(result.sources, source, result.sink);
  if (!made || result.sink.errors() > errors) return false;
  formatted = *made;
  return true;
}

int format_stdin(const FmtOptions& chosen) {
  compiler::Result result;
  std::string formatted;
  const std::string text = read_all(std::cin);
  if (!format_one("<stdin>", text, result, formatted)) {
    report(result, chosen.common);
    return kFindings;
  }
  if (chosen.check) return text == formatted ? kOk : kFindings;
  fmt::print(stdout, "{}", formatted);
  return kOk;
}

int format_files(const FmtOptions& chosen) {
  const Project project = find_project(".");
  compiler::Result result;
  std::size_t changed = 0;
  const auto files = files_of(chosen.common.paths.empty() ? std::vector<std::string>{project.folder} : chosen.common.paths);
  for (const fs::path& file : files) {
    std::ifstream stream(file, std::ios::binary);
    const std::string text = read_all(stream);
    std::string formatted;
    if (!format_one(file.string(), text, result, formatted) || text == formatted) continue;
    ++changed;
    if (chosen.diff) fmt::print(stdout, "{}", line_diff(file.string(), text, formatted));
    if (chosen.check) {
      fmt::print(stderr, "{} is not formatted\n", file.string());
    } else if (!chosen.diff) {
      replace_file(file, formatted);
      fmt::print(stderr, "formatted {}\n", file.string());
    }
  }
  report(result, chosen.common);
  if (result.sink.has_errors()) return kFindings;
  return changed > 0 && (chosen.check || chosen.diff) ? kFindings : kOk;
}

}  // namespace

void add_fmt(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("fmt", "write scripts in their canonical form");
  auto chosen = std::make_shared<FmtOptions>();
  examples(*command,
           "  syncline fmt                   rewrite every script of the project\n"
           "  syncline fmt --check           for CI: exit 1 when a script is not formatted\n"
           "  syncline fmt --diff shop.sync  show what would change\n"
           "  syncline fmt - < shop.sync     from standard input to standard output");
  command->add_option("paths", chosen->common.paths, "script files or folders, or - (default: the project folder)")
      ->type_name("PATH");
  command->add_flag("--check", chosen->check, "change nothing; exit 1 when something would change");
  command->add_flag("--diff", chosen->diff, "change nothing; print the differences; exit 1 when there are some");
  command->add_flag("--no-color", chosen->common.no_color, "never colour");
  command->callback([chosen, &action] {
    action = [chosen] {
      const bool from_stdin = chosen->common.paths.size() == 1 && chosen->common.paths.front() == "-";
      return from_stdin ? format_stdin(*chosen) : format_files(*chosen);
    };
  });
}

}  // namespace syncline::cli

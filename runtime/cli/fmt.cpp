#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>

#include "compiler/diag/kinds.h"
#include "compiler/diag/render.h"
#include "compiler/pipeline.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/files.h"
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

/// A text and what `fmt` makes of it.
struct Formatted {
  source::SourceId source = 0;
  std::string before;
  std::string after;
  [[nodiscard]] bool changed() const { return before != after; }
};

/// Nothing when the text does not parse.
std::optional<Formatted> format_one(const std::string& name, std::string text, compiler::Result& result) {
  const source::SourceId source = result.sources.add(name, text);
  const std::size_t errors = result.sink.errors();
  auto made = compiler::format(result.sources, source, result.sink);
  if (!made || result.sink.errors() > errors) return std::nullopt;
  return Formatted{source, std::move(text), std::move(*made)};
}

/// The line around `offset`, without its end.
source::Span line_at(const std::string& text, std::size_t offset) {
  const std::size_t before = offset == 0 ? std::string::npos : text.rfind('\n', offset - 1);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  const std::size_t end = std::min(text.find('\n', begin), text.size());
  return {0, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

std::string line_text(const std::string& text, std::size_t offset) {
  const source::Span line = line_at(text, offset);
  return text.substr(line.begin, line.end - line.begin);
}

/// SY7001 at the first line that differs.
diag::Diagnostic not_formatted(const Formatted& file, const std::string& name) {
  const auto differ = std::mismatch(file.before.begin(), file.before.end(), file.after.begin(), file.after.end());
  const auto offset = static_cast<std::size_t>(differ.first - file.before.begin());
  source::Span span = line_at(file.before, offset);
  span.source = file.source;
  const std::string wanted = line_text(file.after, offset);
  std::string label = "the canonical form is `" + wanted + "`";
  if (offset >= file.after.size()) {
    label = "the canonical form ends here";
  } else if (wanted.empty()) {
    label = "the canonical form has an empty line here";
  } else if (wanted == line_text(file.before, offset)) {
    label = "the canonical form ends this line with a line feed";
  }
  return diag::NotFormatted(name)
      .at(span, label)
      .with_help("`syncline fmt` writes it; `syncline fmt --diff` shows all differences");
}

void report_unformatted(const Formatted& file, const std::string& name, const Project& project, compiler::Result& result) {
  diag::Diagnostic found = not_formatted(file, name);
  const auto level = project.severities.find("SY7001");
  if (level != project.severities.end()) found.severity = level->second;
  result.sink.emit(std::move(found));
}

int format_stdin(const FmtOptions& chosen) {
  compiler::Result result;
  const auto made = format_one("<stdin>", read_all(std::cin), result);
  const bool unformatted = made && chosen.check && made->changed();
  if (unformatted) report_unformatted(*made, "<stdin>", find_project("."), result);
  report(result, chosen.common);
  if (made && !chosen.check) fmt::print(stdout, "{}", made->after);
  return !made || unformatted ? kFindings : kOk;
}

int format_files(const FmtOptions& chosen) {
  const Project project = find_project(".");
  compiler::Result result;
  std::size_t changed = 0;
  const auto files = files_of(chosen.common.paths.empty() ? std::vector<std::string>{project.folder} : chosen.common.paths);
  for (const fs::path& file : files) {
    std::ifstream stream(file, std::ios::binary);
    const auto made = format_one(file.string(), read_all(stream), result);
    if (!made || !made->changed()) continue;
    ++changed;
    if (chosen.diff) fmt::print(stdout, "{}", line_diff(file.string(), made->before, made->after, "formatted"));
    if (chosen.check) {
      report_unformatted(*made, file.string(), project, result);
    } else if (!chosen.diff) {
      replace_file(file, made->after);
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
           "  syncline fmt --check           for CI: exit 1 and SY7001 when a script is not formatted\n"
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

#include "runtime/cli/fix.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "connectors/api/registry.h"
#include "runtime/cli/files.h"

namespace syncline::cli {

namespace fs = std::filesystem;

namespace {

constexpr int kPasses = 10;

struct Chosen {
  diag::Fix fix;
  diag::Code code;
};

/// The automatic fixes of one source in order, none within another; equal ones once.
using ChosenFixes = std::map<source::SourceId, std::vector<Chosen>>;

bool before(const Chosen& one, const Chosen& other) {
  return std::pair(one.fix.span.begin, one.fix.span.end) < std::pair(other.fix.span.begin, other.fix.span.end);
}

fs::path file_of(const compiler::Options& options, const std::string& name) {
  return fs::path(name).is_absolute() ? fs::path(name) : fs::path(options.project_folder) / name;
}

void drop_overlaps(std::vector<Chosen>& fixes) {
  std::stable_sort(fixes.begin(), fixes.end(), before);
  std::vector<Chosen> kept;
  for (Chosen& one : fixes) {
    const bool meets = !kept.empty() && (one.fix.span.begin < kept.back().fix.span.end || one.fix.span == kept.back().fix.span);
    if (!meets) kept.push_back(std::move(one));
  }
  fixes = std::move(kept);
}

ChosenFixes choose(const compiler::Options& options, const compiler::Result& result) {
  ChosenFixes chosen;
  for (const diag::Diagnostic& finding : result.sink.all()) {
    const auto fix = std::find_if(finding.fixes.begin(), finding.fixes.end(), [](const diag::Fix& one) { return one.automatic; });
    if (fix == finding.fixes.end() || fix->span.source == 0) continue;
    const std::string& name = result.sources.name(fix->span.source);
    if (fs::is_regular_file(file_of(options, name))) chosen[fix->span.source].push_back({*fix, finding.code});
  }
  for (auto& [source, fixes] : chosen) drop_overlaps(fixes);
  return chosen;
}

std::string mended(std::string text, const std::vector<Chosen>& fixes) {
  for (auto one = fixes.rbegin(); one != fixes.rend(); ++one) {
    const source::Span& span = one->fix.span;
    text.replace(span.begin, span.end - span.begin, one->fix.replacement);
  }
  return text;
}

void say(const compiler::Result& result, source::SourceId source, const std::vector<Chosen>& fixes) {
  for (const Chosen& one : fixes) {
    const auto at = result.sources.position(source, one.fix.span.begin);
    fmt::print(stderr, "fixed {}:{}:{} {}: {}\n", result.sources.name(source), at.line, at.column, diag::info(one.code).text,
               one.fix.title);
  }
}

/// What a pass changed: file → text before.
using Before = std::map<fs::path, std::string>;

Before write(const compiler::Options& options, const compiler::Result& result, const ChosenFixes& chosen) {
  Before written;
  for (const auto& [source, fixes] : chosen) {
    const fs::path file = file_of(options, result.sources.name(source));
    const std::string text(result.sources.text(source));
    replace_file(file, mended(text, fixes));
    written[file] = text;
  }
  return written;
}

compiler::Result checked(const compiler::Options& options) {
  compiler::Result result;
  compiler::check(options, connectors::default_registry(), result);
  result.sink.sort(result.sources);
  return result;
}

}  // namespace

void apply_fixes(const compiler::Options& options) {
  compiler::Result result = checked(options);
  for (int pass = 0; pass < kPasses; ++pass) {
    const ChosenFixes chosen = choose(options, result);
    if (chosen.empty()) return;
    const Before before = write(options, result, chosen);
    compiler::Result next = checked(options);
    if (next.sink.errors() > result.sink.errors()) {
      for (const auto& [file, text] : before) replace_file(file, text);
      fmt::print(stderr, "not fixed: together these fixes lead to new errors; apply them one by one\n");
      return;
    }
    for (const auto& [source, fixes] : chosen) say(result, source, fixes);
    result = std::move(next);
  }
}

}  // namespace syncline::cli

#include "runtime/cli/fix.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include "connectors/api/registry.h"
#include "runtime/cli/files.h"
#include "runtime/cli/line_diff.h"
#include "stdlib/base/text.h"

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

void say(const compiler::Result& result, source::SourceId source, const std::vector<Chosen>& fixes,
         std::vector<std::string>& said) {
  for (const Chosen& one : fixes) {
    const auto at = result.sources.position(source, one.fix.span.begin);
    said.push_back(fmt::format("{}:{}:{} {}: {}", result.sources.name(source), at.line, at.column, diag::info(one.code).text,
                               one.fix.title));
  }
}

compiler::Result checked(const compiler::Options& options) {
  compiler::Result result;
  compiler::check(options, connectors::default_registry(), result);
  result.sink.sort(result.sources);
  return result;
}

/// Nothing when the text does not parse.
std::optional<std::string> canonical(const std::string& text) {
  source::SourceSet sources;
  diag::Sink sink;
  return compiler::format(sources, sources.add("", text), sink);
}

/// Scripts in their canonical form stay in it. The layout of any other script is its author's: only what a fix replaces changes.
std::string laid_out(const std::string& before, const std::string& after) {
  if (canonical(before) != before) return after;
  return canonical(after).value_or(after);
}

}  // namespace

Fixes find_fixes(compiler::Options options) {
  Fixes fixes;
  std::map<std::string, std::string> before;
  compiler::Result result = checked(options);
  for (int pass = 0; pass < kPasses; ++pass) {
    const ChosenFixes chosen = choose(options, result);
    if (chosen.empty()) break;
    const std::map<std::string, std::string> earlier = options.texts;
    for (const auto& [source, list] : chosen) {
      const std::string file = fs::weakly_canonical(file_of(options, result.sources.name(source))).string();
      const std::string text(result.sources.text(source));
      before.emplace(file, text);
      options.texts[file] = mended(text, list);
    }
    compiler::Result next = checked(options);
    fixes.refused = next.sink.errors() > result.sink.errors();
    if (fixes.refused) {
      options.texts = earlier;
      break;
    }
    for (const auto& [source, list] : chosen) say(result, source, list, fixes.said);
    result = std::move(next);
  }
  for (const auto& [file, text] : options.texts)
    if (before.at(file) != text) fixes.files.push_back({file, before.at(file), laid_out(before.at(file), text)});
  return fixes;
}

void write_fixes(const Fixes& fixes) {
  for (const FixedFile& one : fixes.files) replace_file(one.path, one.after);
  for (const std::string& line : fixes.said) fmt::print(stderr, "fixed {}\n", text::printable(line));
  if (fixes.refused) fmt::print(stderr, "not fixed: together these fixes lead to new errors; apply them one by one\n");
}

void show_fixes(const Fixes& fixes) {
  for (const FixedFile& one : fixes.files) {
    const std::string name = fs::path(one.path).lexically_proximate(fs::current_path()).string();
    fmt::print(stdout, "{}", line_diff(name, one.before, one.after, "fixed"));
  }
  if (fixes.refused) fmt::print(stderr, "not shown: together some fixes lead to new errors; apply them one by one\n");
}

}  // namespace syncline::cli

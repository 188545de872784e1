#include "runtime/cli/against.h"

#include <fmt/format.h>

#include <filesystem>

#include "compiler/plan/effect.h"
#include "connectors/api/registry.h"
#include "runtime/cli/git.h"
#include "stdlib/base/text.h"

namespace syncline::cli {

namespace fs = std::filesystem;

namespace {

/// The same paths below the checkout; those that did not exist then are left out.
std::vector<std::string> paths_there(const compiler::Options& options, const std::string& folder) {
  std::vector<std::string> paths;
  for (const std::string& path : options.paths) {
    const fs::path relative = fs::weakly_canonical(path).lexically_relative(fs::weakly_canonical(options.project_folder));
    if (relative.empty() || *relative.begin() == "..")
      throw UsageError{fmt::format("`{}` lies outside the project folder", text::printable(path)),
                       "--against compares what lies in it"};
    const fs::path there = relative == "." ? fs::path(folder) : fs::path(folder) / relative;
    if (fs::exists(there)) paths.push_back(there.string());
  }
  return paths;
}

/// A connection that had no lock then is read with the one of the work tree.
void lend_locks(const fs::path& from, const fs::path& to) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(from, none)) {
    if (entry.path().extension() != ".lock" || fs::exists(to / entry.path().filename())) continue;
    fs::create_directories(to);
    fs::copy_file(entry.path(), to / entry.path().filename());
  }
}

bool holds_scripts(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    if (!fs::is_directory(path)) return true;
    for (const auto& entry : fs::recursive_directory_iterator(path))
      if (entry.path().extension() == ".sync") return true;
  }
  return false;
}

compiler::Result planned(const compiler::Options& options) {
  compiler::Result result;
  compiler::compile_offline(options, connectors::default_registry(), result);
  result.sink.sort(result.sources);
  return result;
}

bool failed(const compiler::Result& result) {
  return !result.plan || result.sink.has_errors();
}

}  // namespace

int plan_against(const Common& common, const std::string& against, bool exit_code) {
  const Project project = find_project(".");
  compiler::Options options = compiler_options(common, project);
  options.compared = true;
  const Checkout checkout(project.folder, revision_of(against));
  compiler::Options then = options;
  then.project_folder = checkout.folder();
  then.lock_folder = checkout.folder() + "/catalog";
  then.paths = paths_there(options, checkout.folder());
  then.other_revision = true;
  lend_locks(options.lock_folder, then.lock_folder);
  const compiler::Result now = planned(options);
  if (failed(now)) {
    report(now, common);
    const int code = exit_of(now);
    return code == kOk ? kUsage : code;
  }
  plan::Plan old;
  if (holds_scripts(then.paths)) {
    compiler::Result before = planned(then);
    if (failed(before)) {
      report(before, common);
      throw UsageError{
          fmt::format("the scripts of {} have the errors above, so there is nothing to compare with", text::printable(against)),
          "compare with a revision whose scripts are right"};
    }
    old = std::move(*before.plan);
  }
  const std::vector<plan::Effect> effects = plan::effects(old, *now.plan);
  report_beside_data(now, common);
  fmt::print(stdout, "{}", common.format == "json" ? plan::to_json(effects, against) + "\n" : plan::to_text(effects, against));
  const int code = exit_of(*now.plan);
  return code == kOk && exit_code && plan::has_changes(effects) ? kChanges : code;
}

}  // namespace syncline::cli

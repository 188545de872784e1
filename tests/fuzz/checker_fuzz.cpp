#include "compiler/diag/render.h"
#include "compiler/pipeline.h"
#include "fuzz_lock.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/engines.h"

/// The whole of an offline `check`, catalogue lock included: it ends, and its findings have places that exist.
namespace {

using namespace syncline;

constexpr const char* kFolder = "/nowhere";         // Nothing is read from a disk: no INCLUDE finds a file.
constexpr std::int64_t kNow = 848'620'800'000'000;  // 2026-11-22
constexpr int kProvedDays = 40;                     // Four years would take most of the time.

compiler::Options options_of(std::string_view script) {
  compiler::Options options;
  options.project_folder = kFolder;
  options.paths = {std::string(kFolder) + "/a.sync"};
  options.texts[options.paths.front()] = std::string(script);
  options.lock_folder = std::string(kFolder) + "/catalog";
  for (const auto& lock : fuzz_lock::kFiles)
    options.texts[options.lock_folder + "/" + std::string(lock.name)] = std::string(lock.text);
  options.started_at = kNow;
  options.proved_days = kProvedDays;
  return options;
}

}  // namespace

FUZZ_ONE(bytes) {
  compiler::Result result;
  compiler::check(options_of(bytes), test::engines(), result);
  for (const diag::Diagnostic& finding : result.sink.all()) {
    fuzz::require(diag::info(finding.code).text != "SY9403", "no finding is a bug of the checker");
    for (const diag::Label& label : finding.labels) {
      const std::size_t size = label.span.source == 0 ? 0 : result.sources.text(label.span.source).size();
      fuzz::require(label.span.begin <= label.span.end && label.span.end <= size, "labels lie inside their text");
    }
  }
  if (!result.sink.all().empty()) diag::render_human(result.sink, result.sources, {});
}

#include <algorithm>

#include "runtime/exec/run.h"

namespace syncline::exec {
namespace {

constexpr int kSuccess = 0;
constexpr int kInternal = 2;
constexpr int kPartial = 4;
constexpr int kFailed = 5;
constexpr int kRefused = 6;
constexpr int kUnreachable = 7;
constexpr int kInterrupted = 130;

bool tool_failed(const diag::Diagnostic& error) {
  return error.code == diag::Code::SY9403 || error.code == diag::Code::SY9404;
}

bool any_complaint(const observe::RunSummary& summary) {
  return std::any_of(summary.tables.begin(), summary.tables.end(),
                     [](const observe::TableProgress& table) { return !table.errors.empty(); });
}

}  // namespace

// Precedence of DECISIONS 13: 130, 2, 4, 7, 6, 5.
int exit_code(const Outcome& outcome) {
  const observe::RunSummary& summary = outcome.summary;
  if (summary.interrupted) return kInterrupted;
  if (std::any_of(summary.run_errors.begin(), summary.run_errors.end(), tool_failed)) return kInternal;
  const bool complaints = outcome.failed > 0 || !summary.run_errors.empty() || any_complaint(summary);
  if (outcome.committed > 0 && complaints) return kPartial;
  if (outcome.unreachable) return kUnreachable;
  if (outcome.refused) return kRefused;
  return complaints ? kFailed : kSuccess;
}

}  // namespace syncline::exec

#pragma once
#include "runtime/exec/run.h"
#include "stdlib/expr/evaluate.h"

namespace syncline::exec {

/// What expressions may ask a run for: PARAM values, `:started_at`, `:run_id`, and parameters that come from secrets, resolved
/// here and nowhere else (DECISIONS 38). Throws introspect::SecretError.
expr::Environment run_environment(const plan::Plan& plan, const RunOptions& options);

}  // namespace syncline::exec

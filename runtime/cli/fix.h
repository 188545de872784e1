#pragma once
#include "runtime/cli/context.h"

namespace syncline::cli {

/// `check --fix`: applies every automatic fix of the findings, checks again, and so on until none is left; says on stderr what it
/// changed. Files change only when no new error comes of it. Throws UsageError when a file cannot be written.
void apply_fixes(const compiler::Options& options);

}  // namespace syncline::cli

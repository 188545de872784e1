#pragma once
#include <string>

#include "runtime/cli/context.h"

namespace syncline::cli {

/// `plan --against git:REV`: the effect of what changed since then, from both sets of scripts and the locks; no database, no
/// state. The exit code.
int plan_against(const Common& common, const std::string& against, bool exit_code);

}  // namespace syncline::cli

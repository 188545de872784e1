#pragma once
#include "runtime/cli/context.h"

namespace syncline::cli {

/// `explain --policy TABLE`: what decides over a table in each sync that copies it, on stdout. Exit code of the command.
int explain_policy(const Common& common, const std::string& table);

}  // namespace syncline::cli

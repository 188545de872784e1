#pragma once
#include <string>

#include "runtime/cli/context.h"
#include "runtime/cli/due.h"

namespace syncline::cli {

/// `explain --sql TABLE`: what a run would send for it. `offline`: from the catalogue locks alone.
int explain_sql(const Common& common, const std::string& table, const Due& due, bool offline);

}  // namespace syncline::cli

#pragma once
#include <functional>
#include <string>
#include <vector>

#include "compiler/plan/plan.h"

namespace syncline::plan {

/// What a person sees: per sync its tables with symbol, names, reason and estimates, then `Plan: 3 to create, …`. With `columns`
/// each column's way; `ddl` (may be null) gives the statements of a table, shown under it.
std::string to_text(const Plan& plan, const TextStyle& style,
                    const std::function<std::vector<std::string>(const Sync&, const Table&)>& ddl = {});

/// {"version":1,"syncs":[{"name","source","target","tables":[…]}],"summary":{…}}: documented in compiler/plan/README.md.
std::string to_json(const Plan& plan, const std::function<std::vector<std::string>(const Sync&, const Table&)>& ddl = {});

}  // namespace syncline::plan

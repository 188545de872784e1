#pragma once
#include "compiler/analyze/context.h"

namespace syncline::analyze {

/// "OVERRIDE … TABLE": the level of its origins.
const char* level_name(ast::NameLevel level);
/// `max_connections` of a connection: the minimum always wins.
void cap_sessions(bound::Policy& policy, const bound::Sync& sync);

}  // namespace syncline::analyze

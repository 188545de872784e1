#pragma once
#include <vector>

#include "connectors/api/engine.h"

namespace syncline::connectors {

/// Engines that scripts may name and that check offline, but that this build cannot reach (DECISIONS 48).
const std::vector<EngineInfo>& known_engines();

}  // namespace syncline::connectors

#pragma once
#include <functional>
#include <string>

#include "connectors/api/registry.h"

namespace syncline::analyze {

/// The engines with this property, for people: "mysql, postgres and sqlite".
std::string engines_where(const connectors::Registry& registry, const std::function<bool(const connectors::EngineInfo&)>& holds);

}  // namespace syncline::analyze

#include "compiler/analyze/engines.h"

#include <algorithm>

namespace syncline::analyze {

std::string engines_where(const connectors::Registry& registry, const std::function<bool(const connectors::EngineInfo&)>& holds) {
  std::vector<std::string> names = registry.names();
  names.erase(std::remove_if(names.begin(), names.end(), [&](const auto& name) { return !holds(*registry.find(name)); }),
              names.end());
  std::sort(names.begin(), names.end());
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace syncline::analyze

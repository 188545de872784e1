#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "connectors/api/engine.h"

namespace syncline::connectors {

class Connector;

/// Every engine the language knows. Injected into compiler and runtime; connectors/registry.cpp is the only file that names them.
class Registry {
 public:
  virtual ~Registry() = default;
  [[nodiscard]] virtual const EngineInfo* find(std::string_view engine) const = 0;
  /// The connector of a built engine, or null.
  [[nodiscard]] virtual const Connector* connector(std::string_view engine) const = 0;
  [[nodiscard]] virtual std::vector<std::string> names() const = 0;
};

/// The registry of this build.
const Registry& default_registry();

}  // namespace syncline::connectors

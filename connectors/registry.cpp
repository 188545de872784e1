#include "connectors/api/registry.h"

#include "connectors/api/connector.h"
#include "connectors/known_engines.h"
#include "connectors/mysql/mysql.h"
#include "connectors/postgres/postgres.h"
#include "connectors/sqlite/sqlite.h"

namespace syncline::connectors {
namespace {

class BuiltRegistry final : public Registry {
 public:
  [[nodiscard]] const EngineInfo* find(std::string_view engine) const override {
    if (const Connector* built = connector(engine)) return &built->info();
    for (const auto& known : known_engines()) {
      if (known.name == engine) return &known;
    }
    return nullptr;
  }

  [[nodiscard]] const Connector* connector(std::string_view engine) const override {
    for (const Connector* built : connectors()) {
      if (built->info().name == engine) return built;
    }
    return nullptr;
  }

  [[nodiscard]] std::vector<std::string> names() const override {
    std::vector<std::string> all;
    for (const Connector* built : connectors()) all.emplace_back(built->info().name);
    for (const auto& known : known_engines()) all.emplace_back(known.name);
    return all;
  }

 private:
  static const std::vector<const Connector*>& connectors() {
    static const std::vector<const Connector*> built = {&sqlite_connector(), &mysql_connector(), &postgres_connector()};
    return built;
  }
};

}  // namespace

const Registry& default_registry() {
  static const BuiltRegistry registry;
  return registry;
}

}  // namespace syncline::connectors

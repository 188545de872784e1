#include "tests/support/engines.h"

#include "connectors/known_engines.h"
#include "connectors/mysql/mysql.h"
#include "connectors/postgres/postgres.h"
#include "connectors/sqlite/sqlite.h"

namespace syncline::test {
namespace {

class Engines final : public connectors::Registry {
 public:
  Engines() : all_{&connectors::sqlite_engine(), &connectors::mysql_engine(), &connectors::postgres_engine()} {
    for (const connectors::EngineInfo& known : connectors::known_engines()) all_.push_back(&known);
  }
  [[nodiscard]] const connectors::EngineInfo* find(std::string_view engine) const override {
    for (const connectors::EngineInfo* one : all_) {
      if (one->name == engine) return one;
    }
    return nullptr;
  }
  [[nodiscard]] const connectors::Connector* connector(std::string_view /*engine*/) const override { return nullptr; }
  [[nodiscard]] std::vector<std::string> names() const override {
    std::vector<std::string> names;
    for (const connectors::EngineInfo* one : all_) names.emplace_back(one->name);
    return names;
  }

 private:
  std::vector<const connectors::EngineInfo*> all_;
};

}  // namespace

const connectors::Registry& engines() {
  static const Engines all;
  return all;
}

}  // namespace syncline::test

#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "connectors/api/connector.h"
#include "connectors/api/registry.h"
#include "stdlib/types/schema.h"

namespace syncline::rehearse {

/// What is known of one connection before the rehearsal.
struct End {
  std::string connection;
  bool of_source = false;
  connectors::ServerInfo server;           ///< where it is not asked
  std::vector<types::TableSchema> tables;  ///< that are there
};

/// The values that stand for the answers of tables, which a rehearsal does not read.
struct Assumptions {
  std::int64_t now = 0;            ///< microseconds since 2000-01-01 UTC
  std::int64_t settled_until = 0;  ///< the latest window ends here: no transaction before that is open
  types::TableSchema made;         ///< the target as it is once it was made
};

/// The connectors of another registry, for two ends of a rehearsal: their sessions write their statements into `transcript`.
/// `asks`: questions to the catalogues are asked. Lives as long as the run that uses it.
class RehearsalRegistry final : public connectors::Registry {
 public:
  RehearsalRegistry(const connectors::Registry& real, std::shared_ptr<connectors::Transcript> transcript, bool asks,
                    std::vector<End> ends, Assumptions assumed);
  ~RehearsalRegistry() override;
  [[nodiscard]] const connectors::EngineInfo* find(std::string_view engine) const override { return real_.find(engine); }
  [[nodiscard]] const connectors::Connector* connector(std::string_view engine) const override;
  [[nodiscard]] std::vector<std::string> names() const override { return real_.names(); }

 private:
  const connectors::Registry& real_;
  std::map<std::string, std::unique_ptr<connectors::Connector>, std::less<>> connectors_;
};

}  // namespace syncline::rehearse

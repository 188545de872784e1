#pragma once
#include <string>
#include <vector>

#include "connectors/api/introspector.h"
#include "connectors/postgres/session.h"

namespace syncline::connectors::postgres {

/// Catalogue questions through one read-only session.
class PostgresIntrospector final : public Introspector {
 public:
  explicit PostgresIntrospector(const ConnectionSpec& spec);
  ServerInfo server() override;
  std::vector<std::string> containers() override;
  std::vector<ListedObject> list(const std::vector<std::string>& containers) override;
  std::vector<types::TableSchema> describe(const std::vector<types::ObjectName>& names) override;
  std::vector<MissingRight> missing_write_rights(const std::vector<std::string>& containers) override;
  bool hold_mark(std::uint64_t mark) override;
  bool sees_mark(std::uint64_t mark) override;
  std::string place() override { return {}; }

 private:
  Session session_;
};

}  // namespace syncline::connectors::postgres

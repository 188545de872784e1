#pragma once
#include <map>
#include <vector>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/lock.h"

namespace syncline::catalog {

/// A lock as a catalogue: what a plan learns from it is what the database said when it was written. Nothing is managed, nothing
/// has progress, no right is missing.
class LockCatalog : public Catalog {
 public:
  explicit LockCatalog(Lock lock);
  const connectors::ServerInfo& server() override { return lock_.server; }
  const std::vector<std::string>& containers() override { return lock_.containers; }
  const std::vector<connectors::ListedObject>& objects() override { return objects_; }
  std::vector<types::TableSchema> describe(const std::vector<types::ObjectName>& names) override;
  std::vector<connectors::MissingRight> missing_write_rights(const std::vector<std::string>&) override { return {}; }
  std::vector<Managed> managed(const std::vector<types::ObjectName>&) override { return {}; }
  [[nodiscard]] const Lock& lock() const { return lock_; }

 private:
  [[nodiscard]] types::ObjectName folded(const types::ObjectName& name) const;
  Lock lock_;
  std::vector<connectors::ListedObject> objects_;  ///< by name
  std::map<types::ObjectName, std::size_t> tables_;
};

}  // namespace syncline::catalog

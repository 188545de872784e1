#include "compiler/catalog/lock_catalog.h"

#include <algorithm>

#include "stdlib/base/text.h"

namespace syncline::catalog {

LockCatalog::LockCatalog(Lock lock) : lock_(std::move(lock)), objects_(lock_.names) {
  for (std::size_t i = 0; i < lock_.tables.size(); ++i) {
    objects_.push_back({lock_.tables[i].name, connectors::ObjectKind::table, true});
    tables_.emplace(folded(lock_.tables[i].name), i);
  }
  std::sort(objects_.begin(), objects_.end(), [](const auto& one, const auto& other) { return one.name < other.name; });
}

types::ObjectName LockCatalog::folded(const types::ObjectName& name) const {
  if (lock_.server.table_case == connectors::NameCase::sensitive) return name;
  return {text::lower(name.container), text::lower(name.table)};
}

std::vector<types::TableSchema> LockCatalog::describe(const std::vector<types::ObjectName>& names) {
  std::vector<types::TableSchema> found;
  for (const types::ObjectName& name : names) {
    const auto table = tables_.find(folded(name));
    if (table != tables_.end()) found.push_back(lock_.tables[table->second]);
  }
  return found;
}

}  // namespace syncline::catalog

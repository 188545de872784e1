#include "compiler/catalog/lock_catalog.h"

#include <algorithm>

#include "stdlib/base/text.h"

namespace syncline::catalog {

namespace {

bool by_name(const connectors::ListedObject& one, const connectors::ListedObject& other) {
  return one.name < other.name;
}

}  // namespace

LockCatalog::LockCatalog(Lock lock) : lock_(std::move(lock)), objects_(lock_.names) {
  std::sort(objects_.begin(), objects_.end(), by_name);
  const auto add = [this](const auto& tables, const auto& name_of) {
    const auto middle = static_cast<std::ptrdiff_t>(objects_.size());
    for (const auto& table : tables) objects_.push_back({name_of(table), connectors::ObjectKind::table, true});
    std::inplace_merge(objects_.begin(), objects_.begin() + middle, objects_.end(), by_name);
  };
  add(lock_.unread, [](const types::ObjectName& name) { return name; });
  add(lock_.tables, [](const types::TableSchema& table) { return table.name; });
  for (std::size_t i = 0; i < lock_.tables.size(); ++i) tables_.emplace(folded(lock_.tables[i].name), i);
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

#include "connectors/sql/foreign_key.h"

#include <array>

#include "connectors/sql/lists.h"

namespace syncline::connectors::sql {
namespace {

using Action = types::ForeignKeyAction;

/// In the order of the enumeration.
constexpr std::array<std::string_view, 5> kWords = {"NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"};

std::string clause(std::string_view event, Action action) {
  if (action == Action::no_action) return {};
  return std::string(event).append(kWords.at(static_cast<std::size_t>(action)));
}

}  // namespace

std::string foreign_key(const Dialect& dialect, const types::ForeignKey& key) {
  std::string text = "FOREIGN KEY (" + column_list(dialect, key.columns) + ") REFERENCES " + dialect.quote(key.referenced);
  if (!key.referenced_columns.empty()) text += " (" + column_list(dialect, key.referenced_columns) + ")";
  return text + clause(" ON DELETE ", key.on_delete) + clause(" ON UPDATE ", key.on_update);
}

types::ForeignKeyAction action_of(std::string_view words) {
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (kWords.at(i) == words) return static_cast<Action>(i);
  }
  return Action::no_action;
}

}  // namespace syncline::connectors::sql

#include "connectors/api/row_names.h"

#include <algorithm>

namespace syncline::connectors {
namespace {

using Cells = std::vector<const types::Column*>;

/// Nothing unless every column of the key is a cell.
expr::RowKey among(const Cells& cells, const std::vector<std::string>& key) {
  std::vector<expr::RowKey::Part> parts;
  for (const std::string& name : key) {
    const auto found = std::find_if(cells.begin(), cells.end(), [&](const types::Column* cell) { return cell->name == name; });
    if (found == cells.end()) return {};
    parts.push_back({name, static_cast<std::size_t>(found - cells.begin()), types::cell_kind((*found)->logical)});
  }
  return expr::RowKey(std::move(parts));
}

std::vector<std::string> columns_of(const types::Index& index) {
  std::vector<std::string> names;
  for (const types::IndexColumn& column : index.columns) names.push_back(column.name);
  return names;
}

}  // namespace

expr::RowKey source_row_key(const ReadRequest& request) {
  Cells cells;
  for (const types::Column& column : request.columns) cells.push_back(&column);
  return among(cells, request.key);
}

expr::RowKey target_row_key(const LoadTable& table) {
  Cells cells;
  for (const int index : table.load_columns) cells.push_back(&table.desired.columns.at(static_cast<std::size_t>(index)));
  expr::RowKey key = among(cells, table.desired.primary_key.columns);
  if (key.empty()) key = among(cells, table.key);
  for (const types::Index& index : table.desired.indexes) {
    if (key.empty() && index.unique && index.special.empty()) key = among(cells, columns_of(index));
  }
  return key;
}

}  // namespace syncline::connectors

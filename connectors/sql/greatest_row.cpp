#include "connectors/sql/greatest_row.h"

#include <utility>

#include "connectors/sql/lists.h"

namespace syncline::connectors::sql {

ReadRequest settled(ReadRequest request) {
  if (request.greatest_by.empty()) return request;
  request.key.clear();
  request.page_size = 0;
  request.relay = false;
  return request;
}

std::string greatest_row(const std::vector<std::string>& columns, const std::string& filter) {
  std::vector<std::string> conditions;
  std::vector<std::string> order;
  if (!filter.empty()) conditions.push_back("(" + filter + ")");
  for (const std::string& column : columns) {
    conditions.push_back(column + " IS NOT NULL");
    order.push_back(column + " DESC");
  }
  return " WHERE " + join(conditions, " AND ") + " ORDER BY " + join(order, ", ") + " LIMIT 1";
}

}  // namespace syncline::connectors::sql

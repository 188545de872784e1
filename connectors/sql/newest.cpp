#include "connectors/sql/newest.h"

#include "connectors/sql/lists.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::sql {
namespace {

/// ` WHERE "k" IS NOT NULL AND …` over the key's columns that may be NULL.
std::string with_key(const Dialect& dialect, const LoadTable& table) {
  std::vector<std::string> parts;
  for (const auto& name : table.key) {
    const types::Column* column = table.desired.find_column(name);
    if (column == nullptr || column->nullable) parts.push_back(dialect.quote(std::string_view(name)) + " IS NOT NULL");
  }
  return parts.empty() ? std::string() : " WHERE " + join(parts, " AND ");
}

}  // namespace

std::string arrival_column(const LoadTable& table) {
  std::string name = "syncline_arrival";
  for (const auto& taken : load_column_names(table)) {
    if (text::ascii_iequals(taken, name)) name += "_";
  }
  return name;
}

std::string repeated_key(const Dialect& dialect, const LoadTable& table, const std::string& staging) {
  return "SELECT 1 FROM " + staging + with_key(dialect, table) + " GROUP BY " + column_list(dialect, table.key) +
         " HAVING count(*) > 1 LIMIT 1";
}

std::string older_rows(const Dialect& dialect, const LoadTable& table, const std::string& staging, const std::string& arrival,
                       const std::string& descending) {
  std::vector<std::string> order;
  for (const auto& name : table.newest_by) order.push_back(dialect.quote(std::string_view(name)) + " " + descending);
  order.push_back(arrival + " DESC");
  return "SELECT arrival FROM (SELECT " + arrival + " AS arrival, row_number() OVER (PARTITION BY " +
         column_list(dialect, table.key) + " ORDER BY " + join(order, ", ") + ") AS place FROM " + staging +
         with_key(dialect, table) + ") ranked WHERE place > 1";
}

}  // namespace syncline::connectors::sql

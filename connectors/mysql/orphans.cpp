#include "connectors/mysql/orphans.h"

#include "connectors/mysql/dialect.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::mysql {
namespace {

std::string orphan_query(const types::ObjectName& table, const types::ForeignKey& key) {
  std::string join;
  std::string referencing;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    const auto child = "c." + dialect().quote(std::string_view(key.columns[i]));
    const auto parent = "p." + dialect().quote(std::string_view(key.referenced_columns.at(i)));
    join += (i == 0 ? "" : " AND ") + child + " = " + parent;
    referencing += child + " IS NOT NULL AND ";
  }
  return " FROM " + dialect().quote(table) + " c LEFT JOIN " + dialect().quote(key.referenced) + " p ON " + join + " WHERE " +
         referencing + "p." + dialect().quote(std::string_view(key.referenced_columns.front())) + " IS NULL";
}

}  // namespace

Orphans find_orphans(Connection& connection, const types::ObjectName& table, const types::ForeignKey& key) {
  Orphans orphans;
  const auto query = orphan_query(table, key);
  orphans.count = std::stoull(connection.scalar("SELECT COUNT(*)" + query).value_or("0"));
  if (orphans.count == 0) return orphans;
  std::string columns;
  for (const auto& name : key.columns) columns += (columns.empty() ? "c." : ", c.") + dialect().quote(std::string_view(name));
  for (const Row& row : connection.query("SELECT DISTINCT " + columns + query + " LIMIT 3")) {
    std::string text;
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += (i == 0 ? "" : ", ") + key.columns[i] + "=" + text::printable(text::truncate_utf8(row[i].value_or("NULL"), 80));
    }
    orphans.sample.push_back(std::move(text));
  }
  return orphans;
}

}  // namespace syncline::connectors::mysql

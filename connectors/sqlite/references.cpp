#include "connectors/sqlite/references.h"

#include <map>

#include "connectors/sql/lists.h"
#include "connectors/sqlite/catalogue.h"
#include "connectors/sqlite/dialect.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::sqlite {
namespace {

constexpr std::size_t kSample = 3;

/// "user_id=17" of the child row; empty for tables without rowid.
std::string child_key(const Database& database, const types::ForeignKey& key, const std::string& table, std::int64_t rowid) {
  Statement row =
      database.prepare("SELECT " + sql::column_list(dialect(), key.columns) + " FROM " + quote(table) + " WHERE rowid = ?");
  row.bind(1, rowid);
  if (!row.step()) return {};
  std::string out;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    out += (i == 0 ? "" : ", ") + key.columns[i] + "=" + text::printable(row.text(static_cast<int>(i)));
  }
  return out;
}

using Found = std::vector<std::pair<ForeignKeyToAdd, ForeignKeyResult>>;

void check_table(const Database& database, const types::TableSchema& table, Found& found) {
  std::map<std::int64_t, ForeignKeyResult> results;
  Statement row = database.prepare("SELECT fkid, rowid FROM pragma_foreign_key_check(?)");
  row.bind(1, std::string_view(table.name.table));
  while (row.step()) {
    const auto id = row.integer(0);
    auto& result = results[id];
    result.kind = ForeignKeyResult::Kind::orphans;
    ++result.orphans;
    if (result.sample.size() >= kSample || row.is_null(1)) continue;
    result.sample.push_back(
        child_key(database, table.foreign_keys.at(static_cast<std::size_t>(id)), table.name.table, row.integer(1)));
  }
  for (auto& [id, result] : results) {
    found.emplace_back(ForeignKeyToAdd{table.name, table.foreign_keys.at(static_cast<std::size_t>(id))}, std::move(result));
  }
}

bool same_names(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!text::ascii_iequals(a[i], b[i])) return false;
  }
  return true;
}

bool same_key(const types::ForeignKey& a, const types::ForeignKey& b) {
  return same_names(a.columns, b.columns) && same_names(a.referenced_columns, b.referenced_columns) &&
         text::ascii_iequals(a.referenced.table, b.referenced.table);
}

}  // namespace

Found check_references(const Database& database, const std::vector<types::ObjectName>& tables) {
  Found found;
  for (const auto& table : describe_tables(database, tables)) check_table(database, table, found);
  return found;
}

ForeignKeyResult check_reference(const Database& database, const ForeignKeyToAdd& wanted) {
  for (auto& [key, result] : check_references(database, {wanted.table})) {
    if (same_key(key.key, wanted.key)) return result;
  }
  for (const auto& table : describe_tables(database, {wanted.table})) {
    for (const auto& key : table.foreign_keys) {
      if (same_key(key, wanted.key)) return {ForeignKeyResult::Kind::present, 0, {}};
    }
  }
  ConnectorError error(ErrorKind::unsupported,
                       "SQLite cannot add a foreign key to the existing table `" + text::printable(wanted.table.table) + "`");
  error.help = "load the table with WRITE RECREATE: its foreign keys are then declared with it";
  throw error;
}

}  // namespace syncline::connectors::sqlite

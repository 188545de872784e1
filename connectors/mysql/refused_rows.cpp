#include "connectors/mysql/refused_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "connectors/api/row_names.h"
#include "connectors/mysql/dialect.h"
#include "connectors/sql/lists.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::mysql {
namespace {

constexpr unsigned kDuplicateEntry = 1062;
constexpr unsigned kCheckFailed = 4025;
constexpr unsigned kInvalidJson = 3140;
constexpr std::size_t kShownValue = 120;

/// What stands between `open` and the last `close` behind it.
std::string_view between(std::string_view text, std::string_view open, std::string_view close) {
  const auto from = text.find(open);
  const auto to = text.rfind(close);
  if (from == std::string_view::npos || to == std::string_view::npos || to < from + open.size()) return {};
  return text.substr(from + open.size(), to - from - open.size());
}

/// `t.k` -> `k`
std::string_view behind_point(std::string_view name) {
  return name.substr(name.rfind('.') + 1);
}

std::vector<std::string> key_columns(std::string_view key, const types::TableSchema& table,
                                     const std::vector<std::string>& primary) {
  if (key == "PRIMARY") return primary;
  std::vector<std::string> names;
  for (const types::Index& index : table.indexes) {
    if (!text::ascii_iequals(index.name, key)) continue;
    for (const types::IndexColumn& column : index.columns) names.push_back(column.name);
  }
  return names;
}

/// The key of one row in staging whose text in `column` is no JSON.
std::string broken_row(Connection& connection, const StagedTable& table, const types::Column& column) {
  const expr::RowKey key = target_row_key(*table.plan);
  std::vector<std::string> names;
  for (const expr::RowKey::Part& part : key.parts()) names.push_back(part.column);
  if (names.empty()) return {};
  const Rows rows = connection.query("SELECT " + sql::column_list(dialect(), names) + " FROM " + dialect().quote(table.staging) +
                                     " WHERE NOT JSON_VALID(" + dialect().quote(std::string_view(column.name)) + ") LIMIT 1");
  std::string out;
  for (std::size_t i = 0; !rows.empty() && i < names.size(); ++i)
    expr::append_key_part(out, names[i], key.parts()[i].kind, rows.front()[i].value_or("NULL"));
  return out;
}

}  // namespace

std::string duplicate_text(std::string_view message, const types::TableSchema& table, const std::vector<std::string>& primary) {
  const auto cut = message.rfind("' for key '");
  if (cut == std::string_view::npos) return std::string(message);
  const auto key = behind_point(between(message.substr(cut), "key '", "'"));
  const auto value = between(message.substr(0, cut + 1), "'", "'");
  const auto columns = key_columns(key, table, primary);
  const auto listed = columns.empty() ? "" : " (" + sql::join(columns, ", ") + ")";
  const auto shown = text::truncate_utf8(value, kShownValue);
  return fmt::format("key `{}`{}, value '{}{}'", text::printable(key), text::printable(listed), text::printable(shown),
                     shown.size() < value.size() ? "…" : "");
}

const types::Column* refused_json(unsigned code, std::string_view message, const LoadTable& table) {
  if (code != kCheckFailed && code != kInvalidJson) return nullptr;
  const auto named = code == kCheckFailed ? message.substr(0, message.find(" failed for ")) : message;
  const auto name = code == kCheckFailed ? between(named, "`", "`")
                                         : between(named.substr(std::min(named.rfind("column '"), named.size())), "'", "'");
  for (const types::Column& column : table.desired.columns) {
    if (column.logical.kind == types::TypeKind::json && text::ascii_iequals(column.name, behind_point(name))) return &column;
  }
  return nullptr;
}

void throw_refused_insert(Connection& connection, const StagedTable& table, const ConnectorError& error) {
  const auto code = static_cast<unsigned>(error.native_code);
  if (const types::Column* column = refused_json(code, error.what(), *table.plan)) {
    expr::ValueError refused(expr::ValueProblem::json_invalid, column->name, "the text is no JSON document");
    refused.row_key = broken_row(connection, table, *column);
    throw expr::ValueError(refused);
  }
  if (code != kDuplicateEntry || !table.plan->existing) throw ConnectorError(error);
  const types::TableSchema& live = *table.plan->existing;
  ConnectorError named(error.kind, duplicate_text(error.what(), live, live.primary_key.columns));
  named.native_code = error.native_code;
  named.sqlstate = error.sqlstate;
  named.statement = error.statement;
  named.help = error.help;
  throw ConnectorError(named);
}

}  // namespace syncline::connectors::mysql

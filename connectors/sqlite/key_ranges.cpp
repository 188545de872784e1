#include "connectors/sqlite/key_ranges.h"

#include "connectors/sql/native_binds.h"
#include "connectors/sqlite/condition.h"
#include "connectors/sqlite/dialect.h"
#include "connectors/sqlite/sqlite.h"

namespace syncline::connectors::sqlite {

SqlText filter_text(const ReadRequest& request) {
  SqlText text;
  if (request.filter.portable) text = dialect().condition(*request.filter.portable, request.naive_timezone);
  if (request.filter.native.empty()) return text;
  const SqlText native = sql::substitute_binds(request.filter.native, request.filter.native_binds, sqlite_engine().lexical,
                                               [](const types::Value& value) {
                                                 return SqlText{"?", {value}};
                                               });
  text.text = text.text.empty() ? "(" + native.text + ")" : text.text + " AND (" + native.text + ")";
  text.binds.insert(text.binds.end(), native.binds.begin(), native.binds.end());
  return text;
}

std::vector<sql::CutColumn> cut_columns(const KeyOrder& order) {
  std::vector<sql::CutColumn> made;
  for (const types::Column& column : order.columns) {
    sql::CutColumn cut;
    cut.compared = quote(column.name);
    // What SQLite shows is a literal already. quote() ends at a NUL; a bare CAST would lend its affinity to the comparison.
    cut.shown = "CASE WHEN typeof(" + cut.compared + ") = 'text' AND instr(" + cut.compared +
                ", char(0)) > 0 THEN '(+CAST(x''' || hex(" + cut.compared + ") || ''' AS TEXT))' ELSE quote(" + cut.compared +
                ") END";
    cut.nullable = !column.auto_increment;  // Only a rowid is never NULL, whatever the table says.
    cut.integer = types::cell_kind(column.logical) == types::CellKind::i64;
    made.push_back(std::move(cut));
  }
  return made;
}

std::vector<KeyPosition> cut_table(const Database& database, const ReadRequest& request, const CutRequest& cut) {
  const SqlText filter = filter_text(request);
  sql::CutTable table;
  table.from = quote(request.table.table);
  table.filter = filter.text;
  table.columns = cut_columns(cut.order);
  table.rehearsed = database.rehearsed();
  table.ask = [&](const std::string& sql) -> std::optional<std::vector<std::optional<std::string>>> {
    Statement statement = database.prepare(sql);
    int parameter = 1;
    for (const types::Value& value : filter.binds) statement.bind(parameter++, value);
    if (!statement.step()) return std::nullopt;
    std::vector<std::optional<std::string>> row;
    for (int column = 0; column < sqlite3_column_count(statement.handle()); ++column) {
      row.push_back(statement.is_null(column) ? std::nullopt : std::optional(statement.text(column)));
    }
    return row;
  };
  table.spell = [](std::size_t /*column*/, const std::string& shown) { return shown; };
  return sql::cut(table, cut);
}

}  // namespace syncline::connectors::sqlite

#include "connectors/postgres/key_ranges.h"

#include "connectors/postgres/dialect.h"
#include "connectors/postgres/reader.h"

namespace syncline::connectors::postgres {

// Quoted texts without a type take the type of the column that they are compared with.
std::vector<sql::CutColumn> cut_columns(const KeyOrder& order) {
  std::vector<sql::CutColumn> made;
  for (const types::Column& column : order.columns) {
    const std::string& words = column.native.words;
    sql::CutColumn cut;
    cut.compared = "source_row." + dialect().quote(column.name);
    cut.shown = cut.compared + "::pg_catalog.text";
    cut.nullable = column.nullable;
    cut.integer = words == "smallint" || words == "integer" || words == "bigint";
    made.push_back(std::move(cut));
  }
  return made;
}

std::vector<KeyPosition> cut_table(Session& session, const ReadRequest& request, const CutRequest& cut) {
  sql::CutTable table;
  table.from = dialect().quote(request.table) + " AS source_row";
  table.filter = condition_text(request.filter, request.naive_timezone);
  table.columns = cut_columns(cut.order);
  table.rehearsed = session.rehearsal() != nullptr;
  table.ask = [&](const std::string& sql) -> std::optional<std::vector<std::optional<std::string>>> {
    const Result result = session.run(sql);
    if (result.rows() == 0) return std::nullopt;
    std::vector<std::optional<std::string>> row;
    for (int column = 0; column < result.columns(); ++column) {
      row.push_back(result.null(0, column) ? std::nullopt : std::optional(result.text(0, column)));
    }
    return row;
  };
  table.spell = [](std::size_t /*column*/, const std::string& shown) { return quote_text(shown); };
  return sql::cut(table, cut);
}

}  // namespace syncline::connectors::postgres

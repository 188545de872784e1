#include "connectors/mysql/key_ranges.h"

#include "connectors/mysql/bound_query.h"
#include "connectors/mysql/dialect.h"
#include "connectors/mysql/mysql.h"
#include "connectors/mysql/type_text.h"
#include "connectors/sql/native_binds.h"

namespace syncline::connectors::mysql {
namespace {

/// How a column's text becomes a literal again.
enum class Spelling : std::uint8_t { number, real, bytes, text };

std::string_view leading_word(const types::Column& column) {
  const std::string_view words = column.native.words;
  return words.substr(0, words.find(' '));
}

bool is_whole_number(std::string_view word) {
  return word == "year" || (word.size() >= 3 && word.substr(word.size() - 3) == "int" && !is_geometry_type(word));
}

bool ordered_by_number(std::string_view word) {
  return word == "enum" || word == "set" || word == "bit";
}

Spelling spelling_of(const types::Column& column) {
  const std::string_view word = leading_word(column);
  if (is_whole_number(word) || ordered_by_number(word) || word == "decimal") return Spelling::number;
  if (word == "float" || word == "double") return Spelling::real;
  return is_binary_type(word) ? Spelling::bytes : Spelling::text;
}

std::string spell_literal(const types::Column& column, const std::string& shown) {
  switch (spelling_of(column)) {
    case Spelling::number:
      return dialect().literal(types::Decimal{shown});
    case Spelling::real:
      return "(" + quote_text(shown) + " + 0e0)";
    case Spelling::bytes:
      return "X'" + shown + "'";
    case Spelling::text:
      return quote_text(shown);
  }
  return quote_text(shown);
}

SqlText spell_bind(const types::Value& value) {
  if (std::holds_alternative<std::string>(value)) return {"?", {value}};
  return {dialect().literal(value), {}};
}

}  // namespace

SqlText filter_text(const ReadRequest& request) {
  const Condition& filter = request.filter;
  SqlText text;
  if (filter.portable) text = dialect().condition(*filter.portable, request.naive_timezone);
  if (filter.native.empty()) return text;
  const auto native = sql::substitute_binds(filter.native, filter.native_binds, mysql_engine().lexical, spell_bind);
  text.text += (text.text.empty() ? "(" : " AND (") + native.text + ")";
  text.binds.insert(text.binds.end(), native.binds.begin(), native.binds.end());
  return text;
}

std::vector<sql::CutColumn> cut_columns(const KeyOrder& order) {
  std::vector<sql::CutColumn> made;
  for (const types::Column& column : order.columns) {
    const std::string name = dialect().quote(std::string_view(column.name));
    const std::string_view word = leading_word(column);
    sql::CutColumn cut;
    cut.compared = ordered_by_number(word) ? name + "+0" : name;
    cut.shown = "CONCAT(" + cut.compared + ")";
    if (spelling_of(column) == Spelling::real) cut.shown = "CONCAT(" + name + "+0e0)";
    if (spelling_of(column) == Spelling::bytes) cut.shown = "HEX(" + name + ")";
    cut.nullable = column.nullable;
    cut.integer = is_whole_number(word);
    made.push_back(std::move(cut));
  }
  return made;
}

std::vector<KeyPosition> cut_table(Connection& connection, const ReadRequest& request, const CutRequest& cut) {
  const SqlText filter = filter_text(request);
  sql::CutTable table;
  table.from = dialect().quote(request.table) + (cut.order.primary ? " FORCE INDEX (PRIMARY)" : "");
  table.filter = filter.text;
  table.columns = cut_columns(cut.order);
  table.rehearsed = connection.rehearsal() != nullptr;
  table.ask = [&](const std::string& sql) -> std::optional<Row> {
    Rows rows = query_with(connection, sql, filter.binds).rows;
    return rows.empty() ? std::nullopt : std::optional<Row>(std::move(rows.front()));
  };
  table.spell = [&](std::size_t column, const std::string& shown) { return spell_literal(cut.order.columns[column], shown); };
  return sql::cut(table, cut);
}

}  // namespace syncline::connectors::mysql

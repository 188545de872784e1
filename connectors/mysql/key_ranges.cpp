#include "connectors/mysql/key_ranges.h"

#include <cstring>

#include "connectors/mysql/dialect.h"
#include "connectors/mysql/errors.h"
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

/// One row of texts from a prepared statement, whatever their length.
std::optional<std::vector<std::optional<std::string>>> first_row(Connection& connection, const std::string& sql,
                                                                 std::vector<types::Value> values) {
  const Statement owner(mysql_stmt_init(connection.handle()));
  MYSQL_STMT* statement = owner.get();
  const auto check = [&](bool failed) {
    if (failed) throw make_error(mysql_stmt_errno(statement), mysql_stmt_sqlstate(statement), mysql_stmt_error(statement), sql);
  };
  check(mysql_stmt_prepare(statement, sql.data(), static_cast<unsigned long>(sql.size())) != 0);
  std::vector<MYSQL_BIND> parameters(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto& text = std::get<std::string>(values[i]);
    std::memset(&parameters[i], 0, sizeof(MYSQL_BIND));
    parameters[i].buffer_type = MYSQL_TYPE_STRING;
    parameters[i].buffer = text.data();
    parameters[i].buffer_length = text.size();
  }
  if (mysql_stmt_param_count(statement) != parameters.size())
    throw ConnectorError(ErrorKind::protocol, "the server counts other parameters than the statement has");
  if (!parameters.empty()) check(mysql_stmt_bind_param(statement, parameters.data()) != 0);
  check(mysql_stmt_execute(statement) != 0);
  const unsigned columns = mysql_stmt_field_count(statement);
  std::vector<MYSQL_BIND> cells(columns);
  std::vector<unsigned long> lengths(columns);
  // Flag may be bool, whose vector has no addresses.
  const auto null_flags = std::make_unique<Flag[]>(columns);
  for (unsigned i = 0; i < columns; ++i) {
    std::memset(&cells[i], 0, sizeof(MYSQL_BIND));
    cells[i].buffer_type = MYSQL_TYPE_STRING;
    cells[i].length = &lengths[i];
    cells[i].is_null = &null_flags[i];
  }
  check(mysql_stmt_bind_result(statement, cells.data()) != 0);
  const int status = mysql_stmt_fetch(statement);
  if (status == MYSQL_NO_DATA) return std::nullopt;
  check(status != 0 && status != MYSQL_DATA_TRUNCATED);
  std::vector<std::optional<std::string>> row(columns);
  for (unsigned i = 0; i < columns; ++i) {
    if (null_flags[i]) continue;
    std::string text(lengths[i], '\0');
    cells[i].buffer = text.data();
    cells[i].buffer_length = text.size();
    if (!text.empty()) check(mysql_stmt_fetch_column(statement, &cells[i], i, 0) != 0);
    row[i] = std::move(text);
  }
  return row;
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
  table.ask = [&](const std::string& sql) { return first_row(connection, sql, filter.binds); };
  table.spell = [&](std::size_t column, const std::string& shown) { return spell_literal(cut.order.columns[column], shown); };
  return sql::cut(table, cut);
}

}  // namespace syncline::connectors::mysql

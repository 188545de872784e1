#include "connectors/mysql/load_warnings.h"

#include <algorithm>
#include <charconv>

#include "connectors/api/row_names.h"
#include "connectors/mysql/refused_rows.h"
#include "connectors/mysql/row_encoder.h"
#include "stdlib/base/text.h"
#include "stdlib/types/json_text.h"

namespace syncline::connectors::mysql {
namespace {

using expr::ValueProblem;

constexpr unsigned kUnsafeStatement = 1592;

/// Where in the text JSON_VALID stopped: MariaDB says it before it says whose check failed.
bool says_where_json_ends(unsigned code) {
  return code >= 4035 && code <= 4040;
}

/// `db`.`t`.`c` or 'c' or c -> c
std::string last_name(std::string_view text) {
  if (text.size() >= 2 && (text.back() == '`' || text.back() == '\'')) {
    const char quote = text.back();
    text.remove_suffix(1);
    const auto open = text.rfind(quote);
    return std::string(open == std::string_view::npos ? text : text.substr(open + 1));
  }
  return std::string(text);
}

std::string detail_of(ValueProblem problem) {
  switch (problem) {
    case ValueProblem::out_of_range:
      return "the number does not fit the column";
    case ValueProblem::too_long:
      return "the value is longer than the column";
    case ValueProblem::invalid_text:
      return "the column's character set cannot hold the text";
    case ValueProblem::not_a_date:
      return "the column cannot hold this date or time";
    case ValueProblem::null_in_not_null:
      return "NULL for a column that is NOT NULL";
    case ValueProblem::invalid_enum:
      return "the value is none of the column's labels";
    case ValueProblem::json_invalid:
      return "the text is no JSON document";
    default:
      return "the server would have changed the value";
  }
}

const types::Column* column_of(const LoadTable& table, const std::string& name) {
  for (const auto& column : table.desired.columns) {
    if (text::ascii_iequals(column.name, name)) return &column;
  }
  return nullptr;
}

std::string row_name(const LoadTable& table, std::string_view text, std::size_t row, std::uint64_t rows_before) {
  const expr::RowKey key = target_row_key(table);
  if (key.empty()) return expr::row_number(rows_before + row);
  std::string out;
  for (const expr::RowKey::Part& part : key.parts())
    expr::append_key_part(out, part.column, part.kind, encoded_field(text, row, part.cell));
  return out;
}

/// The first row whose text in `column` is no JSON; 0: none. Cells that were sent apart are empty here: they are the last guess.
std::size_t broken_json_row(const LoadTable& table, std::string_view text, const types::Column& column) {
  const auto index = static_cast<int>(&column - table.desired.columns.data());
  const auto cell = std::find(table.load_columns.begin(), table.load_columns.end(), index) - table.load_columns.begin();
  std::size_t empty_row = 0;
  for (std::size_t row = 1; !text.empty(); ++row) {
    const auto line = text.substr(0, text.find('\n'));
    const auto raw = raw_field(line, 1, static_cast<std::size_t>(cell));
    if (raw.empty() && empty_row == 0) empty_row = row;
    if (!raw.empty() && raw != kNullField && !types::valid_json(unescaped(raw))) return row;
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return empty_row;
}

[[noreturn]] void throw_broken_json(const LoadTable& table, std::string_view text, std::uint64_t rows_before,
                                    const types::Column& column) {
  expr::ValueError error(ValueProblem::json_invalid, column.name, detail_of(ValueProblem::json_invalid));
  const std::size_t row = broken_json_row(table, text, column);
  if (row > 0) error.row_key = row_name(table, text, row, rows_before);
  throw expr::ValueError(error);
}

[[noreturn]] void throw_duplicate(const LoadTable& table, std::string_view message) {
  const bool merges = table.existing && table.publish == types::Publish::merge;
  ConnectorError error(ErrorKind::constraint,
                       duplicate_text(message, table.desired, merges ? table.key : table.desired.primary_key.columns));
  error.native_code = 1062;
  error.help = "the key is compared by the target column's collation; choose a KEY that is unique there";
  throw error;
}

}  // namespace

WarningPlace parse_warning_place(std::string_view message) {
  WarningPlace place;
  const auto at_row = message.rfind(" at row ");
  if (at_row != std::string_view::npos) {
    std::from_chars(message.data() + at_row + 8, message.data() + message.size(), place.row);
    const auto column = message.rfind("column ", at_row);
    if (column != std::string_view::npos) place.column = last_name(message.substr(column + 7, at_row - column - 7));
  }
  return place;
}

ValueProblem problem_of(unsigned code, std::string_view native_words) {
  switch (code) {
    case 1264:
    case 1690:
      return ValueProblem::out_of_range;
    case 1406:
      return ValueProblem::too_long;
    case 1265:
      return native_words == "enum" || native_words == "set" ? ValueProblem::invalid_enum
             : native_words.rfind("decimal", 0) == 0         ? ValueProblem::scale_lost
             : native_words == "datetime" || native_words == "timestamp" || native_words == "date" || native_words == "time"
                 ? ValueProblem::not_a_date
                 : ValueProblem::too_long;
    case 1366:
    case 1300:
    case 3988:
      return ValueProblem::invalid_text;
    case 1292:
      return ValueProblem::not_a_date;
    case 1263:
    case 1048:
      return ValueProblem::null_in_not_null;
    case 3140:
      return ValueProblem::json_invalid;
    default:
      return ValueProblem::evaluation;
  }
}

void throw_load_warnings(Connection& connection, const LoadTable& table, std::string_view text, std::uint64_t rows_before) {
  const Rows warnings = connection.query("SHOW WARNINGS LIMIT 20");
  for (const Row& row : warnings) {
    const auto code = static_cast<unsigned>(std::stoul(row[1].value_or("0")));
    if (says_where_json_ends(code)) continue;
    if (code == 1062 || code == 1022) throw_duplicate(table, row[2].value_or(""));
    if (const types::Column* json = refused_json(code, row[2].value_or(""), table))
      throw_broken_json(table, text, rows_before, *json);
    const auto place = parse_warning_place(row[2].value_or(""));
    const types::Column* column = column_of(table, place.column);
    if (code == 4025 || code == 3819 || (code == 1364)) {
      throw ConnectorError(ErrorKind::constraint, "a row for `" + types::to_string(table.desired.name) +
                                                      "` breaks a rule of the table: " + text::printable(row[2].value_or("")));
    }
    const auto problem = problem_of(code, column == nullptr ? std::string_view() : column->native.words);
    expr::ValueError error(problem, place.column, detail_of(problem));
    if (place.row > 0) error.row_key = row_name(table, text, place.row, rows_before);
    throw expr::ValueError(error);
  }
  throw ConnectorError(ErrorKind::protocol, "the server took fewer rows for `" + types::to_string(table.desired.name) +
                                                "` than were sent, and does not say why");
}

void refuse_warnings(Connection& connection, const types::ObjectName& table) {
  if (mysql_warning_count(connection.handle()) == 0) return;
  for (const Row& row : connection.query("SHOW WARNINGS LIMIT 20")) {
    const auto code = static_cast<unsigned>(std::stoul(row[1].value_or("0")));
    if (code == kUnsafeStatement) continue;
    const auto place = parse_warning_place(row[2].value_or(""));
    const auto problem = problem_of(code, {});
    throw expr::ValueError(problem, place.column, detail_of(problem) + " while rows moved into " + types::to_string(table));
  }
}

}  // namespace syncline::connectors::mysql

#include "connectors/postgres/refused_rows.h"

#include <fmt/format.h>

#include <charconv>

#include "connectors/sql/staging_name.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::postgres {
namespace {

using expr::ValueProblem;
using types::TypeKind;

constexpr std::size_t kShownValue = 120;

/// The column whose name `rest` ends with, or that a colon follows; the longest such name.
const types::Column* column_named_in(std::string_view rest, const LoadTable& table) {
  const types::Column* found = nullptr;
  for (const types::Column& column : table.desired.columns) {
    const std::string ending = " " + column.name;
    const bool ends = rest.size() >= ending.size() && rest.substr(rest.size() - ending.size()) == ending;
    const bool named = ends || rest.find(ending + ":") != std::string_view::npos;
    if (named && (found == nullptr || column.name.size() > found->name.size())) found = &column;
  }
  return found;
}

ValueProblem problem_of(std::string_view state, TypeKind kind) {
  if (kind == TypeKind::json) return ValueProblem::json_invalid;
  if (state == "22003") return ValueProblem::out_of_range;
  if (state == "22001") return ValueProblem::too_long;
  if (state == "22007") return ValueProblem::not_a_date;
  if (state == "22008") return ValueProblem::date_range;
  if (state == "22021" || state == "22P05") return ValueProblem::invalid_text;
  return kind == TypeKind::enumeration ? ValueProblem::invalid_enum : ValueProblem::not_a_number;
}

/// "invalid input syntax for type uuid: "x"" without the value.
std::string without_value(std::string_view message) {
  return std::string(message.substr(0, message.find(": \"")));
}

}  // namespace

std::optional<CopyPlace> copy_place(std::string_view context, std::string_view copied_table, const LoadTable& table) {
  const std::string beginning = "COPY " + std::string(copied_table) + ", ";
  const auto start = context.rfind(beginning);
  if (start == std::string_view::npos) return std::nullopt;
  std::string_view line = context.substr(start + beginning.size());
  line = line.substr(0, line.find('\n'));
  const auto digits = line.find_first_of("0123456789");
  if (digits == std::string_view::npos) return std::nullopt;
  CopyPlace place;
  const auto end = std::from_chars(line.data() + digits, line.data() + line.size(), place.row).ptr;
  place.column = column_named_in(line.substr(static_cast<std::size_t>(end - line.data())), table);
  return place;
}

std::optional<expr::ValueError> refused_value(const StatementError& error, const types::Column* column) {
  const bool of_value = error.kind == ErrorKind::value || error.sqlstate.rfind("54", 0) == 0;  // 54: nested too deeply, too long
  if (!of_value || column == nullptr) return std::nullopt;
  std::string detail = without_value(error.primary);
  if (!error.detail.empty() && error.detail.find('"') == std::string::npos) detail += " (" + error.detail + ")";
  return expr::ValueError(problem_of(error.sqlstate, column->logical.kind), column->name, text::printable(detail));
}

ConnectorError with_duplicate_named(const StatementError& error) {
  const auto open = error.detail.find('(');
  const auto middle = error.detail.find(")=(");
  const auto close = error.detail.rfind(')');
  if (error.sqlstate != "23505" || open == std::string::npos || middle == std::string::npos || close < middle + 3) return error;
  const std::string columns = error.detail.substr(open + 1, middle - open - 1);
  const std::string value = error.detail.substr(middle + 3, close - middle - 3);
  const std::string_view shown = text::truncate_utf8(value, kShownValue);
  // An index of staging has a name of ours, which tells nobody anything.
  const std::string name =
      error.constraint.empty() || sql::is_own_name(error.constraint) ? "" : " `" + text::printable(error.constraint) + "`";
  ConnectorError named(error.kind, fmt::format("key{} ({}), value '{}{}'", name, text::printable(columns), text::printable(shown),
                                               shown.size() < value.size() ? "…" : ""));
  named.sqlstate = error.sqlstate;
  named.statement = error.statement;
  named.help = error.help;
  return named;
}

}  // namespace syncline::connectors::postgres

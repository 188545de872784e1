#include "runtime/exec/failures.h"

#include <fmt/format.h>

#include "compiler/diag/kinds.h"

namespace syncline::exec {
namespace {

using connectors::ConnectorError;
using connectors::ErrorKind;
using diag::Diagnostic;
using expr::ValueProblem;

bool duplicate_key(const ConnectorError& error) {
  constexpr int kMysqlDuplicate = 1062;
  constexpr int kSqlitePrimaryKey = 1555;
  constexpr int kSqliteUnique = 2067;
  return error.sqlstate == "23505" || error.native_code == kMysqlDuplicate || error.native_code == kSqlitePrimaryKey ||
         error.native_code == kSqliteUnique;
}

Diagnostic constraint(const ConnectorError& error, const Where& where) {
  if (!duplicate_key(error)) return diag::ServerError(where.connection, error.what());
  return diag::DuplicateKey(where.object, error.what())
      .with_help(
          "rows that differ in the source are equal for the target's rules (letter case, trailing blanks), or the table already "
          "holds them: look at the named key, or write with UPSERT");
}

Diagnostic transient(const ConnectorError& error, const Where& where) {
  if (session_survives(error))
    return diag::ServerError(where.connection, error.what()).with_help("run it again: the server gave way to others");
  return diag::ConnectionLost(where.connection, error.what())
      .with_help("run it again when the server answers; ERRORS (retries = n, retry_delay = …) waits for it");
}

Diagnostic setup(const ConnectorError& error, const Where& where) {
  if (where.side == Side::source) return diag::SqliteSource(where.connection, error.what());
  return diag::StateSetup(where.connection, error.what())
      .with_help(
          "grant the right, or name a place you may write to with `state_schema`, or keep state here with `state = local`");
}

Diagnostic locked(const ConnectorError& error, const Where& where) {
  if (where.side == Side::source) return diag::ServerError(where.connection, error.what());
  return diag::SwapBlocked(where.object, error.what())
      .with_help("the old content stays; end the session that holds the table, then run again");
}

Diagnostic by_kind(const ConnectorError& error, const Where& where) {
  switch (error.kind) {
    case ErrorKind::transient:
      return transient(error, where);
    case ErrorKind::unreachable:
      return diag::CannotConnect(where.connection, error.what())
          .with_help("look at host, port and firewall, and whether the server runs");
    case ErrorKind::auth:
      return diag::CannotConnect(where.connection, error.what()).with_help("look at user and password");
    case ErrorKind::permission:
      return diag::NoRight(where.connection, error.what());
    case ErrorKind::missing:
    case ErrorKind::drift:
      return diag::TableGone(where.object, error.what()).with_help("plan again: `syncline plan` shows what there is now");
    case ErrorKind::constraint:
      return constraint(error, where);
    case ErrorKind::full:
      return diag::TargetFull(where.connection, error.what()).with_help("make room; the old content is untouched");
    case ErrorKind::locked:
      return locked(error, where);
    case ErrorKind::fenced:
      return diag::Fenced(where.object).with_help("let the other run finish, then run again");
    case ErrorKind::held:
      return diag::TargetHeld(where.connection, error.what()).with_help("let it finish, or wait longer with `--wait`");
    case ErrorKind::cancelled:
      return diag::StatementCancelled(where.connection, error.what())
          .with_help("a time limit of the server or an operator ended it");
    case ErrorKind::value:
      return diag::ServerError(where.connection, error.what());
    case ErrorKind::setup:
      return setup(error, where);
    case ErrorKind::unsupported:
    case ErrorKind::protocol:
      return diag::ServerError(where.connection, error.what());
  }
  return diag::ServerError(where.connection, error.what());
}

std::string native_codes(const ConnectorError& error) {
  std::string text;
  if (error.native_code != 0) text = fmt::format("server code {}", error.native_code);
  if (!error.sqlstate.empty()) text += fmt::format("{}SQLSTATE {}", text.empty() ? "" : ", ", error.sqlstate);
  return text;
}

Diagnostic placed(Diagnostic made, const Where& where) {
  made.sync = where.sync;
  made.table = where.address;
  made.connection = where.connection;
  return made;
}

Diagnostic by_problem(ValueProblem problem, const std::string& column, const std::string& table, const std::string& detail) {
  const auto wider = [&](const char* type) {
    return fmt::format("mend the row, or give the column a wider type: COLUMNS (CAST {} TO {})", column, type);
  };
  const std::string as_text = fmt::format("mend the row, or copy the column as text: COLUMNS (CAST {} TO text)", column);
  switch (problem) {
    case ValueProblem::out_of_range:
      return diag::ValueOutOfRange(column, table, detail).with_help(wider("decimal(20, 0)"));
    case ValueProblem::too_long:
      return diag::ValueTooLong(column, table, detail).with_help(wider("text"));
    case ValueProblem::scale_lost:
      return diag::ValueScale(column, table, detail).with_help(wider("decimal(38, 10)") + ", or round it in the source");
    case ValueProblem::zero_date:
      return diag::ZeroDate(column, table, detail).with_help("ERRORS (zero_dates = null) writes NULL instead");
    case ValueProblem::nul_in_text:
      return diag::NulInText(column, table, detail).with_help("ERRORS (nul_text = strip) leaves the character out");
    case ValueProblem::non_finite:
      return diag::NonFinite(column, table, detail).with_help("ERRORS (non_finite = null) writes NULL instead");
    case ValueProblem::invalid_enum:
      return diag::InvalidEnum(column, table, detail).with_help("ERRORS (invalid_enum = null) writes NULL instead");
    case ValueProblem::invalid_text:
      return diag::InvalidCharacters(column, table, detail).with_help("mend the text in the source");
    case ValueProblem::bad_boolean:
    case ValueProblem::not_a_number:
    case ValueProblem::not_a_date:
      return diag::BadCast(column, table, detail).with_help(as_text);
    case ValueProblem::null_in_not_null:
      return diag::NullInNotNull(column, table, detail)
          .with_help(fmt::format("give it a value: COLUMNS (SET {0} = coalesce({0}, …)), or allow NULL in the target", column));
    case ValueProblem::date_range:
      return diag::DateRange(column, table, detail).with_help(as_text);
    case ValueProblem::time_range:
      return diag::TimeRange(column, table, detail).with_help(as_text);
    case ValueProblem::json_invalid:
      return diag::InvalidJson(column, table, detail).with_help(as_text);
    case ValueProblem::row_too_large:
      return diag::RowTooLarge(column, table, detail).with_help("LIMITS (max_row = …) allows more");
    case ValueProblem::wrong_storage_class:
      return diag::StorageClass(column, table, detail).with_help(as_text);
    case ValueProblem::evaluation:
      return diag::RowExpression(column, table, detail)
          .with_help("cover that case in the expression, with CASE or nullif(…, 0), or leave the row out with WHERE");
  }
  return diag::BadCast(column, table, detail);
}

}  // namespace

Diagnostic describe(const ConnectorError& error, const Where& where) {
  Diagnostic made = placed(by_kind(error, where), where);
  const std::string codes = native_codes(error);
  if (!codes.empty()) made.notes.push_back(codes);
  if (!error.statement.empty()) made.notes.push_back("statement: " + error.statement);
  if (!error.help.empty()) made.help.insert(made.help.begin(), error.help);
  return made;
}

Diagnostic describe(const expr::ValueError& error, const Where& where) {
  const std::string row = error.row_key.empty() ? "" : " (row " + error.row_key + ")";
  Diagnostic made = placed(by_problem(error.problem, error.column, where.object, error.detail + row), where);
  made.column = error.column;
  return made;
}

Diagnostic describe_unexpected(const std::string& what, const Where& where) {
  return placed(diag::Internal(what).with_help("please report it with this message"), where);
}

bool session_survives(const ConnectorError& error) {
  constexpr int kMysqlDeadlock = 1213;
  return error.sqlstate.rfind("40", 0) == 0 || error.sqlstate == "55P03" || error.native_code == kMysqlDeadlock;
}

bool redo_helps(ErrorKind kind) {
  return kind == ErrorKind::transient;
}

bool retry_helps(ErrorKind kind) {
  return kind == ErrorKind::transient || kind == ErrorKind::unreachable || kind == ErrorKind::locked;
}

}  // namespace syncline::exec

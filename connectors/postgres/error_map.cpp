#include "connectors/postgres/error_map.h"

#include <libpq-fe.h>

#include <array>
#include <cctype>
#include <utility>

namespace syncline::connectors::postgres {
namespace {

struct StateKind {
  std::string_view prefix;
  ErrorKind kind;
};

// Longer prefixes first: the first match wins.
constexpr std::array kStates{
    StateKind{"28", ErrorKind::auth},          StateKind{"08", ErrorKind::transient},
    StateKind{"40", ErrorKind::transient},     StateKind{"57014", ErrorKind::cancelled},
    StateKind{"57P", ErrorKind::transient},    StateKind{"25P03", ErrorKind::transient},
    StateKind{"25006", ErrorKind::setup},      StateKind{"53100", ErrorKind::full},
    StateKind{"53", ErrorKind::transient},     StateKind{"55P03", ErrorKind::locked},
    StateKind{"42501", ErrorKind::permission}, StateKind{"42P01", ErrorKind::missing},
    StateKind{"3F000", ErrorKind::missing},    StateKind{"3D000", ErrorKind::missing},
    StateKind{"42704", ErrorKind::missing},    StateKind{"42883", ErrorKind::unsupported},
    StateKind{"42703", ErrorKind::drift},      StateKind{"42P07", ErrorKind::drift},
    StateKind{"2BP01", ErrorKind::drift},      StateKind{"23", ErrorKind::constraint},
    StateKind{"22", ErrorKind::value},         StateKind{"0A", ErrorKind::unsupported},
    StateKind{"54", ErrorKind::unsupported},   StateKind{"42", ErrorKind::unsupported},
};

std::string trimmed(std::string text) {
  while (!text.empty() && (std::isspace(static_cast<unsigned char>(text.back())) != 0)) text.pop_back();
  return text;
}

std::string field(const PGresult* result, int code) {
  const char* value = result != nullptr ? PQresultErrorField(result, code) : nullptr;
  return value != nullptr ? value : "";
}

bool is_state(std::string_view text) {
  if (text.size() != 5) return false;
  for (const char c : text) {
    if ((c < '0' || c > '9') && (c < 'A' || c > 'Z')) return false;
  }
  return true;
}

}  // namespace

ErrorKind kind_of(std::string_view sqlstate) {
  for (const StateKind& entry : kStates) {
    if (sqlstate.substr(0, entry.prefix.size()) == entry.prefix) return entry.kind;
  }
  return ErrorKind::protocol;
}

std::string sqlstate_in(std::string_view verbose_message) {
  for (std::size_t at = verbose_message.find(":  "); at != std::string_view::npos; at = verbose_message.find(":  ", at + 1)) {
    const std::string_view state = verbose_message.substr(at + 3, 5);
    if (is_state(state) && verbose_message.substr(at + 8, 2) == ": ") return std::string(state);
  }
  return {};
}

StatementError statement_error(pg_conn* connection, const pg_result* result, std::string statement) {
  const std::string state = field(result, PG_DIAG_SQLSTATE);
  std::string text = field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (text.empty()) text = trimmed(PQerrorMessage(connection));
  const std::string detail = field(result, PG_DIAG_MESSAGE_DETAIL);
  if (!detail.empty()) text += " (" + detail + ")";
  const bool lost = state.empty() && PQstatus(connection) == CONNECTION_BAD;
  if (lost && text.empty()) text = "the connection to the server was lost";
  StatementError error(lost ? ErrorKind::transient : kind_of(state), text);
  error.primary = field(result, PG_DIAG_MESSAGE_PRIMARY);
  error.detail = detail;
  error.context = field(result, PG_DIAG_CONTEXT);
  error.constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
  error.sqlstate = state;
  error.statement = std::move(statement);
  if (state != "2BP01") error.help = field(result, PG_DIAG_MESSAGE_HINT);  // that hint is CASCADE
  return error;
}

ConnectorError connect_error(pg_conn* connection, std::string_view where) {
  const std::string message = trimmed(connection != nullptr ? PQerrorMessage(connection) : "out of memory");
  const std::string state = sqlstate_in(message);
  std::string text = message;
  if (!state.empty()) {
    text = message.substr(message.find(state) + 7);
  }
  text = text.substr(0, text.find('\n'));
  const bool no_password = message.find("no password supplied") != std::string::npos;
  ErrorKind kind = state.empty() ? ErrorKind::unreachable : kind_of(state);
  if (no_password) kind = ErrorKind::auth;
  if (kind == ErrorKind::protocol || kind == ErrorKind::unsupported) kind = ErrorKind::unreachable;
  ConnectorError error(kind, "cannot log in to PostgreSQL at " + std::string(where) + ": " + text);
  error.sqlstate = state;
  return error;
}

}  // namespace syncline::connectors::postgres

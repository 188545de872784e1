#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>

namespace syncline::connectors {

/// What went wrong, as far as retry and exit codes care (ARCHITECTURE 4). Retry looks at nothing else.
enum class ErrorKind : std::uint8_t {
  transient,    ///< deadlock, serialization failure, lost connection: the same work may succeed again
  unreachable,  ///< no connection: host, port, TLS
  auth,         ///< the login was refused
  permission,   ///< logged in, but lacks a right on an object
  missing,      ///< a table, schema or database is not there (any more)
  constraint,   ///< unique, foreign key, not null, check
  unsupported,  ///< the server cannot do this
  protocol,     ///< the server said something that makes no sense
  full,         ///< disk or quota full
  locked,       ///< a lock was not to be had in time (swap blocked, database locked)
  fenced,       ///< another run took the target over
  held,         ///< another run holds the target
  cancelled,    ///< the server cancelled the statement (timeout, KILL, operator)
  value,        ///< a value was refused by the server
  drift,        ///< a table is no longer as planned
  setup,        ///< state tables cannot be made, a setting makes the work impossible
};
const char* to_string(ErrorKind kind);

/// Every failure of a connector. `message` is for people and holds no secret; `statement` is the SQL without values (may be
/// empty).
struct ConnectorError : std::runtime_error {
  ConnectorError(ErrorKind error_kind, std::string text) : std::runtime_error(text), kind(error_kind) {}
  ErrorKind kind;
  int native_code = 0;   ///< MySQL errno, SQLite extended code; 0: none
  std::string sqlstate;  ///< empty: none
  std::string statement;
  std::string help;       ///< what to do, where the connector knows (a GRANT, a setting)
  bool in_doubt = false;  ///< thrown by publish: the answer was lost and nothing tells whether the rows became visible
};

}  // namespace syncline::connectors

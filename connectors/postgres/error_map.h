#pragma once
#include <string>
#include <string_view>

#include "connectors/api/error.h"

struct pg_conn;
struct pg_result;

namespace syncline::connectors::postgres {

/// A statement that the server refused, with all that it says of the place.
struct StatementError : ConnectorError {
  using ConnectorError::ConnectorError;
  std::string primary;  ///< the message without its detail
  std::string detail;
  std::string context;     ///< "COPY t, line 3, column c"
  std::string constraint;  ///< the constraint or index that a row breaks
};

/// What a SQLSTATE means for retry and exit codes.
ErrorKind kind_of(std::string_view sqlstate);
/// The SQLSTATE inside a verbose libpq message ("FATAL:  28P01: …"), or empty.
std::string sqlstate_in(std::string_view verbose_message);
/// The error of a failed statement; `statement` without values.
StatementError statement_error(pg_conn* connection, const pg_result* result, std::string statement);
/// The error of a failed login.
ConnectorError connect_error(pg_conn* connection, std::string_view where);

}  // namespace syncline::connectors::postgres

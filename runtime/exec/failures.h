#pragma once
#include <string>

#include "compiler/diag/diagnostic.h"
#include "connectors/api/error.h"
#include "stdlib/expr/row_transform.h"

/// From what went wrong below to what a person reads: the one table of error kinds and diagnostic codes.
namespace syncline::exec {

enum class Side : std::uint8_t { source, target };

/// What was being done, in the user's names.
struct Where {
  std::string sync;
  std::string address;     ///< of the table in the plan; empty: not of one table
  std::string object;      ///< the table on that side: "shop.orders"
  std::string connection;  ///< on that side
  Side side = Side::target;
};

diag::Diagnostic describe(const connectors::ConnectorError& error, const Where& where);
diag::Diagnostic describe(const expr::ValueError& error, const Where& where);
/// Anything else is our own fault.
diag::Diagnostic describe_unexpected(const std::string& what, const Where& where);

/// The same work may succeed at once.
bool redo_helps(connectors::ErrorKind kind);
/// A deadlock or a serialization failure: the server gave way to others, the session lives on.
bool session_survives(const connectors::ConnectorError& error);
/// The same work may succeed after a while (ERRORS retries).
bool retry_helps(connectors::ErrorKind kind);

}  // namespace syncline::exec

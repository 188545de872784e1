#pragma once
#include <memory>
#include <string>

#include "connectors/api/connector.h"

/// A second opinion on what is in a database: the client library's plain calls, none of Syncline's own code.
namespace syncline::conformance {

class Plain {
 public:
  virtual ~Plain() = default;
  /// Runs one statement; rows come back as `a|b`, one per line, NULL as `~`. Throws std::runtime_error with the server's message.
  virtual std::string operator()(const std::string& sql) = 0;
};

/// `spec` names the database; its engine chooses the client.
std::unique_ptr<Plain> open_plain(const connectors::ConnectionSpec& spec);

}  // namespace syncline::conformance

#include "connectors/api/error.h"

namespace syncline::connectors {

const char* to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::transient:
      return "transient";
    case ErrorKind::unreachable:
      return "unreachable";
    case ErrorKind::auth:
      return "auth";
    case ErrorKind::permission:
      return "permission";
    case ErrorKind::missing:
      return "missing";
    case ErrorKind::constraint:
      return "constraint";
    case ErrorKind::unsupported:
      return "unsupported";
    case ErrorKind::protocol:
      return "protocol";
    case ErrorKind::full:
      return "full";
    case ErrorKind::locked:
      return "locked";
    case ErrorKind::fenced:
      return "fenced";
    case ErrorKind::held:
      return "held";
    case ErrorKind::cancelled:
      return "cancelled";
    case ErrorKind::value:
      return "value";
    case ErrorKind::drift:
      return "drift";
    case ErrorKind::setup:
      return "setup";
  }
  return "unknown";
}

}  // namespace syncline::connectors

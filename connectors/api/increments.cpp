#include "connectors/api/connector.h"

/// What only increments ask: an engine that cannot answer says so by name.
namespace syncline::connectors {

std::unique_ptr<Horizon> Connector::open_horizon(const ConnectionSpec& /*spec*/) const {
  throw ConnectorError(ErrorKind::unsupported, "this engine cannot tell its open transactions");
}

std::vector<types::Progress> TargetState::progress(const std::vector<std::string>& /*syncs*/) {
  return {};
}

}  // namespace syncline::connectors

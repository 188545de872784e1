#include "connectors/api/connector.h"

/// What only increments and the list of known tables ask: an engine without them answers so.
namespace syncline::connectors {

std::unique_ptr<Horizon> Connector::open_horizon(const ConnectionSpec& /*spec*/) const {
  throw ConnectorError(ErrorKind::unsupported, "this engine cannot tell its open transactions");
}

std::vector<types::Progress> TargetState::progress(const std::vector<std::string>& /*syncs*/) {
  return {};
}

std::vector<types::KnownTable> TargetState::known_tables(const std::vector<std::string>& /*syncs*/) {
  return {};
}

void TargetState::remember(const std::vector<types::KnownTable>& /*entries*/,
                           const std::vector<types::KnownTable>& /*forgotten*/) {}

}  // namespace syncline::connectors

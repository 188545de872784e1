#include "connectors/api/connector.h"

/// What not every run asks: an engine that cannot answer says so by name.
namespace syncline::connectors {

std::unique_ptr<Horizon> Connector::open_horizon(const ConnectionSpec& /*spec*/) const {
  throw ConnectorError(ErrorKind::unsupported, "this engine cannot tell its open transactions");
}

std::unique_ptr<Examiner> Connector::open_examiner(const ConnectionSpec& /*spec*/) const {
  throw ConnectorError(ErrorKind::unsupported, "this engine explains no statements");
}

std::unique_ptr<ScriptSession> Connector::open_script_session(const ConnectionSpec& /*spec*/) const {
  throw ConnectorError(ErrorKind::unsupported, "this engine runs no statements of a script");
}

std::shared_ptr<void> Connector::stand_in(ConnectionSpec& /*spec*/, const std::vector<types::TableSchema>& /*tables*/) const {
  return nullptr;
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

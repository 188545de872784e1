#include "connectors/api/connector.h"

/// What only tables read by several sessions ask: an engine that cannot cut a table reads it whole, one that cannot join says so.
namespace syncline::connectors {

std::vector<KeyPosition> Snapshot::cut(const ReadRequest& /*request*/, const CutRequest& /*cut*/) {
  return {};
}

void Loader::join(const LoadTable& /*table*/, int /*session*/) {
  throw ConnectorError(ErrorKind::unsupported, "this engine loads a table in one session");
}

void Loader::joined(const StagedRows& /*rows*/) {
  throw ConnectorError(ErrorKind::unsupported, "this engine loads a table in one session");
}

}  // namespace syncline::connectors

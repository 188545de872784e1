#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "connectors/api/connector.h"

namespace syncline::exec {

/// Loader sessions of one target, kept open between units. Thread-safe.
class Loaders {
 public:
  Loaders(const connectors::Connector& connector, const connectors::ConnectionSpec& spec, const connectors::RunIdentity& run)
      : connector_(connector), spec_(spec), run_(run) {}

  /// An idle session, or a new one. Throws ConnectorError.
  std::unique_ptr<connectors::Loader> take();
  /// Of a unit that was published; a loader that failed is not given back.
  void give_back(std::unique_ptr<connectors::Loader> loader);

 private:
  const connectors::Connector& connector_;
  const connectors::ConnectionSpec& spec_;
  const connectors::RunIdentity& run_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<connectors::Loader>> idle_;
};

}  // namespace syncline::exec

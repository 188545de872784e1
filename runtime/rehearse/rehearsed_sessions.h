#pragma once
#include <memory>
#include <string>

#include "connectors/api/connector.h"
#include "runtime/rehearse/ends.h"

/// Sessions of a rehearsal around those of an engine: they answer in place of tables, and tell where a load begins and ends.
namespace syncline::rehearse {

/// One end as the sessions see it.
struct Place {
  std::string connection;
  bool of_source = false;
  connectors::Transcript& transcript;
  const Assumptions& assumed;
};

/// A read of the greatest row finds one that `Assumptions` makes up, and says so; all others find none.
std::unique_ptr<connectors::Snapshot> wrap(std::unique_ptr<connectors::Snapshot> inner, const Place& place);
/// Nothing is open.
std::unique_ptr<connectors::Horizon> wrap(std::unique_ptr<connectors::Horizon> inner, const Place& place);
/// Ends each stream with a batch without rows, so that its statements are told.
std::unique_ptr<connectors::Loader> wrap(std::unique_ptr<connectors::Loader> inner, const Place& place);

}  // namespace syncline::rehearse

#pragma once
#include <memory>

#include "connectors/api/connector.h"

namespace syncline::connectors::mysql {

std::unique_ptr<Snapshot> make_snapshot(const ConnectionSpec& spec, const SnapshotRequest& request);

}  // namespace syncline::connectors::mysql

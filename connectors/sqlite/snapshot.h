#pragma once
#include <memory>

#include "connectors/api/connector.h"

namespace syncline::connectors::sqlite {

/// One moment of a file: a read transaction. While it is open no writer can commit to a file with a rollback journal, so several
/// sessions share the moment; in WAL mode there is one session.
std::unique_ptr<Snapshot> make_snapshot(const ConnectionSpec& spec, const SnapshotRequest& request);

}  // namespace syncline::connectors::sqlite

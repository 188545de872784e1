#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "connectors/api/source.h"
#include "connectors/postgres/session.h"

namespace syncline::connectors::postgres {

/// One exported snapshot: a holder session keeps it, any number of reader sessions join it and are reused from table to table.
class ExportedSnapshot final : public Snapshot {
 public:
  ExportedSnapshot(const ConnectionSpec& spec, const SnapshotRequest& request);
  [[nodiscard]] int sessions() const override { return sessions_; }
  std::unique_ptr<Reader> open_reader(const ReadRequest& request) override;
  std::vector<KeyPosition> cut(const ReadRequest& request, const CutRequest& cut) override;
  [[nodiscard]] std::string description() const override { return "one exported snapshot"; }

 private:
  std::unique_ptr<Session> take_session();
  void give_back(std::unique_ptr<Session> session);
  ConnectionSpec spec_;
  int sessions_;
  std::unique_ptr<Session> holder_;
  std::string snapshot_id_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Session>> idle_;
};

}  // namespace syncline::connectors::postgres

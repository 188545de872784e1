#include "connectors/mysql/snapshot.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <vector>

#include "connectors/mysql/client.h"
#include "connectors/mysql/key_ranges.h"
#include "connectors/mysql/reader.h"

namespace syncline::connectors::mysql {
namespace {

constexpr int kAlignTries = 10;
constexpr const char* kStart = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";

using Sessions = std::vector<std::unique_ptr<Connection>>;

void restart_all(Sessions& sessions) {
  for (auto& session : sessions) {
    session->execute("ROLLBACK");
    session->execute(kStart);
  }
}

/// The binary log's position as the server tells it; nothing without a binary log or without the right to ask.
std::optional<std::string> log_position(Connection& connection) {
  for (const char* question : {"SHOW MASTER STATUS", "SHOW BINARY LOG STATUS"}) {
    try {
      const Rows rows = connection.query(question, {Rows{Row{"binlog.000001", "4"}}, true});
      if (rows.empty() || rows[0].size() < 2) return std::nullopt;
      return rows[0][0].value_or("") + ":" + rows[0][1].value_or("");
    } catch (const ConnectorError& error) {
      if (error.kind == ErrorKind::transient) throw;
    }
  }
  return std::nullopt;
}

/// All sessions started between two equal positions see the same rows.
bool align_by_position(Sessions& sessions, Connection& control) {
  for (int attempt = 0; attempt < kAlignTries; ++attempt) {
    const auto before = log_position(control);
    if (!before) return false;
    restart_all(sessions);
    if (log_position(control) == before) return true;
  }
  return false;
}

/// A moment's global read lock, where the user may take one and gets it at once.
bool align_by_lock(Sessions& sessions, Connection& control) {
  if (control.attempt("SET SESSION lock_wait_timeout = 3")) return false;
  if (control.attempt("FLUSH TABLES WITH READ LOCK")) return false;
  try {
    restart_all(sessions);
  } catch (const ConnectorError&) {
    static_cast<void>(control.attempt("UNLOCK TABLES"));
    throw;
  }
  control.execute("UNLOCK TABLES");
  return true;
}

class MysqlSnapshot final : public Snapshot {
 public:
  MysqlSnapshot(const ConnectionSpec& spec, const SnapshotRequest& request) {
    const int wanted = std::max(request.sessions, 1);
    for (int i = 0; i < wanted; ++i) sessions_.push_back(std::make_unique<Connection>(spec, Role::reader));
    if (wanted == 1) {
      restart_all(sessions_);
      description_ = "one snapshot in one session";
    } else if (request.consistency == types::Consistency::chunk) {
      restart_all(sessions_);
      description_ = "each session with a snapshot of its own";
    } else {
      align(spec);
    }
    for (auto& session : sessions_) free_.push_back(session.get());
  }

  [[nodiscard]] int sessions() const override { return static_cast<int>(sessions_.size()); }

  std::unique_ptr<Reader> open_reader(const ReadRequest& request) override {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) throw ConnectorError(ErrorKind::setup, "all sessions of the snapshot are in use");
    Connection* session = free_.back();
    auto reader = make_reader(*session, request, [this, session] {
      const std::lock_guard again(mutex_);
      free_.push_back(session);
    });
    free_.pop_back();
    return reader;
  }

  std::vector<KeyPosition> cut(const ReadRequest& request, const CutRequest& cut) override {
    Connection* session = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (free_.empty()) throw ConnectorError(ErrorKind::setup, "all sessions of the snapshot are in use");
      session = free_.back();
      free_.pop_back();
    }
    const auto give_back = [this, session] {
      const std::lock_guard lock(mutex_);
      free_.push_back(session);
    };
    try {
      auto positions = cut_table(*session, request, cut);
      give_back();
      return positions;
    } catch (...) {
      give_back();
      throw;
    }
  }

  [[nodiscard]] std::string description() const override { return description_; }

 private:
  void align(const ConnectionSpec& spec) {
    Connection control(spec, Role::catalogue);
    if (align_by_position(sessions_, control)) {
      description_ = std::to_string(sessions_.size()) + " sessions aligned by binlog position";
    } else if (align_by_lock(sessions_, control)) {
      description_ = std::to_string(sessions_.size()) + " sessions aligned under a moment's global read lock";
    } else {
      sessions_.resize(1);
      restart_all(sessions_);
      description_ = "one snapshot in one session: the user may neither read the binlog position nor lock for a moment";
    }
  }

  Sessions sessions_;
  std::mutex mutex_;
  std::vector<Connection*> free_;
  std::string description_;
};

}  // namespace

std::unique_ptr<Snapshot> make_snapshot(const ConnectionSpec& spec, const SnapshotRequest& request) {
  return std::make_unique<MysqlSnapshot>(spec, request);
}

}  // namespace syncline::connectors::mysql

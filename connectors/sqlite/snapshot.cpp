#include "connectors/sqlite/snapshot.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "connectors/sqlite/key_ranges.h"
#include "connectors/sqlite/reader.h"
#include "connectors/sqlite/session.h"

namespace syncline::connectors::sqlite {
namespace {

/// Begins a read transaction and reads, so that the moment is fixed now.
std::unique_ptr<Database> begin_reading(const ConnectionSpec& spec) {
  auto database = std::make_unique<Database>(spec, spec.allow_writes ? Access::catalogue : Access::source);
  database->execute("PRAGMA mmap_size=0");  // mapped pages count as memory of the process, which is bounded
  database->execute("BEGIN");
  static_cast<void>(database->integer("SELECT count(*) FROM sqlite_schema"));
  return database;
}

class SqliteSnapshot final : public Snapshot {
 public:
  SqliteSnapshot(const ConnectionSpec& spec, const SnapshotRequest& request) {
    databases_.push_back(begin_reading(spec));
    wal_ = databases_[0]->text("PRAGMA journal_mode") == "wal";
    for (int i = 1; i < request.sessions && !wal_; ++i) databases_.push_back(begin_reading(spec));
    for (const auto& database : databases_) free_.push_back(database.get());
  }

  [[nodiscard]] int sessions() const override { return static_cast<int>(databases_.size()); }

  std::unique_ptr<Reader> open_reader(const ReadRequest& request) override {
    Database& database = take();
    try {
      return make_reader(database, request, [this, &database] { give_back(database); });
    } catch (...) {
      give_back(database);
      throw;
    }
  }

  std::vector<KeyPosition> cut(const ReadRequest& request, const CutRequest& cut) override {
    Database& database = take();
    try {
      auto positions = cut_table(database, request, cut);
      give_back(database);
      return positions;
    } catch (...) {
      give_back(database);
      throw;
    }
  }

  [[nodiscard]] std::string description() const override {
    return wal_ ? "one read transaction" : "one read transaction; the file cannot change while it is open";
  }

 private:
  Database& take() {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [this] { return !free_.empty(); });
    Database* database = free_.back();
    free_.pop_back();
    return *database;
  }

  void give_back(Database& database) {
    {
      const std::lock_guard lock(mutex_);
      free_.push_back(&database);
    }
    returned_.notify_one();
  }

  std::vector<std::unique_ptr<Database>> databases_;
  bool wal_ = false;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<Database*> free_;
};

}  // namespace

std::unique_ptr<Snapshot> make_snapshot(const ConnectionSpec& spec, const SnapshotRequest& request) {
  return std::make_unique<SqliteSnapshot>(spec, request);
}

}  // namespace syncline::connectors::sqlite

#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "connectors/api/connector.h"
#include "runtime/exec/table_job.h"

namespace syncline::exec {

/// Snapshots of the sources. Tables of one snapshot group share one; a unit of tables without a group (0) gets its own.
/// Thread-safe.
class Sources {
 public:
  struct Source {
    const connectors::Connector* connector = nullptr;
    connectors::ConnectionSpec spec;
    int sessions = 1;  ///< readers at a time
  };
  using Group = std::pair<const plan::Sync*, int>;

  void add(const std::string& connection, Source source) { sources_[connection] = std::move(source); }
  [[nodiscard]] bool has(const std::string& connection) const { return sources_.count(connection) != 0; }
  [[nodiscard]] const Source& source(const std::string& connection) const { return sources_.at(connection); }

  /// Tables of each group that will be read.
  void expect(const TableJob& job);
  /// The unit's snapshot, for `readers` of it at a time where it is not shared with others; opened when there is none yet. Throws
  /// ConnectorError.
  std::shared_ptr<connectors::Snapshot> open(const Unit& unit, int readers);
  /// How many readers this group may have at a time: 1 unit's until its snapshot is open.
  int sessions(const Unit& unit);
  /// A reader of it was lost: the next `open` makes a new one. True when tables were to share it.
  bool lost(const Unit& unit, const std::shared_ptr<connectors::Snapshot>& snapshot);
  /// A table of the group is through. The last one closes the snapshot.
  void leave(const TableJob& job);

 private:
  struct Shared {
    std::mutex opening;
    std::shared_ptr<connectors::Snapshot> snapshot;
    std::vector<types::ObjectName> tables;
    std::size_t readers = 0;  ///< that all tables together can use
    std::size_t left = 0;
  };
  Shared& shared(const Group& group);
  std::shared_ptr<connectors::Snapshot> make(const Unit& unit, std::vector<types::ObjectName> tables, int sessions);

  std::map<std::string, Source> sources_;
  std::mutex mutex_;
  std::map<Group, Shared> groups_;
};

}  // namespace syncline::exec

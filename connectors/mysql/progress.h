#pragma once
#include <string>
#include <utility>
#include <vector>

#include "connectors/api/target.h"
#include "connectors/mysql/client.h"

namespace syncline::connectors::mysql {

/// Progress that a RENAME will make true, written before it: the swap itself cannot share a transaction with the row.
struct AnnouncedProgress {
  types::Progress record;
  std::int64_t epoch = 0;
  types::Forget forgets = types::Forget::nothing;
};

/// The state table `syncline_progress`. Rows are touched by their whole key only, so that loaders of different tables never meet
/// in a gap lock.
class ProgressTable {
 public:
  ProgressTable(Connection& connection, std::string table) : connection_(connection), table_(std::move(table)) {}

  [[nodiscard]] std::string create_statement() const;
  /// Records what the load has published; the caller has the transaction.
  void record(const LoadTable& load);
  /// Says what will hold once the load's RENAME went through.
  void announce(const LoadTable& load);
  /// The announced RENAME went through.
  void settle(const LoadTable& load);
  void settle(const std::vector<AnnouncedProgress>& announced);
  void drop_announced();
  /// Whether the run of this load's progress has recorded it.
  [[nodiscard]] bool has(const LoadTable& load);

  /// Of these syncs, or of all.
  [[nodiscard]] std::vector<types::Progress> recorded(const std::vector<std::string>& syncs);
  [[nodiscard]] std::vector<AnnouncedProgress> announced();

 private:
  void put(const types::Progress& record, std::int64_t epoch, types::Forget forgets);
  void forget(const std::string& owner, types::Forget what);
  void erase(const std::string& owner, const std::string& phase, const std::string& lower, const std::string& upper,
             std::int64_t epoch);

  Connection& connection_;
  std::string table_;  ///< quoted
};

/// What is recorded once these announced records hold.
std::vector<types::Progress> with_announced(std::vector<types::Progress> recorded,
                                            const std::vector<AnnouncedProgress>& announced);

}  // namespace syncline::connectors::mysql

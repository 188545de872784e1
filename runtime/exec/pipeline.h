#pragma once
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "connectors/api/source.h"
#include "runtime/exec/watch.h"
#include "stdlib/types/batch.h"

namespace syncline::exec {

/// What a reader said when its stream was complete.
struct StreamEnd {
  std::uint64_t rows = 0;
  std::vector<std::pair<std::string, std::uint64_t>> policy_uses;
};

/// Reads the tables of a unit, one after the other, on a thread of its own: the next table is read while the last is being
/// written. A bounded queue of recycled batches gives back-pressure. One consumer thread.
class RowStream final : private connectors::LargeRowTurn {
 public:
  /// What to read next, null when that was all. Called on the reader's thread.
  using Next = std::function<const connectors::ReadRequest*()>;

  /// `requests` and `snapshot` must outlive the stream.
  RowStream(connectors::Snapshot& snapshot, std::vector<const connectors::ReadRequest*> requests, Watch& watch);
  /// At most about `queued_bytes` wait to be written.
  RowStream(connectors::Snapshot& snapshot, Next next, Watch& watch, std::size_t queued_bytes);
  /// Stops reading (cancels the statement when one runs) and joins the thread.
  ~RowStream() override;
  RowStream(const RowStream&) = delete;
  RowStream& operator=(const RowStream&) = delete;

  /// The next batch of the current table, valid until the next call; null at the table's end (`ended()` tells more), after which
  /// the next call begins the next table. Throws what the reader threw, in its place in the stream.
  types::Batch* next();
  [[nodiscard]] const StreamEnd& ended() const { return end_; }
  /// Ends the stream early: what is queued is not handed over, the reader's statement is cancelled. From any thread.
  void stop() { close(); }
  /// After a null of `next`: there was no further table to end.
  [[nodiscard]] bool exhausted() const { return exhausted_; }

 private:
  struct Item {
    std::unique_ptr<types::Batch> batch;  ///< null: the table ends here
    StreamEnd end;
    bool large = false;  ///< read during the turn for large rows
  };

  bool take(Hold hold) override;
  class Reading;
  void read_all();
  void read_table(connectors::ReadRequest request);
  std::unique_ptr<types::Batch> blank();
  bool push(Item item);
  bool hand_over_large(std::unique_ptr<types::Batch> batch);
  void end_turn();
  bool large_waiting();
  bool wanted();
  void recycle(Item item);
  void close();

  connectors::Snapshot& snapshot_;
  Next next_;
  Watch& watch_;
  const std::size_t most_bytes_;  ///< queued

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> queue_;
  std::size_t queued_bytes_ = 0;
  std::vector<std::unique_ptr<types::Batch>> blanks_;
  std::exception_ptr failure_;
  bool closed_ = false;
  bool finished_ = false;
  bool large_waiting_ = false;  ///< a large batch is queued or being written

  std::mutex reading_mutex_;
  connectors::Reader* reading_ = nullptr;  ///< what `close` cancels

  // Of the reader's thread, and of the destructor after it.
  bool has_turn_ = false;
  bool keeps_turn_ = false;  ///< until the reader is gone

  Item current_;
  StreamEnd end_;
  bool exhausted_ = false;
  std::thread thread_;
};

}  // namespace syncline::exec

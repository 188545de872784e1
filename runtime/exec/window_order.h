#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "runtime/exec/board.h"
#include "runtime/exec/watch.h"

namespace syncline::exec {

/// Windows of one table that are read side by side. Their snapshots open in the order of the windows, and their rows are
/// published in it: a row that moves to a later window while they are read is found there, the newer of its versions comes last,
/// and a run that dies leaves no gap behind it. Loads that were not added have no order; all questions then answer yes.
/// Thread-safe.
class WindowOrder {
 public:
  /// `before` comes first; nothing when this is the first one.
  void add(TableId window, std::optional<TableId> before);

  /// The one before is under way or done.
  [[nodiscard]] bool may_start(TableId window) const;
  void start(TableId window);
  [[nodiscard]] bool under_way(TableId window) const;
  /// Waits until the one before has opened its snapshot. False: it failed, or the watch says stop.
  [[nodiscard]] bool await_snapshot(TableId window, const Watch& watch) const;
  void opened(TableId window);
  /// Waits until the one before is published. False: it failed, or has been read again later than this one, which must then be
  /// read again too; or the watch says stop.
  [[nodiscard]] bool await_turn(TableId window, const Watch& watch) const;
  void published(TableId window);
  /// This try is over; it may start again.
  void failed(TableId window);
  /// It will not come again: neither will those behind it.
  void give_up(TableId window);
  [[nodiscard]] bool lost(TableId window) const;

 private:
  enum class State : std::uint8_t { waiting, under_way, open, published };
  struct Entry {
    std::optional<TableId> before;
    State state = State::waiting;
    std::uint64_t opened = 0;  ///< counts snapshots in the order in which they were opened
    bool lost = false;
  };
  [[nodiscard]] const Entry* find(TableId window) const;
  [[nodiscard]] const Entry* before(TableId window) const;
  void set(TableId window, State state);

  mutable std::mutex mutex_;
  std::map<TableId, Entry> entries_;
  std::uint64_t snapshots_ = 0;
};

}  // namespace syncline::exec

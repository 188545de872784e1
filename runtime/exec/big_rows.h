#pragma once
#include <condition_variable>
#include <mutex>

namespace syncline::exec {

/// The process-wide permit for rows above connectors::kLargeRow. Any thread may take it and give it back.
class BigRowPermit {
 public:
  static BigRowPermit& instance();
  /// Waits at most `patience`; false: still taken.
  template <class Duration>
  bool take(Duration patience) {
    std::unique_lock lock(mutex_);
    if (!free_again_.wait_for(lock, patience, [this] { return !taken_; })) return false;
    taken_ = true;
    return true;
  }
  void give_back();

 private:
  std::mutex mutex_;
  std::condition_variable free_again_;
  bool taken_ = false;
};

}  // namespace syncline::exec

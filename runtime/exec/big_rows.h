#pragma once
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace syncline::exec {

/// Rows above this size go one at a time through the whole process (DECISIONS 46).
constexpr std::size_t kBigRow = 8U << 20U;

/// The process-wide permit. Taken where a batch was read, given back where it was written: any thread may do either.
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

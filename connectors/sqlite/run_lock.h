#pragma once
#include <chrono>
#include <string>

#include "connectors/api/target.h"

namespace syncline::connectors::sqlite {

/// The run's lock on a SQLite target: an OS lock on `<file>.syncline-lock`, which the kernel lets go when its holder dies. The
/// file names the holder and is removed with the lock.
class RunLock {
 public:
  RunLock() = default;
  ~RunLock() { release(); }
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

  /// ErrorKind::held naming the holder when it is not free within `wait`; ErrorKind::setup when the file cannot be made.
  void acquire(const std::string& database_path, const RunIdentity& run, std::chrono::seconds wait);
  void release() noexcept;
  [[nodiscard]] bool held() const { return descriptor_ >= 0; }

 private:
  bool try_lock();
  void name_holder(const RunIdentity& run) const;

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace syncline::connectors::sqlite

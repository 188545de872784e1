#include "connectors/sqlite/writer_watch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <vector>

#include "connectors/api/error.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::sqlite {
namespace {

struct ByteRange {
  off_t start;
  off_t length;
};

/// PENDING, RESERVED and the shared range of the database file. Readers hold read locks there; a write lock is a writer's, or
/// that of someone who has the file for himself.
constexpr ByteRange kFileLocks{0x40000000, 512};
/// WAL_WRITE_LOCK in the index of the write-ahead log.
constexpr ByteRange kLogWriteLock{120, 1};

[[noreturn]] void fail(const std::string& path) {
  const int code = errno;
  throw ConnectorError(code == ENOENT ? ErrorKind::unreachable : ErrorKind::setup,
                       "cannot see the locks of the SQLite file `" + text::printable(path) + "`: " + std::strerror(code));
}

bool same(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// The holder of a write lock in this range. The question is that of another open file, so the process's own locks count.
std::optional<Writer> write_lock(const std::string& path, int descriptor, ByteRange range) {
  struct flock wanted {};
  wanted.l_type = F_RDLCK;
  wanted.l_whence = SEEK_SET;
  wanted.l_start = range.start;
  wanted.l_len = range.length;
  if (::fcntl(descriptor, F_OFD_GETLK, &wanted) != 0) fail(path);
  if (wanted.l_type == F_UNLCK) return std::nullopt;
  return Writer{std::max(static_cast<int>(wanted.l_pid), 0)};
}

/// Descriptors for asking about locks. Closing any descriptor of a file drops all locks that the process has on it, those of
/// SQLite too. So each file keeps one for as long as it has a name; SQLite removes the name of a log's index when nobody uses it.
class Descriptors {
 public:
  std::optional<Writer> writer_of(const std::string& database_path) {
    const std::lock_guard lock(mutex_);
    close_removed();
    const auto file = find(database_path);
    if (!file) {
      throw ConnectorError(ErrorKind::unreachable, "there is no SQLite file `" + text::printable(database_path) + "`");
    }
    if (const auto writer = write_lock(database_path, *file, kFileLocks)) return writer;
    const std::string index_path = database_path + "-shm";
    const auto index = find(index_path);
    return index ? write_lock(index_path, *index, kLogWriteLock) : std::nullopt;
  }

 private:
  void close_removed() {
    const auto removed = [](int descriptor) {
      struct stat opened {};
      return ::fstat(descriptor, &opened) == 0 && opened.st_nlink == 0 && ::close(descriptor) == 0;
    };
    open_.erase(std::remove_if(open_.begin(), open_.end(), removed), open_.end());
  }

  /// Nothing when there is no such file.
  std::optional<int> find(const std::string& path) {
    struct stat named {};
    if (::stat(path.c_str(), &named) == 0) {
      for (const int known : open_) {
        struct stat opened {};
        if (::fstat(known, &opened) == 0 && same(opened, named)) return known;
      }
    }
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 && errno == ENOENT) return std::nullopt;
    if (descriptor < 0) fail(path);
    open_.push_back(descriptor);
    return descriptor;
  }

  std::mutex mutex_;
  std::vector<int> open_;
};

}  // namespace

std::optional<Writer> active_writer(const std::string& database_path) {
  static Descriptors& descriptors = *new Descriptors;  // never destroyed: its descriptors stay open until the process ends
  return descriptors.writer_of(database_path);
}

}  // namespace syncline::connectors::sqlite

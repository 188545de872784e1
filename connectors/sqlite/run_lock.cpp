#include "connectors/sqlite/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>

#include "connectors/api/error.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::sqlite {
namespace {

constexpr std::chrono::milliseconds kPoll{100};

std::string read_holder(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return "another run";
  char line[512];
  const auto size = ::read(file, line, sizeof line);
  ::close(file);
  return size > 0 ? text::printable(std::string_view(line, static_cast<std::size_t>(size))) : "another run";
}

/// Whether the open file is still the one under this name (the last holder removes it).
bool same_file(int descriptor, const std::string& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(descriptor, &opened) == 0 && ::stat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

}  // namespace

bool RunLock::try_lock() {
  const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    ConnectorError error(ErrorKind::setup, "cannot make the lock file `" + text::printable(path_) + "`: " + std::strerror(errno));
    error.help = "give write rights on the folder of the database file: SQLite needs them too";
    throw error;
  }
  if (::flock(file, LOCK_EX | LOCK_NB) == 0 && same_file(file, path_)) {
    descriptor_ = file;
    return true;
  }
  ::close(file);
  return false;
}

void RunLock::name_holder(const RunIdentity& run) const {
  const std::string line = "run " + run.run_id + " of sync " + run.sync + " on " + run.host + ", process " +
                           std::to_string(run.pid) + ", since " + run.started_at;
  if (::ftruncate(descriptor_, 0) == 0) static_cast<void>(::pwrite(descriptor_, line.data(), line.size(), 0) < 0);
}

void RunLock::acquire(const std::string& database_path, const RunIdentity& run, std::chrono::seconds wait) {
  path_ = std::filesystem::weakly_canonical(database_path).string() + ".syncline-lock";
  const auto deadline = std::chrono::steady_clock::now() + wait;
  while (!try_lock()) {
    if (std::chrono::steady_clock::now() >= deadline) {
      throw ConnectorError(ErrorKind::held,
                           "the SQLite file `" + text::printable(database_path) + "` is held by " + read_holder(path_));
    }
    std::this_thread::sleep_for(kPoll);
  }
  name_holder(run);
}

void RunLock::release() noexcept {
  if (descriptor_ < 0) return;
  ::unlink(path_.c_str());
  ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace syncline::connectors::sqlite

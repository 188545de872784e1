#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "connectors_sqlite_fixture.h"

/// Who writes to a SQLite file, asked of the operating system: other processes, and this one's own locks.
using namespace syncline;
using namespace syncline::connectors;
using namespace syncline::test;

namespace {

using namespace std::chrono_literals;

bool comes_true(const std::function<bool()>& condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

/// Another process that begins to write to the file, and ends when told to. It runs the test case `child` below.
class OtherWriter {
 public:
  explicit OtherWriter(std::string path) : path_(std::move(path)), pid_(::fork()) {
    if (pid_ == 0) {
      ::setenv("SYNCLINE_TEST_PATH", path_.c_str(), 1);
      ::execl("/proc/self/exe", "child", "--run_test=connectors_sqlite_horizon/child", "--log_level=nothing", "--report_level=no",
              nullptr);
      ::_exit(127);
    }
    began_ = comes_true([&] { return std::filesystem::exists(path_ + ".began") || ended(); });
  }
  ~OtherWriter() { finish(); }
  OtherWriter(const OtherWriter&) = delete;
  OtherWriter& operator=(const OtherWriter&) = delete;

  /// False when it was not allowed to.
  bool finish() {
    std::ofstream(path_ + ".end") << 1;
    static_cast<void>(comes_true([&] { return ended(); }));
    for (const char* name : {".began", ".end"}) std::filesystem::remove(path_ + name);
    return began_ && status_ == 0;
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  bool ended() { return ended_ = ended_ || ::waitpid(pid_, &status_, WNOHANG) == pid_; }

  std::string path_;
  pid_t pid_;
  int status_ = 0;
  bool began_ = false;
  bool ended_ = false;
};

const std::vector<std::string> kModes{"DELETE", "WAL"};

struct File : SqliteFiles {
  explicit File(const std::string& mode) {
    Plain plain(path("f.db"));
    plain("PRAGMA journal_mode = " + mode);
    plain("CREATE TABLE t (a)");
  }
  [[nodiscard]] std::unique_ptr<Horizon> horizon() const { return sqlite_connector().open_horizon(spec("f.db")); }
};

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(connectors_sqlite_horizon)

/// Only for OtherWriter.
BOOST_AUTO_TEST_CASE(child) {
  const char* path = std::getenv("SYNCLINE_TEST_PATH");
  if (path == nullptr) return;
  Plain plain(path);
  plain("PRAGMA busy_timeout = 0");
  plain("BEGIN IMMEDIATE");
  plain("INSERT INTO t VALUES (1)");
  std::ofstream(std::string(path) + ".began") << 1;
  BOOST_REQUIRE(comes_true([&] { return std::filesystem::exists(std::string(path) + ".end"); }));
  plain("COMMIT");
}

BOOST_AUTO_TEST_CASE(a_writer_of_another_process_is_named_until_it_ends) {
  for (const auto& mode : kModes) {
    BOOST_TEST_CONTEXT(mode) {
      const File file(mode);
      const auto horizon = file.horizon();
      OtherWriter writer(file.path("f.db"));
      const OpenWork then = horizon->look();
      BOOST_TEST(then.known);
      BOOST_TEST(then.oldest < -1'000'000'000'000'000);
      BOOST_TEST(then.holder.find(std::to_string(writer.pid())) != std::string::npos, then.holder);
      BOOST_TEST(!horizon->ended(then));
      BOOST_TEST(writer.finish());
      BOOST_TEST(horizon->ended(then));
      const OpenWork after = horizon->look();
      BOOST_TEST(after.holder.empty());
      BOOST_TEST(after.mark.empty());
      BOOST_TEST(after.oldest > then.oldest);
      BOOST_TEST(after.oldest < after.now);
      BOOST_TEST(horizon->ended(after));
    }
  }
}

BOOST_AUTO_TEST_CASE(writers_come_one_after_the_other) {
  for (const auto& mode : kModes) {
    BOOST_TEST_CONTEXT(mode) {
      const File file(mode);
      const auto horizon = file.horizon();
      OtherWriter first(file.path("f.db"));
      const OpenWork then = horizon->look();
      BOOST_TEST(first.finish());
      OtherWriter second(file.path("f.db"));
      BOOST_TEST(horizon->ended(then));
      BOOST_TEST(!horizon->ended(horizon->look()));
    }
  }
}

BOOST_AUTO_TEST_CASE(asking_leaves_the_locks_of_this_process_alone) {
  for (const auto& mode : kModes) {
    BOOST_TEST_CONTEXT(mode) {
      const File file(mode);
      Plain own(file.path("f.db"));
      own("BEGIN IMMEDIATE");
      own("INSERT INTO t VALUES (2)");
      BOOST_TEST(!file.horizon()->look().mark.empty());
      BOOST_TEST(!OtherWriter(file.path("f.db")).finish());
      own("COMMIT");
      BOOST_TEST(file.horizon()->look().mark.empty());
      BOOST_TEST(OtherWriter(file.path("f.db")).finish());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_reader_is_no_writer_and_keeps_its_lock) {
  const File file("DELETE");
  const Plain other(file.path("f.db"));
  SnapshotRequest group;
  const auto snapshot = sqlite_connector().open_snapshot(file.spec("f.db"), group);
  BOOST_TEST(file.horizon()->look().mark.empty());
  BOOST_TEST(!OtherWriter(file.path("f.db")).finish());  // may begin, but not commit while the snapshot is open
}

BOOST_AUTO_TEST_CASE(a_file_of_the_same_name_is_another_file) {
  const File file("WAL");
  const auto horizon = file.horizon();
  BOOST_TEST(horizon->look().mark.empty());
  std::filesystem::remove(file.path("f.db"));
  BOOST_CHECK_THROW(horizon->look(), ConnectorError);
  Plain(file.path("f.db"))("CREATE TABLE t (a)");
  OtherWriter writer(file.path("f.db"));
  BOOST_TEST(!horizon->look().mark.empty());
}

BOOST_AUTO_TEST_CASE(descriptors_do_not_pile_up) {
  const File file("WAL");
  const auto horizon = file.horizon();
  static_cast<void>(horizon->look());
  const auto before = open_descriptors();
  for (int i = 0; i < 20; ++i) {
    Plain plain(file.path("f.db"));  // makes the log's index, and removes it when it is closed
    plain("BEGIN IMMEDIATE");
    BOOST_TEST(!horizon->ended(horizon->look()));
  }
  BOOST_TEST(open_descriptors() <= before + 2);
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_told_by_name) {
  const SqliteFiles files;
  try {
    static_cast<void>(sqlite_connector().open_horizon(files.spec("none.db")));
    BOOST_ERROR("no error");
  } catch (const ConnectorError& error) {
    BOOST_TEST((error.kind == ErrorKind::unreachable));
    BOOST_TEST(std::string(error.what()).find("none.db") != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

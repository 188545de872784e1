#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <set>
#include <thread>

#include "connectors_sqlite_load.h"

using namespace syncline;
using namespace syncline::connectors;
using namespace syncline::test;

/// A load that dies or fails at every failpoint, in a process of its own, while readers poll; then a rerun.
namespace {

LoadTable victim(const std::string& publish, const std::string& staging) {
  LoadTable table = people();
  table.publish = publish == "in_place" ? types::Publish::in_place : types::Publish::rename;
  table.staging = staging == "chunked" ? types::Staging::chunked : types::Staging::one_transaction;
  table.batch_bytes = 2000;
  return table;
}

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Runs the test case `child` below in a new process; true when it ended well.
bool run_child(const std::string& path, const std::string& publish, const std::string& staging, const std::string& failpoints) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::setenv("SYNCLINE_TEST_PATH", path.c_str(), 1);
    ::setenv("SYNCLINE_TEST_PUBLISH", publish.c_str(), 1);
    ::setenv("SYNCLINE_TEST_STAGING", staging.c_str(), 1);
    ::setenv("SYNCLINE_FAILPOINTS", failpoints.c_str(), 1);
    ::execl("/proc/self/exe", "child", "--run_test=connectors_sqlite_crash/child", "--log_level=nothing", "--report_level=no",
            nullptr);
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// What pollers have seen: "count|min|max" of the table.
class Poller {
 public:
  explicit Poller(const std::string& path) : thread_([this, path] { poll(path); }) {}
  ~Poller() { stop(); }
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  std::set<std::string> stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return seen_;
  }

 private:
  void poll(const std::string& path) {
    while (!stopping_) {
      try {
        Plain plain(path);
        seen_.insert(plain("SELECT count(*), min(substr(name, 1, 3)), max(substr(name, 1, 3)) FROM people"));
      } catch (const std::runtime_error& error) {
        if (std::string(error.what()).find("locked") == std::string::npos) seen_.insert(error.what());
      }
    }
  }

  std::atomic<bool> stopping_{false};
  std::set<std::string> seen_;
  std::thread thread_;
};

constexpr const char* kOld = "50|old|old";
constexpr const char* kNew = "900|new|new";

void crash_once(const std::string& publish, const std::string& staging, const std::string& failpoints) {
  const SqliteFiles files;
  const auto spec = files.spec("a.db", true);
  run_load(spec, people(), {people_rows(0, 50, "old")});
  Poller poller(spec.path);
  const bool survived = run_child(spec.path, publish, staging, failpoints);
  BOOST_TEST(!survived, failpoints + " was not reached by " + publish + " " + staging);
  BOOST_TEST(run_child(spec.path, publish, staging, ""));
  for (const auto& state : poller.stop()) {
    BOOST_TEST((state == kOld || state == kNew), publish + " " + staging + " " + failpoints + ": a reader saw " + state);
  }
  Plain plain(spec.path);
  BOOST_TEST(plain("SELECT count(*), min(substr(name, 1, 3)), max(substr(name, 1, 3)) FROM people") == kNew);
  BOOST_TEST(plain("PRAGMA integrity_check") == "ok");
  BOOST_TEST(staging_tables(plain).empty());
  BOOST_TEST(!std::filesystem::exists(spec.path + ".syncline-lock"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(connectors_sqlite_crash)

// The process that the cases below start and kill: run by name only, never as a test of its own.
BOOST_AUTO_TEST_CASE(child, *boost::unit_test::disabled()) {
  ConnectionSpec spec;
  spec.name = "target";
  spec.path = from_environment("SYNCLINE_TEST_PATH");
  spec.allow_writes = true;
  std::vector<Fill> batches;
  for (int i = 0; i < 900; i += 100) batches.push_back(people_rows(i, i + 100, "new"));
  run_load(spec, victim(from_environment("SYNCLINE_TEST_PUBLISH"), from_environment("SYNCLINE_TEST_STAGING")), batches);
}

BOOST_AUTO_TEST_CASE(every_failpoint_leaves_old_or_new_and_a_rerun_finishes) {
  for (const std::string staging : {"chunked", "one_transaction"}) {
    for (const std::string point : {"load.chunk", "index.before", "swap.before", "swap.after", "cleanup.before"}) {
      for (const std::string action : {"kill", "error"}) crash_once("rename", staging, point + "=" + action);
    }
  }
}

BOOST_AUTO_TEST_CASE(in_place_loads_survive_as_well) {
  for (const std::string point : {"load.chunk", "swap.before", "swap.after", "cleanup.before"}) {
    crash_once("in_place", "chunked", point + "=kill");
    crash_once("in_place", "one_transaction", point + "=kill");
  }
}

BOOST_AUTO_TEST_CASE(later_chunks_survive_as_well) {
  for (const int hit : {2, 4}) crash_once("rename", "chunked", "load.chunk=kill@" + std::to_string(hit));
}

BOOST_AUTO_TEST_SUITE_END()

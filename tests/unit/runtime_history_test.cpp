#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "compiler/diag/kinds.h"
#include "runtime/state/history.h"
#include "runtime/state/recording_observer.h"
#include "tests/unit/runtime_fakes.h"

namespace {

using namespace syncline;
namespace fs = std::filesystem;

struct Folder {
  fs::path root;
  Folder() {
    std::string name = (fs::temp_directory_path() / "syncline-history-XXXXXX").string();
    root = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(root); }
  [[nodiscard]] std::string state() const { return (root / ".syncline").string(); }
  [[nodiscard]] unsigned mode(const std::string& below) const {
    struct stat info {};
    ::stat((root / below).c_str(), &info);
    return info.st_mode & 0777U;
  }
};

observe::TableProgress table(const std::string& address, observe::TableState state) {
  observe::TableProgress made;
  made.address = address;
  made.target = "dw.x";
  made.state = state;
  made.rows = 12;
  made.bytes = 340;
  made.seconds = 1.5;
  made.how = "recreate";
  return made;
}

state::RunRow run_row(const std::string& id) {
  state::RunRow run;
  run.run_id = id;
  run.started_at = "2026-11-20 00:30:00";
  run.scripts = "shop.sync";
  run.tables = 2;
  return run;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_history, Folder)

BOOST_AUTO_TEST_CASE(a_run_and_its_tables_are_kept) {
  state::History history(state());
  history.begin_run(run_row("01A"));
  BOOST_TEST(history.list(10).front().outcome == "running");
  auto failed = table("s/b", observe::TableState::failed);
  failed.errors = {diag::EmptySource("b", std::uint64_t{7})};
  observe::RunSummary summary;
  summary.run_id = "01A";
  summary.seconds = 3.5;
  summary.tables = {table("s/a", observe::TableState::done), failed};
  for (const auto& each : summary.tables) history.finish_table("01A", each);
  history.finish_run(summary);

  const auto runs = history.list(10);
  BOOST_REQUIRE(runs.size() == 1U);
  BOOST_TEST(runs.front().outcome == "partial");
  BOOST_TEST(runs.front().rows == 12U);
  BOOST_TEST(runs.front().succeeded == 1);
  BOOST_TEST(runs.front().failed == 1);
  const auto tables = history.show("01A");
  BOOST_REQUIRE(tables.size() == 2U);
  BOOST_TEST(tables[0].state == "done");
  BOOST_TEST(tables[0].seconds == 1.5);
  BOOST_TEST(tables[1].error_code == "SY9307");
  BOOST_TEST(tables[1].error == "`b` is empty now, the target has 7 rows");
}

BOOST_AUTO_TEST_CASE(only_the_owner_may_read_it) {
  state::History history(state());
  history.begin_run(run_row("01A"));
  BOOST_TEST(mode(".syncline") == 0700U);
  BOOST_TEST(mode(".syncline/state.db") == 0600U);
  BOOST_TEST(mode(".syncline/state.db-wal") == 0600U);
}

BOOST_AUTO_TEST_CASE(lists_newest_first_and_failures_alone) {
  state::History history(state());
  for (const char* id : {"01A", "01B", "01C"}) {
    history.begin_run(run_row(id));
    observe::RunSummary summary;
    summary.run_id = id;
    summary.interrupted = std::string(id) == "01B";
    history.finish_run(summary);
  }
  BOOST_TEST(history.list(2).front().run_id == "01C");
  BOOST_TEST(history.list(2).size() == 2U);
  BOOST_REQUIRE(history.list(10, true).size() == 1U);
  BOOST_TEST(history.list(10, true).front().outcome == "interrupted");
  BOOST_TEST(history.find("01B")->run_id == "01B");
  BOOST_TEST(!history.find("01"));
  BOOST_TEST(!history.find(""));
}

BOOST_AUTO_TEST_CASE(several_runs_write_at_the_same_time) {
  state::History one(state());
  state::History other(state());
  std::vector<std::thread> writers;
  for (state::History* history : {&one, &other}) {
    writers.emplace_back([history, &one] {
      const std::string id = history == &one ? "01A" : "01B";
      history->begin_run(run_row(id));
      for (int at = 0; at < 50; ++at) history->finish_table(id, table("s/" + std::to_string(at), observe::TableState::done));
    });
  }
  for (auto& writer : writers) writer.join();
  BOOST_TEST(one.show("01A").size() == 50U);
  BOOST_TEST(one.show("01B").size() == 50U);
}

BOOST_AUTO_TEST_CASE(a_run_whose_process_is_gone_was_killed) {
  state::History history(state());
  history.begin_run(run_row("01A"));
  sqlite3* raw = nullptr;
  BOOST_REQUIRE(sqlite3_open(history.path().c_str(), &raw) == SQLITE_OK);
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  BOOST_REQUIRE(::waitpid(child, nullptr, 0) == child);
  const std::string sql = "UPDATE runs SET pid = " + std::to_string(child);
  BOOST_TEST(sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(raw);
  BOOST_TEST(history.find("01A")->outcome == "killed");
}

BOOST_AUTO_TEST_CASE(a_broken_file_is_named_not_replaced) {
  fs::create_directory(state());
  std::ofstream(state() + "/state.db") << std::string(5000, 'x');
  BOOST_CHECK_THROW(state::History{state()}, state::StateError);
  BOOST_TEST(fs::file_size(state() + "/state.db") == 5000U);
}

BOOST_AUTO_TEST_CASE(a_newer_file_is_left_alone) {
  { state::History history(state()); }
  sqlite3* raw = nullptr;
  sqlite3_open((state() + "/state.db").c_str(), &raw);
  sqlite3_exec(raw, "PRAGMA user_version = 9", nullptr, nullptr, nullptr);
  sqlite3_close(raw);
  BOOST_CHECK_THROW(state::History{state()}, state::StateError);
}

BOOST_AUTO_TEST_CASE(a_run_is_recorded_while_it_is_shown) {
  fakes::World world;
  world.source = {{"orders", 250}};
  world.always["write orders"] = static_cast<int>(connectors::ErrorKind::permission);
  fakes::Registry registry(world);
  fakes::Listener listener;
  exec::Interrupt interrupt;
  exec::RunOptions options;
  options.run_id = "01RUN";
  state::History history(state());
  state::RecordingObserver recorder(history, listener, "shop.sync", 0);
  exec::run(fakes::plan_of(world), registry, options, interrupt, recorder);
  BOOST_TEST(listener.finished == 1);
  BOOST_TEST(listener.notes.empty());
  BOOST_TEST(history.find("01RUN")->outcome == "failed");
  BOOST_TEST(history.find("01RUN")->started_at == "2000-01-01 00:00:00");
  BOOST_REQUIRE(history.show("01RUN").size() == 1U);
  BOOST_TEST(history.show("01RUN").front().error_code == "SY9206");
}

BOOST_AUTO_TEST_CASE(a_run_goes_on_without_its_history) {
  fakes::World world;
  world.source = {{"orders", 250}};
  fakes::Registry registry(world);
  fakes::Listener listener;
  exec::Interrupt interrupt;
  exec::RunOptions options;
  options.run_id = "01RUN";
  state::History history(state());
  history.begin_run(run_row("01RUN"));
  state::RecordingObserver recorder(history, listener, "shop.sync", 0);
  const auto outcome = exec::run(fakes::plan_of(world), registry, options, interrupt, recorder);
  BOOST_TEST(outcome.committed == 1U);
  BOOST_TEST(listener.notes.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

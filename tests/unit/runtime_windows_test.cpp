#include <boost/test/unit_test.hpp>
#include <condition_variable>

#include "runtime/exec/window_order.h"
#include "tests/unit/runtime_fakes.h"

namespace {

using namespace fakes;
using exec::WindowOrder;

constexpr int kWindows = 6;

/// One table `t` with windows 0 to 5, appended to a table that is there.
struct Windows {
  World world;
  Registry registry{world};
  Listener listener;
  exec::Interrupt interrupt;
  exec::RunOptions options;
  plan::Plan plan;

  Windows() {
    options.run_id = "01RUN";
    options.parallel = 3;
    world.source = {{"t", 120}};
    plan = plan_of(world);
    plan::Table& table = plan.syncs.front().tables.front();
    types::TableSchema live;
    live.name = table.target;
    table.existing = live;
    table.loads.clear();
    for (int window = 0; window < kWindows; ++window) {
      plan::Load load;
      load.phase = types::Phase::window;
      load.action = plan::Action::append;
      load.mode = types::WriteMode::append;
      load.publish = types::Publish::insert;
      load.windowed = true;
      load.records_progress = true;
      load.instance.window = {window, window + 1};
      table.loads.push_back(load);
    }
  }
  exec::Outcome run() { return exec::run(plan, registry, options, interrupt, listener); }
  std::vector<int> published() {
    std::vector<int> windows;
    for (const std::string& call : world.calls) {
      if (call.rfind("publish t@", 0) == 0) windows.push_back(std::stoi(call.substr(10)));
    }
    return windows;
  }
};

const std::vector<int> kInOrder{0, 1, 2, 3, 4, 5};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_windows, Windows)

BOOST_AUTO_TEST_CASE(windows_of_one_table_are_read_side_by_side_and_published_in_order) {
  std::mutex mutex;
  std::condition_variable met;
  int reading = 0;
  int most = 0;
  world.on_call = [&](const std::string& call) {
    std::unique_lock lock(mutex);
    if (call == "read t") {
      most = std::max(most, ++reading);
      met.notify_all();
      // Each of them but the first, which comes alone, waits for company.
      if (world.count("read t") > 1) met.wait_for(lock, std::chrono::seconds(2), [&] { return most >= 2; });
    }
    if (call == "close t") --reading;
  };
  BOOST_TEST(exec::exit_code(run()) == 0);
  BOOST_TEST(most >= 2);
  BOOST_TEST(most <= 3);
  BOOST_TEST(published() == kInOrder, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_at_a_time_without_parallel) {
  options.parallel = 0;
  BOOST_TEST(exec::exit_code(run()) == 0);
  BOOST_TEST(world.count("take_epochs") == 6U);
  BOOST_TEST(published() == kInOrder, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(windows_that_run_side_by_side_share_an_epoch) {
  BOOST_TEST(exec::exit_code(run()) == 0);
  BOOST_TEST(world.count("take_epochs") == 2U);
}

BOOST_AUTO_TEST_CASE(a_window_that_is_redone_makes_those_behind_it_wait) {
  world.errors["publish t@2"] = {ErrorKind::transient};
  BOOST_TEST(exec::exit_code(run()) == 0);
  // Once it failed; those that were read before its second try are read again.
  BOOST_TEST(published() == (std::vector<int>{0, 1, 2, 2, 3, 4, 5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(none_behind_a_window_that_failed) {
  world.always["publish t@2"] = static_cast<int>(ErrorKind::constraint);
  const auto outcome = run();
  BOOST_TEST(exec::exit_code(outcome) == 4);
  BOOST_TEST(outcome.committed == 2U);
  BOOST_TEST(published() == (std::vector<int>{0, 1, 2}), boost::test_tools::per_element());
  std::string states;
  for (const auto& table : outcome.summary.tables) states += std::string(observe::to_string(table.state)) + " ";
  BOOST_TEST(states == "done done failed skipped skipped skipped ");
  for (const auto& table : outcome.summary.tables) BOOST_TEST(table.errors.size() <= 1U);
}

BOOST_AUTO_TEST_CASE(a_signal_ends_windows_that_wait_for_their_turn) {
  world.on_call = [&](const std::string& call) {
    if (call == "publish t@1") {
      interrupt.signals = 1;
      std::this_thread::sleep_for(std::chrono::milliseconds(600));
    }
  };
  const auto outcome = run();
  BOOST_TEST(exec::exit_code(outcome) == 130);
  BOOST_TEST(published() == (std::vector<int>{0, 1}), boost::test_tools::per_element());
  for (std::size_t at = 2; at < outcome.summary.tables.size(); ++at)
    BOOST_TEST(observe::to_string(outcome.summary.tables[at].state) == std::string("skipped"));
}

BOOST_AUTO_TEST_CASE(a_snapshot_older_than_that_of_the_window_before_does_not_count) {
  WindowOrder order;
  exec::Watch watch;
  order.add(1, std::nullopt);
  order.add(2, 1);
  BOOST_TEST(!order.may_start(2));
  order.start(1);
  BOOST_TEST(order.may_start(2));
  order.start(2);
  order.opened(1);
  BOOST_TEST(order.await_snapshot(2, watch));
  order.opened(2);
  order.failed(1);
  BOOST_TEST(!order.await_turn(2, watch));
  order.start(1);
  order.opened(1);
  order.published(1);
  BOOST_TEST(!order.await_turn(2, watch));
  order.start(2);
  order.opened(2);
  BOOST_TEST(order.await_turn(2, watch));
}

BOOST_AUTO_TEST_CASE(a_load_without_order_waits_for_nobody) {
  WindowOrder order;
  exec::Watch watch;
  BOOST_TEST(order.may_start(7));
  BOOST_TEST(order.await_snapshot(7, watch));
  BOOST_TEST(order.await_turn(7, watch));
  BOOST_TEST(!order.lost(7));
}

BOOST_AUTO_TEST_SUITE_END()

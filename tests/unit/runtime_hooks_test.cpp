#include <boost/test/unit_test.hpp>

#include "tests/unit/runtime_fakes.h"

namespace {

using namespace fakes;

/// Two small tables with hooks around the run and around `orders`.
struct Hooked {
  World world;
  Registry registry{world};
  Listener listener;
  exec::Interrupt interrupt;
  exec::RunOptions options;
  plan::Plan plan;

  Hooked() {
    options.run_id = "01RUN";
    world.source = {{"items", 10}, {"orders", 20}};
    plan = plan_of(world);
    plan::Sync& sync = plan.syncs.front();
    sync.before = {hook("BEFORE RUN", "B")};
    sync.after = {hook("AFTER RUN", "A")};
    sync.tables.back().before = {hook("BEFORE TABLE", "b1"), hook("BEFORE TABLE", "b2")};
    sync.tables.back().after = {hook("AFTER TABLE", "a")};
  }
  static plan::Hook hook(const std::string& when, const std::string& text) { return {when + " ON TARGET", text, {}}; }
  exec::Outcome run() { return exec::run(plan, registry, options, interrupt, listener); }
  /// What was called, of these beginnings, in order.
  std::string calls(const std::vector<std::string>& beginnings) {
    std::string out;
    for (const std::string& call : world.calls) {
      for (const std::string& beginning : beginnings) {
        if (call.rfind(beginning, 0) == 0) out += (out.empty() ? "" : "; ") + call;
      }
    }
    return out;
  }
  void always(const std::string& point, ErrorKind kind) { world.always[point] = static_cast<int>(kind); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_hooks, Hooked)

BOOST_AUTO_TEST_CASE(hooks_stand_around_what_they_are_named_after) {
  BOOST_TEST(exec::exit_code(run()) == 0);
  BOOST_TEST(calls({"hook", "begin orders", "publish orders", "end_run"}) ==
             "hook B; hook b1 in orders; hook b2 in orders; begin orders; publish orders; hook a in orders; hook A; end_run");
  BOOST_TEST(calls({"begin_run", "take_epochs", "hook B"}) == "begin_run 01RUN; hook B; take_epochs");
}

BOOST_AUTO_TEST_CASE(a_hook_before_a_table_fails_that_table_before_it_is_written) {
  always("hook b2 in orders", ErrorKind::constraint);
  const auto outcome = run();
  BOOST_TEST(exec::exit_code(outcome) == 4);
  BOOST_TEST(world.count("begin orders") == 0U);
  BOOST_TEST(world.count("hook b1") == 1U);
  BOOST_TEST(world.count("hook A") == 0U);
  BOOST_TEST((world.target == std::map<std::string, std::uint64_t>{{"items", 10}}));
  BOOST_REQUIRE(!outcome.summary.tables[1].errors.empty());
  BOOST_TEST(diag::info(outcome.summary.tables[1].errors[0].code).text == "SY9330");
}

BOOST_AUTO_TEST_CASE(a_hook_before_the_run_stops_all_its_tables) {
  always("hook B", ErrorKind::constraint);
  const auto outcome = run();
  BOOST_TEST(exec::exit_code(outcome) == 5);
  BOOST_TEST(world.count("take_epochs") == 0U);
  BOOST_TEST(world.count("end_run") == 1U);
  BOOST_TEST(world.target.empty());
  BOOST_REQUIRE_EQUAL(outcome.summary.run_errors.size(), 1U);
  for (const auto& table : outcome.summary.tables) BOOST_TEST(observe::to_string(table.state) == std::string("skipped"));
}

BOOST_AUTO_TEST_CASE(a_hook_behind_a_table_leaves_its_rows) {
  always("hook a in orders", ErrorKind::constraint);
  const auto outcome = run();
  BOOST_TEST(exec::exit_code(outcome) == 4);
  BOOST_TEST((world.target == world.source));
  BOOST_TEST(observe::to_string(outcome.summary.tables[1].state) == std::string("done"));
  BOOST_TEST(outcome.summary.tables[1].errors.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_hook_runs_once_however_often_its_table_is_tried) {
  world.errors["write orders"] = {ErrorKind::transient, ErrorKind::transient};
  BOOST_TEST(exec::exit_code(run()) == 0);
  BOOST_TEST(world.count("begin orders") == 3U);
  BOOST_TEST(world.count("hook b1") == 1U);
  BOOST_TEST(world.count("hook a") == 1U);
}

BOOST_AUTO_TEST_CASE(a_hook_whose_connection_is_lost_is_not_repeated) {
  always("hook b1 in orders", ErrorKind::transient);
  BOOST_TEST(exec::exit_code(run()) == 4);
  BOOST_TEST(world.count("hook b1") == 1U);
}

BOOST_AUTO_TEST_CASE(values_of_the_run_are_bound) {
  auto made = std::make_shared<expr::Expr>();
  made->op = expr::Op::parameter;
  made->name = "run_id";
  auto attempt = std::make_shared<expr::Expr>();
  attempt->op = expr::Op::parameter;
  attempt->name = "attempt";
  plan.syncs.front().after.front().binds = {{"run_id", made}, {"attempt", attempt}};
  BOOST_TEST(exec::exit_code(run()) == 0);
  BOOST_TEST(world.count("hook A 01RUN 1") == 1U);
}

BOOST_AUTO_TEST_CASE(nothing_to_do_runs_no_hook) {
  for (plan::Table& table : plan.syncs.front().tables) {
    table.action = plan::Action::none;
    table.loads.clear();
  }
  BOOST_TEST(exec::exit_code(run()) == 0);
  BOOST_TEST(world.count("hook") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

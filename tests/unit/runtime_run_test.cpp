#include <boost/test/unit_test.hpp>

#include "tests/unit/runtime_fakes.h"

namespace {

using namespace fakes;

struct Fixture {
  World world;
  Registry registry{world};
  Listener listener;
  exec::Interrupt interrupt;
  exec::RunOptions options;

  Fixture() {
    options.run_id = "01RUN";
    world.source = {{"items", 250}, {"orders", 1000}, {"users", 0}};
  }
  exec::Outcome run(const plan::Plan& plan) { return exec::run(plan, registry, options, interrupt, listener); }
  plan::Table& of(plan::Plan& plan, const std::string& name) {
    for (auto& table : plan.syncs.front().tables) {
      if (table.source.table == name) return table;
    }
    throw std::logic_error("no such table");
  }
  static const observe::TableProgress& of(const exec::Outcome& outcome, const std::string& name) {
    for (const auto& table : outcome.summary.tables) {
      if (table.address == "shop/shop." + name) return table;
    }
    throw std::logic_error("no such table");
  }
  static std::string state(const exec::Outcome& outcome, const std::string& name) {
    return observe::to_string(of(outcome, name).state);
  }
  static std::string code(const exec::Outcome& outcome, const std::string& name) {
    const auto& errors = of(outcome, name).errors;
    return errors.empty() ? "" : std::string(diag::info(errors.front().code).text);
  }
  void split_orders(plan::Plan& plan, int chunks, int readers) {
    plan::Split split;
    split.columns = of(plan, "orders").read_columns;
    split.chunks = chunks;
    split.readers = readers;
    of(plan, "orders").split = split;
  }
  void always(const std::string& point, ErrorKind kind) { world.always[point] = static_cast<int>(kind); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_run, Fixture)

BOOST_AUTO_TEST_CASE(copies_every_table) {
  const auto outcome = run(plan_of(world));
  BOOST_TEST(exec::exit_code(outcome) == 0);
  BOOST_TEST(outcome.committed == 3U);
  BOOST_TEST((world.target == world.source));
  BOOST_TEST(of(outcome, "orders").rows == 1000U);
  BOOST_TEST(of(outcome, "orders").how == "recreate");
  BOOST_TEST(world.count("end_run") == 1U);
  BOOST_TEST(listener.finished == 1);
}

BOOST_AUTO_TEST_CASE(a_split_table_is_read_and_written_by_several_sessions) {
  auto plan = plan_of(world);
  split_orders(plan, 7, 3);
  of(plan, "orders").loads.front().staging = types::Staging::chunked;
  const auto outcome = run(plan);
  BOOST_TEST(exec::exit_code(outcome) == 0);
  BOOST_TEST((world.target == world.source));
  BOOST_TEST(of(outcome, "orders").rows == 1000U);
  BOOST_TEST(world.count("cut orders") == 1U);
  BOOST_TEST(world.count("read orders") == 7U);
  BOOST_TEST(world.count("join orders") == 2U);
  BOOST_TEST(world.count("publish orders") == 1U);
  BOOST_REQUIRE(!of(outcome, "orders").notes.empty());
  BOOST_TEST(of(outcome, "orders").notes.front() == "read in 7 ranges of `id` by 3 sessions: fake");
}

BOOST_AUTO_TEST_CASE(readers_of_a_table_in_one_transaction_share_its_loader) {
  auto plan = plan_of(world);
  split_orders(plan, 5, 4);
  const auto outcome = run(plan);
  BOOST_TEST(exec::exit_code(outcome) == 0);
  BOOST_TEST((world.target == world.source));
  BOOST_TEST(world.count("read orders") == 5U);
  BOOST_TEST(world.count("join orders") == 0U);
}

BOOST_AUTO_TEST_CASE(a_snapshot_of_one_session_reads_a_split_table_whole) {
  world.snapshot_sessions = 1;
  auto plan = plan_of(world);
  split_orders(plan, 5, 4);
  const auto outcome = run(plan);
  BOOST_TEST(exec::exit_code(outcome) == 0);
  BOOST_TEST(world.count("cut orders") == 0U);
  BOOST_TEST(world.count("read orders") == 1U);
  BOOST_TEST(of(outcome, "orders").notes.front() == "read by one session: fake");
}

BOOST_AUTO_TEST_CASE(when_one_session_of_a_split_table_fails_nothing_of_it_is_published) {
  auto plan = plan_of(world);
  split_orders(plan, 7, 3);
  of(plan, "orders").loads.front().staging = types::Staging::chunked;
  always("write orders", ErrorKind::constraint);
  const auto outcome = run(plan);
  BOOST_TEST(state(outcome, "orders") == "failed");
  BOOST_TEST(world.count("publish orders") == 0U);
  BOOST_TEST(world.count("abort orders") == 3U);
  world.always.clear();
  world.errors["write orders"] = {ErrorKind::transient};
  BOOST_TEST(exec::exit_code(run(plan)) == 0);
  BOOST_TEST((world.target == world.source));
}

BOOST_AUTO_TEST_CASE(one_table_fails_the_others_go_on) {
  always("write orders", ErrorKind::constraint);
  const auto outcome = run(plan_of(world));
  BOOST_TEST(exec::exit_code(outcome) == 4);
  BOOST_TEST(outcome.committed == 2U);
  BOOST_TEST(world.target.count("orders") == 0U);
  BOOST_TEST(code(outcome, "orders") == "SY9204");
  BOOST_TEST(world.count("write orders") == 1U + (world.count("begin items,orders") > 0 ? 1U : 0U));
}

BOOST_AUTO_TEST_CASE(a_failing_batch_is_redone_table_by_table) {
  plan::Plan plan = plan_of(world);
  for (auto& table : plan.syncs.front().tables) table.limits.parallel_tables = 1;
  registry.capabilities().max_parallel_loads = 1;
  world.source = {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}};
  plan = plan_of(world);
  always("write b", ErrorKind::constraint);
  const auto outcome = run(plan);
  BOOST_TEST(world.count("begin a,b") == 1U);
  BOOST_TEST(world.count("abort a,b") == 1U);
  BOOST_TEST(world.count("publish a") == 1U);
  BOOST_TEST(world.count("publish c,d") == 1U);
  BOOST_TEST(outcome.committed == 3U);
  BOOST_TEST(state(outcome, "b") == "failed");
}

BOOST_AUTO_TEST_CASE(transient_errors_are_redone_with_a_new_epoch) {
  world.source = {{"orders", 300}};
  world.errors["write orders"] = {ErrorKind::transient, ErrorKind::transient};
  const auto outcome = run(plan_of(world));
  BOOST_TEST(exec::exit_code(outcome) == 0);
  BOOST_TEST(world.target["orders"] == 300U);
  BOOST_TEST(world.count("take_epochs") == 3U);
  BOOST_TEST(of(outcome, "orders").notes.size() == 2U);
}

BOOST_AUTO_TEST_CASE(retries_are_for_transient_kinds_only) {
  world.source = {{"orders", 300}};
  always("write orders", ErrorKind::locked);
  const auto locked = run(plan_of(world));
  BOOST_TEST(world.count("write orders") == 3U);
  BOOST_TEST(code(locked, "orders") == "SY9301");
  BOOST_TEST(of(locked, "orders").attempt == 3);
  world.calls.clear();
  always("write orders", ErrorKind::permission);
  const auto refused = run(plan_of(world));
  BOOST_TEST(world.count("write orders") == 1U);
  BOOST_TEST(code(refused, "orders") == "SY9206");
  BOOST_TEST(exec::exit_code(refused) == 5);
}

BOOST_AUTO_TEST_CASE(an_append_in_doubt_is_not_repeated) {
  world.source = {{"orders", 300}};
  plan::Plan plan = plan_of(world);
  of(plan, "orders").loads.front().mode = types::WriteMode::append;
  world.errors["publish orders"] = {ErrorKind::transient};
  world.in_doubt = true;
  const auto outcome = run(plan);
  BOOST_TEST(world.count("publish orders") == 1U);
  BOOST_TEST(state(outcome, "orders") == "failed");
  BOOST_TEST(of(outcome, "orders").errors.front().notes.size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_append_that_was_rolled_back_for_sure_is_repeated) {
  world.source = {{"orders", 300}};
  plan::Plan plan = plan_of(world);
  of(plan, "orders").loads.front().mode = types::WriteMode::append;
  world.errors["publish orders"] = {ErrorKind::transient};
  const auto outcome = run(plan);
  BOOST_TEST(world.count("publish orders") == 2U);
  BOOST_TEST(state(outcome, "orders") == "done");
}

BOOST_AUTO_TEST_CASE(a_replacement_in_doubt_is_repeated) {
  world.source = {{"orders", 300}};
  world.errors["publish orders"] = {ErrorKind::transient};
  world.in_doubt = true;
  const auto outcome = run(plan_of(world));
  BOOST_TEST(world.count("publish orders") == 2U);
  BOOST_TEST(state(outcome, "orders") == "done");
}

BOOST_AUTO_TEST_CASE(a_difference_in_counts_keeps_the_old_content) {
  world.target["orders"] = 7;
  world.miscount["orders"] = -1;
  const auto outcome = run(plan_of(world));
  BOOST_TEST(code(outcome, "orders") == "SY9302");
  BOOST_TEST(world.target["orders"] == 7U);
  BOOST_TEST(of(outcome, "orders").errors.front().message ==
             "row counts of `shop.orders` differ: 1000 read, 1000 sent, 1000 reported by the server, 999 counted in staging");
}

BOOST_AUTO_TEST_CASE(an_empty_source_does_not_empty_the_target) {
  plan::Plan plan = plan_of(world);
  plan::Table& users = of(plan, "users");
  users.existing = users.target_schema;
  users.managed = true;
  world.managed_rows["users"] = 12;
  const auto refused = run(plan);
  BOOST_TEST(code(refused, "users") == "SY9307");
  BOOST_TEST(exec::exit_code(refused) == 4);
  users.errors.allow_empty_source = true;
  BOOST_TEST(exec::exit_code(run(plan)) == 0);
}

BOOST_AUTO_TEST_CASE(findings_of_one_table_fail_that_table_only) {
  plan::Plan plan = plan_of(world);
  of(plan, "items").needs_adoption = true;
  of(plan, "items").existing = of(plan, "items").target_schema;
  const auto refused = run(plan);
  BOOST_TEST(code(refused, "items") == "SY8004");
  BOOST_TEST(exec::exit_code(refused) == 4);
  BOOST_TEST(world.target.count("items") == 0U);
  options.adopt = true;
  BOOST_TEST(exec::exit_code(run(plan)) == 0);
  BOOST_TEST(world.count("adopt items") == 1U);
}

BOOST_AUTO_TEST_CASE(on_table_failure_stop_starts_nothing_more) {
  world.source = {{"a", 1}, {"b", 1}, {"c", 1}};
  registry.capabilities().tables_per_transaction = 1;
  registry.capabilities().max_parallel_loads = 1;
  plan::Plan plan = plan_of(world);
  for (auto& table : plan.syncs.front().tables) table.errors.stop_on_table_failure = true;
  always("open a", ErrorKind::permission);
  const auto outcome = run(plan);
  BOOST_TEST(state(outcome, "a") == "failed");
  BOOST_TEST(state(outcome, "b") == "skipped");
  BOOST_TEST(code(outcome, "c") == "SY9310");
  BOOST_TEST(exec::exit_code(outcome) == 5);
}

BOOST_AUTO_TEST_CASE(a_server_that_is_down_is_exit_7_without_waiting) {
  always("introspect shop", ErrorKind::unreachable);
  const auto source_down = run(plan_of(world));
  BOOST_TEST(exec::exit_code(source_down) == 7);
  BOOST_TEST(source_down.summary.run_errors.size() == 1U);
  BOOST_TEST(world.count("open_state") == 0U);
  world.always.clear();
  always("open_state", ErrorKind::auth);
  BOOST_TEST(exec::exit_code(run(plan_of(world))) == 7);
}

BOOST_AUTO_TEST_CASE(a_held_target_is_exit_6) {
  always("begin_run 01RUN", ErrorKind::held);
  const auto outcome = run(plan_of(world));
  BOOST_TEST(exec::exit_code(outcome) == 6);
  BOOST_TEST((outcome.summary.run_errors.front().code == diag::Code::SY9303));
  BOOST_TEST(state(outcome, "orders") == "skipped");
}

BOOST_AUTO_TEST_CASE(a_run_that_was_taken_over_stops) {
  world.source = {{"a", 1}, {"b", 1}};
  registry.capabilities().tables_per_transaction = 1;
  registry.capabilities().max_parallel_loads = 1;
  always("begin a", ErrorKind::fenced);
  const auto outcome = run(plan_of(world));
  BOOST_TEST(exec::exit_code(outcome) == 6);
  BOOST_TEST(code(outcome, "a") == "SY9304");
  BOOST_TEST(state(outcome, "b") == "skipped");
}

BOOST_AUTO_TEST_CASE(the_first_signal_drains) {
  world.source = {{"a", 5000}, {"b", 1}, {"c", 1}};
  registry.capabilities().tables_per_transaction = 1;
  registry.capabilities().max_parallel_loads = 1;
  world.on_call = [this](const std::string& call) {
    if (call == "write b") interrupt.signals = 1;
  };
  plan::Plan plan = plan_of(world);
  of(plan, "a").source_schema.byte_estimate = 100'000'000;
  const auto outcome = run(plan);
  BOOST_TEST(exec::exit_code(outcome) == 130);
  BOOST_TEST(world.target["a"] == 5000U);
  BOOST_TEST(world.target.count("c") == 0U);
  BOOST_TEST(state(outcome, "c") == "skipped");
  BOOST_TEST(world.count("end_run") == 1U);
}

BOOST_AUTO_TEST_CASE(a_signal_cancels_a_reader_that_hangs) {
  world.source = {{"a", 1}};
  world.endless = {"a"};
  world.on_call = [this](const std::string& call) {
    if (call == "next a") interrupt.signals = 2;
  };
  const auto outcome = run(plan_of(world));
  BOOST_TEST(exec::exit_code(outcome) == 130);
  BOOST_TEST(world.count("abort a") == 1U);
}

BOOST_AUTO_TEST_CASE(a_stalled_table_is_cancelled_and_named) {
  world.source = {{"a", 1}, {"b", 1}};
  world.endless = {"a"};
  plan::Plan plan = plan_of(world);
  plan.connections["shop"].settings["stall_timeout"] = "1";
  for (auto& table : plan.syncs.front().tables) table.errors.retries = 0;
  const auto outcome = run(plan);
  BOOST_TEST(code(outcome, "a") == "SY9203");
  BOOST_TEST(state(outcome, "b") == "done");
}

BOOST_AUTO_TEST_CASE(a_late_table_is_cancelled_and_not_retried) {
  world.source = {{"a", 1}};
  world.endless = {"a"};
  plan::Plan plan = plan_of(world);
  of(plan, "a").errors.timeout = std::chrono::seconds(1);
  const auto outcome = run(plan);
  BOOST_TEST(code(outcome, "a") == "SY9207");
  BOOST_TEST(world.count("read a") == 1U);
}

BOOST_AUTO_TEST_CASE(tables_of_a_group_share_one_snapshot) {
  registry.capabilities().tables_per_transaction = 1;
  plan::Plan plan = plan_of(world);
  for (auto& table : plan.syncs.front().tables) table.snapshot_group = 1;
  BOOST_TEST(exec::exit_code(run(plan)) == 0);
  BOOST_TEST(world.count("snapshot") == 1U);
}

BOOST_AUTO_TEST_CASE(a_snapshot_of_one_session_is_read_one_after_the_other) {
  registry.capabilities().tables_per_transaction = 1;
  world.snapshot_sessions = 1;
  world.source = {{"a", 500}, {"b", 500}, {"c", 500}};
  plan::Plan plan = plan_of(world);
  for (auto& table : plan.syncs.front().tables) table.snapshot_group = 1;
  std::atomic<int> open{0};
  std::atomic<int> most{0};
  world.on_call = [&](const std::string& call) {
    if (call.rfind("begin ", 0) == 0) most = std::max(most.load(), ++open);
    if (call.rfind("publish ", 0) == 0) --open;
  };
  BOOST_TEST(exec::exit_code(run(plan)) == 0);
  BOOST_TEST(most.load() == 1);
}

BOOST_AUTO_TEST_CASE(a_lost_snapshot_is_replaced_and_noted) {
  registry.capabilities().tables_per_transaction = 1;
  plan::Plan plan = plan_of(world);
  for (auto& table : plan.syncs.front().tables) table.snapshot_group = 1;
  world.errors["next orders"] = {ErrorKind::transient};
  const auto outcome = run(plan);
  BOOST_TEST(exec::exit_code(outcome) == 0);
  BOOST_TEST(world.count("snapshot") == 2U);
  BOOST_TEST(of(outcome, "orders").notes.size() == 2U);
}

BOOST_AUTO_TEST_CASE(never_more_than_half_of_the_free_connections) {
  registry.capabilities().tables_per_transaction = 1;
  world.free_connections = 2;
  std::atomic<int> open{0};
  std::atomic<int> most{0};
  world.on_call = [&](const std::string& call) {
    if (call.rfind("begin ", 0) == 0 && call != "begin 01RUN") most = std::max(most.load(), ++open);
    if (call.rfind("publish ", 0) == 0) --open;
  };
  BOOST_TEST(exec::exit_code(run(plan_of(world))) == 0);
  BOOST_TEST(most.load() == 1);
}

BOOST_AUTO_TEST_CASE(foreign_keys_come_last_and_orphans_are_exit_4) {
  plan::Plan plan = plan_of(world);
  types::ForeignKey key;
  key.name = "items_order";
  key.columns = {"order_id"};
  key.referenced = {"dw", "orders"};
  of(plan, "items").foreign_keys = {key};
  BOOST_TEST(exec::exit_code(run(plan)) == 0);
  BOOST_TEST(world.count("foreign_key items_order") == 1U);
  world.orphans["items_order"] = 3;
  const auto outcome = run(plan);
  BOOST_TEST(exec::exit_code(outcome) == 4);
  BOOST_TEST(state(outcome, "items") == "done");
  BOOST_TEST(of(outcome, "items").errors.front().message ==
             "foreign key `items_order` of `dw.items` is left out: 3 rows have no parent (`user_id=17`)");
}

BOOST_AUTO_TEST_CASE(a_foreign_key_waits_for_a_parent_that_failed) {
  plan::Plan plan = plan_of(world);
  types::ForeignKey key;
  key.name = "items_order";
  key.referenced = {"dw", "orders"};
  of(plan, "items").foreign_keys = {key};
  always("write orders", ErrorKind::permission);
  const auto outcome = run(plan);
  BOOST_TEST(world.count("foreign_key") == 0U);
  BOOST_TEST(of(outcome, "items").notes.back() == "foreign key `items_order` waits for `dw.orders`, which failed");
}

BOOST_AUTO_TEST_CASE(schema_only_tables_move_no_rows) {
  plan::Plan plan = plan_of(world);
  of(plan, "orders").schema_only = true;
  of(plan, "orders").loads.clear();
  const auto outcome = run(plan);
  BOOST_TEST(exec::exit_code(outcome) == 0);
  BOOST_TEST(world.count("schema orders") == 1U);
  BOOST_TEST(world.count("read orders") == 0U);
  BOOST_TEST(of(outcome, "orders").how == "schema");
}

BOOST_AUTO_TEST_CASE(five_hundred_small_tables_take_few_transactions) {
  world.source.clear();
  for (int at = 0; at < 500; ++at) world.source["t" + std::to_string(1000 + at)] = 200;
  const auto outcome = run(plan_of(world));
  BOOST_TEST(outcome.committed == 500U);
  BOOST_TEST(world.count("publish") <= 20U);
  BOOST_TEST(world.count("take_epochs") == 1U);
  BOOST_TEST(world.count("open_loader") <= 4U);
}

BOOST_AUTO_TEST_CASE(one_source_into_two_targets) {
  plan::Plan plan = plan_of(world);
  plan.connections["copy"] = plan.connections["dw"];
  plan.connections["copy"].name = "copy";
  plan::Sync second = plan.syncs.front();
  second.name = "second";
  second.target_connection = "copy";
  plan.syncs.push_back(second);
  const auto outcome = run(plan);
  BOOST_TEST(exec::exit_code(outcome) == 0);
  BOOST_TEST(outcome.committed == 6U);
  BOOST_TEST(world.count("end_run") == 2U);
}

BOOST_AUTO_TEST_CASE(precedence_of_exit_codes) {
  exec::Outcome outcome;
  BOOST_TEST(exec::exit_code(outcome) == 0);
  outcome.failed = 1;
  BOOST_TEST(exec::exit_code(outcome) == 5);
  outcome.refused = true;
  BOOST_TEST(exec::exit_code(outcome) == 6);
  outcome.unreachable = true;
  BOOST_TEST(exec::exit_code(outcome) == 7);
  outcome.committed = 1;
  BOOST_TEST(exec::exit_code(outcome) == 4);
  diag::Diagnostic internal;
  internal.code = diag::Code::SY9403;
  outcome.summary.run_errors.push_back(internal);
  BOOST_TEST(exec::exit_code(outcome) == 2);
  outcome.summary.interrupted = true;
  BOOST_TEST(exec::exit_code(outcome) == 130);
}

BOOST_AUTO_TEST_SUITE_END()

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <mutex>
#include <thread>

#include "compiler/diag/kinds.h"
#include "runtime/exec/big_rows.h"
#include "runtime/exec/failures.h"
#include "runtime/exec/pipeline.h"
#include "runtime/exec/units.h"
#include "runtime/lower/lower.h"
#include "runtime/schedule/schedule.h"
#include "tests/unit/runtime_fakes.h"

namespace {

using namespace fakes;
using schedule::Start;
using schedule::Step;

/// Steps that count how many run at once; some follow, some are never started.
struct Runner : schedule::StepRunner {
  std::mutex mutex;
  std::vector<Step> ran, lost;
  int running = 0, most = 0, ticks = 0;
  Step never = 999, follow = 999;

  Start may_start(Step step) override { return step == never ? Start::never : Start::now; }
  void run(Step step) noexcept override {
    {
      const std::lock_guard lock(mutex);
      most = std::max(most, ++running);
      ran.push_back(step);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const std::lock_guard lock(mutex);
    --running;
  }
  std::vector<Step> account(Step step) override { return step == follow ? std::vector<Step>{100} : std::vector<Step>{}; }
  void dropped(Step step) override { lost.push_back(step); }
  void tick() override { ++ticks; }
};

std::vector<exec::TableJob> jobs(const plan::Plan& plan) {
  std::vector<exec::TableJob> made;
  for (const auto& table : plan.syncs.front().tables) {
    exec::TableJob job;
    job.step = &table.loads.front();
    job.sync = &plan.syncs.front();
    job.plan = &table;
    made.push_back(job);
  }
  return made;
}

std::vector<exec::TableJob*> pointers(std::vector<exec::TableJob>& all) {
  std::vector<exec::TableJob*> made;
  for (auto& job : all) made.push_back(&job);
  return made;
}

std::string code_of(ErrorKind kind, exec::Side side) {
  const auto made = exec::describe(ConnectorError(kind, "why"), {"s", "s/a", "shop.a", "shop", side});
  return std::string(diag::info(made.code).text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_steps)

BOOST_AUTO_TEST_CASE(the_loop_keeps_to_its_capacity) {
  Runner runner;
  schedule::run({0, 1, 2, 3, 4, 5, 6, 7}, 3, std::chrono::milliseconds(5), runner);
  BOOST_TEST(runner.ran.size() == 8U);
  BOOST_TEST(runner.most <= 3);
  BOOST_TEST(runner.most > 1);
  BOOST_TEST(runner.ticks > 0);
}

BOOST_AUTO_TEST_CASE(the_loop_runs_what_follows_and_drops_what_never_may) {
  Runner runner;
  runner.never = 1;
  runner.follow = 0;
  schedule::run({0, 1, 2}, 1, std::chrono::milliseconds(5), runner);
  BOOST_TEST((runner.ran == std::vector<Step>{0, 2, 100}));
  BOOST_TEST((runner.lost == std::vector<Step>{1}));
}

BOOST_AUTO_TEST_CASE(large_tables_go_alone_and_first) {
  World world;
  for (int at = 0; at < 20; ++at) world.source["t" + std::to_string(10 + at)] = 1;
  plan::Plan plan = plan_of(world);
  plan.syncs.front().tables[4].source_schema.byte_estimate = 500'000'000;
  plan.syncs.front().tables[7].source_schema.byte_estimate = 900'000'000;
  plan.syncs.front().tables[9].loads.front().staging = types::Staging::chunked;
  auto all = jobs(plan);
  const auto units = exec::make_units(pointers(all), {50, 2});
  BOOST_TEST(units[0].tables.front()->plan == &plan.syncs.front().tables[7]);
  BOOST_TEST(units[1].tables.front()->plan == &plan.syncs.front().tables[4]);
  BOOST_TEST(units[2].tables.size() == 1U);
  std::size_t tables = 0;
  for (const auto& unit : units) tables += unit.tables.size();
  BOOST_TEST(tables == 20U);
  BOOST_TEST(units.size() == 3U + 4U);
  BOOST_TEST(exec::make_units(pointers(all), {1, 2}).size() == 20U);
}

BOOST_AUTO_TEST_CASE(a_unit_stays_in_its_snapshot_group) {
  World world;
  for (int at = 0; at < 10; ++at) world.source["t" + std::to_string(at)] = 1;
  plan::Plan plan = plan_of(world);
  for (std::size_t at = 0; at < 10; ++at) plan.syncs.front().tables[at].snapshot_group = static_cast<int>(at % 2);
  auto all = jobs(plan);
  for (const auto& unit : exec::make_units(pointers(all), {50, 1})) {
    for (const auto* job : unit.tables) BOOST_TEST(job->plan->snapshot_group == unit.tables.front()->plan->snapshot_group);
  }
}

BOOST_AUTO_TEST_CASE(rows_arrive_in_order_with_the_end_of_each_table) {
  World world;
  world.source = {{"a", 250}, {"b", 0}, {"c", 100}};
  Snapshot snapshot(world);
  std::vector<connectors::ReadRequest> requests(3);
  requests[0].table.table = "a";
  requests[1].table.table = "b";
  requests[2].table.table = "c";
  exec::Watch watch;
  exec::RowStream stream(snapshot, {&requests[0], &requests[1], &requests[2]}, watch);
  std::vector<std::uint64_t> rows;
  for (int table = 0; table < 3; ++table) {
    std::uint64_t seen = 0;
    while (types::Batch* batch = stream.next()) {
      for (std::size_t row = 0; row < batch->rows(); ++row) BOOST_REQUIRE(batch->slots(row)[0] == ++seen);
    }
    BOOST_TEST(stream.ended().rows == seen);
    rows.push_back(seen);
  }
  BOOST_TEST((rows == std::vector<std::uint64_t>{250, 0, 100}));
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_left_stops_its_reader) {
  World world;
  world.source = {{"a", 1'000'000}};
  Snapshot snapshot(world);
  connectors::ReadRequest request;
  request.table.table = "a";
  exec::Watch watch;
  {
    exec::RowStream stream(snapshot, {&request}, watch);
    BOOST_TEST(stream.next() != nullptr);
  }
  BOOST_TEST(world.count("next a") < 20U);
}

BOOST_AUTO_TEST_CASE(the_permit_for_big_rows_is_one) {
  exec::BigRowPermit& permit = exec::BigRowPermit::instance();
  BOOST_TEST(permit.take(std::chrono::milliseconds(1)));
  BOOST_TEST(!permit.take(std::chrono::milliseconds(1)));
  std::thread other([&permit] { permit.give_back(); });
  BOOST_TEST(permit.take(std::chrono::seconds(5)));
  other.join();
  permit.give_back();
}

BOOST_AUTO_TEST_CASE(error_kinds_have_their_codes) {
  using exec::Side;
  BOOST_TEST(code_of(ErrorKind::unreachable, Side::source) == "SY8001");
  BOOST_TEST(code_of(ErrorKind::auth, Side::target) == "SY8001");
  BOOST_TEST(code_of(ErrorKind::transient, Side::source) == "SY9201");
  BOOST_TEST(code_of(ErrorKind::cancelled, Side::source) == "SY9202");
  BOOST_TEST(code_of(ErrorKind::missing, Side::source) == "SY9205");
  BOOST_TEST(code_of(ErrorKind::drift, Side::target) == "SY9205");
  BOOST_TEST(code_of(ErrorKind::permission, Side::target) == "SY9206");
  BOOST_TEST(code_of(ErrorKind::locked, Side::target) == "SY9301");
  BOOST_TEST(code_of(ErrorKind::locked, Side::source) == "SY9204");
  BOOST_TEST(code_of(ErrorKind::held, Side::target) == "SY9303");
  BOOST_TEST(code_of(ErrorKind::fenced, Side::target) == "SY9304");
  BOOST_TEST(code_of(ErrorKind::full, Side::target) == "SY9305");
  BOOST_TEST(code_of(ErrorKind::setup, Side::target) == "SY9306");
  BOOST_TEST(code_of(ErrorKind::setup, Side::source) == "SY9402");
}

BOOST_AUTO_TEST_CASE(errors_keep_native_codes_and_the_connectors_help) {
  ConnectorError error(ErrorKind::constraint, "duplicate key value");
  error.sqlstate = "23505";
  error.native_code = 7;
  error.statement = "INSERT …";
  error.help = "first";
  const auto made = exec::describe(error, {"s", "s/a", "dw.a", "dw", exec::Side::target});
  BOOST_TEST((made.code == diag::Code::SY9117));
  BOOST_TEST(made.message == "rows of `dw.a` share a key that is unique in the target: duplicate key value");
  BOOST_TEST((made.notes == std::vector<std::string>{"server code 7, SQLSTATE 23505", "statement: INSERT …"}));
  BOOST_TEST(made.help.front() == "first");
  BOOST_TEST(made.table == "s/a");
  BOOST_TEST(made.connection == "dw");
}

BOOST_AUTO_TEST_CASE(values_name_column_table_and_row) {
  expr::ValueError error(expr::ValueProblem::zero_date, "born", "0000-00-00");
  error.row_key = "id=42";
  const auto made = exec::describe(error, {"s", "s/a", "shop.a", "shop", exec::Side::source});
  BOOST_TEST(made.message == "`born` in `shop.a` holds a zero or partial date: 0000-00-00 (row id=42)");
  BOOST_TEST(made.column == "born");
  BOOST_TEST(made.help.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_plan_is_lowered_without_decisions) {
  World world;
  world.source = {{"orders", 1}};
  plan::Plan plan = plan_of(world);
  plan::Table& table = plan.syncs.front().tables.front();
  table.source_schema.row_estimate = 77;
  table.limits.batch_bytes = 5;
  table.limits.page_size = 9;
  table.key = {"id"};
  plan::Load& load = table.loads.front();
  load.mode = types::WriteMode::upsert;
  auto bind = std::make_shared<expr::Expr>();
  bind->op = expr::Op::parameter;
  bind->name = "day";
  load.native_filter = "d = :day";
  load.native_binds = {{"day", bind}};
  plan.parameters["day"] = std::string("2026-11-20");

  const auto made = lower::load_table(table, load, 12);
  BOOST_TEST(made.epoch == 12);
  BOOST_TEST(made.row_estimate == 77U);
  BOOST_TEST(made.batch_bytes == 5U);
  BOOST_TEST(made.desired.name.container == "dw");
  BOOST_TEST((made.mode == types::WriteMode::upsert));
  BOOST_TEST(made.plan_hash == plan::plan_hash(table, load));
  const auto read = lower::read_request(table, load, plan);
  BOOST_TEST(read.page_size == 9);
  BOOST_TEST(read.table.table == "orders");
  BOOST_REQUIRE(read.filter.native_binds.size() == 1U);
  BOOST_TEST(std::get<std::string>(read.filter.native_binds.front().second) == "2026-11-20");
}

BOOST_AUTO_TEST_SUITE_END()

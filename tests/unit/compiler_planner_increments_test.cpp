#include <boost/test/unit_test.hpp>

#include "compiler/plan/summary.h"
#include "stdlib/types/calendar.h"
#include "tests/unit/planner_fixture.h"

BOOST_AUTO_TEST_SUITE(compiler_planner_increments)

using namespace syncline;
using namespace planner_test;

namespace {

const char* const kWindows =
    "LOAD FULL UP TO FIRST WINDOW WRITE UPSERT THEN INCREMENTAL WHERE changed >= :window_start AND changed < :window_end WRITE "
    "UPSERT";
const char* const kDaily = "LOAD INCREMENTAL WHERE changed >= :window_start AND changed < :window_end WRITE OVERWRITE PARTITION";
const char* const kByDay = "PARTITION BY (ds STRING = format(:bizdate, '%Y%m%d')) ";

std::int64_t instant(const char* text) {
  return types::parse_instant(text).value();
}

TableBuilder orders() {
  return TableBuilder("shop", "orders", {"id! int(11)", "changed! datetime", "seq bigint(20)"}).key({"id"});
}

/// MySQL to PostgreSQL on 2026-11-20 at noon; `orders` was copied by an earlier run when `made` is told.
class Increments : public Bench {
 public:
  explicit Increments(bool made = false) : Bench("mysql", "postgres") {
    options.started_at = instant("2026-11-20 12:00:00");
    source().add(orders());
    if (made) {
      target().add_managed(
          TableBuilder("shop", "orders", {"id! integer", "changed! timestamp(0) without time zone", "seq bigint"}).key({"id"}));
    }
  }
  plan::Table planned(const std::string& clauses) { return only(plan("shop.*", clauses + " SCHEDULE nightly", kNightly)); }
  void reached(types::Phase phase, const char* lower, const char* upper = nullptr) {
    types::Progress one;
    one.phase = phase;
    one.sync = "job";
    one.unit = "shop.orders";
    one.target = {"shop", "orders"};
    one.lower = instant(lower);
    one.upper = upper != nullptr ? instant(upper) : 0;
    target().reached.push_back(one);
  }

 private:
  static constexpr const char* kNightly = "SCHEDULE nightly EVERY DAY AT '00:30';";
};

/// "full 11-19 11-18": the phase and the first day of the window of each load.
std::string loads(const plan::Table& table) {
  std::string text = table.action == plan::Action::none ? "none" : "";
  for (const plan::Load& load : table.loads) {
    if (table.action == plan::Action::none) continue;
    const char* phase = load.phase == types::Phase::full ? "full" : load.phase == types::Phase::key ? "key" : "";
    const std::string day = types::format_timestamp(load.instance.window.start, 0, ' ').substr(5, 5);
    text += (text.empty() ? "" : " ") + (*phase != 0 ? std::string(phase) : day);
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_run_is_full_and_hands_over_to_the_window_of_its_instance) {
  Increments bench;
  const auto table = bench.planned(kWindows);
  BOOST_CHECK_EQUAL(loads(table), "full 11-19");
  BOOST_CHECK_EQUAL(expr::to_text(*table.loads[0].filter), "((changed < TIMESTAMP '2026-11-19 00:00:00Z') OR (changed IS NULL))");
  BOOST_CHECK_EQUAL(table.loads[0].settled_until.value(), instant("2026-11-19"));
  BOOST_CHECK_EQUAL(table.loads[1].settled_until.value(), instant("2026-11-20"));
  BOOST_CHECK(table.loads[1].records_progress);
}

BOOST_AUTO_TEST_CASE(a_full_copy_that_is_not_cut_off_holds_the_window_of_its_instance) {
  Increments bench;
  const auto table = bench.planned(
      "LOAD FULL WRITE RECREATE THEN INCREMENTAL WHERE changed >= :window_start AND changed < :window_end WRITE UPSERT");
  BOOST_CHECK_EQUAL(loads(table), "full");
  BOOST_CHECK_EQUAL(table.loads[0].settled_until.value(), instant("2026-11-20"));
}

BOOST_AUTO_TEST_CASE(every_complete_window_that_is_not_done_is_due_oldest_first) {
  Increments bench(true);
  bench.reached(types::Phase::full, "2026-11-16");
  bench.reached(types::Phase::window, "2026-11-17", "2026-11-18");
  BOOST_CHECK_EQUAL(loads(bench.planned(kWindows)), "11-16 11-18 11-19");
  bench.reached(types::Phase::window, "2026-11-16", "2026-11-17");
  bench.reached(types::Phase::window, "2026-11-18", "2026-11-19");
  bench.reached(types::Phase::window, "2026-11-19", "2026-11-20");
  BOOST_CHECK_EQUAL(loads(bench.planned(kWindows)), "none");
}

BOOST_AUTO_TEST_CASE(a_full_copy_that_replaces_the_table_has_its_window_copied_again) {
  Increments bench(true);
  bench.reached(types::Phase::window, "2026-11-19", "2026-11-20");
  const std::string clauses =
      "LOAD FULL UP TO FIRST WINDOW WRITE RECREATE THEN INCREMENTAL "
      "WHERE changed >= :window_start AND changed < :window_end WRITE UPSERT";
  BOOST_CHECK_EQUAL(loads(bench.planned(clauses)), "full 11-19");
}

BOOST_AUTO_TEST_CASE(progress_of_a_table_that_is_gone_counts_for_nothing) {
  Increments bench;
  bench.reached(types::Phase::full, "2026-11-16");
  BOOST_CHECK_EQUAL(loads(bench.planned(kWindows)), "full 11-19");
}

BOOST_AUTO_TEST_CASE(a_window_that_is_asked_for_is_run_done_or_not) {
  Increments bench(true);
  bench.reached(types::Phase::full, "2026-11-18");
  bench.reached(types::Phase::window, "2026-11-18", "2026-11-19");
  bench.options.window = "2026-11-18..2026-11-19";
  BOOST_CHECK_EQUAL(loads(bench.planned(kWindows)), "11-18");
  bench.options.window.clear();
  bench.options.at = "2026-11-17 05:00";
  BOOST_CHECK_EQUAL(loads(bench.planned(kWindows)), "11-16");
  bench.options.at.clear();
  bench.options.full = true;
  BOOST_CHECK_EQUAL(loads(bench.planned(kWindows)), "full");
}

BOOST_AUTO_TEST_CASE(a_window_is_appended_once) {
  Increments bench(true);
  bench.reached(types::Phase::full, "2026-11-18");
  bench.reached(types::Phase::window, "2026-11-18", "2026-11-19");
  const std::string append =
      "LOAD FULL UP TO FIRST WINDOW WRITE RECREATE THEN INCREMENTAL "
      "WHERE changed >= :window_start AND changed < :window_end WRITE APPEND";
  for (const char* done : {"2026-11-18..2026-11-19", "2026-11-18 05:00..2026-11-18 06:00", "2020-01-01..2020-01-02"}) {
    bench.options.window = done;
    BOOST_CHECK_EQUAL(loads(bench.planned(append)), "none");
    BOOST_CHECK_EQUAL(bench.codes(), "");
  }
  bench.options.window = "2026-11-18 05:00..2026-11-19 06:00";
  bench.planned(append);
  BOOST_CHECK_EQUAL(bench.codes(), "SY1040");
  bench.options.window = "2026-11-19..2026-11-20";
  BOOST_CHECK_EQUAL(loads(bench.planned(append)), "11-19");
}

BOOST_AUTO_TEST_CASE(a_backfill_takes_both_days_and_leaves_out_what_is_done_or_not_over) {
  Increments bench(true);
  bench.reached(types::Phase::full, "2026-11-15");
  bench.reached(types::Phase::window, "2026-11-17", "2026-11-18");
  bench.options.from = "2026-11-14";
  bench.options.to = "2026-11-20";
  BOOST_CHECK_EQUAL(loads(bench.planned(kWindows)), "11-15 11-16 11-18 11-19");
  bench.options.redo = true;
  BOOST_CHECK_EQUAL(loads(bench.planned(kWindows)), "11-14 11-15 11-16 11-17 11-18 11-19");
  bench.options.redo = false;
  BOOST_CHECK_EQUAL(loads(bench.planned("LOAD FULL WRITE RECREATE")), "none");
  BOOST_CHECK_EQUAL(loads(bench.planned("LOAD INCREMENTAL KEY (id) WRITE UPSERT")), "none");
}

BOOST_AUTO_TEST_CASE(each_load_has_the_partition_of_its_own_instance) {
  Increments bench;
  bench.options.from = "2026-11-17";
  bench.options.to = "2026-11-18";
  const auto table = bench.planned(std::string(kByDay) + kDaily);
  BOOST_REQUIRE_EQUAL(table.loads.size(), 2U);
  BOOST_CHECK_EQUAL(expr::to_text(*table.loads[0].partition.at(0)), "'20261117'");
  BOOST_CHECK_EQUAL(expr::to_text(*table.loads[1].partition.at(0)), "'20261118'");
  BOOST_CHECK(table.loads[0].publish == types::Publish::rename);
  BOOST_CHECK(table.loads[1].publish == types::Publish::partition);
}

BOOST_AUTO_TEST_CASE(rows_of_several_partitions_share_no_key) {
  Increments bench;
  const auto replaced = bench.planned(std::string(kByDay) + kDaily);
  BOOST_TEST(replaced.target_schema.primary_key.columns == (std::vector<std::string>{"id", "ds"}),
             boost::test_tools::per_element());
  const auto merged = bench.planned(std::string(kByDay) + kWindows);
  BOOST_TEST(merged.target_schema.primary_key.columns == std::vector<std::string>{"id"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_key_is_read_from_the_target_where_it_stands_there) {
  Increments bench(true);
  const auto from_target = bench.planned("LOAD INCREMENTAL KEY (changed, id) LOOKBACK 10 MINUTES WRITE UPSERT");
  BOOST_REQUIRE(from_target.loads.at(0).key);
  BOOST_CHECK(from_target.loads[0].key->from_target);
  BOOST_CHECK(from_target.loads[0].key->unique);
  BOOST_CHECK_EQUAL(from_target.loads[0].key->lookback.value().micros, 600'000'000);
  const auto remembered = bench.planned("COLUMNS (SET id = id + 1) LOAD INCREMENTAL KEY (id) FROM STATE WRITE UPSERT");
  BOOST_CHECK(!remembered.loads.at(0).key->from_target);
  BOOST_CHECK_EQUAL(bench.codes(), "");
  bench.planned("COLUMNS (SET id = id + 1) LOAD INCREMENTAL KEY (id) WRITE UPSERT");
  BOOST_CHECK_EQUAL(bench.codes(), "SY3041");
}

BOOST_AUTO_TEST_CASE(tables_that_grow_have_no_foreign_keys_between_them) {
  Increments bench;
  bench.source().add(TableBuilder("shop", "lines", {"id! int(11)", "order_id int(11)", "changed! datetime"})
                         .key({"id"})
                         .refers("of_order", "order_id", {"shop", "orders"}, "id"));
  const auto planned = bench.plan("shop.*", kWindows);
  BOOST_CHECK(table(planned, "lines").foreign_keys.empty());
  BOOST_CHECK_EQUAL(table(bench.plan("shop.*", "LOAD FULL WRITE RECREATE"), "lines").foreign_keys.size(), 1U);
}

BOOST_AUTO_TEST_SUITE_END()

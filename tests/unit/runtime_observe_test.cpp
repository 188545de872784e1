#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "compiler/diag/kinds.h"
#include "runtime/observe/clock.h"
#include "runtime/observe/observers.h"
#include "runtime/observe/text_parts.h"
#include "runtime/observe/whole_run.h"

namespace {

using namespace syncline;
using observe::TableProgress;
using observe::TableState;

TableProgress table(const std::string& name, TableState state, std::uint64_t rows) {
  TableProgress made;
  made.address = "shop_ods/shop." + name;
  made.target = "dw." + name;
  made.state = state;
  made.rows = rows;
  made.bytes = rows * 100;
  made.seconds = 2;
  made.how = "recreate";
  return made;
}

observe::RunSummary mixed() {
  observe::RunSummary summary;
  summary.run_id = "01JD";
  summary.seconds = 3.6;
  TableProgress failed = table("users", TableState::failed, 100);
  failed.errors = {
      diag::NulInText("name", "shop.users", "row id=7").with_help("ERRORS (nul_text = strip) leaves the character out")};
  TableProgress skipped = table("tags", TableState::skipped, 0);
  skipped.errors = {diag::NotStarted("shop_ods/shop.tags", "`shop.users` failed")};
  TableProgress done = table("orders", TableState::done, 48112);
  done.notes = {"`created`: 2 values replaced as ERRORS says"};
  summary.tables = {done, failed, skipped};
  return summary;
}

struct Streams {
  std::ostringstream progress, result;
  double now = 0;
  observe::Screen screen() {
    return {progress, result, false, [] { return 60; }};
  }
  observe::Seconds clock() {
    return [this] { return now; };
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(runtime_observe, Streams)

BOOST_AUTO_TEST_CASE(closing_text_names_failures_and_what_to_do) {
  BOOST_TEST(
      observe::closing_text(mixed(), false) ==
      "  ✓  shop.orders → dw.orders  recreate  48,112 rows  4.8 MB  2.0 s\n"
      "  ✗  shop.users → dw.users    failed\n"
      "  note: shop.orders → dw.orders: `created`: 2 values replaced as ERRORS says\n"
      "\n"
      "error[SY9105]: a text of `name` in `shop.users` holds a NUL character: row id=7\n"
      "  = help: ERRORS (nul_text = strip) leaves the character out\n"
      "1 table not started: `shop.users` failed\n"
      "\n"
      "1 succeeded, 1 failed, 1 not started in 3.6 s. What failed keeps its old content: mend the cause above, then run the same "
      "command again. Details: syncline history 01JD\n");
}

BOOST_AUTO_TEST_CASE(closing_sentence_of_a_good_run_is_short) {
  observe::RunSummary summary;
  summary.run_id = "01JD";
  summary.seconds = 3.6;
  summary.tables = {table("orders", TableState::done, 5)};
  BOOST_TEST(observe::closing_sentence(summary) == "1 succeeded in 3.6 s. Details: syncline history 01JD");
  summary.interrupted = true;
  BOOST_TEST(
      observe::closing_sentence(summary) ==
      "1 succeeded, interrupted after 3.6 s. Tables that were not finished keep their old content: run the same command again. "
      "Details: syncline history 01JD");
}

BOOST_AUTO_TEST_CASE(many_failures_are_cut) {
  observe::RunSummary summary;
  for (int at = 0; at < 25; ++at) {
    TableProgress failed = table("t" + std::to_string(at), TableState::failed, 0);
    failed.errors = {diag::EmptySource("t", std::uint64_t{1})};
    summary.tables.push_back(failed);
  }
  const std::string text = observe::closing_text(summary, false);
  BOOST_TEST(text.find("and 5 failures more\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(plain_lines) {
  const auto shown = observe::make_line_observer(screen(), clock());
  shown->run_started("01JD", 3);
  shown->table_changed(table("orders", TableState::loading, 0));
  shown->table_changed(table("orders", TableState::building, 10));
  now = 9;
  shown->tick({table("orders", TableState::loading, 10)}, 0, 0, 3);
  now = 10;
  shown->tick({table("orders", TableState::loading, 1234)}, 1, 1, 3);
  now = 11;
  shown->tick({table("orders", TableState::loading, 2000)}, 1, 1, 3);
  shown->table_changed(table("orders", TableState::done, 48112));
  shown->table_changed(mixed().tables[1]);
  TableProgress again = table("tags", TableState::waiting, 0);
  again.notes = {"attempt 1 failed: lost"};
  shown->table_changed(again);
  shown->note("state `x\x1b[0m`");
  BOOST_TEST(progress.str() ==
             "run 01JD: 3 tables\n"
             "start shop.orders → dw.orders\n"
             "1 of 3 tables done, 1 failed, 1 running; 1,234 rows, 617 rows/s\n"
             "  shop.orders → dw.orders: 1,234 rows\n"
             "done shop.orders → dw.orders: 48,112 rows, 4.8 MB, 2.0 s\n"
             "fail shop.users → dw.users: SY9105: a text of `name` in `shop.users` holds a NUL character: row id=7\n"
             "again shop.tags → dw.tags: attempt 1 failed: lost\n"
             "state `x\\u{1b}[0m`\n");
  BOOST_TEST(result.str().empty());
  shown->run_finished(mixed());
  BOOST_TEST(result.str() == observe::closing_text(mixed(), false));
}

BOOST_AUTO_TEST_CASE(terminal_redraws_its_block) {
  const auto shown = observe::make_terminal_observer(screen());
  TableProgress orders = table("orders", TableState::loading, 500);
  orders.expected_rows = 1000;
  shown->size_estimated(4000, 0);
  shown->tick({orders}, 1, 0, 3);
  BOOST_TEST(progress.str() ==
             "  shop.orders → dw…  500 rows  50 %  250 rows/s  2.0 s left\n"
             "1 of 3 tables  500 rows  12 %  250 rows/s  14.0 s left\n");
  progress.str("");
  orders.rows = 2000;
  orders.state = TableState::building;
  shown->tick({orders}, 1, 1, 3);
  BOOST_TEST(progress.str() ==
             "\x1b[2A\r"
             "  shop.orders → …  2,000 rows  99 %  1,000 rows/s  building\x1b[K\n"
             "1 of 3 tables, 1 failed  2,000 rows  40 %\x1b[K\n\x1b[J");
  progress.str("");
  shown->run_finished(mixed());
  BOOST_TEST(progress.str() == "\x1b[2A\r\x1b[J");
}

BOOST_AUTO_TEST_CASE(terminal_that_became_narrower_or_is_low_stays_clean) {
  int width = 60;
  observe::Screen small{progress, result, false, [&width] { return width; }, [] { return 6; }};
  const auto shown = observe::make_terminal_observer(small);
  shown->tick(std::vector<TableProgress>(5, table("orders", TableState::loading, 500)), 0, 0, 5);
  const std::string first = progress.str();
  BOOST_TEST(std::count(first.begin(), first.end(), '\n') == 4);  // two tables, how many more, the total
  width = 25;                                                     // the terminal has wrapped three of them
  progress.str("");
  shown->tick({}, 5, 0, 5);
  BOOST_TEST(progress.str().rfind("\x1b[7A\r", 0) == 0U);
}

BOOST_AUTO_TEST_CASE(the_whole_run_has_a_share_only_where_sizes_are_known) {
  observe::WholeRun whole;
  TableProgress orders = table("orders", TableState::loading, 500);
  BOOST_TEST(whole.text({orders}, "  ") == "500 rows  250 rows/s");
  whole.estimated(1000, 1);
  orders.expected_rows = 1000;
  BOOST_TEST(whole.text({orders}, "  ") == "500 rows  250 rows/s");
  whole.changed(table("tags", TableState::done, 1500));  // its size is known now
  BOOST_TEST(whole.text({orders}, "  ") == "2,000 rows  80 %  250 rows/s  2.0 s left");
  orders.state = TableState::failed;
  whole.changed(orders);
  BOOST_TEST(whole.text({}, "  ") == "1,500 rows  99 %");
}

BOOST_AUTO_TEST_CASE(terminal_shows_a_failure_at_once_above_the_block) {
  const auto shown = observe::make_terminal_observer(screen());
  shown->tick({}, 0, 0, 1);
  shown->table_changed(mixed().tables[1]);
  BOOST_TEST(progress.str() ==
             "0 of 1 table  0 rows\n"
             "\x1b[1A\r"
             "✗ shop.users → dw.users: SY9105: a text of `name` in `shop.users` holds a NUL character: row id=7\x1b[K\n"
             "0 of 1 table  0 rows\x1b[K\n\x1b[J");
}

BOOST_AUTO_TEST_CASE(terminal_counts_tables_that_do_not_fit) {
  const auto shown = observe::make_terminal_observer(screen());
  std::vector<TableProgress> running(20, table("t", TableState::building, 1));
  running.push_back(table("big", TableState::loading, 7));
  shown->tick(running, 0, 0, 30);
  const std::string text = progress.str();
  BOOST_TEST(text.find("  shop.big") == 0U);
  BOOST_TEST(text.find("  … and 13 more tables\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_from_a_database_cannot_move_the_cursor) {
  TableProgress evil = table("a\x1b[2Jb", TableState::done, 1);
  BOOST_TEST(observe::way(evil).find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(wide_text_is_cut_at_its_width) {
  BOOST_TEST(observe::fitted("订单明细表", 10) == "订单明细表");
  BOOST_TEST(observe::fitted("订单明细表", 9) == "订单明细…");
  BOOST_TEST(observe::fitted("订单明细表", 8) == "订单明…");
  BOOST_TEST(observe::fitted("x", 0) == "");
}

BOOST_AUTO_TEST_CASE(json_lines) {
  const auto shown = observe::make_json_observer(progress, clock());
  shown->run_started("01JD", 3);
  shown->tick({}, 0, 0, 3);
  shown->table_changed(table("orders", TableState::done, 5));
  shown->note("odd \xff");
  BOOST_TEST(
      progress.str() ==
      "{\"version\":1,\"event\":\"run_started\",\"run_id\":\"01JD\",\"tables\":3}\n"
      "{\"version\":1,\"event\":\"table\",\"address\":\"shop_ods/"
      "shop.orders\",\"target\":\"dw.orders\",\"state\":\"done\",\"rows\":5,"
      "\"bytes\":500,\"seconds\":2.0,\"how\":\"recreate\",\"attempt\":1,\"notes\":[],\"errors\":[],\"expected_rows\":null}\n"
      "{\"version\":1,\"event\":\"note\",\"text\":\"odd \xef\xbf\xbd\"}\n");
  progress.str("");
  shown->run_finished(mixed());
  BOOST_TEST(progress.str().find("\"succeeded\":1,\"failed\":1,\"skipped\":1,\"rows\":48112") != std::string::npos);
  BOOST_TEST(progress.str().find("\"code\":\"SY9105\",\"name\":\"NulInText\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(run_ids_sort_by_time) {
  BOOST_TEST(observe::ulid(1469918176385, 0, 0) == "01ARYZ6S410000000000000000");
  BOOST_TEST(observe::ulid(0, 31, 1) == "00000000000000000Z00000001");
  BOOST_TEST(observe::ulid(1, 0, 0) < observe::ulid(2, 0, 0));
  BOOST_TEST(observe::new_run_id().size() == 26U);
  BOOST_TEST(observe::new_run_id() != observe::new_run_id());
}

BOOST_AUTO_TEST_SUITE_END()

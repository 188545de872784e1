#include <boost/test/unit_test.hpp>

#include "tests/unit/planner_fixture.h"

BOOST_AUTO_TEST_SUITE(compiler_planner_shape)

/// ON COLUMN CHANGE, ON NEW TABLE and ON DROPPED TABLE: what one run writes into the list of known tables is what the next one
/// knows.
using namespace syncline;
using namespace planner_test;

namespace {

/// Every way of loading that keeps the table of the target.
const std::vector<std::string> kKeeping = {"LOAD FULL WRITE APPEND",
                                           "LOAD FULL WRITE UPSERT",
                                           "LOAD FULL WRITE TRUNCATE",
                                           "PARTITION BY (ds STRING = 'x') LOAD FULL WRITE OVERWRITE PARTITION",
                                           "LOAD INCREMENTAL KEY (id) WRITE APPEND",
                                           "LOAD INCREMENTAL KEY (id) WRITE UPSERT",
                                           "LOAD INCREMENTAL WHERE at >= :window_start AND at < :window_end WRITE UPSERT"};

TableBuilder orders(const std::string& table = "orders") {
  return TableBuilder("shop", table, {"id! int(11)", "name varchar(40)", "n int(11)", "at! datetime(6)"})
      .key({"id"})
      .index("by_at", {"at"});
}

/// What an earlier run made of them, and a column of the target's own.
TableBuilder made(const std::string& table = "orders") {
  return TableBuilder("shop", table,
                      {"id! integer", "name character varying(40)", "n integer", "at timestamp(6) without time zone", "ds text"})
      .key({"id"});
}

/// The list as it stands after a run of this plan in which every table was published.
void remember(FakeCatalog& target, const plan::Plan& plan) {
  auto& known = target.known_before;
  const auto put = [&](const types::KnownTable& entry) {
    known.erase(
        std::remove_if(known.begin(), known.end(),
                       [&](const types::KnownTable& one) { return one.sync == entry.sync && one.source == entry.source; }),
        known.end());
    known.push_back(entry);
  };
  for (const plan::Sync& sync : plan.syncs) {
    for (const types::KnownTable& entry : sync.remember) put(entry);
    for (const plan::Table& table : sync.tables) {
      if (table.remember) put(*table.remember);
    }
    for (const types::KnownTable& gone : sync.forget) known.erase(std::remove(known.begin(), known.end(), gone), known.end());
  }
}

/// From `orders` in MySQL into the table that an earlier run of `clauses` has made.
struct Scene {
  explicit Scene(std::string written, const std::string& engine = "postgres")
      : bench("mysql", engine), clauses(std::move(written)) {
    bench.source().add(orders());
    TableBuilder table = made();
    if (engine != "postgres") table.schema.name.container.clear();
    bench.target().add_managed(table);
    remember(bench.target(), plan(""));
  }
  plan::Plan plan(const std::string& change, const std::string& more = {}) {
    return bench.plan("shop.*", clauses + (change.empty() ? "" : "\nON COLUMN CHANGE " + change), more);
  }
  plan::Table table(const std::string& change) { return only(plan(change)); }
  std::string codes(const std::string& change) { return Bench::codes_of(table(change).findings); }

  void add() { bench.source().tables[0].columns.push_back(column("extra int(11)")); }
  void drop() { bench.source().tables[0].columns.erase(bench.source().tables[0].columns.begin() + 2); }
  void retype(const std::string& type) { bench.source().tables[0].columns[2].native = planner::parse_native(type); }

  Bench bench;
  std::string clauses;
};

bool copies_anew(const plan::Table& table) {
  return table.loads.front().mode == types::WriteMode::recreate && table.loads.front().phase == types::Phase::full &&
         table.loads.front().publish == types::Publish::rename && table.add_columns.empty() && table.widen_columns.empty();
}

const plan::ColumnChange& change(const plan::Table& table) {
  BOOST_REQUIRE_EQUAL(table.column_changes.size(), 1U);
  return table.column_changes.front();
}

std::string names(const plan::Plan& plan) {
  std::string text;
  for (const plan::Table& one : plan.syncs.at(0).tables) text += (text.empty() ? "" : " ") + one.source.table;
  return text;
}

std::string changes(const plan::Plan& plan) {
  std::string text;
  for (const plan::TableChange& one : plan.syncs.at(0).table_changes)
    text += (text.empty() ? "" : ", ") + one.source.table + " " + plan::to_string(one.event);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_unchanged_source_changes_nothing) {
  for (const std::string& clauses : kKeeping) {
    BOOST_TEST_CONTEXT(clauses) {
      for (const char* action : {"RELOAD", "EVOLVE", "IGNORE", "FAIL"}) {
        Scene scene(clauses);
        const auto table = scene.table(action);
        BOOST_CHECK_EQUAL(Bench::codes_of(table.findings), "");
        BOOST_CHECK(table.column_changes.empty());
        BOOST_CHECK(!table.remember);
        BOOST_CHECK(!copies_anew(table));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(added_columns_follow_added) {
  for (const std::string& clauses : kKeeping) {
    BOOST_TEST_CONTEXT(clauses) {
      Scene scene(clauses);
      scene.add();
      for (const char* evolve : {"", "EVOLVE", "(ADDED EVOLVE)", "(DROPPED FAIL)"}) {
        const auto table = scene.table(evolve);
        BOOST_CHECK_EQUAL(Bench::codes_of(table.findings), "");
        BOOST_REQUIRE_EQUAL(table.add_columns.size(), 1U);
        BOOST_CHECK_EQUAL(table.target_schema.columns.at(static_cast<std::size_t>(table.add_columns[0])).name, "extra");
        BOOST_CHECK(change(table).event == plan::ColumnEvent::added);
        BOOST_CHECK(!copies_anew(table));
        BOOST_CHECK(table.remember);
      }
      const auto ignored = scene.table("(ADDED IGNORE)");
      BOOST_CHECK_EQUAL(Bench::codes_of(ignored.findings), "");
      BOOST_CHECK(ignored.add_columns.empty());
      BOOST_CHECK(change(ignored).action == plan::ColumnAction::ignore);
      BOOST_CHECK(std::none_of(ignored.columns.begin(), ignored.columns.end(),
                               [](const auto& one) { return one.recipe.target_column == "extra"; }));
      BOOST_CHECK(!ignored.remember);
      BOOST_CHECK_EQUAL(scene.codes("(ADDED FAIL)"), "SY5030");
      BOOST_CHECK(scene.table("(ADDED FAIL)").action == plan::Action::blocked);
      const auto anew = scene.table("(ADDED RELOAD)");
      BOOST_CHECK_EQUAL(Bench::codes_of(anew.findings), "");
      BOOST_CHECK(copies_anew(anew));
      BOOST_CHECK(anew.target_schema.find_column("extra") != nullptr);
    }
  }
}

BOOST_AUTO_TEST_CASE(dropped_columns_follow_dropped) {
  for (const std::string& clauses : kKeeping) {
    BOOST_TEST_CONTEXT(clauses) {
      Scene scene(clauses);
      scene.drop();
      const bool clears = clauses.find("TRUNCATE") != std::string::npos;
      BOOST_CHECK_EQUAL(scene.codes(""), clears ? "" : "SY5031");
      BOOST_CHECK_EQUAL(scene.codes("(DROPPED FAIL)"), "SY5031");
      for (const char* kept : {"(DROPPED EVOLVE)", "(DROPPED IGNORE)", "EVOLVE"}) {
        const auto table = scene.table(kept);
        BOOST_CHECK_EQUAL(Bench::codes_of(table.findings), "");
        BOOST_CHECK(change(table).event == plan::ColumnEvent::dropped);
        BOOST_CHECK(table.target_schema.find_column("n") != nullptr);
        BOOST_CHECK(std::find(table.load_columns.begin(), table.load_columns.end(), 2) == table.load_columns.end());
        BOOST_CHECK(table.remember);
      }
      const auto anew = scene.table("(DROPPED RELOAD)");
      BOOST_CHECK_EQUAL(Bench::codes_of(anew.findings), "");
      BOOST_CHECK(copies_anew(anew));
      BOOST_CHECK(anew.target_schema.find_column("n") == nullptr);
    }
  }
}

BOOST_AUTO_TEST_CASE(retyped_columns_follow_retyped) {
  for (const std::string& clauses : kKeeping) {
    BOOST_TEST_CONTEXT(clauses) {
      Scene scene(clauses);
      scene.retype("bigint(20)");
      BOOST_CHECK_EQUAL(scene.codes(""), "SY5032");
      BOOST_CHECK_EQUAL(scene.codes("(RETYPED FAIL)"), "SY5032");
      const auto wider = scene.table("(RETYPED EVOLVE)");
      BOOST_CHECK_EQUAL(Bench::codes_of(wider.findings), "");
      BOOST_CHECK(wider.widen_columns == std::vector<int>{2});
      BOOST_CHECK_EQUAL(target_column(wider, "n").native.text, "bigint");
      BOOST_CHECK_EQUAL(change(wider).from + " " + change(wider).to, "integer bigint");
      const auto ignored = scene.table("(RETYPED IGNORE)");
      BOOST_CHECK_EQUAL(Bench::codes_of(ignored.findings), "");
      BOOST_CHECK(ignored.widen_columns.empty());
      BOOST_CHECK(mapping(ignored, "n").recipe.kind == expr::ColumnRecipe::Kind::convert);
      const auto anew = scene.table("(RETYPED RELOAD)");
      BOOST_CHECK(copies_anew(anew));
      BOOST_CHECK_EQUAL(target_column(anew, "n").native.text, "bigint");
    }
  }
}

BOOST_AUTO_TEST_CASE(only_what_changed_in_the_source_is_retyped) {
  Scene scene("LOAD FULL WRITE UPSERT");
  scene.retype("smallint(6)");
  BOOST_CHECK_EQUAL(scene.codes("FAIL"), "");
  scene.retype("int(11)");
  scene.bench.target().tables[0].columns[2].native = planner::parse_native("smallint");
  BOOST_CHECK_EQUAL(scene.codes("FAIL"), "");
  scene.bench.target().tables[0].columns[2].native = planner::parse_native("bigint");
  scene.retype("bigint(20)");
  BOOST_CHECK_EQUAL(scene.codes("FAIL"), "");
}

BOOST_AUTO_TEST_CASE(what_would_lose_something_is_not_widened) {
  Scene scene("LOAD FULL WRITE UPSERT");
  scene.retype("date");
  BOOST_CHECK_EQUAL(scene.codes("EVOLVE"), "SY5035");
  scene.retype("varchar(40)");
  BOOST_CHECK_EQUAL(scene.codes("EVOLVE"), "SY5035");
  BOOST_CHECK(copies_anew(scene.table("(RETYPED RELOAD)")));
}

BOOST_AUTO_TEST_CASE(keys_that_others_refer_to_are_not_widened) {
  Scene scene("LOAD FULL WRITE UPSERT");
  scene.bench.source().tables[0].columns[0].native = planner::parse_native("bigint(20)");
  BOOST_CHECK(scene.table("EVOLVE").widen_columns == std::vector<int>{0});
  scene.bench.target().tables[0].dependents = {{"foreign key", "other.child.fk"}};
  BOOST_CHECK_EQUAL(scene.codes("EVOLVE"), "SY5035");
}

BOOST_AUTO_TEST_CASE(an_engine_that_cannot_widen_says_so) {
  Bench bench("mysql", "sqlite");
  bench.source().add(TableBuilder("shop", "t", {"id! int(11)", "name varchar(40)"}).key({"id"}));
  bench.target().add_managed(TableBuilder("", "t", {"id! INTEGER", "name VARCHAR(40)"}).key({"id"}));
  remember(bench.target(), bench.plan("shop.*", "LOAD FULL WRITE UPSERT"));
  bench.source().tables[0].columns[1].native = planner::parse_native("varchar(80)");
  BOOST_CHECK_EQUAL(Bench::codes_of(only(bench.plan("shop.*", "LOAD FULL WRITE UPSERT ON COLUMN CHANGE EVOLVE")).findings),
                    "SY5035");
  bench.source().tables[0].columns[1].native = planner::parse_native("varchar(20)");
  BOOST_CHECK_EQUAL(Bench::codes_of(only(bench.plan("shop.*", "LOAD FULL WRITE UPSERT ON COLUMN CHANGE FAIL")).findings), "");
}

BOOST_AUTO_TEST_CASE(columns_of_the_script_are_no_change_of_the_source) {
  Scene scene("COLUMNS (EXCLUDE name, ADD stamp TIMESTAMP = :started_at) LOAD FULL WRITE UPSERT");
  const auto table = scene.table("FAIL");
  BOOST_CHECK_EQUAL(Bench::codes_of(table.findings), "");
  BOOST_CHECK_EQUAL(table.add_columns.size(), 1U);
  BOOST_CHECK(table.column_changes.empty());
}

BOOST_AUTO_TEST_CASE(renamed_and_excluded_columns_are_known_by_their_source) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders());
  bench.target().add_managed(
      TableBuilder("shop", "orders", {"id! integer", "title character varying(40)", "n integer"}).key({"id"}));
  const std::string clauses = "COLUMNS (RENAME ~'name' TO title, EXCLUDE ~'at') LOAD FULL WRITE UPSERT";
  remember(bench.target(), bench.plan("shop.*", clauses));
  auto& columns = bench.source().tables[0].columns;
  columns.erase(columns.begin() + 3);
  BOOST_CHECK_EQUAL(Bench::codes_of(only(bench.plan("shop.*", clauses)).findings), "");
  columns.erase(columns.begin() + 1);
  BOOST_CHECK_EQUAL(Bench::codes_of(only(bench.plan("shop.*", clauses)).findings), "SY5031");
}

BOOST_AUTO_TEST_CASE(recreate_follows_the_source_whatever_it_is) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders());
  bench.target().add_managed(made());
  const std::string clauses = "LOAD FULL WRITE RECREATE ON COLUMN CHANGE FAIL";
  remember(bench.target(), bench.plan("shop.*", clauses));
  bench.source().tables[0].columns.push_back(column("extra int(11)"));
  bench.source().tables[0].columns.erase(bench.source().tables[0].columns.begin() + 2);
  const auto table = only(bench.plan("shop.*", clauses));
  BOOST_CHECK_EQUAL(Bench::codes_of(table.findings), "");
  BOOST_CHECK(table.column_changes.empty());
  BOOST_CHECK(table.remember);
}

BOOST_AUTO_TEST_CASE(a_table_that_is_not_ours_is_not_copied_anew_unasked) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders());
  bench.target().add(made());
  const std::string clauses = "LOAD FULL WRITE UPSERT ON COLUMN CHANGE RELOAD";
  remember(bench.target(), bench.plan("shop.*", clauses));
  bench.source().tables[0].columns.push_back(column("extra int(11)"));
  BOOST_CHECK_EQUAL(Bench::codes_of(only(bench.plan("shop.*", clauses)).findings), "SY8004");
}

BOOST_AUTO_TEST_CASE(a_reload_lets_the_increments_begin_again) {
  Scene key("LOAD INCREMENTAL KEY (id) FROM STATE WRITE UPSERT");
  key.add();
  const auto whole = key.table("RELOAD");
  BOOST_REQUIRE_EQUAL(whole.loads.size(), 1U);
  BOOST_CHECK(whole.loads.front().records_progress);
  BOOST_CHECK(whole.loads.front().key);

  Scene windows(
      "LOAD FULL UP TO FIRST WINDOW WRITE UPSERT THEN INCREMENTAL WHERE at >= :window_start AND at < :window_end WRITE UPSERT");
  types::Progress done;
  done.sync = "job";
  done.unit = "shop.orders";
  done.target = {"shop", "orders"};
  windows.bench.target().reached = {done};
  windows.bench.options.started_at = std::int64_t{3} * 86400 * 1000000;
  windows.add();
  const auto table = windows.table("RELOAD");
  BOOST_REQUIRE_EQUAL(table.loads.size(), 2U);
  BOOST_CHECK(table.loads[0].mode == types::WriteMode::recreate);
  BOOST_CHECK(table.loads[0].filter != nullptr);
  BOOST_CHECK(table.loads[1].phase == types::Phase::window);
  BOOST_CHECK(table.loads[1].publish == types::Publish::merge);
}

BOOST_AUTO_TEST_CASE(overrides_win_level_by_level) {
  Scene scene("LOAD FULL WRITE UPSERT");
  scene.drop();
  const std::string database = "OVERRIDE job FOR DATABASE shop ON COLUMN CHANGE EVOLVE;\n";
  const std::string table = "OVERRIDE job FOR TABLE shop.orders ON COLUMN CHANGE RELOAD;\n";
  const std::string defaults = "DEFAULTS ON COLUMN CHANGE RELOAD;\n";
  BOOST_CHECK(copies_anew(only(scene.plan("", defaults))));
  BOOST_CHECK_EQUAL(Bench::codes_of(only(scene.plan("FAIL", defaults)).findings), "SY5031");
  BOOST_CHECK_EQUAL(Bench::codes_of(only(scene.plan("FAIL", database)).findings), "");
  BOOST_CHECK(!copies_anew(only(scene.plan("FAIL", database))));
  BOOST_CHECK(copies_anew(only(scene.plan("FAIL", database + table))));
}

BOOST_AUTO_TEST_CASE(without_a_list_every_table_is_known) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders());
  for (const char* action : {"SYNC", "IGNORE", "FAIL"}) {
    const auto plan = bench.plan("shop.*", "LOAD FULL WRITE RECREATE ON NEW TABLE " + std::string(action));
    BOOST_CHECK_EQUAL(names(plan), "orders");
    BOOST_CHECK_EQUAL(plan.syncs[0].remember.size(), 2U);
    BOOST_CHECK_EQUAL(Bench::codes_of(only(plan).findings), "");
  }
}

BOOST_AUTO_TEST_CASE(new_tables_follow_on_new_table) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders("old"));
  const std::string clauses = "LOAD FULL WRITE RECREATE ";
  remember(bench.target(), bench.plan("shop.*", clauses));
  bench.source().add(orders("fresh"));
  for (const char* action : {"", "ON NEW TABLE SYNC"}) {
    const auto plan = bench.plan("shop.*", clauses + action);
    BOOST_CHECK_EQUAL(names(plan), "fresh old");
    BOOST_CHECK(table(plan, "fresh").is_new);
    BOOST_CHECK(!table(plan, "old").is_new);
    BOOST_CHECK_EQUAL(plan.syncs[0].remember.size(), 1U);
  }
  const auto ignored = bench.plan("shop.*", clauses + "ON NEW TABLE IGNORE");
  BOOST_CHECK_EQUAL(names(ignored), "old");
  BOOST_CHECK_EQUAL(changes(ignored), "fresh new");
  BOOST_CHECK(ignored.syncs[0].remember.empty());
  const auto failed = bench.plan("shop.*", clauses + "ON NEW TABLE FAIL");
  BOOST_CHECK_EQUAL(Bench::codes_of(table(failed, "fresh").findings), "SY5033");
  BOOST_CHECK(table(failed, "old").action != plan::Action::blocked);
  BOOST_CHECK(failed.syncs[0].remember.empty());
}

BOOST_AUTO_TEST_CASE(a_table_that_stayed_behind_in_the_first_run_is_no_new_one) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders("good"));
  bench.source().add(TableBuilder("shop", "bad", {"id! int(11)", "p point"}).key({"id"}));
  const std::string clauses = "LOAD FULL WRITE RECREATE ON NEW TABLE IGNORE";
  bench.options.select = {"table:good"};
  remember(bench.target(), bench.plan("shop.*", clauses));
  bench.options.select.clear();
  BOOST_CHECK_EQUAL(names(bench.plan("shop.*", clauses)), "bad good");
}

BOOST_AUTO_TEST_CASE(schemas_and_tables_override_on_new_table) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders("a"));
  TableBuilder elsewhere("other", "b", {"id! int(11)"});
  bench.source().add(elsewhere);
  const std::string clauses = "LOAD FULL WRITE RECREATE ON NEW TABLE IGNORE";
  remember(bench.target(), bench.plan("*.*", clauses));
  bench.source().add(orders("fresh"));
  bench.source().add(TableBuilder("other", "fresh_too", {"id! int(11)"}));
  BOOST_CHECK_EQUAL(names(bench.plan("*.*", clauses)), "b a");
  const std::string database = "OVERRIDE job FOR DATABASE shop ON NEW TABLE SYNC;\n";
  BOOST_CHECK_EQUAL(names(bench.plan("*.*", clauses, database)), "b a fresh");
  const std::string both = database + "OVERRIDE job FOR TABLE shop.fresh ON NEW TABLE IGNORE;\n";
  BOOST_CHECK_EQUAL(names(bench.plan("*.*", clauses, both)), "b a");
}

BOOST_AUTO_TEST_CASE(tables_of_an_edit_are_always_copied) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders("a_old"));
  bench.source().add(orders("b_old"));
  const std::string clauses = "LOAD FULL WRITE RECREATE ON NEW TABLE IGNORE";
  remember(bench.target(), bench.plan("shop.~'a_.*'", clauses));
  bench.source().add(orders("a_new"));
  bench.source().add(orders("b_new"));
  BOOST_CHECK_EQUAL(names(bench.plan("shop.~'a_.*'", clauses)), "a_old");
  const auto edited = bench.plan("shop.~'[ab]_.*'", clauses);
  BOOST_CHECK_EQUAL(names(edited), "a_old b_new b_old");
  BOOST_CHECK_EQUAL(changes(edited), "a_new new");
  BOOST_CHECK_EQUAL(names(bench.plan("shop.~'a_.*', shop.a_new", clauses)), "a_new a_old");
  remember(bench.target(), edited);
  bench.source().add(orders("b_newer"));
  BOOST_CHECK_EQUAL(names(bench.plan("shop.~'[ab]_.*'", clauses)), "a_old b_new b_old");
  BOOST_CHECK_EQUAL(names(bench.plan("shop.*", clauses)), "a_old b_new b_old");
}

BOOST_AUTO_TEST_CASE(dropped_tables_follow_on_dropped_table) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders("a"));
  bench.source().add(orders("b"));
  const std::string clauses = "LOAD FULL WRITE RECREATE ";
  remember(bench.target(), bench.plan("shop.*", clauses));
  bench.source().listed.pop_back();
  for (const char* action : {"", "ON DROPPED TABLE KEEP"}) {
    const auto kept = bench.plan("shop.*", clauses + action);
    BOOST_CHECK_EQUAL(names(kept), "a");
    BOOST_CHECK_EQUAL(changes(kept), "b dropped");
    BOOST_CHECK(kept.syncs[0].forget.empty());
  }
  const auto failed = bench.plan("shop.*", clauses + "ON DROPPED TABLE FAIL");
  BOOST_CHECK_EQUAL(names(failed), "a b");
  BOOST_CHECK_EQUAL(Bench::codes_of(table(failed, "b").findings), "SY5034");
  BOOST_CHECK(table(failed, "b").gone);
  BOOST_CHECK(table(failed, "a").action != plan::Action::blocked);
  const auto other =
      bench.plan("shop.*", clauses + "ON DROPPED TABLE FAIL", "OVERRIDE job FOR TABLE shop.b ON DROPPED TABLE KEEP;\n");
  BOOST_CHECK_EQUAL(names(other), "a");
}

BOOST_AUTO_TEST_CASE(a_name_of_a_dropped_table_is_no_mistake_while_others_are_left) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders("a"));
  bench.source().add(orders("b"));
  const std::string clauses = "LOAD FULL WRITE RECREATE";
  remember(bench.target(), bench.plan("shop.a, shop.b", clauses));
  bench.source().listed.pop_back();
  BOOST_CHECK_EQUAL(names(bench.plan("shop.a, shop.b", clauses)), "a");
  BOOST_CHECK_EQUAL(bench.codes(), "");
  bench.plan("shop.a, shop.c", clauses);
  BOOST_CHECK_EQUAL(bench.codes(), "SY5002");
  bench.source().listed.clear();
  bench.plan("shop.a, shop.b", clauses);
  BOOST_CHECK_EQUAL(bench.codes(), "SY5002 SY5002");
}

BOOST_AUTO_TEST_CASE(a_table_that_tables_no_longer_names_leaves_the_list) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders("a"));
  bench.source().add(orders("b"));
  const std::string clauses = "LOAD FULL WRITE RECREATE ON NEW TABLE IGNORE ON DROPPED TABLE FAIL";
  remember(bench.target(), bench.plan("shop.*", clauses));
  const auto less = bench.plan("shop.*, EXCEPT shop.b", clauses);
  BOOST_CHECK_EQUAL(changes(less), "b not matched");
  BOOST_REQUIRE_EQUAL(less.syncs[0].forget.size(), 1U);
  remember(bench.target(), less);
  BOOST_CHECK_EQUAL(changes(bench.plan("shop.*, EXCEPT shop.b", clauses)), "");
  BOOST_CHECK_EQUAL(names(bench.plan("shop.*", clauses)), "a b");
}

BOOST_AUTO_TEST_CASE(a_list_that_cannot_be_read_changes_nothing) {
  Scene scene("LOAD FULL WRITE UPSERT");
  for (types::KnownTable& entry : scene.bench.target().known_before) entry.shape = "{";
  scene.drop();
  scene.bench.source().add(orders("fresh"));
  const auto plan = scene.plan("");
  BOOST_CHECK_EQUAL(names(plan), "fresh orders");
  BOOST_CHECK_EQUAL(Bench::codes_of(table(plan, "orders").findings), "");
}

BOOST_AUTO_TEST_CASE(plans_show_changes_with_their_reasons) {
  Scene scene("LOAD FULL WRITE UPSERT ON NEW TABLE IGNORE");
  scene.add();
  scene.bench.source().add(orders("fresh"));
  const auto plan = scene.plan("");
  const std::string text = plan::to_text(plan, {});
  BOOST_CHECK(text.find("column `extra` is new in the source: added to the target") != std::string::npos);
  BOOST_CHECK(text.find(". shop.fresh  new in the source since the last run: not copied (ON NEW TABLE IGNORE)") !=
              std::string::npos);
  BOOST_CHECK(text.find("2 tables matched") != std::string::npos);
  const std::string json = plan::to_json(plan);
  BOOST_CHECK(json.find("\"event\": \"added\"") != std::string::npos);
  BOOST_CHECK(json.find("\"event\": \"new\"") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

#include <cmath>
#include <limits>

#include "connectors_sqlite_load.h"
#include "stdlib/expr/row_transform.h"
#include "stdlib/types/calendar.h"

using namespace syncline;
using namespace syncline::connectors;
using namespace syncline::test;
using types::Publish;
using types::TypeKind;

namespace {

std::string message_of(const std::function<void()>& work, ErrorKind kind) {
  try {
    work();
  } catch (const ConnectorError& error) {
    BOOST_TEST((error.kind == kind), std::string(to_string(error.kind)) + ": " + error.what());
    return error.what();
  }
  BOOST_FAIL("no error");
  return {};
}

/// Loads one cell into `v` of a new table and returns what plain SQLite finds there.
std::string stored(const types::Column& value, const Fill& fill) {
  const SqliteFiles files;
  LoadTable table;
  table.desired.name.table = "t";
  table.desired.columns = {value};
  table.load_columns = {0};
  run_load(files.spec("a.db", true), table, {fill});
  return Plain(files.path("a.db"))("SELECT typeof(v) || ' ' || CASE WHEN v = 9e999 THEN 'Inf' ELSE quote(v) END FROM t");
}

expr::ValueProblem refused(const types::Column& value, const Fill& fill) {
  try {
    stored(value, fill);
  } catch (const expr::ValueError& error) {
    BOOST_TEST(error.column == "v");
    return error.problem;
  }
  BOOST_FAIL("no error");
  return expr::ValueProblem::evaluation;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(connectors_sqlite_loader)

BOOST_AUTO_TEST_CASE(cells_are_stored_exactly) {
  const auto slot = [](std::int64_t value) { return [=](types::Batch& batch) { RowBuilder(batch).slot(value); }; };
  const auto text = [](const std::string& value) { return [=](types::Batch& batch) { RowBuilder(batch).text(value); }; };
  const auto number = [](double value) { return [=](types::Batch& batch) { RowBuilder(batch).number(value); }; };
  const auto moment = *types::parse_timestamp("2024-11-03 05:30:00.120000");
  auto big = logical(TypeKind::bigint);
  big.is_unsigned = true;
  BOOST_TEST(stored(column("v", "INTEGER", logical(TypeKind::bigint)), slot(INT64_MIN)) == "integer -9223372036854775808");
  BOOST_TEST(stored(column("v", "BOOLEAN_INT", logical(TypeKind::boolean)), slot(1)) == "integer 1");
  BOOST_TEST(stored(column("v", "DECIMAL_TEXT(20,0)", big), slot(-1)) == "text '18446744073709551615'");
  BOOST_TEST(stored(column("v", "DECIMAL_TEXT(10,2)", logical(TypeKind::decimal, 2, 10)), text("0.10")) == "text '0.10'");
  BOOST_TEST(stored(column("v", "DECIMAL(10,2)", logical(TypeKind::decimal, 2, 10)), text("0.25")) == "real 0.25");
  BOOST_TEST(stored(column("v", "DATE_TEXT", logical(TypeKind::date)), slot(0)) == "text '2000-01-01'");
  BOOST_TEST(stored(column("v", "DATETIME_TEXT(3)", logical(TypeKind::timestamp_local, 3)), slot(moment)) ==
             "text '2024-11-03 05:30:00.120'");
  BOOST_TEST(stored(column("v", "DATETIME_TEXT(0)", logical(TypeKind::timestamp_local, 0)), slot(0)) ==
             "text '2000-01-01 00:00:00'");
  BOOST_TEST(stored(column("v", "TIMESTAMPTZ_TEXT(6)", logical(TypeKind::timestamp, 6)), slot(moment)) ==
             "text '2024-11-03 05:30:00.120000Z'");
  BOOST_TEST(stored(column("v", "TIMESTAMPTZ_TEXT(0)", logical(TypeKind::timestamp, 0)), slot(INT64_MAX)) == "text 'infinity'");
  BOOST_TEST(stored(column("v", "TIME_TEXT(0)", logical(TypeKind::time, 0)), slot(-3'020'399'000'000)) == "text '-838:59:59'");
  BOOST_TEST(stored(column("v", "TEXT", logical(TypeKind::string)), text("0123")) == "text '0123'");
  BOOST_TEST(stored(column("v", "TEXT", logical(TypeKind::string)), text("")) == "text ''");
  BOOST_TEST(stored(column("v", "BLOB", logical(TypeKind::bytes)), text("")) == "blob X''");
  BOOST_TEST(stored(column("v", "BLOB", logical(TypeKind::bytes)), text(std::string("\0\xff", 2))) == "blob X'00FF'");
  BOOST_TEST(stored(column("v", "REAL", logical(TypeKind::float64)), number(5e-324)).substr(0, 5) == "real ");
  BOOST_TEST(stored(column("v", "REAL", logical(TypeKind::float64)), number(HUGE_VAL)) == "real Inf");
  BOOST_TEST(stored(column("v", "TEXT", logical(TypeKind::string)), [](types::Batch& batch) { RowBuilder(batch).null(); }) ==
             "null NULL");
}

BOOST_AUTO_TEST_CASE(values_that_sqlite_would_change_are_refused) {
  const auto slot = [](std::int64_t value) { return [=](types::Batch& batch) { RowBuilder(batch).slot(value); }; };
  const auto text = [](const std::string& value) { return [=](types::Batch& batch) { RowBuilder(batch).text(value); }; };
  const auto number = [](double value) { return [=](types::Batch& batch) { RowBuilder(batch).number(value); }; };
  auto big = logical(TypeKind::bigint);
  big.is_unsigned = true;
  using expr::ValueProblem;
  BOOST_TEST((refused(column("v", "REAL", logical(TypeKind::float64)), number(std::nan(""))) == ValueProblem::non_finite));
  BOOST_TEST((refused(column("v", "REAL", logical(TypeKind::float64)), number(-0.0)) == ValueProblem::out_of_range));
  BOOST_TEST((refused(column("v", "INTEGER", big), slot(-1)) == ValueProblem::out_of_range));
  BOOST_TEST((refused(column("v", "NUMERIC(38,2)", logical(TypeKind::decimal, 2, 38)), text("123456789012345678.25")) ==
              ValueProblem::out_of_range));
  BOOST_TEST((refused(column("v", "STRING", logical(TypeKind::string)), text("0123")) == ValueProblem::invalid_text));
  BOOST_TEST(
      (refused(column("v", "DATETIME_TEXT(0)", logical(TypeKind::timestamp_local, 0)), slot(1)) == ValueProblem::scale_lost));
}

BOOST_AUTO_TEST_CASE(non_finite_numbers_become_null_by_policy_and_are_counted) {
  const SqliteFiles files;
  LoadTable table;
  table.desired.name.table = "t";
  table.desired.columns = {column("v", "REAL", logical(TypeKind::float64))};
  table.load_columns = {0};
  table.policies.non_finite_null = true;
  const auto spec = files.spec("a.db", true);
  const auto state = sqlite_connector().open_target_state(spec);
  state->begin_run(run_identity(), std::chrono::seconds(1));
  table.epoch = state->take_epochs({table.desired.name}, "h").at(0);
  const auto loader = sqlite_connector().open_loader(spec, run_identity());
  load_with(*loader, table, {[](types::Batch& batch) { RowBuilder(batch).number(std::nan("")); }});
  BOOST_REQUIRE(loader->policy_uses().size() == 1U);
  BOOST_TEST(loader->policy_uses()[0].second == 1U);
  BOOST_TEST(Plain(files.path("a.db"))("SELECT v FROM t") == "~");
}

BOOST_AUTO_TEST_CASE(a_new_table_gets_keys_defaults_and_references) {
  const SqliteFiles files;
  const auto spec = files.spec("a.db", true);
  run_load(spec, people(), {people_rows(1, 4, "p")});
  LoadTable table;
  table.desired.name.table = "order \"s\"";
  table.desired.columns = {column("a", "INTEGER", logical(TypeKind::bigint), false),
                           column("b", "TEXT", logical(TypeKind::string), false),
                           column("at", "DATETIME_TEXT(3)", logical(TypeKind::timestamp_local, 3))};
  table.desired.columns[1].default_value = {types::ColumnDefault::Kind::literal, "it's", -1};
  table.desired.columns[2].default_value = {types::ColumnDefault::Kind::current_timestamp, "", 3};
  table.desired.primary_key.columns = {"a", "b"};
  types::ForeignKey key;
  key.columns = {"a"};
  key.referenced.table = "people";
  key.referenced_columns = {"id"};
  key.on_delete = types::ForeignKeyAction::cascade;
  table.desired.foreign_keys = {key};
  types::Index index;
  index.name = "one";
  index.unique = true;
  index.columns = {{"b", true, 0}};
  table.desired.indexes = {index};
  table.load_columns = {0};
  run_load(spec, table, {[](types::Batch& batch) { RowBuilder(batch).slot(1); }});
  Plain plain(files.path("a.db"));
  BOOST_TEST(plain("SELECT a, b, at LIKE '____-__-__ __:__:__.___' FROM \"order \"\"s\"\"\"") == "1|it's|1");
  const auto made = sqlite_connector().open_introspector(spec)->describe({table.desired.name}).at(0);
  BOOST_TEST(made.primary_key.columns.size() == 2U);
  BOOST_TEST(made.foreign_keys.at(0).referenced.table == "people");
  BOOST_TEST(made.indexes.at(0).name == "one");
  BOOST_TEST(made.indexes.at(0).unique);
  BOOST_TEST(made.indexes.at(0).columns.at(0).descending);
  BOOST_TEST((made.columns[2].default_value.kind == types::ColumnDefault::Kind::current_timestamp));
  BOOST_TEST(made.columns[2].default_value.scale == 3);
}

BOOST_AUTO_TEST_CASE(rename_keeps_views_and_triggers_and_alternates_index_names) {
  const SqliteFiles files;
  const auto spec = files.spec("a.db", true);
  const auto staged = run_load(spec, people(), {people_rows(1, 4, "old")});
  BOOST_TEST(staged.sent == 3U);
  BOOST_TEST(staged.reported == 3U);
  BOOST_TEST(staged.counted == 3);
  Plain plain(files.path("a.db"));
  plain(
      "CREATE VIEW vw AS SELECT name FROM people; CREATE TABLE child(p INTEGER REFERENCES people(id)); CREATE TABLE log(n);"
      "CREATE TRIGGER tr AFTER INSERT ON people BEGIN INSERT INTO log VALUES (new.id); END");
  for (int round = 0; round < 3; ++round) {
    run_load(spec, people(), {people_rows(10, 200, "new")});
    BOOST_TEST(plain("SELECT count(*), min(name) FROM vw") == "190|new10");
    BOOST_TEST(visible_objects(plain) == std::string("index people_name") + (round % 2 == 0 ? "~2" : "") +
                                             "\ntable child\ntable log\ntable people\ntrigger tr\nview vw");
    const auto made = sqlite_connector().open_introspector(spec)->describe({{"", "people"}}).at(0);
    BOOST_TEST(made.indexes.at(0).name == "people_name");
  }
  BOOST_TEST(plain("SELECT sql FROM sqlite_schema WHERE name = 'child'") ==
             "CREATE TABLE child(p INTEGER REFERENCES people(id))");
  BOOST_TEST(plain("SELECT count(*) FROM log") == "0");
  plain("INSERT INTO people VALUES (500, 'x')");
  BOOST_TEST(plain("SELECT n FROM log") == "500");
  BOOST_TEST(staging_tables(plain).empty());
}

BOOST_AUTO_TEST_CASE(in_place_keeps_the_table_and_adds_columns) {
  const SqliteFiles files;
  const auto spec = files.spec("a.db", true);
  Plain plain(files.path("a.db"));
  plain(
      "CREATE TABLE people(id INTEGER PRIMARY KEY, extra TEXT DEFAULT 'e'); INSERT INTO people VALUES (1, 'old'); CREATE TABLE "
      "log(n);"
      "CREATE TRIGGER tr AFTER INSERT ON people BEGIN INSERT INTO log VALUES (new.id); END");
  auto table = people();
  table.publish = Publish::in_place;
  table.add_columns = {1};
  std::uint64_t published = 0;
  run_load(spec, table, {people_rows(5, 8, "n")}, &published);
  BOOST_TEST(published == 3U);
  BOOST_TEST(plain("SELECT * FROM people") == "5|e|n5\n6|e|n6\n7|e|n7");
  BOOST_TEST(plain("SELECT count(*) FROM log") == "0");
  BOOST_TEST(visible_objects(plain) == "table log\ntable people\ntrigger tr");
}

BOOST_AUTO_TEST_CASE(insert_appends) {
  const SqliteFiles files;
  const auto spec = files.spec("a.db", true);
  run_load(spec, people(), {people_rows(1, 4, "a")});
  auto table = people();
  table.publish = Publish::insert;
  run_load(spec, table, {people_rows(4, 6, "b")});
  Plain plain(files.path("a.db"));
  BOOST_TEST(plain("SELECT count(*), max(name) FROM people") == "5|b5");
  const auto message = message_of([&] { run_load(spec, table, {people_rows(5, 7, "c")}); }, ErrorKind::constraint);
  BOOST_TEST(message.find("people.id") != std::string::npos);
  BOOST_TEST(plain("SELECT count(*), max(name) FROM people") == "5|b5");
  BOOST_TEST(staging_tables(plain).empty());
}

BOOST_AUTO_TEST_CASE(merge_upserts_by_key_and_touches_only_loaded_columns) {
  const SqliteFiles files;
  const auto spec = files.spec("a.db", true);
  Plain plain(files.path("a.db"));
  plain(
      "CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT, kept TEXT DEFAULT 'd'); INSERT INTO people VALUES (1, 'old', 'k'), "
      "(2, 'old', 'k')");
  auto table = people();
  table.publish = Publish::merge;
  table.key = {"ID"};
  std::uint64_t published = 0;
  run_load(spec, table, {people_rows(2, 4, "new")}, &published);
  BOOST_TEST(plain("SELECT * FROM people") == "1|old|k\n2|new2|k\n3|new3|d");
  BOOST_TEST(published == 2U);
  table.key = {"name"};
  const auto message = message_of([&] { run_load(spec, table, {people_rows(2, 4, "x")}); }, ErrorKind::setup);
  BOOST_TEST(message.find("no unique index") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_append_to_a_table_of_others_does_not_make_it_ours) {
  const SqliteFiles files;
  const auto spec = files.spec("a.db", true);
  Plain(files.path("a.db"))("CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT)");
  auto table = people();
  table.publish = Publish::insert;
  run_load(spec, table, {people_rows(1, 3, "a")});
  const auto state = sqlite_connector().open_target_state(spec);
  BOOST_TEST(state->managed({{"", "people"}}).empty());
  state->begin_run(run_identity(), std::chrono::seconds(1));
  state->adopt({table.desired});
  const auto managed = state->managed({{"", "people"}});
  BOOST_REQUIRE(managed.size() == 1U);
  const auto live = sqlite_connector().open_introspector(spec)->describe({{"", "people"}}).at(0);
  BOOST_TEST(managed[0].column_fingerprint == types::column_fingerprint(live));
}

BOOST_AUTO_TEST_CASE(chunks_commit_with_their_ledger_rows_and_leave_nothing) {
  const SqliteFiles files;
  const auto spec = files.spec("a.db", true);
  auto table = people();
  table.staging = types::Staging::chunked;
  table.batch_bytes = 1;
  const auto state = sqlite_connector().open_target_state(spec);
  state->begin_run(run_identity(), std::chrono::seconds(1));
  table.epoch = state->take_epochs({table.desired.name}, "h").at(0);
  const auto loader = sqlite_connector().open_loader(spec, run_identity());
  loader->begin_unit({&table});
  loader->open(0);
  types::Batch batch;
  for (int i = 0; i < 3; ++i) {
    people_rows(i * 100, i * 100 + 100, "p")(batch);
    loader->write(batch);
  }
  Plain plain(files.path("a.db"));
  BOOST_TEST(plain("SELECT count(*), sum(row_count) FROM syncline_chunk") == "3|300");
  BOOST_TEST(visible_objects(plain).empty());
  const auto staged = loader->close();
  BOOST_TEST(staged.reported == 300U);
  BOOST_TEST(staged.counted == 300);
  loader->build(0);
  loader->publish();
  state->end_run();
  BOOST_TEST(plain("SELECT count(*) FROM syncline_chunk") == "0");
  BOOST_TEST(visible_objects(plain) == "index people_name\ntable people");
  BOOST_TEST(staging_tables(plain).empty());
  BOOST_TEST(!std::filesystem::exists(spec.path + ".syncline-lock"));
}

BOOST_AUTO_TEST_CASE(a_newer_epoch_fences_the_older_load) {
  const SqliteFiles files;
  const auto spec = files.spec("a.db", true);
  for (const auto staging : {types::Staging::chunked, types::Staging::one_transaction}) {
    auto table = people();
    table.staging = staging;
    const auto state = sqlite_connector().open_target_state(spec);
    state->begin_run(run_identity(), std::chrono::seconds(1));
    table.epoch = state->take_epochs({table.desired.name}, "h").at(0);
    const auto loader = sqlite_connector().open_loader(spec, run_identity());
    if (staging == types::Staging::chunked) {
      loader->begin_unit({&table});
      loader->open(0);
    }
    BOOST_TEST(state->take_epochs({table.desired.name}, "h").at(0) == table.epoch + 1);
    types::Batch batch;
    people_rows(1, 2, "p")(batch);
    message_of(
        [&] {
          if (staging == types::Staging::one_transaction) loader->begin_unit({&table});
          loader->write(batch);
        },
        ErrorKind::fenced);
    loader->abort();
  }
}

BOOST_AUTO_TEST_CASE(a_second_run_is_told_who_holds_the_file) {
  const SqliteFiles files;
  const auto spec = files.spec("a.db", true);
  const auto first = sqlite_connector().open_target_state(spec);
  first->begin_run(run_identity("01FIRST"), std::chrono::seconds(0));
  const auto second = sqlite_connector().open_target_state(spec);
  const auto message = message_of([&] { second->begin_run(run_identity("01SECOND"), std::chrono::seconds(0)); }, ErrorKind::held);
  BOOST_TEST(message.find("01FIRST") != std::string::npos);
  first->end_run();
  second->begin_run(run_identity("01SECOND"), std::chrono::seconds(1));
}

BOOST_AUTO_TEST_CASE(readers_see_old_or_new_content_only) {
  const SqliteFiles files;
  const auto spec = files.spec("a.db", true);
  run_load(spec, people(), {people_rows(0, 100, "old")});
  auto table = people();
  table.staging = types::Staging::chunked;
  table.batch_bytes = 1;
  table.swap_timeout = std::chrono::seconds(1);
  const auto state = sqlite_connector().open_target_state(spec);
  state->begin_run(run_identity(), std::chrono::seconds(1));
  table.epoch = state->take_epochs({table.desired.name}, "h").at(0);
  const auto loader = sqlite_connector().open_loader(spec, run_identity());
  Plain reader(files.path("a.db"), SQLITE_OPEN_READONLY);
  const std::string ask = "SELECT count(*), min(substr(name, 1, 3)), max(substr(name, 1, 3)) FROM people";
  loader->begin_unit({&table});
  loader->open(0);
  types::Batch batch;
  people_rows(0, 1000, "new")(batch);
  loader->write(batch);
  BOOST_TEST(reader(ask) == "100|old|old");
  loader->close();
  loader->build(0);
  BOOST_TEST(reader(ask) == "100|old|old");
  reader("BEGIN");
  BOOST_TEST(reader(ask) == "100|old|old");
  message_of([&] { loader->publish(); }, ErrorKind::locked);
  loader->abort();
  BOOST_TEST(reader(ask) == "100|old|old");
  reader("COMMIT");
  table.epoch = state->take_epochs({table.desired.name}, "h").at(0);
  load_with(*loader, table, {people_rows(0, 1000, "new")});
  BOOST_TEST(reader(ask) == "1000|new|new");
}

BOOST_AUTO_TEST_CASE(a_failing_load_leaves_the_old_content) {
  const SqliteFiles files;
  const auto spec = files.spec("a.db", true);
  run_load(spec, people(), {people_rows(0, 10, "old")});
  for (const auto staging : {types::Staging::chunked, types::Staging::one_transaction}) {
    auto table = people();
    table.staging = staging;
    table.desired.indexes[0].unique = true;
    const auto same = [](types::Batch& batch) {
      RowBuilder(batch).slot(1).text("same");
      RowBuilder(batch).slot(2).text("same");
    };
    const auto message = message_of([&] { run_load(spec, table, {same}); }, ErrorKind::constraint);
    BOOST_TEST(message.find("people.name") != std::string::npos);
    Plain plain(files.path("a.db"));
    BOOST_TEST(plain("SELECT count(*), max(name) FROM people") == "10|old9");
    BOOST_TEST(staging_tables(plain).empty());
  }
}

BOOST_AUTO_TEST_CASE(a_unit_of_several_tables_is_published_as_a_whole) {
  const SqliteFiles files;
  const auto spec = files.spec("a.db", true);
  auto one = people();
  auto two = people();
  two.desired.name.table = "others";
  two.desired.indexes[0].unique = true;
  const auto state = sqlite_connector().open_target_state(spec);
  state->begin_run(run_identity(), std::chrono::seconds(1));
  const auto epochs = state->take_epochs({one.desired.name, two.desired.name}, "h");
  one.epoch = epochs[0];
  two.epoch = epochs[1];
  const auto loader = sqlite_connector().open_loader(spec, run_identity());
  types::Batch batch;
  const auto load_both = [&](const Fill& second) {
    loader->begin_unit({&one, &two});
    loader->open(0);
    people_rows(1, 3, "a")(batch);
    loader->write(batch);
    loader->close();
    loader->build(0);
    loader->open(1);
    batch.reset(2);
    second(batch);
    loader->write(batch);
    loader->close();
    loader->build(1);
    loader->publish();
  };
  message_of(
      [&] {
        load_both([](types::Batch& rows) {
          RowBuilder(rows).slot(1).text("same");
          RowBuilder(rows).slot(2).text("same");
        });
      },
      ErrorKind::constraint);
  loader->abort();
  Plain plain(files.path("a.db"));
  BOOST_TEST(visible_objects(plain).empty());
  load_both(people_rows(1, 3, "b"));
  BOOST_TEST(visible_objects(plain) == "index people_name\nindex people_name~2\ntable others\ntable people");
  BOOST_TEST(loader->published_rows(1) == 2U);
}

BOOST_AUTO_TEST_CASE(identities_stand_behind_the_source) {
  const SqliteFiles files;
  const auto spec = files.spec("a.db", true);
  auto table = people();
  table.desired.columns[0].auto_increment = true;
  table.desired.next_identity = 500;
  run_load(spec, table, {people_rows(1, 3, "a")});
  Plain plain(files.path("a.db"));
  plain("INSERT INTO people(name) VALUES ('next')");
  BOOST_TEST(plain("SELECT max(id) FROM people") == "500");
  run_load(spec, table, {});
  BOOST_TEST(plain("SELECT seq FROM sqlite_sequence") == "499");
}

BOOST_AUTO_TEST_CASE(orphans_are_counted_and_sampled) {
  const SqliteFiles files;
  const auto spec = files.spec("a.db", true);
  Plain(files.path("a.db"))(
      "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(a INT REFERENCES p, b INT, FOREIGN KEY (b) REFERENCES p(id));"
      "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 7), (1, 8), (1, NULL)");
  const auto state = sqlite_connector().open_target_state(spec);
  const auto found = state->check_foreign_keys({{"", "p"}, {"", "c"}});
  BOOST_REQUIRE(found.size() == 1U);
  BOOST_TEST(found[0].first.key.columns.at(0) == "b");
  BOOST_TEST(found[0].second.orphans == 2U);
  BOOST_TEST(found[0].second.sample.at(0) == "b=7");
  types::ForeignKey key;
  key.columns = {"a"};
  key.referenced.table = "p";
  key.referenced_columns = {"id"};
  BOOST_TEST((state->add_foreign_key({{"", "c"}, key}).kind == ForeignKeyResult::Kind::present));
  key.columns = {"nope"};
  message_of([&] { state->add_foreign_key({{"", "c"}, key}); }, ErrorKind::unsupported);
}

BOOST_AUTO_TEST_CASE(load_schema_creates_and_then_adds_columns) {
  const SqliteFiles files;
  const auto spec = files.spec("a.db", true);
  const auto state = sqlite_connector().open_target_state(spec);
  state->begin_run(run_identity(), std::chrono::seconds(1));
  auto table = people();
  state->apply_schema(table);
  Plain plain(files.path("a.db"));
  plain("INSERT INTO people VALUES (1, 'x')");
  table.desired.columns.push_back(column("more", "TEXT", logical(TypeKind::string)));
  table.add_columns = {2};
  state->apply_schema(table);
  BOOST_TEST(plain("SELECT * FROM people") == "1|x|~");
  const auto live = sqlite_connector().open_introspector(spec)->describe({{"", "people"}}).at(0);
  BOOST_TEST(state->managed({{"", "people"}}).at(0).column_fingerprint == types::column_fingerprint(live));
}

BOOST_AUTO_TEST_CASE(rows_between_sqlite_files_keep_their_storage_classes) {
  const SqliteFiles files;
  Plain(files.path("s.db"))(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, any, num NUMERIC);"
      "INSERT INTO t VALUES (1, 5, 5.5), (2, 'text', 'abc'), (3, x'00ff', 7), (4, 0.1, NULL), (5, NULL, 1e300), (6, '', x'');"
      "WITH RECURSIVE n(i) AS (SELECT 7 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO t SELECT i, i, 'r' || i FROM n;"
      "CREATE INDEX part ON t(num) WHERE num > 5; CREATE UNIQUE INDEX ex ON t(id, lower(any))");
  LoadTable table;
  table.desired = sqlite_connector().open_introspector(files.spec("s.db"))->describe({{"", "t"}}).at(0);
  table.load_columns = {0, 1, 2};
  table.relay = true;
  ReadRequest request;
  request.table = table.desired.name;
  request.columns = table.desired.columns;
  request.relay = true;
  request.batch_bytes = 1000;
  const auto spec = files.spec("t.db", true);
  const auto state = sqlite_connector().open_target_state(spec);
  state->begin_run(run_identity(), std::chrono::seconds(1));
  table.epoch = state->take_epochs({table.desired.name}, "h").at(0);
  const auto loader = sqlite_connector().open_loader(spec, run_identity());
  const auto snapshot = sqlite_connector().open_snapshot(files.spec("s.db"), {});
  const auto reader = snapshot->open_reader(request);
  loader->begin_unit({&table});
  loader->open(0);
  types::Batch batch;
  while (reader->next(batch)) loader->write(batch);
  const auto staged = loader->close();
  loader->build(0);
  loader->publish();
  BOOST_TEST(staged.sent == reader->rows());
  BOOST_TEST(staged.counted == 3000);
  const std::string ask = "SELECT id, typeof(any), quote(any), typeof(num), quote(num) FROM t ORDER BY id";
  BOOST_TEST((Plain(files.path("s.db"))(ask) == Plain(files.path("t.db"))(ask)));
  BOOST_TEST(Plain(files.path("t.db"))("SELECT sql FROM sqlite_schema WHERE name = 'part'") ==
             "CREATE INDEX \"part\" ON \"t\"(num) WHERE num > 5");
}

BOOST_AUTO_TEST_CASE(the_journal_mode_of_a_file_stays) {
  const SqliteFiles files;
  Plain(files.path("a.db"))("PRAGMA journal_mode=WAL; CREATE TABLE x(a)");
  run_load(files.spec("a.db", true), people(), {people_rows(1, 3, "a")});
  BOOST_TEST(Plain(files.path("a.db"))("PRAGMA journal_mode") == "wal");
}

BOOST_AUTO_TEST_CASE(a_connection_without_allow_writes_is_refused) {
  const SqliteFiles files;
  message_of([&] { sqlite_connector().open_target_state(files.spec("a.db")); }, ErrorKind::setup);
  message_of([&] { sqlite_connector().open_loader(files.spec("a.db"), run_identity()); }, ErrorKind::setup);
  BOOST_TEST(!std::filesystem::exists(files.path("a.db")));
}

BOOST_AUTO_TEST_SUITE_END()

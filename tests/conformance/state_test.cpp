#include <thread>

#include "connectors/sql/staging_name.h"
#include "lab.h"

/// The run's state in the target: lock, epochs, fences, what is ours, foreign keys.
using namespace syncline;
using namespace syncline::conformance;
using connectors::ForeignKeyResult;
using types::Publish;
using types::Staging;

namespace {

connectors::ForeignKeyToAdd child_key(const Lab& lab) {
  connectors::ForeignKeyToAdd key;
  key.table = lab.name("child");
  key.key.name = "child_parent";
  key.key.columns = {"parent"};
  key.key.referenced = lab.name("people");
  key.key.referenced_columns = {"id"};
  key.key.on_delete = types::ForeignKeyAction::cascade;
  return key;
}

types::TableSchema child(const Lab& lab) {
  types::TableSchema schema;
  schema.name = lab.name("child");
  schema.columns = {column("id", lab.data.id, logical(types::TypeKind::bigint), false),
                    column("parent", lab.data.id, logical(types::TypeKind::bigint))};
  schema.primary_key.columns = {"id"};
  if (lab.connector.info().capabilities.foreign_keys_inline) schema.foreign_keys = {child_key(lab).key};
  return schema;
}

bool is_managed(connectors::TargetState& state, const Lab& lab, const std::string& table) {
  const auto rows = state.managed({lab.name(table)});
  if (rows.empty()) return false;
  const auto live = lab.describe(table);
  return rows[0].column_fingerprint == types::column_fingerprint(live) && rows[0].object_id == live.object_id;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(state)

ENGINE_CASE(nothing_is_managed_before_the_first_run) {
  Lab lab(engine);
  const auto before = lab.catalogue();
  const auto state = lab.connector.open_target_state(lab.spec);
  BOOST_TEST(state->managed({lab.name("people")}).empty());
  BOOST_TEST(lab.catalogue() == before);
}

ENGINE_CASE(epochs_rise_with_every_taking) {
  Lab lab(engine);
  std::int64_t last = 0;
  for (int run = 0; run < 3; ++run) {
    Run here(lab);
    for (int i = 0; i < 3; ++i) {
      const auto epochs = here.state->take_epochs({lab.name("a"), lab.name("b")}, "plan");
      BOOST_REQUIRE_EQUAL(epochs.size(), 2U);
      BOOST_TEST(epochs[0] > last);
      last = epochs[0];
    }
  }
}

ENGINE_CASE(a_second_run_is_told_who_holds_the_target) {
  Lab lab(engine);
  {
    Run first(lab, "01FIRST");
    const auto second = lab.connector.open_target_state(lab.spec);
    const auto error = failure([&] { second->begin_run(identity("01SECOND"), std::chrono::seconds(0)); }, ErrorKind::held);
    BOOST_TEST(std::string(error.what()).find("01FIRST") != std::string::npos, error.what());
  }
  Run third(lab, "01THIRD", std::chrono::seconds(0));
}

ENGINE_CASE(a_waiting_run_gets_the_lock_when_it_is_free) {
  Lab lab(engine);
  auto first = std::make_unique<Run>(lab, "01FIRST");
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    first.reset();
  });
  const auto second = lab.connector.open_target_state(lab.spec);
  BOOST_CHECK_NO_THROW(second->begin_run(identity("01SECOND"), std::chrono::seconds(20)));
  other.join();
  second->end_run();
}

ENGINE_CASE(a_newer_epoch_fences_the_older_load_at_every_step) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 4, "old"));
  const auto catalogue = lab.catalogue();
  for (const Staging staging : {Staging::one_transaction, Staging::chunked}) {
    for (const Publish publish : {Publish::rename, Publish::in_place, Publish::insert, Publish::merge}) {
      for (const int steps : {0, 1}) {
        // A unit in one transaction holds its epoch rows: nobody can take new ones meanwhile.
        if (steps > 0 && staging == Staging::one_transaction) continue;
        BOOST_TEST_CONTEXT(types::to_string(publish) << ", " << types::to_string(staging) << ", step " << steps) {
          Run run(lab);
          auto table = run.plan(people(lab), publish, staging);
          if (steps == 1) run.stage(table, people_rows(7, 9, "new"));
          run.state->take_epochs({table.desired.name}, "plan");
          failure(
              [&] {
                if (steps == 0) run.stage(table, people_rows(7, 9, "new"));
                run.loader->publish();
              },
              ErrorKind::fenced);
          run.loader->abort();
          BOOST_TEST(lab.content("people") == people_text(1, 4, "old"));
          BOOST_TEST(lab.leftovers().empty());
        }
      }
    }
  }
  BOOST_TEST(lab.catalogue() == catalogue);
}

ENGINE_CASE(staging_of_a_dead_run_is_dropped_by_the_next) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 4, "old"));
  const auto dead = lab.connector.open_target_state(lab.spec);
  dead->begin_run(identity("01DEAD"), std::chrono::seconds(5));
  auto loader = lab.connector.open_loader(lab.spec, identity("01DEAD"));
  connectors::LoadTable table;
  table.desired = people(lab);
  table.existing = lab.describe("people");
  table.load_columns = {0, 1, 2};
  table.staging = Staging::chunked;
  table.epoch = dead->take_epochs({table.desired.name}, "plan").at(0);
  loader->begin_unit({&table});
  loader->open(0);
  loader->close();
  const auto staging = lab.leftovers();
  BOOST_TEST(!staging.empty());
  dead->end_run();
  Run next(lab, "01NEXT");
  next.state->take_epochs({table.desired.name}, "plan");
  BOOST_TEST(lab.leftovers().empty());
  BOOST_TEST(lab.content("people") == people_text(1, 4, "old"));
  const auto late = [&] {
    loader->build(0);
    loader->publish();
  };
  BOOST_CHECK_THROW(late(), connectors::ConnectorError);
  loader->abort();
  BOOST_TEST(lab.content("people") == people_text(1, 4, "old"));
}

ENGINE_CASE(without_state_tables_dead_staging_goes_and_living_stays) {
  Lab lab(engine);
  if (lab.connector.info().capabilities.max_parallel_loads == 1) return;  // One load at a time: nothing else lives.
  lab.spec.state_in_target = false;
  const auto dead = connectors::sql::staging_name(5, lab.name("one"));
  lab.plain("CREATE TABLE " + lab.quoted(dead) + " (id INTEGER)");
  {
    Run run(lab);
    auto one = run.plan(people(lab, "one"), Publish::rename, Staging::chunked);
    BOOST_TEST(lab.leftovers().empty());
    run.stage(one, people_rows(1, 4, "a"));
    auto two = run.plan(people(lab, "two"), Publish::rename, Staging::chunked);
    const auto second = lab.connector.open_loader(lab.spec, identity("01CONFORMANCE"));
    second->begin_unit({&two});
    second->open(0);
    second->close();
    const auto both = lab.leftovers();
    BOOST_TEST(run.state->take_epochs({two.desired.name}, "again").at(0) > two.epoch);
    const auto living = lab.leftovers();
    BOOST_TEST(both.size() > living.size());
    BOOST_TEST(living == connectors::sql::staging_name(one.epoch, one.desired.name));
    second->abort();
    run.loader->publish();
    BOOST_TEST(lab.content("one") == people_text(1, 4, "a"));
  }
  BOOST_TEST(lab.leftovers().empty());
  BOOST_TEST(lab.connector.open_target_state(lab.spec)->managed({lab.name("one")}).empty());
}

ENGINE_CASE(chunks_stand_in_the_ledger_until_they_are_published) {
  Lab lab(engine);
  Run run(lab);
  auto table = run.plan(people(lab), Publish::rename, Staging::chunked);
  table.batch_bytes = 1;
  const auto staged = run.stage(table, people_rows(1, 41, "a"));
  BOOST_TEST(staged.reported == 40U);
  const auto ledger = lab.ask(lab.data.ledger);
  BOOST_TEST(ledger.substr(ledger.find('|') + 1) == "40");
  BOOST_TEST(std::stoi(ledger) >= 1);
  run.loader->publish();
  BOOST_TEST(lab.content("people") == people_text(1, 41, "a"));
}

ENGINE_CASE(a_loaded_table_is_ours_until_somebody_changes_it) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 4, "a"));
  const auto state = lab.connector.open_target_state(lab.spec);
  BOOST_TEST(is_managed(*state, lab, "people"));
  BOOST_TEST(state->managed({lab.name("people")}).at(0).rows == 3);
  lab.plain("INSERT INTO " + lab.quoted("people") + " (id) VALUES (77)");
  BOOST_TEST(is_managed(*state, lab, "people"));
  lab.plain("ALTER TABLE " + lab.quoted("people") + " ADD COLUMN extra VARCHAR(9)");
  BOOST_TEST(!is_managed(*state, lab, "people"));
  lab.plain("DROP TABLE " + lab.quoted("people"));
  lab.plain("CREATE TABLE " + lab.quoted("people") + " (id INTEGER)");
  BOOST_TEST(!is_managed(*state, lab, "people"));
  load(lab, people(lab), people_rows(1, 4, "a"), Publish::rename, Staging::chunked);
  BOOST_TEST(is_managed(*state, lab, "people"));
}

ENGINE_CASE(an_adopted_table_is_ours_and_keeps_its_rows) {
  Lab lab(engine);
  lab.plain("CREATE TABLE " + lab.quoted("people") + " (id INTEGER NOT NULL PRIMARY KEY)");
  lab.plain("INSERT INTO " + lab.quoted("people") + " VALUES (7)");
  Run run(lab);
  BOOST_TEST(!is_managed(*run.state, lab, "people"));
  run.state->adopt({lab.describe("people")});
  BOOST_TEST(is_managed(*run.state, lab, "people"));
  BOOST_TEST(lab.content("people") == "7");
}

ENGINE_CASE(missing_containers_are_made_once) {
  Lab lab(engine);
  if (lab.container.empty()) return;
  Run run(lab);
  const std::string more = lab.container + " more'\"`";
  run.state->create_containers({lab.container, more});
  run.state->create_containers({more});
  const auto containers = lab.connector.open_introspector(lab.spec)->containers();
  BOOST_TEST(std::count(containers.begin(), containers.end(), more) == 1);
  BOOST_TEST(std::count(containers.begin(), containers.end(), lab.spec.state_schema) == 0);
  lab.plain("DROP SCHEMA " + lab.connector.dialect().quote(std::string_view(more)));
}

ENGINE_CASE(a_foreign_key_is_added_then_present_then_orphaned) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 4, "p"));
  load(lab, child(lab), {{"1", "1"}, {"2", "3"}, {"3", {}}});
  const bool declared = lab.connector.info().capabilities.foreign_keys_inline;
  Run run(lab);
  const auto kind = run.state->add_foreign_key(child_key(lab)).kind;
  BOOST_TEST((kind == (declared ? ForeignKeyResult::Kind::present : ForeignKeyResult::Kind::added)));
  BOOST_TEST((run.state->add_foreign_key(child_key(lab)).kind == ForeignKeyResult::Kind::present));
  const auto made = lab.describe("child").foreign_keys;
  BOOST_REQUIRE_EQUAL(made.size(), 1U);
  BOOST_TEST((made[0].referenced == lab.name("people")));
  BOOST_TEST((made[0].on_delete == types::ForeignKeyAction::cascade));
  BOOST_TEST(run.state->check_foreign_keys({lab.name("people"), lab.name("child")}).empty());
}

ENGINE_CASE(orphans_are_counted_and_named) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 4, "p"));
  load(lab, child(lab), {{"1", "1"}, {"2", "17"}, {"3", {}}, {"4", "18"}});
  Run run(lab);
  ForeignKeyResult result;
  if (lab.connector.info().capabilities.foreign_keys_inline) {
    const auto found = run.state->check_foreign_keys({lab.name("people"), lab.name("child")});
    BOOST_REQUIRE_EQUAL(found.size(), 1U);
    result = found[0].second;
  } else {
    result = run.state->add_foreign_key(child_key(lab));
    BOOST_TEST(lab.describe("child").foreign_keys.empty());
  }
  BOOST_TEST((result.kind == ForeignKeyResult::Kind::orphans));
  BOOST_TEST(result.orphans == 2U);
  BOOST_REQUIRE(!result.sample.empty());
  BOOST_TEST((result.sample[0] == "parent=17" || result.sample[0] == "parent=18"), result.sample[0]);
}

ENGINE_CASE(a_parent_is_replaced_under_its_child) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 4, "p"));
  load(lab, child(lab), {{"1", "1"}});
  {
    Run run(lab);
    run.state->add_foreign_key(child_key(lab));
  }
  for (const Staging staging : {Staging::one_transaction, Staging::chunked}) {
    load(lab, people(lab), people_rows(1, 6, "q"), Publish::rename, staging);
    BOOST_TEST(lab.content("people") == people_text(1, 6, "q"));
    Run run(lab);
    BOOST_TEST((run.state->add_foreign_key(child_key(lab)).kind != ForeignKeyResult::Kind::orphans));
    const auto keys = lab.describe("child").foreign_keys;
    BOOST_REQUIRE_EQUAL(keys.size(), 1U);
    BOOST_TEST((keys[0].referenced == lab.name("people")));
  }
}

ENGINE_CASE(load_schema_creates_a_table_and_adds_columns) {
  Lab lab(engine);
  auto schema = people(lab);
  {
    Run run(lab);
    auto table = run.plan(schema);
    run.state->apply_schema(table);
    BOOST_TEST(is_managed(*run.state, lab, "people"));
  }
  BOOST_TEST(lab.describe("people").indexes.size() == 1U);
  lab.plain("INSERT INTO " + lab.quoted("people") + " VALUES (1, 'a', '2.00000')");
  schema.columns.push_back(column("more", lab.data.text, logical(types::TypeKind::string)));
  Run run(lab);
  auto table = run.plan(schema);
  table.add_columns = {3};
  run.state->apply_schema(table);
  BOOST_TEST(lab.content("people") == "1|a|2.00000|~");
  BOOST_TEST(is_managed(*run.state, lab, "people"));
}

BOOST_AUTO_TEST_SUITE_END()

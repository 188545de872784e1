#include <atomic>
#include <thread>

#include "lab.h"

/// Loading: every way of publishing, all of it or nothing.
using namespace syncline;
using namespace syncline::conformance;
using types::Publish;
using types::Staging;

namespace {

constexpr Publish kPublishes[] = {Publish::rename, Publish::in_place, Publish::insert, Publish::merge};
constexpr Staging kStagings[] = {Staging::one_transaction, Staging::chunked};

const std::string kOld = people_text(1, 4, "old");

/// What the table holds after rows 3..5 were loaded over rows 1..3.
std::string loaded(Publish publish) {
  if (publish == Publish::rename || publish == Publish::in_place) return people_text(3, 6, "new");
  return people_text(1, publish == Publish::merge ? 3 : 4, "old") + "\n" +
         people_text(publish == Publish::merge ? 3 : 4, 6, "new");
}

Rows new_rows(Publish publish) {
  return people_rows(publish == Publish::insert ? 4 : 3, 6, "new");
}

void for_each_way(const std::function<void(Publish, Staging)>& work) {
  for (const Publish publish : kPublishes) {
    for (const Staging staging : kStagings) {
      BOOST_TEST_CONTEXT(types::to_string(publish) << ", " << types::to_string(staging)) {
        work(publish, staging);
      }
    }
  }
}

/// The table people with old rows, each time anew.
void reset(Lab& lab) {
  load(lab, people(lab), people_rows(1, 4, "old"));
  BOOST_REQUIRE_EQUAL(lab.content("people"), kOld);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(loads)

ENGINE_CASE(every_way_of_publishing_brings_the_right_content) {
  Lab lab(engine);
  for_each_way([&](Publish publish, Staging staging) {
    reset(lab);
    const auto catalogue = lab.catalogue();
    const auto rows = new_rows(publish);
    Run run(lab);
    auto table = run.plan(people(lab), publish, staging);
    table.batch_bytes = 1;
    const auto staged = run.stage(table, rows);
    BOOST_TEST(staged.sent == rows.size());
    BOOST_TEST(staged.reported == rows.size());
    BOOST_TEST(staged.counted == static_cast<std::int64_t>(rows.size()));
    BOOST_TEST(lab.content("people") == kOld);
    run.loader->publish();
    BOOST_TEST(lab.content("people") == loaded(publish));
    BOOST_TEST(run.loader->published_rows(0) >= rows.size());
    BOOST_TEST(lab.leftovers().empty());
    BOOST_TEST(lab.catalogue() == catalogue);
  });
}

ENGINE_CASE(a_new_table_appears_with_its_rows_only) {
  Lab lab(engine);
  for (const Staging staging : kStagings) {
    BOOST_TEST_CONTEXT(types::to_string(staging)) {
      const std::string name = staging == Staging::chunked ? "chunked" : "small";
      Run run(lab);
      auto table = run.plan(people(lab, name), Publish::rename, staging);
      run.stage(table, people_rows(1, 10, "a"));
      BOOST_TEST(!lab.exists(name));
      run.loader->publish();
      BOOST_TEST(lab.content(name) == people_text(1, 10, "a"));
      BOOST_TEST(lab.leftovers().empty());
    }
  }
}

ENGINE_CASE(no_rows_make_an_empty_table) {
  Lab lab(engine);
  for_each_way([&](Publish publish, Staging staging) {
    reset(lab);
    load(lab, people(lab), {}, publish, staging);
    const bool replaces = publish == Publish::rename || publish == Publish::in_place;
    BOOST_TEST(lab.content("people") == (replaces ? std::string() : kOld));
  });
}

ENGINE_CASE(abort_at_any_point_leaves_the_target_as_it_was) {
  Lab lab(engine);
  reset(lab);
  const auto catalogue = lab.catalogue();
  for_each_way([&](Publish publish, Staging staging) {
    Run run(lab);
    for (int steps = 0; steps < 4; ++steps) {
      BOOST_TEST_CONTEXT("after step " << steps) {
        auto table = run.plan(people(lab), publish, staging);
        run.loader->begin_unit({&table});
        if (steps == 1) run.loader->open(0);
        if (steps > 1) run.fill(table, 0, new_rows(publish));
        run.loader->abort();
        if (steps == 3) run.loader->abort();
        BOOST_TEST(lab.content("people") == kOld);
        BOOST_TEST(lab.leftovers().empty());
      }
    }
  });
  BOOST_TEST(lab.catalogue() == catalogue);
}

ENGINE_CASE(a_loader_serves_again_after_an_abort) {
  Lab lab(engine);
  reset(lab);
  Run run(lab);
  auto table = run.plan(people(lab));
  run.stage(table, people_rows(1, 9, "gone"));
  run.loader->abort();
  auto again = run.plan(people(lab));
  run.load(again, people_rows(1, 3, "new"));
  BOOST_TEST(lab.content("people") == people_text(1, 3, "new"));
}

ENGINE_CASE(a_unit_of_several_tables_is_one_step) {
  Lab lab(engine);
  load(lab, people(lab, "one"), people_rows(1, 3, "old"));
  for (const Staging staging : kStagings) {
    BOOST_TEST_CONTEXT(types::to_string(staging)) {
      const auto before = lab.content("one");
      const auto catalogue = lab.catalogue();
      {
        Run run(lab);
        auto one = run.plan(people(lab, "one"), Publish::rename, staging);
        auto schema = people(lab, "two");
        schema.indexes[0].unique = true;
        auto two = run.plan(schema, Publish::rename, staging);
        run.loader->begin_unit({&one, &two});
        run.fill(one, 0, people_rows(5, 8, "new"));
        Rows same = people_rows(1, 3, "x");
        same[0][1] = same[1][1] = "same";
        failure(
            [&] {
              run.fill(two, 1, same);
              run.loader->publish();
            },
            ErrorKind::constraint);
        run.loader->abort();
        BOOST_TEST(lab.content("one") == before);
        BOOST_TEST(lab.catalogue() == catalogue);
        BOOST_TEST(lab.leftovers().empty());
      }
      Run run(lab);
      auto one = run.plan(people(lab, "one"), Publish::rename, staging);
      auto two = run.plan(people(lab, "two"), Publish::rename, staging);
      run.loader->begin_unit({&one, &two});
      run.fill(one, 0, people_rows(5, 8, "new"));
      run.fill(two, 1, people_rows(1, 4, "two"));
      BOOST_TEST(lab.content("one") == before);
      run.loader->publish();
      BOOST_TEST(lab.content("one") == people_text(5, 8, "new"));
      BOOST_TEST(lab.content("two") == people_text(1, 4, "two"));
      BOOST_TEST(run.loader->published_rows(1) == 3U);
      lab.plain("DROP TABLE " + lab.quoted("two"));
    }
  }
}

ENGINE_CASE(a_violated_constraint_keeps_the_old_content) {
  Lab lab(engine);
  reset(lab);
  const auto catalogue = lab.catalogue();
  for_each_way([&](Publish publish, Staging staging) {
    if (publish == Publish::merge) return;
    Run run(lab);
    auto table = run.plan(people(lab), publish, staging);
    Rows rows = new_rows(publish);
    rows.push_back(rows.back());
    failure([&] { run.load(table, rows); }, ErrorKind::constraint);
    run.loader->abort();
    BOOST_TEST(lab.content("people") == kOld);
    BOOST_TEST(lab.leftovers().empty());
  });
  BOOST_TEST(lab.catalogue() == catalogue);
}

ENGINE_CASE(appended_rows_must_not_meet_existing_keys) {
  Lab lab(engine);
  reset(lab);
  for (const Staging staging : kStagings) {
    failure([&] { load(lab, people(lab), people_rows(3, 6, "new"), Publish::insert, staging); }, ErrorKind::constraint);
    BOOST_TEST(lab.content("people") == kOld);
    BOOST_TEST(lab.leftovers().empty());
  }
}

ENGINE_CASE(null_in_a_column_that_must_have_a_value_is_an_error) {
  Lab lab(engine);
  auto schema = people(lab);
  schema.columns[1].nullable = false;
  load(lab, schema, people_rows(1, 4, "old"));
  for_each_way([&](Publish publish, Staging staging) {
    Rows rows = new_rows(publish);
    rows.back()[1].reset();
    Run run(lab);
    auto table = run.plan(schema, publish, staging);
    std::string message;
    try {
      run.load(table, rows);
      BOOST_ERROR("NULL was stored");
    } catch (const expr::ValueError& error) {
      BOOST_TEST(error.column == "name");
    } catch (const connectors::ConnectorError& error) {
      BOOST_TEST((error.kind == ErrorKind::constraint), connectors::to_string(error.kind));
      BOOST_TEST(std::string(error.what()).find("name") != std::string::npos, error.what());
    }
    run.loader->abort();
    BOOST_TEST(lab.content("people") == kOld);
    BOOST_TEST(lab.leftovers().empty());
  });
}

ENGINE_CASE(values_that_a_column_cannot_hold_are_refused_by_name) {
  Lab lab(engine);
  for (const auto& refused : lab.data.refused) {
    for (const Staging staging : kStagings) {
      BOOST_TEST_CONTEXT(refused.native << " and " << refused.value << ", " << types::to_string(staging)) {
        types::TableSchema schema;
        schema.name = lab.name("refusing");
        schema.columns = {column("id", lab.data.id, logical(types::TypeKind::bigint), false),
                          column("v", refused.native, refused.logical)};
        schema.primary_key.columns = {"id"};
        load(lab, schema, {{"1", {}}});
        Run run(lab);
        auto table = run.plan(schema, Publish::rename, staging);
        try {
          run.load(table, {{"7", {}}, {"8", refused.value}});
          BOOST_ERROR("it was stored as " + lab.content("refusing"));
        } catch (const expr::ValueError& error) {
          BOOST_TEST(error.column == "v");
        } catch (const connectors::ConnectorError& error) {
          const bool known = error.kind == ErrorKind::value || error.kind == ErrorKind::constraint;
          BOOST_TEST(known, connectors::to_string(error.kind) << ": " << error.what());
          BOOST_TEST(std::string(error.what()).find('v') != std::string::npos, error.what());
        }
        run.loader->abort();
        BOOST_TEST(lab.content("refusing") == "1|~");
        BOOST_TEST(lab.leftovers().empty());
      }
    }
  }
}

ENGINE_CASE(upsert_updates_and_inserts_and_leaves_other_columns) {
  Lab lab(engine);
  for (const Staging staging : kStagings) {
    reset(lab);
    lab.plain("ALTER TABLE " + lab.quoted("people") + " ADD COLUMN kept VARCHAR(9) DEFAULT 'k'");
    load(lab, people(lab), people_rows(3, 6, "new"), Publish::merge, staging);
    BOOST_TEST(lab.content("people", "id, name, kept") == "1|old1|k\n2|old2|k\n3|new3|k\n4|new4|k\n5|new5|k");
    lab.plain("DROP TABLE " + lab.quoted("people"));
  }
}

ENGINE_CASE(a_kept_table_keeps_its_columns_and_gets_new_ones) {
  Lab lab(engine);
  for (const Staging staging : kStagings) {
    for (const Publish publish : {Publish::in_place, Publish::insert}) {
      BOOST_TEST_CONTEXT(types::to_string(publish) << ", " << types::to_string(staging)) {
        reset(lab);
        lab.plain("ALTER TABLE " + lab.quoted("people") + " ADD COLUMN kept VARCHAR(9) DEFAULT 'k'");
        auto schema = lab.describe("people");
        for (std::size_t i = 0; i < 3; ++i) schema.columns[i].logical = people(lab).columns[i].logical;
        schema.columns[3].logical = logical(types::TypeKind::string);
        auto added = column("added", lab.data.text, logical(types::TypeKind::string));
        added.default_value = {types::ColumnDefault::Kind::literal, "it's", -1};
        schema.columns.push_back(added);
        {
          Run run(lab);
          auto table = run.plan(schema, publish, staging);
          table.add_columns = {4};
          table.load_columns = {0, 1, 2};
          run.load(table, people_rows(4, 6, "new"));
        }
        const std::string fresh = "4|new4|k|it's\n5|new5|k|it's";
        const auto all = lab.content("people", "id, name, kept, added");
        BOOST_TEST(all == (publish == Publish::in_place ? fresh : "1|old1|k|it's\n2|old2|k|it's\n3|old3|k|it's\n" + fresh));
        lab.plain("DROP TABLE " + lab.quoted("people"));
      }
    }
  }
}

ENGINE_CASE(an_emptied_table_takes_a_column_that_must_have_a_value) {
  Lab lab(engine);
  for (const Staging staging : kStagings) {
    reset(lab);
    auto schema = people(lab);
    schema.columns.push_back(column("more", lab.data.text, logical(types::TypeKind::string), false));
    {
      Run run(lab);
      auto table = run.plan(schema, Publish::in_place, staging);
      table.add_columns = {3};
      run.load(table, {{"7", "a", {}, "b"}});
    }
    BOOST_TEST(lab.content("people", "id, name, more") == "7|a|b");
    BOOST_TEST(!lab.describe("people").columns[3].nullable);
    lab.plain("DROP TABLE " + lab.quoted("people"));
  }
}

ENGINE_CASE(a_swap_under_an_older_snapshot_does_what_the_script_says) {
  Lab lab(engine);
  for (const auto on_older : {types::OnOlderSnapshots::fail, types::OnOlderSnapshots::warn}) {
    const bool fails = on_older == types::OnOlderSnapshots::fail && !lab.data.old_rows_stay;
    reset(lab);
    const auto older = lab.another_plain();
    for (const auto& statement : lab.data.begin_snapshot) (*older)(statement);
    {
      Run run(lab);
      auto table = run.plan(people(lab), Publish::rename, Staging::chunked);
      table.older_snapshots = on_older;
      table.swap_timeout = std::chrono::seconds(1);
      run.stage(table, people_rows(3, 6, "new"));
      if (fails) {
        failure([&] { run.loader->publish(); }, ErrorKind::locked);
        run.loader->abort();
      } else {
        const auto notes = run.loader->publish();
        BOOST_TEST(notes.empty() == lab.data.old_rows_stay);
        for (const auto& note : notes) BOOST_TEST(note.find("older") != std::string::npos, note);
      }
    }
    BOOST_TEST(lab.content("people") == (fails ? kOld : people_text(3, 6, "new")));
    if (lab.data.old_rows_stay) BOOST_TEST((*older)("SELECT count(*), max(name) FROM " + lab.quoted("people")) == "3|old3");
    BOOST_TEST(lab.leftovers().empty());
    (*older)("ROLLBACK");
  }
}

/// MySQL's list of transactions is a copy that stays as it is while somebody reads it ten times a second.
ENGINE_CASE(a_monitor_of_transactions_does_not_hide_an_older_snapshot) {
  Lab lab(engine);
  if (lab.data.watch.empty() || lab.data.old_rows_stay) return;
  reset(lab);
  const auto monitor = lab.another_plain();
  std::atomic<bool> over{false};
  std::thread watching([&] {
    while (!over) {
      (*monitor)(lab.data.watch);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const auto older = lab.another_plain();
  for (const auto& statement : lab.data.begin_snapshot) (*older)(statement);
  {
    Run run(lab);
    auto table = run.plan(people(lab), Publish::rename, Staging::chunked);
    table.older_snapshots = types::OnOlderSnapshots::fail;
    table.swap_timeout = std::chrono::seconds(1);
    run.stage(table, people_rows(3, 6, "new"));
    failure([&] { run.loader->publish(); }, ErrorKind::locked);
    run.loader->abort();
  }
  over = true;
  watching.join();
  (*older)("ROLLBACK");
}

ENGINE_CASE(a_table_of_one_transaction_is_never_empty_to_an_older_snapshot) {
  Lab lab(engine);
  if (!lab.connector.info().capabilities.transactional_ddl) return;
  reset(lab);
  const auto older = lab.another_plain();
  for (const auto& statement : lab.data.begin_snapshot) (*older)(statement);
  Run run(lab);
  auto table = run.plan(people(lab));
  table.older_snapshots = types::OnOlderSnapshots::fail;
  run.stage(table, people_rows(3, 6, "new"));
  BOOST_TEST(run.loader->publish().empty());
  const auto seen = (*older)("SELECT count(*), max(name) FROM " + lab.quoted("people"));
  BOOST_TEST(seen == (lab.data.old_rows_stay ? "3|old3" : "3|new5"));
  (*older)("ROLLBACK");
}

ENGINE_CASE(an_identity_stands_behind_rows_and_source) {
  Lab lab(engine);
  auto schema = people(lab);
  schema.columns[0].auto_increment = true;
  schema.next_identity = 500;
  for (const Staging staging : kStagings) {
    BOOST_TEST_CONTEXT(types::to_string(staging)) {
      load(lab, schema, people_rows(1, 4, "a"), Publish::rename, staging);
      lab.plain("INSERT INTO " + lab.quoted("people") + " (name) VALUES ('next')");
      BOOST_TEST(lab.plain("SELECT max(id) FROM " + lab.quoted("people")) == "500");
      load(lab, schema, people_rows(1, 4, "a"), Publish::rename, staging);
      const auto live = lab.describe("people");
      BOOST_TEST(live.columns[0].auto_increment);
      load(lab, schema, people_rows(900, 903, "b"), Publish::in_place, staging);
      lab.plain("INSERT INTO " + lab.quoted("people") + " (name) VALUES ('next')");
      BOOST_TEST(lab.plain("SELECT max(id) FROM " + lab.quoted("people")) == "903");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

#include "lab.h"

/// Changes of a kept table: wider types, new columns, and a run that dies before the rows follow them.
using namespace syncline;
using namespace syncline::conformance;
using types::Publish;
using types::Staging;

namespace {

constexpr Publish kInto[] = {Publish::in_place, Publish::insert, Publish::merge};

void each_way_into(const std::function<void(Publish, Staging)>& work) {
  for (const Publish publish : kInto) {
    for (const Staging staging : {Staging::one_transaction, Staging::chunked}) {
      BOOST_TEST_CONTEXT(types::to_string(publish) << ", " << types::to_string(staging)) {
        work(publish, staging);
      }
    }
  }
}

/// `amount` with ten more digits.
types::TableSchema wider_people(const Lab& lab) {
  auto schema = people(lab);
  std::string native = lab.data.decimal;
  native.replace(native.find("20"), 2, "30");
  schema.columns[2] = column("amount", native, logical(types::TypeKind::decimal, 30, 5));
  return schema;
}

types::TableSchema longer_people(const Lab& lab) {
  auto schema = people(lab);
  schema.columns.push_back(column("extra", lab.data.text, logical(types::TypeKind::string)));
  return schema;
}

/// The live table is the one that the record speaks of, or the one that it announces.
bool is_ours(Lab& lab) {
  const auto rows = lab.connector.open_target_state(lab.spec)->managed({lab.name("people")});
  if (rows.size() != 1) return false;
  const auto live = types::column_fingerprint(lab.describe("people"));
  return rows[0].column_fingerprint == live || rows[0].altered_fingerprint == live;
}

const std::string kLarge = "1234567890123456789012345.12345";

}  // namespace

BOOST_AUTO_TEST_SUITE(changes)

ENGINE_CASE(a_kept_column_takes_a_wider_type) {
  Lab lab(engine);
  if (!lab.connector.info().capabilities.widens_columns) return;
  each_way_into([&](Publish publish, Staging staging) {
    load(lab, people(lab), people_rows(1, 3, "old"));
    const auto before = lab.describe("people");
    {
      Run run(lab);
      auto table = run.plan(wider_people(lab), publish, staging);
      table.widen_columns = {2};
      const auto shown = lab.connector.dialect().ddl(table);
      BOOST_TEST(!shown.empty());
      run.load(table, {{"7", "new", kLarge}});
    }
    const std::string fresh = "7|new|" + kLarge;
    BOOST_TEST(lab.content("people") == (publish == Publish::in_place ? fresh : people_text(1, 3, "old") + "\n" + fresh));
    const auto after = lab.describe("people");
    BOOST_TEST(after.columns[2].native.text != before.columns[2].native.text);
    BOOST_TEST(after.primary_key.columns == before.primary_key.columns);
    BOOST_TEST(after.indexes.size() == before.indexes.size());
    BOOST_TEST(after.columns[0].nullable == before.columns[0].nullable);
    BOOST_TEST(is_ours(lab));
    lab.plain("DROP TABLE " + lab.quoted("people"));
  });
}

ENGINE_CASE(a_run_that_dies_behind_a_change_leaves_the_table_ours) {
  Lab lab(engine);
  const bool widens = lab.connector.info().capabilities.widens_columns;
  for (const std::string point : {"alter.before", "alter.after", "swap.before", "progress.before"}) {
    each_way_into([&](Publish publish, Staging staging) {
      BOOST_TEST_CONTEXT(point) {
        load(lab, people(lab), people_rows(1, 4, "old"));
        {
          Run run(lab);
          auto schema = longer_people(lab);
          if (widens) schema.columns[2] = wider_people(lab).columns[2];
          auto table = run.plan(schema, publish, staging);
          table.add_columns = {3};
          if (widens) table.widen_columns = {2};
          const Armed armed(point + "=error");
          try {
            run.load(table, {{"7", "new", "7.5", "x"}});
          } catch (const std::exception&) {
            run.loader->abort();
          }
        }
        BOOST_TEST(is_ours(lab));
        BOOST_TEST(lab.leftovers().empty());
        if (lab.content("people", "id") == "1\n2\n3") {
          const bool there = lab.describe("people").columns.size() == 4;
          Run run(lab, "01NEXT");
          auto schema = there ? lab.describe("people") : longer_people(lab);
          for (std::size_t i = 0; i < 4; ++i) schema.columns[i].logical = longer_people(lab).columns[i].logical;
          auto table = run.plan(schema, publish, staging);
          if (!there) table.add_columns = {3};
          run.load(table, {{"7", "new", "7.5", "x"}});
        }
        const std::string fresh = "7|new|x";
        BOOST_TEST(lab.content("people", "id, name, extra") ==
                   (publish == Publish::in_place ? fresh : "1|old1|~\n2|old2|~\n3|old3|~\n" + fresh));
        BOOST_TEST(is_ours(lab));
        lab.plain("DROP TABLE " + lab.quoted("people"));
      }
    });
  }
}

/// A try that failed behind the change is redone with the same plan.
ENGINE_CASE(the_same_plan_may_be_loaded_again) {
  Lab lab(engine);
  each_way_into([&](Publish publish, Staging staging) {
    load(lab, people(lab), people_rows(1, 4, "old"));
    Run run(lab);
    auto table = run.plan(longer_people(lab), publish, staging);
    table.add_columns = {3};
    try {
      const Armed armed("swap.before=error");
      run.load(table, {{"7", "new", "7.5", "x"}});
    } catch (const std::exception&) {
      run.loader->abort();
      table.epoch = run.state->take_epochs({lab.name("people")}, "again").at(0);
      run.load(table, {{"7", "new", "7.5", "x"}});
    }
    BOOST_TEST(lab.content("people", "extra").find('x') != std::string::npos);
    BOOST_TEST(is_ours(lab));
    lab.plain("DROP TABLE " + lab.quoted("people"));
  });
}

BOOST_AUTO_TEST_SUITE_END()

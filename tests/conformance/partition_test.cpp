#include "lab.h"

/// Partitions that a load replaces: exactly theirs, in one step.
using namespace syncline;
using namespace syncline::conformance;
using types::Publish;
using types::Staging;
using types::TypeKind;
using types::Value;

namespace {

constexpr Staging kStagings[] = {Staging::one_transaction, Staging::chunked};
constexpr const char* kShown = "id, region, name";

/// `id` (key), `day` and `region` (the partition; region may be NULL), `name`.
types::TableSchema sales(const Lab& lab) {
  types::TableSchema schema;
  schema.name = lab.name("sales");
  schema.columns = {
      column("id", lab.data.id, logical(TypeKind::bigint), false), column("day", lab.data.date, logical(TypeKind::date), false),
      column("region", lab.data.text, logical(TypeKind::string)), column("name", lab.data.text, logical(TypeKind::string))};
  schema.primary_key.columns = {"id"};
  return schema;
}

Row sale(int id, const std::string& day, const Cell& region, const std::string& name) {
  return {std::to_string(id), day, region, name};
}

Value day(const std::string& text) {
  return value_of(logical(TypeKind::date), text);
}

connectors::LoadTable plan_partition(Run& run, const types::TableSchema& schema, Staging staging,
                                     std::vector<Value> values = {}) {
  auto table = run.plan(schema, Publish::partition, staging);
  table.partition_columns = {"day", "region"};
  table.partition_values = std::move(values);
  return table;
}

void overwrite(Lab& lab, const Rows& rows, Staging staging, std::vector<Value> values = {}) {
  Run run(lab);
  auto table = plan_partition(run, sales(lab), staging, std::move(values));
  run.load(table, rows);
}

/// One row in each partition.
Rows old_rows() {
  return {sale(1, "2026-11-19", "north", "old"), sale(2, "2026-11-20", "north", "old"), sale(3, "2026-11-20", {}, "old"),
          sale(4, "2026-11-20", "o'hara \\ \"x\"", "old"), sale(5, "2026-11-21", {}, "old")};
}

std::string without(std::string text, const std::string& line) {
  const auto at = text.find(line);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, line << " is not in " << text);
  text.erase(at, line.size() + 1);
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::string reset(Lab& lab) {
  load(lab, sales(lab), old_rows());
  return lab.content("sales", kShown);
}

std::string replaced(std::string text, const std::string& line, const std::string& by) {
  const auto at = text.find(line);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, line << " is not in " << text);
  return text.replace(at, line.size(), by);
}

void for_each_staging(const std::function<void(Staging)>& work) {
  for (const Staging staging : kStagings) {
    BOOST_TEST_CONTEXT(types::to_string(staging)) {
      work(staging);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(partitions)

ENGINE_CASE(a_fixed_partition_is_replaced_and_no_other) {
  Lab lab(engine);
  for_each_staging([&](Staging staging) {
    const auto before = reset(lab);
    const auto catalogue = lab.catalogue();
    Run run(lab);
    auto table = plan_partition(run, sales(lab), staging, {day("2026-11-20"), std::string("north")});
    run.stage(table, {sale(12, "2026-11-20", "north", "new"), sale(2, "2026-11-20", "north", "new")});
    BOOST_TEST(lab.content("sales", kShown) == before);
    run.loader->publish();
    BOOST_TEST(lab.content("sales", kShown) == replaced(before, "2|north|old", "2|north|new") + "\n12|north|new");
    BOOST_TEST(run.loader->published_rows(0) == 2U);
    BOOST_TEST(lab.leftovers().empty());
    BOOST_TEST(lab.catalogue() == catalogue);
  });
}

ENGINE_CASE(a_fixed_partition_without_rows_becomes_empty) {
  Lab lab(engine);
  for_each_staging([&](Staging staging) {
    const auto before = reset(lab);
    overwrite(lab, {}, staging, {day("2026-11-20"), std::string("north")});
    BOOST_TEST(lab.content("sales", kShown) == without(before, "2|north|old"));
    overwrite(lab, {}, staging, {day("1999-01-01"), std::string("north")});
    BOOST_TEST(lab.content("sales", kShown) == without(before, "2|north|old"));
  });
}

ENGINE_CASE(null_is_a_partition_value_like_others) {
  Lab lab(engine);
  for_each_staging([&](Staging staging) {
    const auto before = reset(lab);
    overwrite(lab, {}, staging, {day("2026-11-20"), Value()});
    BOOST_TEST(lab.content("sales", kShown) == without(before, "3|~|old"));
  });
}

ENGINE_CASE(values_with_quotes_name_their_partition) {
  Lab lab(engine);
  for_each_staging([&](Staging staging) {
    const auto before = reset(lab);
    overwrite(lab, {sale(14, "2026-11-20", "o'hara \\ \"x\"", "new")}, staging,
              {day("2026-11-20"), std::string("o'hara \\ \"x\"")});
    BOOST_TEST(lab.content("sales", kShown) == without(before, "4|o'hara \\ \"x\"|old") + "\n14|o'hara \\ \"x\"|new");
  });
}

ENGINE_CASE(staged_rows_name_the_partitions_where_none_is_fixed) {
  Lab lab(engine);
  for_each_staging([&](Staging staging) {
    const auto before = reset(lab);
    overwrite(lab, {}, staging);
    BOOST_TEST(lab.content("sales", kShown) == before);
    overwrite(lab,
              {sale(13, "2026-11-20", {}, "new"), sale(12, "2026-11-20", "north", "new"), sale(16, "2026-11-30", {}, "new"),
               sale(17, "2026-11-20", {}, "new")},
              staging);
    BOOST_TEST(lab.content("sales", kShown) ==
               without(without(before, "2|north|old"), "3|~|old") + "\n12|north|new\n13|~|new\n16|~|new\n17|~|new");
  });
}

ENGINE_CASE(loading_a_partition_again_changes_nothing) {
  Lab lab(engine);
  for_each_staging([&](Staging staging) {
    reset(lab);
    const Rows rows{sale(12, "2026-11-20", "north", "new"), sale(13, "2026-11-20", {}, "new")};
    overwrite(lab, rows, staging);
    const auto once = lab.content("sales");
    overwrite(lab, rows, staging);
    BOOST_TEST(lab.content("sales") == once);
    overwrite(lab, {rows[0]}, staging, {day("2026-11-20"), std::string("north")});
    BOOST_TEST(lab.content("sales") == once);
  });
}

ENGINE_CASE(overlapping_loads_end_with_the_rows_of_the_last) {
  Lab lab(engine);
  for_each_staging([&](Staging staging) {
    const auto before = reset(lab);
    overwrite(lab, {sale(12, "2026-11-20", "north", "a"), sale(16, "2026-11-30", "west", "a")}, staging);
    overwrite(lab, {sale(22, "2026-11-30", "west", "b"), sale(25, "2026-11-21", {}, "b")}, staging);
    BOOST_TEST(lab.content("sales", kShown) ==
               without(without(before, "2|north|old"), "5|~|old") + "\n12|north|a\n22|west|b\n25|~|b");
  });
}

ENGINE_CASE(every_type_can_name_a_partition) {
  Lab lab(engine);
  const struct {
    std::string native;
    types::LogicalType type;
    std::string value;
    std::string other;
  } kinds[] = {
      {lab.data.id, logical(TypeKind::bigint), "-9007199254740993", "-9007199254740992"},
      {lab.data.decimal, logical(TypeKind::decimal, 20, 5), "123456789012345.00001", "123456789012345.00002"},
      {lab.data.flag, logical(TypeKind::boolean), "true", "false"},
      {lab.data.datetime, logical(TypeKind::timestamp_local, -1, 6), "2026-11-20 01:02:03.000004", "2026-11-20 01:02:03"},
      {lab.data.instant, logical(TypeKind::timestamp, -1, 6), "2026-11-20 01:02:03.000004", "2026-11-20 01:02:03"}};
  for (const auto& kind : kinds) {
    BOOST_TEST_CONTEXT(kind.native) {
      types::TableSchema schema;
      schema.name = lab.name("kinds");
      schema.columns = {column("id", lab.data.id, logical(TypeKind::bigint), false), column("p", kind.native, kind.type)};
      schema.primary_key.columns = {"id"};
      load(lab, schema, {{"1", kind.value}, {"2", kind.other}, {"3", {}}});
      Run run(lab);
      auto table = run.plan(schema, Publish::partition);
      table.partition_columns = {"p"};
      table.partition_values = {value_of(kind.type, kind.value)};
      run.load(table, {{"4", kind.value}});
      BOOST_TEST(lab.content("kinds", "id") == "2\n3\n4");
      auto dynamic = run.plan(schema, Publish::partition);
      dynamic.partition_columns = {"p"};
      run.load(dynamic, {{"5", kind.value}, {"6", {}}});
      BOOST_TEST(lab.content("kinds", "id") == "2\n5\n6");
    }
  }
}

ENGINE_CASE(a_value_that_the_column_cannot_hold_is_refused_by_name) {
  Lab lab(engine);
  const auto before = reset(lab);
  Run run(lab);
  auto table = plan_partition(run, sales(lab), Staging::one_transaction, {std::string("no day"), std::string("north")});
  run.stage(table, {sale(12, "2026-11-20", "north", "new")});
  BOOST_TEST(value_failure([&] { run.loader->publish(); }).column == "day");
  run.loader->abort();
  BOOST_TEST(lab.content("sales", kShown) == before);
  BOOST_TEST(lab.leftovers().empty());
}

ENGINE_CASE(a_column_that_the_load_adds_can_name_the_partition) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 4, "old"));
  auto schema = people(lab);
  schema.columns.push_back(column("region", lab.data.text, logical(TypeKind::string)));
  Run run(lab);
  auto table = run.plan(schema, Publish::partition);
  table.add_columns = {3};
  table.partition_columns = {"region"};
  run.load(table, {{"7", "a", {}, "north"}});
  BOOST_TEST(lab.content("people", "id, region") == "1|~\n2|~\n3|~\n7|north");
}

ENGINE_CASE(a_missing_target_is_made_with_the_rows) {
  Lab lab(engine);
  overwrite(lab, {sale(1, "2026-11-20", "north", "a")}, Staging::chunked, {day("2026-11-20"), std::string("north")});
  BOOST_TEST(lab.content("sales", kShown) == "1|north|a");
}

ENGINE_CASE(a_failing_load_leaves_every_partition) {
  Lab lab(engine);
  for_each_staging([&](Staging staging) {
    const auto before = reset(lab);
    {
      Run run(lab);
      auto table = plan_partition(run, sales(lab), staging, {day("2026-11-20"), std::string("north")});
      failure([&] { run.load(table, {sale(1, "2026-11-20", "north", "taken")}); }, ErrorKind::constraint);
      run.loader->abort();
    }
    BOOST_TEST(lab.content("sales", kShown) == before);
    Run run(lab);
    auto table = plan_partition(run, sales(lab), staging);
    run.stage(table, {sale(12, "2026-11-20", "north", "new")});
    {
      const Armed armed("progress.before=error");
      BOOST_CHECK_THROW(run.loader->publish(), FailpointError);
    }
    run.loader->abort();
    BOOST_TEST(lab.content("sales", kShown) == before);
    BOOST_TEST(lab.leftovers().empty());
  });
}

ENGINE_CASE(people_are_shown_which_rows_go) {
  Lab lab(engine);
  load(lab, sales(lab), old_rows());
  Run run(lab);
  const auto fixed = plan_partition(run, sales(lab), Staging::chunked, {day("2026-11-20"), Value()});
  const auto shown = lab.connector.dialect().ddl(fixed);
  BOOST_REQUIRE_EQUAL(shown.size(), 1U);
  BOOST_TEST(shown[0].find("DELETE FROM ") == 0U, shown[0]);
  BOOST_TEST(shown[0].find("'2026-11-20'") != std::string::npos, shown[0]);
  BOOST_TEST(shown[0].find("IS NULL") != std::string::npos, shown[0]);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(newest)

namespace {

/// Rows of one key in this order, wider rows between them that leave gaps a small row would fit in.
Rows repeated_rows(const std::vector<std::pair<std::string, Cell>>& names_and_amounts) {
  Rows rows;
  for (const auto& [name, amount] : names_and_amounts) {
    rows.push_back({"2", name, amount});
    for (int i = 0; i < 150; ++i) rows.push_back({std::to_string(100 + rows.size()), std::string(50, 'w'), "123456.12345"});
  }
  return rows;
}

std::string merged(Lab& lab, const Rows& rows, Staging staging, const std::vector<std::string>& newest_by) {
  load(lab, people(lab), people_rows(1, 4, "old"));
  Run run(lab);
  auto table = run.plan(people(lab), Publish::merge, staging);
  table.newest_by = newest_by;
  table.batch_bytes = 1;
  const auto staged = run.load(table, rows);
  BOOST_TEST(staged.counted == static_cast<std::int64_t>(rows.size()));
  BOOST_TEST(lab.leftovers().empty());
  return lab.plain("SELECT id, name FROM " + lab.quoted("people") + " WHERE id < 100 ORDER BY 1");
}

}  // namespace

ENGINE_CASE(of_several_rows_with_one_key_the_last_to_arrive_wins) {
  Lab lab(engine);
  for (const Staging staging : kStagings) {
    BOOST_TEST_CONTEXT(types::to_string(staging)) {
      const auto rows = repeated_rows({{"c", "3.00000"}, {"a", "9.00000"}, {"b", "1.00000"}});
      BOOST_TEST(merged(lab, rows, staging, {}) == "1|old1\n2|b\n3|old3");
    }
  }
}

ENGINE_CASE(of_several_rows_with_one_key_the_greatest_wins) {
  Lab lab(engine);
  for (const Staging staging : kStagings) {
    BOOST_TEST_CONTEXT(types::to_string(staging)) {
      const auto rows = repeated_rows({{"c", "3.00000"}, {"a", "9.00000"}, {"null", {}}, {"b", "1.00000"}});
      BOOST_TEST(merged(lab, rows, staging, {"amount"}) == "1|old1\n2|a\n3|old3");
      BOOST_TEST(merged(lab, repeated_rows({{"null", {}}, {"zero", "-1.00000"}, {"null", {}}}), staging, {"amount"}) ==
                 "1|old1\n2|zero\n3|old3");
      const auto ties = repeated_rows({{"first", "9.00000"}, {"second", "9.00000"}, {"less", "8.00000"}});
      BOOST_TEST(merged(lab, ties, staging, {"amount"}) == "1|old1\n2|second\n3|old3");
      BOOST_TEST(merged(lab, ties, staging, {"amount", "name"}) == "1|old1\n2|second\n3|old3");
      const auto back = repeated_rows({{"second", "9.00000"}, {"first", "9.00000"}});
      BOOST_TEST(merged(lab, back, staging, {"amount", "name"}) == "1|old1\n2|second\n3|old3");
    }
  }
}

ENGINE_CASE(beside_another_unique_index_the_newest_wins_too) {
  Lab lab(engine);
  auto schema = people(lab);
  schema.indexes[0].unique = true;
  for (const Staging staging : kStagings) {
    BOOST_TEST_CONTEXT(types::to_string(staging)) {
      load(lab, schema, people_rows(1, 4, "old"));
      Run run(lab);
      auto table = run.plan(schema, Publish::merge, staging);
      run.load(table, {{"2", "a", {}}, {"2", "b", {}}, {"5", "c", {}}});
      BOOST_TEST(lab.content("people", "id, name") == "1|old1\n2|b\n3|old3\n5|c");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

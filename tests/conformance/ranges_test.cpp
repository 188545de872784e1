#include <algorithm>

#include "lab.h"

/// Tables cut along a key: whatever the type, the collation, ties and NULLs, each row lies in exactly one range.
using namespace syncline;
using namespace syncline::conformance;

namespace {

using connectors::KeyPosition;
using types::TypeKind;

bool has_order(TypeKind kind) {
  return kind != TypeKind::json && kind != TypeKind::geometry && kind != TypeKind::other;
}

Rows in_order(Rows rows) {
  std::sort(rows.begin(), rows.end());
  return rows;
}

/// The columns as the catalogue describes them, with the logical types of `schema`.
connectors::KeyOrder order_by(const Lab& lab, const types::TableSchema& schema, const std::vector<std::string>& names) {
  const types::TableSchema live = lab.describe(schema.name.table);
  connectors::KeyOrder order;
  for (const std::string& name : names) {
    order.columns.push_back(*live.find_column(name));
    order.columns.back().logical = schema.find_column(name)->logical;
  }
  const auto& key = live.primary_key.columns;
  order.primary = names.size() <= key.size() && std::equal(names.begin(), names.end(), key.begin());
  return order;
}

struct Ranges {
  std::vector<KeyPosition> positions;
  std::vector<Rows> rows;  ///< of each range

  [[nodiscard]] Rows all() const {
    Rows together;
    for (const Rows& range : rows) together.insert(together.end(), range.begin(), range.end());
    return in_order(std::move(together));
  }
  [[nodiscard]] std::size_t largest() const {
    std::size_t most = 0;
    for (const Rows& range : rows) most = std::max(most, range.size());
    return most;
  }
};

Ranges read_ranges(Lab& lab, connectors::ReadRequest wanted, const connectors::KeyOrder& order, int ranges) {
  connectors::SnapshotRequest group;
  group.tables = {wanted.table};
  const auto snapshot = lab.connector.open_snapshot(lab.source_spec(), group);
  connectors::CutRequest cut;
  cut.order = order;
  cut.ranges = ranges;
  Ranges made;
  made.positions = snapshot->cut(wanted, cut);
  BOOST_TEST(made.positions.size() < static_cast<std::size_t>(ranges));
  for (std::size_t i = 0; i <= made.positions.size(); ++i) {
    wanted.range = {};
    wanted.range.order = order;
    if (i > 0) wanted.range.after = made.positions[i - 1];
    if (i < made.positions.size()) wanted.range.up_to = made.positions[i];
    made.rows.push_back(read(*snapshot->open_reader(wanted), wanted));
  }
  return made;
}

types::TableSchema keyed(const Lab& lab, std::vector<types::Column> more) {
  types::TableSchema schema;
  schema.name = lab.name("cuts");
  schema.columns = {column("id", lab.data.id, logical(TypeKind::bigint), false)};
  for (types::Column& one : more) schema.columns.push_back(std::move(one));
  schema.primary_key.columns = {"id"};
  return schema;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ranges)

ENGINE_CASE(ranges_of_every_type_hold_each_row_once) {
  Lab lab(engine);
  for (const TypedColumn& typed : lab.data.columns) {
    if (!has_order(typed.logical.kind)) continue;
    const auto schema = keyed(lab, {column("k", typed.native, typed.logical)});
    Rows rows;
    for (int again = 0; again < 5; ++again) {
      for (const std::string& value : typed.values) rows.push_back({std::to_string(rows.size()), value});
    }
    for (int nothing = 0; nothing < 4; ++nothing) rows.push_back({std::to_string(rows.size()), Cell()});
    load(lab, schema, rows);
    for (const int ranges : {2, 3, 40}) {
      for (const auto& names : std::vector<std::vector<std::string>>{{"k"}, {"k", "id"}}) {
        BOOST_TEST_CONTEXT(typed.name << " in " << ranges << " ranges of " << names.size() << " columns") {
          const Ranges found = read_ranges(lab, request(schema), order_by(lab, schema, names), ranges);
          BOOST_TEST(to_text(found.all()) == to_text(in_order(rows)));
          if (names.size() == 2 || typed.values.size() > 1) BOOST_TEST(!found.positions.empty());
        }
      }
    }
    lab.plain("DROP TABLE " + lab.quoted("cuts"));
  }
}

ENGINE_CASE(ranges_of_several_columns_keep_ties_and_nulls) {
  Lab lab(engine);
  const auto schema =
      keyed(lab, {column("a", lab.data.id, logical(TypeKind::bigint)), column("b", lab.data.text, logical(TypeKind::string)),
                  column("c", lab.data.decimal, logical(TypeKind::decimal, 20, 5))});
  Rows rows;
  for (int i = 0; i < 240; ++i) {
    const Cell a = i % 11 == 0 ? Cell() : Cell(std::to_string(i % 7 - 3));
    const Cell b = i % 5 == 0 ? Cell() : Cell("t" + std::to_string(i % 3));
    const Cell c = i % 13 == 0 ? Cell() : Cell(std::to_string(i % 4) + ".50000");
    rows.push_back({std::to_string(i), a, b, c});
  }
  load(lab, schema, rows);
  const std::vector<std::vector<std::string>> keys{{"a"}, {"b"}, {"a", "b"}, {"b", "a", "c"}, {"c", "b", "a", "id"}, {"a", "id"}};
  for (const auto& names : keys) {
    for (const int ranges : {2, 5, 100}) {
      BOOST_TEST_CONTEXT(names.front() << " and " << names.size() - 1 << " more in " << ranges) {
        const Ranges found = read_ranges(lab, request(schema), order_by(lab, schema, names), ranges);
        BOOST_TEST(to_text(found.all()) == to_text(in_order(rows)));
        BOOST_TEST(!found.positions.empty());
      }
    }
  }
}

ENGINE_CASE(ranges_follow_the_columns_collation) {
  Lab lab(engine);
  types::TableSchema schema;
  schema.name = lab.name("words");
  schema.columns = {column("id", lab.data.id, logical(TypeKind::bigint), false),
                    column("s", lab.data.text, logical(TypeKind::string))};
  lab.plain("CREATE TABLE " + lab.quoted("words") + " (id " + lab.data.id + ", s " + lab.data.text_ignoring_case + ")");
  const std::vector<std::string> words{"a", "A", "a ",           "b", "B", "\xc3\xa9", "e", "\xc3\x89", "E", "z",
                                       "",  " ", "\xe4\xb8\xad", "_", "~", "Zz"};
  Rows rows;
  for (const std::string& word : words) {
    rows.push_back({std::to_string(rows.size()), word});
    lab.plain("INSERT INTO " + lab.quoted("words") + " VALUES (" + rows.back()[0].value() + ", '" + word + "')");
  }
  for (int ranges = 2; ranges < 18; ++ranges) {
    const Ranges found = read_ranges(lab, request(schema), order_by(lab, schema, {"s"}), ranges);
    BOOST_TEST(to_text(found.all()) == to_text(in_order(rows)));
    BOOST_TEST(!found.positions.empty());
  }
}

ENGINE_CASE(no_rows_one_row_and_equal_rows_are_not_cut) {
  Lab lab(engine);
  const auto schema = keyed(lab, {column("k", lab.data.text, logical(TypeKind::string))});
  for (const int count : {0, 1, 9}) {
    Rows rows;
    for (int i = 0; i < count; ++i) rows.push_back({std::to_string(i), "same"});
    load(lab, schema, rows);
    const Ranges found = read_ranges(lab, request(schema), order_by(lab, schema, {"k"}), 4);
    BOOST_TEST(to_text(found.all()) == to_text(in_order(rows)));
    BOOST_TEST(found.largest() == static_cast<std::size_t>(count));
    lab.plain("DROP TABLE " + lab.quoted("cuts"));
  }
}

ENGINE_CASE(ranges_are_about_equal_also_where_keys_are_not) {
  Lab lab(engine);
  const auto schema = keyed(lab, {column("k", lab.data.id, logical(TypeKind::bigint))});
  Rows rows;
  for (int i = 0; i < 400; ++i) rows.push_back({std::to_string(i < 200 ? i : 1000000000LL * i), i % 2 == 0 ? Cell() : Cell("7")});
  load(lab, schema, rows);
  for (const auto& names : std::vector<std::vector<std::string>>{{"id"}, {"k", "id"}}) {
    const Ranges found = read_ranges(lab, request(schema), order_by(lab, schema, names), 4);
    BOOST_TEST(to_text(found.all()) == to_text(in_order(rows)));
    BOOST_TEST(found.positions.size() == 3U);
    BOOST_TEST(found.largest() <= (names.size() == 1 ? 110U : 260U));  // NULLs share the first range.
  }
}

ENGINE_CASE(dense_numbers_are_cut_by_their_ends) {
  Lab lab(engine);
  const auto schema = keyed(lab, {});
  Rows rows;
  for (int i = -150; i < 850; ++i) rows.push_back({std::to_string(i)});
  load(lab, schema, rows);
  const Ranges found = read_ranges(lab, request(schema), order_by(lab, schema, {"id"}), 8);
  BOOST_TEST(to_text(found.all()) == to_text(in_order(rows)));
  BOOST_TEST(found.positions.size() == 7U);
  BOOST_TEST(found.largest() == 125U);
}

ENGINE_CASE(ranges_stay_inside_the_filter_and_go_with_pages) {
  Lab lab(engine);
  const auto schema = keyed(lab, {column("k", lab.data.text, logical(TypeKind::string))});
  Rows rows;
  Rows kept;
  for (int i = 0; i < 600; ++i) {
    rows.push_back({std::to_string(i), "k" + std::to_string(i % 9)});
    if (i <= 77) kept.push_back(rows.back());
  }
  load(lab, schema, rows);
  auto wanted = request(schema);
  wanted.filter.portable = compared(expr::Op::less_equal, schema.columns[0], 77);
  for (const int page : {0, 7}) {
    wanted.page_size = page;
    for (const auto& names : std::vector<std::vector<std::string>>{{"id"}, {"k", "id"}}) {
      const Ranges found = read_ranges(lab, wanted, order_by(lab, schema, names), 4);
      BOOST_TEST(to_text(found.all()) == to_text(in_order(kept)));
      BOOST_TEST(found.positions.size() == 3U);
      BOOST_TEST(found.largest() <= 30U);
    }
  }
}

ENGINE_CASE(sessions_that_join_fill_one_staging_table) {
  Lab lab(engine);
  Run run(lab);
  const auto plan = run.plan(people(lab), types::Publish::rename, types::Staging::chunked);
  const auto other = lab.connector.open_loader(lab.spec, identity("01CONFORMANCE"));
  if (lab.connector.info().capabilities.max_parallel_loads == 1) {
    failure([&] { other->join(plan, 1); }, ErrorKind::unsupported);
    return;
  }
  const auto send = [&](connectors::Loader& loader, int from, int to) {
    types::Batch batch;
    batch.reset(plan.desired.columns.size());
    std::vector<types::LogicalType> kinds;
    for (const auto& one : plan.desired.columns) kinds.push_back(one.logical);
    for (const Row& row : people_rows(from, to, "n")) add_row(batch, kinds, row);
    loader.write(batch);
  };
  run.loader->begin_unit({&plan});
  run.loader->open(0);
  other->join(plan, 1);
  send(*run.loader, 1, 50);
  send(*other, 50, 120);
  send(*run.loader, 120, 130);
  const connectors::StagedRows theirs = other->close();
  BOOST_TEST(theirs.sent == 70U);
  BOOST_TEST(theirs.reported == 70U);
  run.loader->joined(theirs);
  const connectors::StagedRows staged = run.loader->close();
  BOOST_TEST(staged.sent == 129U);
  BOOST_TEST(staged.reported == 129U);
  BOOST_TEST(staged.counted == 129);
  run.loader->build(0);
  run.loader->publish();
  BOOST_TEST(lab.content("people") == people_text(1, 130, "n"));
}

ENGINE_CASE(a_session_that_joined_gives_up_only_its_own_rows) {
  Lab lab(engine);
  if (lab.connector.info().capabilities.max_parallel_loads == 1) return;
  load(lab, people(lab), people_rows(1, 4, "old"));
  Run run(lab);
  const auto plan = run.plan(people(lab), types::Publish::rename, types::Staging::chunked);
  auto other = lab.connector.open_loader(lab.spec, identity("01CONFORMANCE"));
  run.loader->begin_unit({&plan});
  run.loader->open(0);
  other->join(plan, 1);
  other->abort();
  other.reset();
  BOOST_TEST(!lab.leftovers().empty());
  run.loader->abort();
  BOOST_TEST(lab.leftovers().empty());
  BOOST_TEST(lab.content("people") == people_text(1, 4, "old"));
}

BOOST_AUTO_TEST_SUITE_END()

#include <thread>

#include "lab.h"

/// Snapshots and readers: complete, consistent, stoppable, harmless.
using namespace syncline;
using namespace syncline::conformance;

namespace {

connectors::SnapshotRequest group_of(const connectors::ReadRequest& request, int sessions = 1) {
  connectors::SnapshotRequest group;
  group.consistency = types::Consistency::sync;
  group.sessions = sessions;
  group.tables = {request.table};
  return group;
}

Rows sorted(Rows rows) {
  std::sort(rows.begin(), rows.end());
  return rows;
}

/// A table with a whole number, a text and a moment to be greatest by, and an index on the first two.
types::TableSchema months(const Lab& lab) {
  types::TableSchema schema;
  schema.name = lab.name("months");
  schema.columns = {column("id", lab.data.id, logical(types::TypeKind::bigint), false),
                    column("y", lab.data.id, logical(types::TypeKind::bigint)),
                    column("m", lab.data.id, logical(types::TypeKind::bigint)),
                    column("s", lab.data.text, logical(types::TypeKind::string)),
                    column("d", lab.data.decimal, logical(types::TypeKind::decimal, 20, 5)),
                    column("day", lab.data.date, logical(types::TypeKind::date)),
                    column("at", lab.data.datetime, logical(types::TypeKind::timestamp_local, -1, 6))};
  schema.primary_key.columns = {"id"};
  types::Index index;
  index.name = "months_of_year";
  index.columns = {{"y", false, 0}, {"m", false, 0}};
  schema.indexes = {index};
  return schema;
}

Row month(int id, const Cell& y, const Cell& m, const Cell& s = {}, const Cell& d = {}, const Cell& day = {},
          const Cell& at = {}) {
  return {std::to_string(id), y, m, s, d, day, at};
}

/// Ids of the rows that a request for the greatest one yields.
std::string greatest(Lab& lab, connectors::ReadRequest wanted, std::vector<std::string> by) {
  wanted.greatest_by = std::move(by);
  std::string ids;
  for (const Row& row : read(lab, wanted)) ids += (ids.empty() ? "" : " ") + row[0].value();
  return ids;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reading)

ENGINE_CASE(a_snapshot_does_not_see_what_is_committed_later) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 4, "old"));
  const auto wanted = request(people(lab));
  const auto snapshot = lab.connector.open_snapshot(lab.source_spec(), group_of(wanted));
  BOOST_TEST(!snapshot->description().empty());
  try {
    lab.plain("INSERT INTO " + lab.quoted("people") + " (id) VALUES (99)");
  } catch (const std::exception&) {
    BOOST_TEST(lab.container.empty());  // A file may instead keep writers out while it is read.
  }
  const auto reader = snapshot->open_reader(wanted);
  BOOST_TEST(to_text(read(*reader, wanted)) == to_text(people_rows(1, 4, "old")));
  BOOST_TEST(reader->rows() == 3U);
}

ENGINE_CASE(a_snapshot_does_not_depend_on_the_servers_isolation_level) {
  Lab lab(engine);
  if (lab.data.weak_isolation.empty()) return;
  load(lab, people(lab), people_rows(1, 4, "old"));
  const auto wanted = request(people(lab));
  lab.plain(lab.data.weak_isolation[0]);
  const auto snapshot = lab.connector.open_snapshot(lab.source_spec(), group_of(wanted));
  lab.plain(lab.data.weak_isolation[1]);
  lab.plain("INSERT INTO " + lab.quoted("people") + " (id) VALUES (99)");
  BOOST_TEST(read(*snapshot->open_reader(wanted), wanted).size() == 3U);
}

ENGINE_CASE(readers_of_one_snapshot_see_the_same) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 400, "old"));
  const auto wanted = request(people(lab));
  const auto snapshot = lab.connector.open_snapshot(lab.source_spec(), group_of(wanted, 3));
  BOOST_TEST(snapshot->sessions() >= 1);
  std::vector<std::unique_ptr<connectors::Reader>> readers;
  for (int i = 0; i < std::min(snapshot->sessions(), 3); ++i) readers.push_back(snapshot->open_reader(wanted));
  try {
    lab.plain("DELETE FROM " + lab.quoted("people"));
  } catch (const std::exception&) {
    BOOST_TEST(lab.container.empty());
  }
  for (const auto& reader : readers) BOOST_TEST(sorted(read(*reader, wanted)).size() == 399U);
}

ENGINE_CASE(pages_of_any_size_give_the_rows_of_one_statement) {
  Lab lab(engine);
  auto schema = people(lab);
  schema.primary_key.columns = {"name", "id"};
  schema.columns[1].nullable = false;
  Rows rows;
  for (int i = 0; i < 60; ++i)
    rows.push_back({std::to_string(i - 30), "k" + std::to_string(i % 7), std::to_string(i) + ".50000"});
  load(lab, schema, rows);
  auto wanted = request(schema);
  for (const int page : {0, 1, 7, 60, 1000}) {
    BOOST_TEST_CONTEXT("pages of " << page) {
      wanted.page_size = page;
      wanted.batch_bytes = page == 7 ? 1 : 1U << 20U;
      BOOST_TEST(to_text(sorted(read(lab, wanted))) == to_text(sorted(rows)));
    }
  }
}

ENGINE_CASE(no_rows_are_a_complete_stream) {
  Lab lab(engine);
  load(lab, people(lab), {});
  auto wanted = request(people(lab));
  BOOST_TEST(read(lab, wanted).empty());
  wanted.page_size = 10;
  BOOST_TEST(read(lab, wanted).empty());
}

ENGINE_CASE(native_filters_take_typed_binds) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 9, "o'x"));
  auto wanted = request(people(lab));
  wanted.filter.native = "name = :name OR id > :low";
  wanted.filter.native_binds = {{"name", std::string("o'x3")}, {"low", std::int64_t{7}}};
  for (const int page : {0, 1}) {
    wanted.page_size = page;
    const auto rows = sorted(read(lab, wanted));
    BOOST_REQUIRE_EQUAL(rows.size(), 2U);
    BOOST_TEST(rows[0][0].value() == "3");
    BOOST_TEST(rows[1][0].value() == "8");
  }
}

ENGINE_CASE(the_greatest_row_is_compared_column_by_column) {
  Lab lab(engine);
  const auto schema = months(lab);
  load(lab, schema,
       {month(1, "2025", "12"), month(2, "2026", "1"), month(3, "2024", "30"), month(4, {}, "99"), month(5, "2027", {})});
  auto wanted = request(schema);
  BOOST_TEST(greatest(lab, wanted, {"y", "m"}) == "2");
  BOOST_TEST(greatest(lab, wanted, {"m", "y"}) == "3");
  BOOST_TEST(greatest(lab, wanted, {"y"}) == "5");
  // What only whole tables need changes nothing.
  wanted.key = {"id"};
  wanted.page_size = 1;
  wanted.relay = true;
  BOOST_TEST(greatest(lab, wanted, {"y", "m"}) == "2");
  auto described = lab.describe("months");
  for (std::size_t i = 0; i < described.columns.size(); ++i) described.columns[i].logical = schema.columns[i].logical;
  BOOST_TEST(greatest(lab, request(described), {"y", "m"}) == "2");
}

ENGINE_CASE(the_greatest_row_is_one_of_the_filter) {
  Lab lab(engine);
  const auto schema = months(lab);
  load(lab, schema, {month(1, "2025", "12"), month(2, "2026", "1"), month(3, "2024", "3"), month(4, "1", {})});
  auto wanted = request(schema);
  wanted.filter.portable = compared(expr::Op::less, schema.columns[1], 2026);
  BOOST_TEST(greatest(lab, wanted, {"y", "m"}) == "1");
  wanted.filter.portable = compared(expr::Op::less, schema.columns[1], 5);
  BOOST_TEST(greatest(lab, wanted, {"y", "m"}).empty());
  wanted.filter = {};
  wanted.filter.native = "y = 2024 OR y = 2025";
  BOOST_TEST(greatest(lab, wanted, {"y", "m"}) == "1");
  wanted.filter.native = "m < :bound";
  wanted.filter.native_binds = {{"bound", std::int64_t{3}}};
  BOOST_TEST(greatest(lab, wanted, {"y"}) == "2");
}

ENGINE_CASE(no_row_is_the_greatest_of_none) {
  Lab lab(engine);
  const auto schema = months(lab);
  load(lab, schema, {});
  BOOST_TEST(greatest(lab, request(schema), {"y", "m"}).empty());
  load(lab, schema, {month(1, {}, "1"), month(2, "1", {})});
  BOOST_TEST(greatest(lab, request(schema), {"y", "m"}).empty());
}

ENGINE_CASE(the_greatest_value_is_that_of_its_type) {
  Lab lab(engine);
  const auto schema = months(lab);
  load(lab, schema,
       {month(1, {}, {}, "a", "9.50000", "1999-12-31", "2024-02-29 12:00:00.000001"),
        month(2, {}, {}, "b", "10.50000", "2024-02-29", "1999-12-31 23:59:59.999999"),
        month(3, {}, {}, "aa", "-100.00000", "2024-02-28", "2024-02-29 12:00:00.000000"), month(4, {}, {})});
  const auto wanted = request(schema);
  BOOST_TEST(greatest(lab, wanted, {"s"}) == "2");
  BOOST_TEST(greatest(lab, wanted, {"d"}) == "2");
  BOOST_TEST(greatest(lab, wanted, {"day"}) == "2");
  BOOST_TEST(greatest(lab, wanted, {"at"}) == "1");
}

ENGINE_CASE(the_greatest_text_is_that_of_the_columns_collation) {
  Lab lab(engine);
  if (lab.data.text_ignoring_case.empty()) return;
  types::TableSchema schema;
  schema.name = lab.name("words");
  schema.columns = {column("id", lab.data.id, logical(types::TypeKind::bigint), false),
                    column("s", lab.data.text, logical(types::TypeKind::string))};
  lab.plain("CREATE TABLE " + lab.quoted("words") + " (id " + lab.data.id + ", s " + lab.data.text_ignoring_case + ")");
  lab.plain("INSERT INTO " + lab.quoted("words") + " VALUES (1, 'B'), (2, 'a')");
  BOOST_TEST(greatest(lab, request(schema), {"s"}) == "1");
}

ENGINE_CASE(a_missing_table_is_missing) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 3, "a"));
  const auto wanted = request(people(lab));
  lab.plain("DROP TABLE " + lab.quoted("people"));
  const auto error = failure([&] { read(lab, wanted); }, ErrorKind::missing);
  BOOST_TEST(std::string(error.what()).find("people") != std::string::npos, error.what());
}

ENGINE_CASE(a_row_above_the_limit_is_refused_by_name) {
  Lab lab(engine);
  types::TableSchema schema;
  schema.name = lab.name("large");
  const auto text =
      std::find_if(lab.data.columns.begin(), lab.data.columns.end(), [](const auto& c) { return c.name == "c_text"; });
  schema.columns = {column("id", lab.data.id, logical(types::TypeKind::bigint), false), column("v", text->native, text->logical)};
  schema.primary_key.columns = {"id"};
  load(lab, schema, {{"1", "small"}, {"2", std::string(300000, 'x')}});
  auto wanted = request(schema);
  BOOST_TEST(read(lab, wanted).size() == 2U);
  wanted.max_row_bytes = 200000;
  const auto error = value_failure([&] { read(lab, wanted); });
  BOOST_TEST((error.problem == expr::ValueProblem::row_too_large));
}

ENGINE_CASE(a_reader_is_stopped_from_another_thread) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 2001, "a"));
  auto wanted = request(people(lab));
  const auto table = lab.quoted("people");
  // So many pairs that no server answers before it is stopped.
  wanted.filter.native = "id > (SELECT count(*) FROM " + table + " a, " + table + " b, " + table +
                         " c WHERE a.amount < b.amount OR b.name > c.name)";
  const auto snapshot = lab.connector.open_snapshot(lab.source_spec(), group_of(wanted));
  const auto reader = snapshot->open_reader(wanted);
  std::thread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    reader->cancel();
  });
  failure([&] { read(*reader, wanted); }, ErrorKind::cancelled);
  stopper.join();
}

ENGINE_CASE(a_reading_session_cannot_write) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 4, "old"));
  if (!lab.data.writing_filters.empty()) lab.plain("CREATE SEQUENCE " + lab.quoted("counter"));
  const auto before = lab.catalogue();
  auto wanted = request(people(lab));
  for (const auto& native : lab.data.writing_filters) {
    BOOST_TEST_CONTEXT(native) {
      wanted.filter.native = lab.filled(native);
      BOOST_CHECK_THROW(read(lab, wanted), connectors::ConnectorError);
      BOOST_TEST(lab.catalogue() == before);
      BOOST_TEST(lab.content("people") == people_text(1, 4, "old"));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

#include <algorithm>

#include "connectors/api/registry.h"
#include "lab.h"

/// Partitions of the engine's own, made as rows need them: engines that have none are left out.
using namespace syncline;
using namespace syncline::conformance;
using types::NativePartitions;
using types::Publish;
using types::Staging;
using types::TypeKind;
using Unit = NativePartitions::Unit;

namespace {

constexpr Staging kBothStagings[] = {Staging::one_transaction, Staging::chunked};

std::vector<std::string> partitioning_engines() {
  std::vector<std::string> engines = built_engines();
  const auto none = [](const std::string& name) {
    return connectors::default_registry().find(name)->capabilities.list_partition_columns == 0;
  };
  engines.erase(std::remove_if(engines.begin(), engines.end(), none), engines.end());
  return engines;
}

#define PARTITION_CASE(name) BOOST_DATA_TEST_CASE(name, boost::unit_test::data::make(partitioning_engines()), engine)

/// `id`, `p` of this type, by which the table is partitioned, `name`.
types::TableSchema parts(const Lab& lab, const std::string& native, const types::LogicalType& type, NativePartitions::Kind kind,
                         Unit unit = Unit::months, std::int64_t every = 1) {
  types::TableSchema schema;
  schema.name = lab.name("parts");
  schema.columns = {column("id", lab.data.id, logical(TypeKind::bigint), false), column("p", native, type),
                    column("name", lab.data.text, logical(TypeKind::string))};
  schema.native_partitions.kind = kind;
  schema.native_partitions.columns = {"p"};
  schema.native_partitions.unit = unit;
  schema.native_partitions.every = every;
  return schema;
}

types::TableSchema by_month(const Lab& lab) {
  return parts(lab, lab.data.date, logical(TypeKind::date), NativePartitions::Kind::range);
}

Rows dated(const std::vector<std::pair<int, Cell>>& days) {
  Rows rows;
  for (const auto& [id, day] : days) rows.push_back({std::to_string(id), day, "n"});
  return rows;
}

/// Partitions with rows, `name=rows` in order of the names; the table's own name stands before those of PostgreSQL.
std::string layout(Lab& lab) {
  const bool own_tables = lab.connector.info().capabilities.partitions_by_any_type;
  const std::string names =
      own_tables
          ? "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class r ON r.oid = i.inhparent "
            "JOIN pg_namespace n ON n.oid = r.relnamespace WHERE n.nspname = '" +
                lab.container + "' AND r.relname = 'parts' AND r.relkind = 'p' ORDER BY 1"
          : "SELECT PARTITION_NAME FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = '" + lab.container +
                "' AND TABLE_NAME = 'parts' AND PARTITION_NAME IS NOT NULL ORDER BY 1";
  std::string out;
  std::string text = lab.plain(names);
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string name = text.substr(0, end);
    text = end == std::string::npos ? "" : text.substr(end + 1);
    const std::string rows = own_tables
                                 ? lab.plain("SELECT count(*) FROM " + lab.quoted(name))
                                 : lab.plain("SELECT count(*) FROM " + lab.quoted("parts") + " PARTITION (`" + name + "`)");
    const std::string shown = own_tables ? name.substr(std::string("parts_").size()) : name;
    if (rows != "0") out += (out.empty() ? "" : " ") + shown + "=" + rows;
  }
  return out;
}

/// Where rows without a value go.
std::string homeless(Lab& lab) {
  return lab.connector.info().capabilities.partitions_by_any_type ? "default" : "p_first";
}

void put(Lab& lab, const types::TableSchema& schema, const Rows& rows, Publish publish,
         Staging staging = Staging::one_transaction, const std::vector<std::string>& key = {}) {
  Run run(lab);
  auto table = run.plan(schema, publish, staging);
  if (!key.empty()) table.key = key;
  if (!key.empty()) table.mode = types::WriteMode::upsert;
  run.load(table, rows);
  BOOST_TEST(lab.leftovers().empty());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(native_partitions)

PARTITION_CASE(a_new_table_has_the_partitions_of_its_rows) {
  Lab lab(engine);
  for (const Staging staging : kBothStagings) {
    for (int made = 0; made < 2; ++made) {
      put(lab, by_month(lab), dated({{1, "2026-01-31"}, {2, "2026-02-01"}, {3, "2026-02-28"}, {4, "2025-12-31"}}),
          Publish::rename, staging);
      BOOST_TEST(layout(lab) == "p202512=1 p202601=1 p202602=2");
    }
  }
  const auto live = lab.describe("parts");
  BOOST_TEST((live.native_partitions.kind == NativePartitions::Kind::range));
  BOOST_TEST(live.native_partitions.columns == std::vector<std::string>{"p"}, boost::test_tools::per_element());
}

PARTITION_CASE(rows_below_between_and_above_get_partitions_of_their_own) {
  Lab lab(engine);
  for (const Publish publish : {Publish::insert, Publish::in_place, Publish::rename}) {
    put(lab, by_month(lab), dated({{1, "2026-03-01"}, {2, "2026-09-01"}}), Publish::rename);
    const Rows more = dated({{3, "2025-01-01"}, {4, "2026-05-31"}, {5, "2026-06-01"}, {6, "2027-01-01"}, {7, "2026-09-30"}});
    put(lab, by_month(lab), more, publish);
    const bool added = publish == Publish::insert;
    BOOST_TEST(layout(lab) == (added ? "p202501=1 p202603=1 p202605=1 p202606=1 p202609=2 p202701=1"
                                     : "p202501=1 p202605=1 p202606=1 p202609=1 p202701=1"));
  }
}

PARTITION_CASE(every_column_that_may_be_a_range) {
  Lab lab(engine);
  const struct {
    std::string native;
    types::LogicalType type;
    Unit unit;
    std::int64_t every;
    std::vector<std::string> values;
    std::string expected;
  } kinds[] = {{lab.data.date, logical(TypeKind::date), Unit::days, 7, {"2026-11-22", "2026-11-23"}, "p20261116=1 p20261123=1"},
               {lab.data.date, logical(TypeKind::date), Unit::months, 12, {"2026-11-22", "1999-12-31"}, "p1999=1 p2026=1"},
               {lab.data.datetime,
                logical(TypeKind::timestamp_local, -1, 6),
                Unit::hours,
                6,
                {"2026-11-20 05:59:59.999999", "2026-11-20 06:00:00.000000"},
                "p20261120_00=1 p20261120_06=1"},
               {lab.data.instant,
                logical(TypeKind::timestamp, -1, 6),
                Unit::days,
                1,
                {"2026-11-20 23:59:59.999999", "2026-11-21 00:00:00.000000"},
                "p20261120=1 p20261121=1"},
               {lab.data.id,
                logical(TypeKind::bigint),
                Unit::values,
                1000,
                {"-1", "999", "9223372036854775807", "-9223372036854775808"},
                "p0=1 p9223372036854775000=1 pleast=1 pm1000=1"}};
  for (const auto& kind : kinds) {
    BOOST_TEST_CONTEXT(kind.native + " " + std::to_string(kind.every)) {
      const auto schema = parts(lab, kind.native, kind.type, NativePartitions::Kind::range, kind.unit, kind.every);
      Rows rows;
      for (const std::string& value : kind.values) rows.push_back({std::to_string(rows.size()), value, "n"});
      rows.push_back({"99", {}, "nothing"});
      const std::string all = homeless(lab) + "=1 " + kind.expected;
      const bool sorts_last = homeless(lab) == "p_first";
      put(lab, schema, rows, Publish::rename);
      const std::string found = layout(lab);
      BOOST_TEST(found.find(homeless(lab) + "=1") != std::string::npos, found);
      BOOST_TEST(found.size() == all.size(), found);
      BOOST_TEST((sorts_last || found == all), found);
      put(lab, schema, {{"100", kind.values[0], "n"}}, Publish::insert);
      BOOST_TEST(lab.plain("SELECT count(*) FROM " + lab.quoted("parts")) == std::to_string(rows.size() + 1));
    }
  }
}

PARTITION_CASE(listed_values_of_every_kind) {
  Lab lab(engine);
  const std::vector<std::string> hostile{"north", "North", "", " ", "null", "o'hara \\ \"x\" `y`", "Zürich ☃"};
  const bool any = lab.connector.info().capabilities.partitions_by_any_type;
  const std::string text = any ? lab.data.text : "varchar(100)";
  const auto schema =
      parts(lab, text, any ? logical(TypeKind::string) : logical(TypeKind::string, 100), NativePartitions::Kind::list);
  Rows rows{{"0", {}, "nothing"}};
  for (const std::string& value : hostile) rows.push_back({std::to_string(rows.size()), value, "n"});
  put(lab, schema, rows, Publish::rename);
  const std::string first = layout(lab);
  BOOST_TEST(std::count(first.begin(), first.end(), '=') == 8, first);
  BOOST_TEST(first.find("p_north=1") != std::string::npos, first);
  BOOST_TEST(first.find("p_null=1") != std::string::npos, first);
  put(lab, schema, {{"50", "south", "n"}, {"51", "north", "n"}, {"52", {}, "n"}}, Publish::insert);
  const std::string second = layout(lab);
  BOOST_TEST(std::count(second.begin(), second.end(), '=') == 9, second);
  BOOST_TEST(second.find("p_north=2") != std::string::npos, second);
  BOOST_TEST(second.find("p_null=2") != std::string::npos, second);
  BOOST_TEST(second.find("p_south=1") != std::string::npos, second);
}

PARTITION_CASE(rows_merge_by_a_key_without_the_partition_column) {
  Lab lab(engine);
  for (const Staging staging : kBothStagings) {
    put(lab, by_month(lab), dated({{1, "2026-01-01"}, {2, "2026-01-02"}}), Publish::rename, staging, {"id"});
    put(lab, by_month(lab), dated({{1, "2026-02-01"}, {3, "2026-03-01"}}), Publish::merge, staging, {"id"});
    BOOST_TEST(layout(lab) == "p202601=1 p202602=1 p202603=1");
    BOOST_TEST(lab.content("parts", "id") == "1\n2\n3");
  }
  Run run(lab);
  auto table = run.plan(by_month(lab));
  table.key = {"id"};
  table.mode = types::WriteMode::upsert;
  failure([&] { run.load(table, dated({{1, "2026-01-01"}, {1, "2026-02-01"}})); }, ErrorKind::constraint);
  run.loader->abort();
  BOOST_TEST(lab.content("parts", "id") == "1\n2\n3");
  BOOST_TEST(lab.leftovers().empty());
}

PARTITION_CASE(a_load_that_fails_leaves_rows_and_readers_alone) {
  Lab lab(engine);
  for (const Staging staging : kBothStagings) {
    put(lab, by_month(lab), dated({{1, "2026-01-01"}}), Publish::rename, staging);
    for (const char* const point : {"partitions.before=error", "progress.before=error"}) {
      for (const Publish publish : {Publish::rename, Publish::insert}) {
        Run run(lab);
        auto table = run.plan(by_month(lab), publish, staging);
        const Armed armed(point);
        try {
          run.load(table, dated({{2, "2026-02-01"}}));
        } catch (const FailpointError&) {
          run.loader->abort();
        }
      }
    }
    put(lab, by_month(lab), dated({{1, "2026-01-01"}}), Publish::rename, staging);
    BOOST_TEST(layout(lab) == "p202601=1");
  }
}

PARTITION_CASE(names_are_foreign) {
  Lab lab(engine);
  for (const std::string& name : lab.data.hostile_names) {
    BOOST_TEST_CONTEXT(name) {
      auto schema = by_month(lab);
      schema.name = lab.name(name);
      schema.columns[1].name = name;
      schema.native_partitions.columns = {name};
      put(lab, schema, dated({{1, "2026-01-01"}, {2, "2026-02-01"}}), Publish::rename);
      put(lab, schema, dated({{3, "2026-03-01"}, {4, {}}}), Publish::insert);
      BOOST_TEST(lab.plain("SELECT count(*) FROM " + lab.quoted(name)) == "4");
    }
  }
}

PARTITION_CASE(no_rows_make_a_table_that_takes_rows_later) {
  Lab lab(engine);
  put(lab, by_month(lab), {}, Publish::rename);
  put(lab, by_month(lab), dated({{1, "2026-01-01"}, {2, {}}}), Publish::insert);
  BOOST_TEST(lab.plain("SELECT count(*) FROM " + lab.quoted("parts")) == "2");
}

PARTITION_CASE(people_are_shown_how_the_table_is_partitioned) {
  Lab lab(engine);
  Run run(lab);
  const auto shown = lab.connector.dialect().ddl(run.plan(by_month(lab)));
  BOOST_TEST(shown.at(0).find("PARTITION BY RANGE") != std::string::npos, shown.at(0));
}

BOOST_AUTO_TEST_SUITE_END()

#include <boost/test/unit_test.hpp>

#include "tests/unit/planner_fixture.h"

BOOST_AUTO_TEST_SUITE(compiler_planner_partitions)

using namespace syncline;
using namespace planner_test;
using types::NativePartitions;

namespace {

const char* const kRecreate = " LOAD FULL WRITE RECREATE";

/// shop.orders(id, placed, region, note) with a unique number.
TableBuilder orders(const std::string& container = "shop", const std::string& placed = "placed! datetime(6)") {
  return TableBuilder(container, "orders", {"id! int(11)", placed, "region varchar(20)", "note text", "number! int(11)"})
      .key({"id"})
      .index("by_number", {"number"}, true);
}

using Names = std::vector<std::string>;

Names columns_of(const types::Index& index) {
  Names names;
  for (const types::IndexColumn& column : index.columns) names.push_back(column.name);
  return names;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_range_makes_partitions_and_joins_every_unique_key) {
  for (const char* const target : {"postgres", "mysql"}) {
    Bench bench("mysql", target);
    bench.source().add(orders());
    const auto plan = bench.plan("shop.*", std::string("PARTITION BY RANGE (placed) EVERY 3 MONTHS") + kRecreate);
    BOOST_TEST(bench.codes() == "");
    const types::TableSchema& schema = only(plan).target_schema;
    BOOST_TEST(types::to_string(schema.native_partitions) == "RANGE (placed) EVERY 3 MONTHS");
    BOOST_TEST(schema.native_partitions.grow());
    BOOST_TEST(schema.primary_key.columns == (Names{"id", "placed"}), boost::test_tools::per_element());
    BOOST_TEST(columns_of(schema.indexes.at(0)) == (Names{"number", "placed"}), boost::test_tools::per_element());
    BOOST_TEST(says(only(plan), "the primary key gets `placed`"));
    BOOST_TEST(says(only(plan), "unique index `by_number` gets `placed`"));
    BOOST_TEST(plan::to_text(plan, {}, nullptr).find("PARTITION BY RANGE (placed) EVERY 3 MONTHS") != std::string::npos);
    BOOST_TEST(plan::to_json(plan, nullptr).find("\"partitions\"") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(widths_fit_their_columns) {
  const auto codes = [](const std::string& column, const std::string& every) {
    Bench bench("mysql", "postgres");
    bench.source().add(TableBuilder("shop", "t", {"id! int(11)", "d date", "m datetime", "n bigint(20)", "f double", "s text"}));
    const auto plan = bench.plan("shop.*", "PARTITION BY RANGE (" + column + ") EVERY " + every + kRecreate);
    return bench.codes() + Bench::codes_of(only(plan).findings);
  };
  for (const char* const every : {"1 DAY", "2 WEEKS", "1 month", "1 QUARTER", "10 YEARS"}) {
    BOOST_TEST(codes("d", every) == "");
    BOOST_TEST(codes("m", every) == "");
    BOOST_TEST(codes("n", every) == "SY5037");
  }
  BOOST_TEST(codes("m", "6 HOURS") == "");
  BOOST_TEST(codes("d", "6 HOURS") == "SY5037");
  BOOST_TEST(codes("n", "1000 VALUES") == "");
  BOOST_TEST(codes("m", "1000 VALUES") == "SY5037");
  BOOST_TEST(codes("f", "1 VALUE") == "SY5037");
  BOOST_TEST(codes("s", "1 DAY") == "SY5037");
  BOOST_TEST(codes("gone", "1 DAY") == "SY5003");
}

BOOST_AUTO_TEST_CASE(a_column_that_may_be_null_makes_a_unique_index_of_the_key) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders("shop", "placed datetime(6)"));
  const auto plan = bench.plan("shop.*", std::string("PARTITION BY RANGE (placed) EVERY 1 MONTH") + kRecreate);
  const types::TableSchema& schema = only(plan).target_schema;
  BOOST_TEST(schema.primary_key.columns.empty());
  BOOST_REQUIRE_EQUAL(schema.indexes.size(), 2U);
  BOOST_TEST(columns_of(schema.indexes[0]) == (Names{"id", "placed"}), boost::test_tools::per_element());
  BOOST_TEST(schema.indexes[0].unique);
  BOOST_TEST(target_column(only(plan), "placed").nullable);
  BOOST_TEST(says(only(plan), "the primary key becomes a unique index"));
}

BOOST_AUTO_TEST_CASE(a_list_takes_what_the_engine_can_list) {
  const auto codes = [](const std::string& target, const std::string& columns) {
    Bench bench("mysql", target);
    bench.source().add(TableBuilder("shop", "t", {"id! int(11)", "s text", "n bigint(20)", "f double", "j json", "t timestamp"}));
    const auto plan = bench.plan("shop.*", "PARTITION BY LIST (" + columns + ")" + kRecreate);
    return bench.codes() + Bench::codes_of(only(plan).findings);
  };
  BOOST_TEST(codes("postgres", "s") == "");
  BOOST_TEST(codes("postgres", "f") == "");
  BOOST_TEST(codes("postgres", "j") == "SY5037");
  BOOST_TEST(codes("mysql", "n") == "");
  BOOST_TEST(codes("mysql", "n, s").find("SY5037") != std::string::npos);  // the type of one server is kept: no length
  BOOST_TEST(codes("mysql", "f") == "SY5037");
  BOOST_TEST(codes("mysql", "t") == "SY5037");
}

BOOST_AUTO_TEST_CASE(listed_text_gets_a_length_where_keys_need_one) {
  Bench bench("postgres", "mysql");
  bench.source().add(TableBuilder("public", "t", {"id! integer", "region text"}).key({"id"}));
  const auto plan = bench.plan("public.*", std::string("PARTITION BY LIST (region)") + kRecreate);
  BOOST_TEST(Bench::codes_of(only(plan).findings) == "SY5018");
  BOOST_TEST(target_column(only(plan), "region").native.text.find("varchar") == 0U);
}

BOOST_AUTO_TEST_CASE(renamed_and_added_columns_are_named_either_way) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders());
  const auto renamed =
      bench.plan("shop.*", std::string("COLUMNS (RENAME placed TO at) PARTITION BY RANGE (placed) EVERY 1 DAY") + kRecreate);
  BOOST_TEST(only(renamed).target_schema.native_partitions.columns == (Names{"at"}), boost::test_tools::per_element());
  const auto added =
      bench.plan("shop.*", std::string("COLUMNS (ADD day DATE = date(placed)) PARTITION BY RANGE (day) EVERY 1 DAY") + kRecreate);
  BOOST_TEST(only(added).target_schema.native_partitions.columns == (Names{"day"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_engine_without_partitions_makes_a_plain_table) {
  Bench bench("mysql", "sqlite");
  bench.source().add(orders());
  const auto plan = bench.plan("shop.*", std::string("PARTITION BY RANGE (placed) EVERY 1 MONTH") + kRecreate);
  BOOST_TEST(Bench::codes_of(only(plan).findings) == "");
  BOOST_TEST((only(plan).target_schema.native_partitions.kind == NativePartitions::Kind::none));
  BOOST_TEST(only(plan).target_schema.primary_key.columns == (Names{"id"}), boost::test_tools::per_element());
  BOOST_TEST(says(only(plan), "sqlite has no partitions of its own"));
}

BOOST_AUTO_TEST_CASE(existing_tables_keep_what_they_have) {
  const std::string clause = "PARTITION BY RANGE (placed) EVERY 1 MONTH";
  const auto live = [](NativePartitions::Kind kind, const Names& columns) {
    types::TableSchema schema =
        TableBuilder("public", "orders",
                     {"id! integer", "placed! timestamp(6) without time zone", "region text", "note text", "number! integer"})
            .key({"id", "placed"});
    schema.native_partitions.kind = kind;
    schema.native_partitions.columns = columns;
    return schema;
  };
  const auto planned = [&](const types::TableSchema& schema, const std::string& mode) {
    Bench bench("mysql", "postgres");
    bench.source().add(orders());
    bench.target().add_managed(schema);
    return bench.plan("shop.*", "NAMING (SCHEMA = 'public') " + clause + " LOAD FULL WRITE " + mode);
  };
  const auto plain = planned(live(NativePartitions::Kind::none, {}), "TRUNCATE");
  BOOST_TEST((only(plain).target_schema.native_partitions.kind == NativePartitions::Kind::none));
  BOOST_TEST(says(only(plain), "has no partitions and stays as it is"));
  const auto other = planned(live(NativePartitions::Kind::list, {"region"}), "APPEND");
  BOOST_TEST(!only(other).target_schema.native_partitions.grow());
  BOOST_TEST(says(only(other), "partitioned already (LIST (region))"));
  const auto same = planned(live(NativePartitions::Kind::range, {"placed"}), "APPEND");
  BOOST_TEST(only(same).target_schema.native_partitions.grow());
  types::TableSchema parts = live(NativePartitions::Kind::range, {"placed"});
  parts.dependents = {{"partition", "orders_p202601"}};
  const auto anew = planned(parts, "RECREATE");
  BOOST_TEST((only(anew).loads.at(0).publish == types::Publish::rename));
  BOOST_TEST((only(anew).loads.at(0).staging == types::Staging::chunked));
}

BOOST_AUTO_TEST_CASE(upsert_by_a_key_without_the_partition_column) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders());
  const auto plan = bench.plan("shop.*", "PARTITION BY RANGE (placed) EVERY 1 MONTH LOAD FULL WRITE UPSERT");
  BOOST_TEST(Bench::codes_of(only(plan).findings) == "");
  BOOST_TEST(only(plan).key == (Names{"id"}), boost::test_tools::per_element());
  BOOST_TEST(says(only(plan), "UPSERT looks for rows by KEY itself"));
}

BOOST_AUTO_TEST_CASE(foreign_keys_of_partitioned_tables) {
  for (const char* const target : {"postgres", "mysql"}) {
    Bench bench("mysql", target);
    bench.source().add(TableBuilder("shop", "users", {"id! int(11)"}).key({"id"}));
    bench.source().add(TableBuilder("shop", "orders", {"id! int(11)", "user_id int(11)", "placed! date"})
                           .key({"id"})
                           .refers("fk", "user_id", {"shop", "users"}, "id"));
    const auto plan = bench.plan("shop.*", kRecreate, "");
    BOOST_TEST(table(plan, "orders").foreign_keys.size() == 1U);
    const auto parts = bench.script(
        "SYNC job FROM src TABLES (shop.*) INTO dst LOAD FULL WRITE RECREATE;\n"
        "OVERRIDE job FOR TABLE shop.orders PARTITION BY RANGE (placed) EVERY 1 MONTH;\n");
    const bool able = std::string(target) == "postgres";
    BOOST_TEST(bench.codes() == "");
    BOOST_TEST(table(parts, "orders").foreign_keys.size() == (able ? 1U : 0U));
    BOOST_TEST(Bench::codes_of(table(parts, "orders").findings) == (able ? "" : "SY5023"));
  }
}

BOOST_AUTO_TEST_CASE(overwriting_takes_each_rows_values_or_its_range) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders());
  const auto listed = bench.plan("shop.*", "PARTITION BY LIST (region) LOAD FULL WRITE OVERWRITE PARTITION");
  BOOST_TEST(bench.codes() == "");
  BOOST_REQUIRE(only(listed).partitioning.has_value());
  BOOST_TEST(only(listed).partitioning->columns == (Names{"region"}), boost::test_tools::per_element());
  BOOST_TEST(!only(listed).partitioning->ranges);
  const auto ranged = bench.plan("shop.*", "PARTITION BY RANGE (placed) EVERY 1 MONTH LOAD FULL WRITE OVERWRITE PARTITION");
  BOOST_TEST(bench.codes() == "");
  BOOST_REQUIRE(only(ranged).partitioning->ranges.has_value());
  BOOST_TEST(types::to_string(*only(ranged).partitioning->ranges) == "RANGE (placed) EVERY 1 MONTH");
  // An engine without partitions: a row that moves stands in two ranges until both are loaded, so the key must bear it.
  for (const bool overwrites : {true, false}) {
    Bench plain("mysql", "sqlite");
    plain.source().add(orders("shop"));
    const auto copied = plain.plan("*.*", std::string("PARTITION BY RANGE (placed) EVERY 1 MONTH LOAD FULL WRITE ") +
                                              (overwrites ? "OVERWRITE PARTITION" : "RECREATE"));
    BOOST_TEST(plain.codes() == "");
    BOOST_TEST(only(copied).target_schema.primary_key.columns == (overwrites ? Names{"id", "placed"} : Names{"id"}),
               boost::test_tools::per_element());
  }
  bench.plan("shop.*", "PARTITION BY NATIVE $$HASH (id)$$ LOAD FULL WRITE OVERWRITE PARTITION");
  BOOST_TEST(bench.codes() == "SY1016");
}

BOOST_AUTO_TEST_CASE(windows_that_the_columns_own_clock_cuts_are_refused) {
  // 2026-11-19 in Shanghai: naive times of the source are UTC (no `timezone`), instants are in UTC everywhere.
  const auto codes = [](const std::string& placed, const std::string& every, const std::string& zone) {
    Bench bench("mysql", "postgres");
    bench.source().add(orders("shop", placed));
    const auto plan = bench.plan("shop.*",
                                 "PARTITION BY RANGE (placed) EVERY " + every +
                                     " LOAD INCREMENTAL WHERE placed >= :window_start AND placed < :window_end WRITE OVERWRITE "
                                     "PARTITION SCHEDULE t",
                                 "SCHEDULE t EVERY DAY AT '00:30' TIMEZONE '" + zone + "';\n");
    return bench.codes() + Bench::codes_of(only(plan).findings);
  };
  for (const char* const placed : {"placed! datetime(6)", "placed! timestamp(6)"}) {
    BOOST_TEST(codes(placed, "1 DAY", "UTC") == "");
    BOOST_TEST(codes(placed, "1 HOUR", "Asia/Shanghai") == "");
    BOOST_TEST(codes(placed, "1 DAY", "Asia/Shanghai") == "SY4005");
  }
  BOOST_TEST(codes("placed! date", "1 DAY", "Asia/Shanghai") == "");
}

BOOST_AUTO_TEST_CASE(native_text_stands_behind_create_table) {
  Bench bench("mysql", "postgres");
  bench.source().add(orders());
  const auto plan = bench.plan("shop.*", std::string("PARTITION BY NATIVE $$PARTITION BY HASH (id)$$") + kRecreate);
  BOOST_TEST(bench.codes() == "");
  BOOST_TEST(only(plan).target_schema.native_partitions.text == "PARTITION BY HASH (id)");
  const auto shorter = bench.plan("shop.*", std::string("PARTITION BY NATIVE $$ HASH (id) $$") + kRecreate);
  BOOST_TEST(only(shorter).target_schema.native_partitions.text == "PARTITION BY HASH (id)");
  BOOST_TEST(!only(plan).target_schema.native_partitions.grow());
}

BOOST_AUTO_TEST_SUITE_END()

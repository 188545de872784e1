#include <boost/test/unit_test.hpp>

#include "compiler/plan/summary.h"
#include "stdlib/types/calendar.h"
#include "tests/unit/planner_fixture.h"

BOOST_AUTO_TEST_SUITE(compiler_planner_shards)

using namespace syncline;
using namespace planner_test;

namespace {

const char* const kTables = "shop.~'orders_(?P<shard>[0-9]+)'";
const std::string kInto = "NAMING (TABLE = 'orders') COLUMNS (ADD shard STRING = match.shard) ";
const std::string kUnion = kInto + "MERGE SHARDS UNION COLUMNS ";
const std::string kSame = kInto + "MERGE SHARDS REQUIRE SAME COLUMNS ";
const char* const kFull = "LOAD FULL WRITE RECREATE";

std::int64_t instant(const char* text) {
  return types::parse_instant(text).value();
}

TableBuilder shard(const std::string& number, std::vector<std::string> more = {}) {
  std::vector<std::string> columns{"id! int(11)", "amount decimal(10,2)", "changed! datetime"};
  columns.insert(columns.end(), more.begin(), more.end());
  return TableBuilder("shop", "orders_" + number, columns).key({"id"});
}

class Shards : public Bench {
 public:
  explicit Shards(const std::string& target_engine = "postgres") : Bench("mysql", target_engine) {
    options.started_at = instant("2026-11-20 12:00:00");
    if (target_engine == "mysql") target_settings = ", database = 'shop'";
  }
  plan::Plan planned(const std::string& clauses, const std::string& more = {}) { return plan(kTables, clauses, more); }
  /// The target table of an earlier run, with the columns of `shard`.
  void made(const std::vector<std::string>& key = {"shard", "id"}) {
    target().add_managed(
        TableBuilder("shop", "orders",
                     {"id! integer", "amount numeric(10,2)", "changed! timestamp(0) without time zone", "shard! text"})
            .key(key));
  }
  void reached(types::Phase phase, const std::string& number, const char* lower = nullptr, const char* upper = nullptr) {
    types::Progress one;
    one.phase = phase;
    one.sync = "job";
    one.unit = "shop.orders_" + number;
    one.target = {"shop", "orders"};
    one.lower = lower != nullptr ? instant(lower) : 0;
    one.upper = upper != nullptr ? instant(upper) : 0;
    target().reached.push_back(one);
  }
};

std::string codes(const plan::Plan& plan) {
  return Bench::codes_of(only(plan).findings);
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

/// "full recreate 12, key upsert 3": each load with the last character of the tables that take part.
std::string loads(const plan::Table& table) {
  std::string text;
  for (std::size_t at = 0; at < table.loads.size(); ++at) {
    text += (text.empty() ? "" : ", ") + std::string(types::to_string(table.loads[at].phase)) + " " +
            types::to_string(table.loads[at].mode) + " ";
    for (const plan::Table& member : table.members) text += member.loads[at].takes_part ? member.source.table.substr(7) : "";
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(tables_with_one_target_are_one_table_of_the_plan) {
  Shards bench;
  bench.source().add(shard("1"));
  bench.source().add(shard("2", {"coupon int(11)"}).counting("id"));
  const auto plan = bench.planned(kUnion + kFull);
  BOOST_CHECK_EQUAL(bench.codes(), "");
  BOOST_REQUIRE_EQUAL(plan.syncs[0].tables.size(), 1U);
  const plan::Table& table = only(plan);
  BOOST_CHECK_EQUAL(table.address, "job/shop.orders_1 and 1 more");
  BOOST_CHECK_EQUAL(plan::source_text(table), "shop.orders_1 and 1 more");
  BOOST_CHECK_EQUAL(types::to_string(table.target), "shop.orders");
  BOOST_CHECK_EQUAL(joined(table.target_schema.primary_key.columns), "shard id");
  BOOST_CHECK_EQUAL(table.source_schema.row_estimate, 200);
  BOOST_CHECK(!target_column(table, "id").auto_increment);
  BOOST_CHECK(target_column(table, "coupon").nullable);
  BOOST_CHECK(!target_column(table, "shard").nullable);
  BOOST_CHECK_EQUAL(types::to_text(mapping(table, "shard").recipe.constant), "match.shard");
  BOOST_CHECK(says(table, "2 tables"));
  BOOST_REQUIRE_EQUAL(table.members.size(), 2U);
  const plan::Table& first = table.members[0];
  BOOST_CHECK_EQUAL(first.read_columns.size(), 3U);
  BOOST_CHECK(mapping(first, "coupon").recipe.kind == expr::ColumnRecipe::Kind::constant);
  BOOST_CHECK(types::is_null(mapping(first, "coupon").recipe.constant));
  BOOST_CHECK_EQUAL(types::to_text(mapping(first, "shard").recipe.constant), "1");
  BOOST_CHECK_EQUAL(table.members[1].read_columns.size(), 4U);
  BOOST_CHECK_EQUAL(types::to_text(table.members[1].discriminators.at(0).value), "2");
  BOOST_CHECK(plan::plan_hash(table, table.loads[0]) != plan::plan_hash(first, first.loads[0]));
}

BOOST_AUTO_TEST_CASE(the_summary_counts_a_group_once_and_its_tables_as_matched) {
  Shards bench;
  bench.source().add(shard("1"));
  bench.source().add(shard("2"));
  const std::string text = plan::to_text(bench.planned(kUnion + kFull), {}, nullptr);
  BOOST_CHECK(text.find("2 tables matched") != std::string::npos);
  BOOST_CHECK(text.find("shop.orders_1 and 1 more → shop.orders  create, about 200 rows") != std::string::npos);
  BOOST_CHECK(text.find("1 to create") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_table_alone_stays_a_table_and_has_its_key_already) {
  Shards bench;
  bench.source().add(shard("7").counting("id"));
  const auto plan = bench.planned(kUnion + kFull);
  const plan::Table& table = only(plan);
  BOOST_CHECK(table.members.empty());
  BOOST_CHECK_EQUAL(table.address, "job/shop.orders_7");
  BOOST_CHECK_EQUAL(joined(table.target_schema.primary_key.columns), "shard id");
  BOOST_CHECK_EQUAL(types::to_text(table.discriminators.at(0).value), "7");
}

BOOST_AUTO_TEST_CASE(without_the_clause_it_is_an_error) {
  Shards bench;
  bench.source().add(shard("1"));
  bench.source().add(shard("2"));
  BOOST_CHECK_EQUAL(codes(bench.planned(kInto + kFull)), "SY1010");
  const std::string one = "OVERRIDE job FOR TABLE shop.orders_1 MERGE SHARDS UNION COLUMNS;";
  BOOST_CHECK_EQUAL(codes(bench.planned(kInto + kFull, one)), "SY1010");
}

BOOST_AUTO_TEST_CASE(equal_columns_are_required_by_name_and_type) {
  Shards bench;
  bench.source().add(shard("1"));
  bench.source().add(TableBuilder("shop", "orders_2", {"changed datetime", "id! int(10)", "amount! decimal(10,2)"}).key({"id"}));
  BOOST_CHECK_EQUAL(codes(bench.planned(kSame + kFull)), "");
  bench.source().add(shard("3", {"coupon int(11)"}));
  const auto extra = bench.planned(kSame + kFull);
  BOOST_CHECK_EQUAL(codes(extra), "SY5008");
  BOOST_CHECK_EQUAL(only(extra).findings[0].message,
                    "the tables of shard group `shop.orders` differ: `shop.orders_3` has extra `coupon`");
  BOOST_CHECK(only(extra).action == plan::Action::blocked);
}

BOOST_AUTO_TEST_CASE(a_column_that_most_have_is_missing_in_the_others) {
  Shards bench;
  for (const char* number : {"2", "3"}) bench.source().add(shard(number, {"coupon int(11)"}));
  bench.source().add(shard("1"));
  bench.source().add(
      TableBuilder("shop", "orders_4", {"id! int(11)", "amount varchar(9)", "changed! datetime", "coupon int(11)"}).key({"id"}));
  const auto plan = bench.planned(kSame + kFull);
  BOOST_CHECK_EQUAL(
      only(plan).findings.at(0).message,
      "the tables of shard group `shop.orders` differ: `shop.orders_4` has `amount` as varchar(9), which is decimal(10,2) in "
      "`shop.orders_2`; `shop.orders_1` has no `coupon`");
}

BOOST_AUTO_TEST_CASE(the_union_takes_the_type_that_holds_all_values) {
  Shards bench;
  bench.source().add(shard("1", {"note varchar(10)", "count int(11)", "label varchar(20)"}));
  bench.source().add(shard("2", {"note varchar(30)", "count bigint(20)", "label varchar(9)"}));
  const auto plan = bench.planned(kUnion + kFull);
  BOOST_CHECK_EQUAL(codes(plan), "");
  BOOST_CHECK_EQUAL(target_column(only(plan), "note").native.text, "character varying(30)");
  BOOST_CHECK_EQUAL(target_column(only(plan), "count").native.text, "bigint");
  BOOST_CHECK_EQUAL(target_column(only(plan), "label").native.text, "character varying(20)");
}

BOOST_AUTO_TEST_CASE(types_that_do_not_meet_are_refused_unless_a_cast_decides) {
  Shards bench;
  bench.source().add(shard("1", {"note int(11)"}));
  bench.source().add(shard("2", {"note varchar(30)"}));
  const auto plan = bench.planned(kUnion + kFull);
  BOOST_CHECK_EQUAL(codes(plan), "SY5008");
  BOOST_CHECK(only(plan).findings[0].message.find(
                  "`shop.orders_2` has `note` as varchar(30), which is int(11) in `shop.orders_1`") != std::string::npos);
  const std::string cast =
      "NAMING (TABLE = 'orders') COLUMNS (ADD shard STRING = match.shard, CAST note TO int) MERGE SHARDS UNION COLUMNS ";
  const auto with = bench.planned(cast + kFull);
  BOOST_CHECK_EQUAL(codes(with), "");
  BOOST_CHECK(mapping(only(with).members[1], "note").recipe.kind == expr::ColumnRecipe::Kind::convert);
  const std::string without =
      "NAMING (TABLE = 'orders') COLUMNS (ADD shard STRING = match.shard, EXCLUDE note) MERGE SHARDS UNION COLUMNS ";
  BOOST_CHECK_EQUAL(codes(bench.planned(without + kFull)), "");
}

BOOST_AUTO_TEST_CASE(expressions_over_a_column_that_a_table_lacks_see_null) {
  Shards bench;
  bench.source().add(shard("1"));
  bench.source().add(shard("2", {"coupon int(11)"}));
  const auto plan = bench.planned(
      "NAMING (TABLE = 'orders') COLUMNS (ADD shard STRING = match.shard, ADD had INT = coalesce(coupon, 0)) MERGE SHARDS UNION "
      "COLUMNS " +
      std::string(kFull));
  BOOST_CHECK_EQUAL(codes(plan), "");
  BOOST_CHECK_EQUAL(expr::to_text(*mapping(only(plan).members[0], "had").recipe.expression), "coalesce(NULL, 0)");
  BOOST_CHECK_EQUAL(expr::to_text(*mapping(only(plan).members[1], "had").recipe.expression), "coalesce(coupon, 0)");
}

BOOST_AUTO_TEST_CASE(conditions_are_asked_of_each_table_and_so_need_their_columns_everywhere) {
  Shards bench;
  bench.source().add(shard("1"));
  bench.source().add(shard("2", {"coupon int(11)"}));
  bench.planned(kUnion + "FILTER coupon > 0 " + kFull);
  BOOST_CHECK_EQUAL(bench.codes(), "SY5004");
}

BOOST_AUTO_TEST_CASE(keys_get_what_tells_the_tables_apart) {
  Shards bench;
  bench.source().add(shard("1").index("by_time", {"changed"}).index("once", {"amount"}, true));
  bench.source().add(shard("2").index("once", {"amount"}, true));
  const auto upsert = bench.planned(kUnion + "LOAD FULL WRITE UPSERT");
  BOOST_CHECK_EQUAL(codes(upsert), "");
  BOOST_CHECK_EQUAL(joined(only(upsert).key), "shard id");
  BOOST_REQUIRE_EQUAL(only(upsert).target_schema.indexes.size(), 2U);
  BOOST_CHECK_EQUAL(only(upsert).target_schema.indexes[1].columns.size(), 2U);
  const auto written = bench.planned(kUnion + "KEY (id, shard) LOAD FULL WRITE UPSERT");
  BOOST_CHECK_EQUAL(codes(written), "");
  BOOST_CHECK_EQUAL(joined(only(written).key), "id shard");
}

BOOST_AUTO_TEST_CASE(an_existing_table_must_have_the_key_of_all) {
  Shards bench;
  for (const char* number : {"1", "2"}) bench.source().add(shard(number));
  bench.made({"id"});
  BOOST_CHECK_EQUAL(codes(bench.planned(kUnion + "LOAD FULL WRITE UPSERT")), "SY3003");
  BOOST_CHECK_EQUAL(codes(bench.planned(kUnion + "LOAD FULL WRITE APPEND")), "");
}

BOOST_AUTO_TEST_CASE(a_unique_index_that_one_table_lacks_is_not_promised) {
  Shards bench;
  bench.source().add(shard("1").index("once", {"amount"}, true));
  bench.source().add(shard("2"));
  const auto plan = bench.planned(kUnion + kFull);
  BOOST_CHECK(only(plan).target_schema.indexes.empty());
}

BOOST_AUTO_TEST_CASE(values_that_are_equal_in_two_tables_tell_nothing_apart) {
  Shards bench;
  bench.source().add(shard("1"));
  bench.source().add(shard("2"));
  const std::string same = "NAMING (TABLE = 'orders') COLUMNS (ADD shard STRING = source.database) MERGE SHARDS UNION COLUMNS ";
  BOOST_CHECK_EQUAL(codes(bench.planned(same + "LOAD FULL WRITE UPSERT")), "SY3006");
  BOOST_CHECK_EQUAL(codes(bench.planned(same + "LOAD FULL WRITE RECREATE THEN INCREMENTAL KEY (id) WRITE APPEND")), "SY3041");
  BOOST_CHECK_EQUAL(codes(bench.planned(same + "LOAD FULL WRITE RECREATE THEN INCREMENTAL KEY (id) FROM STATE WRITE APPEND")),
                    "");
  const auto plain = bench.planned(same + kFull);
  BOOST_CHECK_EQUAL(codes(plain), "");
  BOOST_CHECK(says(only(plain), "fail the load"));
}

BOOST_AUTO_TEST_CASE(text_that_tells_tables_apart_has_a_length_in_mysql_keys) {
  Shards bench("mysql");
  bench.source().add(shard("1"));
  bench.source().add(shard("2"));
  const auto plan = bench.planned(
      "NAMING (DATABASE = 'dw', TABLE = 'orders') COLUMNS (ADD shard STRING = match.shard) MERGE SHARDS UNION COLUMNS LOAD FULL "
      "WRITE RECREATE");
  BOOST_CHECK_EQUAL(codes(plan), "");
  BOOST_CHECK_EQUAL(target_column(only(plan), "shard").native.text, "varchar(128)");
}

BOOST_AUTO_TEST_CASE(foreign_keys_of_and_onto_merged_tables_are_left_out) {
  Shards bench;
  bench.source().add(shard("1", {"user_id int(11)"}).refers("by", "user_id", {"shop", "users"}, "id"));
  bench.source().add(shard("2", {"user_id int(11)"}));
  bench.source().add(TableBuilder("shop", "users", {"id! int(11)", "first int(11)"})
                         .key({"id"})
                         .refers("first", "first", {"shop", "orders_1"}, "id"));
  const auto plan =
      bench.plan("shop.~'(orders_(?P<shard>[12])|users)'",
                 "NAMING (TABLE = regexp_replace(source.table, '_.*', '')) MERGE SHARDS UNION COLUMNS LOAD FULL WRITE RECREATE");
  BOOST_CHECK_EQUAL(codes(plan), "SY5023");
  BOOST_CHECK_EQUAL(Bench::codes_of(table(plan, "users").findings), "SY5023");
}

BOOST_AUTO_TEST_CASE(a_selection_of_one_table_takes_its_group) {
  Shards bench;
  bench.source().add(shard("1"));
  bench.source().add(shard("2"));
  bench.options.select = {"table:shop.orders_2"};
  const auto plan = bench.planned(kUnion + kFull);
  BOOST_CHECK_EQUAL(only(plan).members.size(), 2U);
}

BOOST_AUTO_TEST_CASE(a_table_that_cannot_be_read_blocks_its_group) {
  Shards bench;
  bench.source().add(shard("1"));
  bench.source().add(shard("2"));
  bench.source().listed[0].readable = false;
  const auto plan = bench.planned(kUnion + kFull);
  BOOST_REQUIRE_EQUAL(plan.syncs[0].tables.size(), 1U);
  BOOST_CHECK(only(plan).action == plan::Action::blocked);
  BOOST_CHECK_EQUAL(codes(plan), "SY8002");
}

BOOST_AUTO_TEST_CASE(what_one_table_may_not_have_for_itself) {
  Shards bench;
  bench.source().add(shard("1"));
  bench.source().add(shard("2"));
  const auto alone = [&](const std::string& clause) {
    return codes(bench.planned(kUnion + kFull, "OVERRIDE job FOR TABLE shop.orders_2 " + clause + ";"));
  };
  BOOST_CHECK_EQUAL(alone("LOAD FULL WRITE APPEND"), "SY5008");
  BOOST_CHECK_EQUAL(alone("KEY (shard, id)"), "SY5008");
  BOOST_CHECK_EQUAL(alone("COLUMNS (EXCLUDE amount)"), "SY5008");
  BOOST_CHECK_EQUAL(alone("COLUMNS (SET amount = amount * 2)"), "");
  BOOST_CHECK_EQUAL(alone("FILTER id > 0"), "");
}

// --- increments

const std::string kKey = "LOAD FULL WRITE RECREATE THEN INCREMENTAL KEY (id) WRITE ";
const std::string kWindow =
    "LOAD FULL UP TO FIRST WINDOW WRITE RECREATE THEN INCREMENTAL WHERE changed >= :window_start AND changed < :window_end "
    "WRITE ";
const char* const kNightly = "SCHEDULE nightly EVERY DAY AT '00:30';";

BOOST_AUTO_TEST_CASE(the_first_load_is_full_for_all_and_the_next_goes_on_for_each) {
  Shards bench;
  for (const char* number : {"1", "2"}) bench.source().add(shard(number));
  BOOST_CHECK_EQUAL(loads(only(bench.planned(kUnion + kKey + "UPSERT"))), "full recreate 12");
  bench.made();
  for (const char* number : {"1", "2"}) bench.reached(types::Phase::full, number);
  const auto plan = bench.planned(kUnion + kKey + "UPSERT");
  BOOST_CHECK_EQUAL(loads(only(plan)), "key upsert 12");
  BOOST_CHECK_EQUAL(codes(plan), "");
}

BOOST_AUTO_TEST_CASE(a_table_that_joins_is_copied_without_touching_the_others) {
  Shards bench;
  for (const char* number : {"1", "2", "3"}) bench.source().add(shard(number));
  bench.made();
  for (const char* number : {"1", "3"}) bench.reached(types::Phase::full, number);
  const auto plan = bench.planned(kUnion + kKey + "UPSERT");
  BOOST_CHECK_EQUAL(loads(only(plan)), "full upsert 2, key upsert 13");
  BOOST_CHECK(only(plan).loads[0].publish == types::Publish::merge);
  BOOST_CHECK(says(only(plan), "1 of 3 tables joined later"));
  const auto append = bench.planned(kUnion + kKey + "APPEND");
  BOOST_CHECK_EQUAL(loads(only(append)), "full append 2, key append 13");
  BOOST_CHECK(only(append).loads[0].publish == types::Publish::insert);
}

BOOST_AUTO_TEST_CASE(windows_are_done_table_by_table) {
  Shards bench;
  for (const char* number : {"1", "2"}) bench.source().add(shard(number));
  bench.made();
  bench.reached(types::Phase::full, "1", "2026-11-18");
  bench.reached(types::Phase::window, "1", "2026-11-18", "2026-11-19");
  const auto plan = bench.planned(kUnion + kWindow + "APPEND SCHEDULE nightly", kNightly);
  BOOST_CHECK_EQUAL(codes(plan), "");
  BOOST_CHECK_EQUAL(loads(only(plan)), "full append 2, window append 12");
  BOOST_CHECK_EQUAL(expr::to_text(*only(plan).members[1].loads[0].filter),
                    "((changed < TIMESTAMP '2026-11-19 00:00:00Z') OR (changed IS NULL))");
}

BOOST_AUTO_TEST_CASE(partitions_are_replaced_with_the_rows_of_all) {
  Shards bench;
  for (const char* number : {"1", "2"}) bench.source().add(shard(number));
  bench.target().add_managed(
      TableBuilder("shop", "orders",
                   {"id! integer", "amount numeric(10,2)", "changed! timestamp(0) without time zone", "shard! text", "ds! text"})
          .key({"shard", "id", "ds"}));
  const std::string parts =
      kUnion + "PARTITION BY (ds STRING = format(:bizdate, '%Y%m%d')) " + kWindow + "OVERWRITE PARTITION SCHEDULE nightly";
  bench.reached(types::Phase::full, "1", "2026-11-18");
  bench.reached(types::Phase::window, "1", "2026-11-18", "2026-11-19");
  const auto joined_later = bench.planned(parts, kNightly);
  BOOST_CHECK_EQUAL(loads(only(joined_later)), "full recreate 12, window overwrite partition 12");
  BOOST_CHECK(says(only(joined_later), "copied anew"));
  bench.reached(types::Phase::full, "2", "2026-11-18");
  BOOST_CHECK_EQUAL(loads(only(bench.planned(parts, kNightly))), "window overwrite partition 12, window overwrite partition 12");
}

BOOST_AUTO_TEST_CASE(a_partition_may_not_belong_to_one_table) {
  Shards bench;
  for (const char* number : {"1", "2"}) bench.source().add(shard(number));
  const auto plan = bench.planned(
      "NAMING (TABLE = 'orders') PARTITION BY (part STRING = match.shard) MERGE SHARDS UNION COLUMNS LOAD FULL WRITE "
      "OVERWRITE PARTITION");
  BOOST_CHECK_EQUAL(codes(plan), "SY5008");
}

BOOST_AUTO_TEST_CASE(a_window_that_all_have_is_not_due) {
  Shards bench;
  for (const char* number : {"1", "2"}) bench.source().add(shard(number));
  bench.made();
  for (const char* number : {"1", "2"}) {
    bench.reached(types::Phase::full, number, "2026-11-19");
    bench.reached(types::Phase::window, number, "2026-11-19", "2026-11-20");
  }
  const auto plan = bench.planned(kUnion + kWindow + "UPSERT SCHEDULE nightly", kNightly);
  BOOST_CHECK(only(plan).action == plan::Action::none);
  BOOST_CHECK(only(plan).loads.empty());
}

BOOST_AUTO_TEST_CASE(two_syncs_into_one_table_stay_an_error) {
  Shards bench;
  bench.source().add(shard("1"));
  bench.source().add(shard("2"));
  const std::string body = " FROM src TABLES (" + std::string(kTables) + ") INTO dst " + kUnion + kFull + ";\n";
  const auto plan = bench.script("SYNC one" + body + "SYNC two" + body);
  BOOST_CHECK_EQUAL(codes(plan), "SY1012");
}

BOOST_AUTO_TEST_SUITE_END()

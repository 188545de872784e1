#include <boost/test/unit_test.hpp>

#include "tests/unit/planner_fixture.h"

BOOST_AUTO_TEST_SUITE(compiler_planner_keys)

using namespace syncline;
using namespace planner_test;

namespace {

const char* const kRecreate = "LOAD FULL WRITE RECREATE";

const types::Index* index_named(const plan::Table& table, const std::string& name) {
  for (const types::Index& index : table.target_schema.indexes) {
    if (index.name == name) return &index;
  }
  return nullptr;
}

/// shop.users(id bigint unsigned auto) <- shop.orders(user_id), both ways of a cycle when asked.
void add_shop(FakeCatalog& source) {
  source.add(TableBuilder("shop", "users", {"id! bigint(20) unsigned", "name varchar(40)"}).key({"id"}).counting("id"));
  source.add(TableBuilder("shop", "orders", {"id! int(11)", "user_id bigint(20) unsigned", "other bigint(20) unsigned"})
                 .key({"id"})
                 .index("by_user", {"user_id"})
                 .refers("fk_user", "user_id", {"shop", "users"}, "id"));
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_class_of_an_auto_increment_key_becomes_bigint) {
  Bench bench("mysql", "postgres");
  add_shop(bench.source());
  const auto plan = bench.plan("shop.*", kRecreate);
  BOOST_CHECK_EQUAL(bench.codes(), "");
  BOOST_CHECK_EQUAL(target_column(table(plan, "users"), "id").native.text, "bigint");
  BOOST_CHECK(target_column(table(plan, "users"), "id").auto_increment);
  BOOST_CHECK_EQUAL(target_column(table(plan, "orders"), "user_id").native.text, "bigint");
  BOOST_CHECK_EQUAL(target_column(table(plan, "orders"), "other").native.words, "numeric");
  BOOST_CHECK(mapping(table(plan, "orders"), "user_id").recipe.kind == expr::ColumnRecipe::Kind::convert);
}

BOOST_AUTO_TEST_CASE(foreign_keys_inside_the_sync_are_kept_in_target_names) {
  Bench bench("mysql", "postgres");
  add_shop(bench.source());
  const auto plan = bench.plan("shop.*", "NAMING (SCHEMA = 'dw') COLUMNS (RENAME ~'id' TO 'key') LOAD FULL WRITE RECREATE");
  BOOST_REQUIRE_EQUAL(table(plan, "orders").foreign_keys.size(), 1U);
  const types::ForeignKey& key = table(plan, "orders").foreign_keys[0];
  BOOST_CHECK_EQUAL(key.name, "fk_user");
  BOOST_CHECK_EQUAL(types::to_string(key.referenced), "dw.users");
  BOOST_CHECK(key.referenced_columns == std::vector<std::string>{"key"});
}

BOOST_AUTO_TEST_CASE(related_tables_share_a_snapshot_others_stand_alone) {
  Bench bench("mysql", "postgres");
  add_shop(bench.source());
  bench.source().add(TableBuilder("shop", "alone", {"id! int(11)"}).key({"id"}));
  const auto plan = bench.plan("shop.*", kRecreate);
  BOOST_CHECK_EQUAL(table(plan, "users").snapshot_group, table(plan, "orders").snapshot_group);
  BOOST_CHECK(table(plan, "users").snapshot_group != 0);
  BOOST_CHECK(table(plan, "users").consistency == types::Consistency::sync);
  BOOST_CHECK_EQUAL(table(plan, "alone").snapshot_group, 0);
  BOOST_CHECK(table(plan, "alone").consistency == types::Consistency::table);
}

BOOST_AUTO_TEST_CASE(foreign_keys_out_of_the_sync_are_left_out) {
  Bench bench("mysql", "postgres");
  add_shop(bench.source());
  const auto plan = bench.plan("shop.orders", kRecreate);
  BOOST_CHECK_EQUAL(Bench::codes_of(only(plan).findings), "SY5023");
  BOOST_CHECK(only(plan).foreign_keys.empty());
  BOOST_CHECK(only(plan).action == plan::Action::create);
}

BOOST_AUTO_TEST_CASE(cycles_are_allowed) {
  Bench bench("mysql", "postgres");
  bench.source().add(TableBuilder("shop", "a", {"id! int(11)", "b int(11)"}).key({"id"}).refers("ab", "b", {"shop", "b"}, "id"));
  bench.source().add(TableBuilder("shop", "b", {"id! int(11)", "a int(11)"}).key({"id"}).refers("ba", "a", {"shop", "a"}, "id"));
  const auto plan = bench.plan("shop.*", kRecreate);
  BOOST_CHECK_EQUAL(table(plan, "a").foreign_keys.size(), 1U);
  BOOST_CHECK_EQUAL(table(plan, "b").foreign_keys.size(), 1U);
}

BOOST_AUTO_TEST_CASE(sqlite_declares_foreign_keys_inline) {
  Bench bench("mysql", "sqlite");
  add_shop(bench.source());
  const auto plan = bench.plan("shop.*", kRecreate);
  BOOST_CHECK_EQUAL(table(plan, "orders").target_schema.foreign_keys.size(), 1U);
  BOOST_CHECK_EQUAL(target_column(table(plan, "users"), "id").native.text, "INTEGER");
}

BOOST_AUTO_TEST_CASE(foreign_keys_are_deferred_where_the_engine_can) {
  for (const char* target : {"postgres", "mysql"}) {
    Bench bench("sqlite", target);
    bench.source().add(TableBuilder("", "a", {"id! integer"}).key({"id"}));
    types::TableSchema b = TableBuilder("", "b", {"id! integer", "a integer"}).key({"id"}).refers("ba", "a", {"", "a"}, "id");
    b.foreign_keys[0].deferrable = b.foreign_keys[0].initially_deferred = true;
    bench.source().add(b);
    const std::string naming = target == std::string("mysql") ? "NAMING (DATABASE = 'd') " : "NAMING (SCHEMA = 'public') ";
    const auto plan = bench.plan("*", naming + kRecreate);
    BOOST_REQUIRE_EQUAL(table(plan, "b").foreign_keys.size(), 1U);
    BOOST_CHECK_EQUAL(table(plan, "b").foreign_keys[0].deferrable, target == std::string("postgres"));
    BOOST_CHECK_EQUAL(table(plan, "b").foreign_keys[0].initially_deferred, target == std::string("postgres"));
  }
}

BOOST_AUTO_TEST_CASE(index_names_are_made_unique_where_they_are_schema_wide) {
  Bench bench("mysql", "postgres");
  bench.source().add(TableBuilder("shop", "a", {"id! int(11)", "n int(11)"}).key({"id"}).index("by_n", {"n"}));
  bench.source().add(TableBuilder("shop", "b", {"id! int(11)", "n int(11)"}).key({"id"}).index("by_n", {"n"}, true));
  const auto plan = bench.plan("shop.*", kRecreate);
  BOOST_CHECK(index_named(table(plan, "a"), "a_by_n"));
  BOOST_REQUIRE(index_named(table(plan, "b"), "b_by_n"));
  BOOST_CHECK(index_named(table(plan, "b"), "b_by_n")->unique);
  BOOST_CHECK_EQUAL(table(plan, "a").target_schema.primary_key.name, "a_pkey");
}

BOOST_AUTO_TEST_CASE(an_index_never_takes_the_name_of_a_table_and_long_names_are_cut_with_a_hash) {
  Bench bench("mysql", "postgres");
  const std::string longish(60, 'x');
  bench.source().add(TableBuilder("shop", "a", {"id! int(11)", "n int(11)"})
                         .index("b", {"n"})
                         .index(longish, {"n"})
                         .index(longish + "2", {"n"}));
  bench.source().add(TableBuilder("shop", "a_b", {"id! int(11)"}));
  const auto plan = bench.plan("shop.*", kRecreate);
  const auto& indexes = table(plan, "a").target_schema.indexes;
  BOOST_REQUIRE_EQUAL(indexes.size(), 3U);
  BOOST_CHECK(indexes[0].name != "a_b");
  BOOST_CHECK(indexes[1].name != indexes[2].name);
  for (const types::Index& index : indexes) BOOST_CHECK_LE(index.name.size(), 63U);
}

BOOST_AUTO_TEST_CASE(index_names_stay_where_both_sides_scope_them_alike) {
  Bench bench("postgres", "mysql");
  bench.source().add(TableBuilder("public", "a", {"id! integer", "n integer"}).key({"id"}).index("by_n", {"n"}));
  const auto plan = bench.plan("public.*", "NAMING (DATABASE = 'd') LOAD FULL WRITE RECREATE");
  BOOST_CHECK(index_named(only(plan), "by_n"));
}

BOOST_AUTO_TEST_CASE(special_indexes_are_left_out_never_replaced_by_stricter_ones) {
  Bench bench("mysql", "postgres");
  TableBuilder t("shop", "t", {"id! int(11)", "note text", "n int(11)"});
  t.index("prefix", {"note"}, true).index("plain", {"n"});
  t.schema.indexes[0].special = "prefix";
  t.schema.indexes[0].columns[0].prefix_length = 10;
  bench.source().add(t);
  const auto plan = bench.plan("shop.*", kRecreate);
  BOOST_CHECK_EQUAL(Bench::codes_of(only(plan).findings), "SY5016");
  BOOST_CHECK_EQUAL(only(plan).target_schema.indexes.size(), 1U);
  Bench same("mysql", "mysql");
  same.source().add(t);
  BOOST_CHECK_EQUAL(only(same.plan("shop.*", kRecreate)).target_schema.indexes.size(), 2U);
}

BOOST_AUTO_TEST_CASE(text_in_a_mysql_key_gets_a_length) {
  Bench bench("postgres", "mysql");
  bench.source().add(TableBuilder("public", "t", {"code! text", "a text", "b text", "c text", "n integer"})
                         .key({"code"})
                         .index("pair", {"a", "b"}, true)
                         .index("loose", {"c"}));
  const auto plan = bench.plan("public.*", "NAMING (DATABASE = 'd') LOAD FULL WRITE RECREATE");
  BOOST_CHECK_EQUAL(target_column(only(plan), "code").native.text, "varchar(768)");
  BOOST_CHECK_EQUAL(target_column(only(plan), "a").native.text, "varchar(384)");
  BOOST_CHECK_EQUAL(target_column(only(plan), "c").native.text, "longtext");
  BOOST_CHECK(!index_named(only(plan), "loose"));
  BOOST_CHECK_EQUAL(Bench::codes_of(only(plan).findings), "SY5018 SY5018 SY5018 SY5016");
}

BOOST_AUTO_TEST_CASE(rows_beyond_the_declared_size_become_text) {
  Bench bench("postgres", "mysql");
  std::vector<std::string> columns{"id! integer"};
  for (int i = 0; i < 40; ++i) columns.push_back("c" + std::to_string(i) + " character varying(1000)");
  bench.source().add(TableBuilder("public", "wide", columns).key({"id"}));
  const auto plan = bench.plan("public.*", "NAMING (DATABASE = 'd') LOAD FULL WRITE RECREATE");
  std::int64_t bytes = 0;
  std::size_t texts = 0;
  for (const types::Column& column : only(plan).target_schema.columns) {
    if (column.native.words == "varchar") bytes += 4002;
    texts += column.native.words == "longtext" ? 1 : 0;
  }
  BOOST_CHECK_LE(bytes, 65535);
  BOOST_CHECK_GT(texts, 0U);
  BOOST_CHECK_LT(texts, 40U);
}

BOOST_AUTO_TEST_CASE(upsert_needs_a_key) {
  Bench bench("mysql", "postgres");
  bench.source().add(TableBuilder("shop", "logs", {"n int(11)", "t text"}));
  BOOST_CHECK_EQUAL(Bench::codes_of(only(bench.plan("shop.*", "LOAD FULL WRITE UPSERT")).findings), "SY5005");
  const auto plan = bench.plan("shop.*", "KEY (n) LOAD FULL WRITE UPSERT");
  BOOST_CHECK_EQUAL(Bench::codes_of(only(plan).findings), "");
  BOOST_CHECK(only(plan).key == std::vector<std::string>{"n"});
  BOOST_REQUIRE_EQUAL(only(plan).target_schema.indexes.size(), 1U);
  BOOST_CHECK(only(plan).target_schema.indexes[0].unique);
}

BOOST_AUTO_TEST_CASE(rows_that_may_share_a_key_are_merged_from_the_first_load_on) {
  Bench bench("mysql", "postgres");
  bench.source().add(
      TableBuilder("shop", "t", {"id! int(11)", "code! int(11)", "part! int(11)"}).key({"id"}).index("u", {"code"}, true));
  const auto publish = [&](const std::string& clauses) {
    return only(bench.plan("shop.*", clauses + " LOAD FULL WRITE UPSERT")).loads.front().publish;
  };
  BOOST_CHECK(publish("") == types::Publish::rename);
  BOOST_CHECK(publish("KEY (part, id)") == types::Publish::rename);
  BOOST_CHECK(publish("KEY (code)") == types::Publish::rename);
  BOOST_CHECK(publish("KEY (part)") == types::Publish::merge);
  BOOST_CHECK(publish("KEY (code) COLUMNS (SET code = code + 1)") == types::Publish::merge);
}

BOOST_AUTO_TEST_CASE(the_key_clause_is_the_primary_key_of_a_new_table) {
  using Names = std::vector<std::string>;
  Bench bench("mysql", "postgres");
  bench.source().add(TableBuilder("shop", "t", {"id! int(11)", "version! int(11)", "note int(11)"}).key({"id"}));
  for (const char* load : {"LOAD FULL WRITE RECREATE", "LOAD FULL WRITE APPEND", "LOAD FULL WRITE UPSERT"}) {
    const auto plan = bench.plan("shop.t", std::string("KEY (version, id) ") + load);
    const auto& schema = only(plan).target_schema;
    BOOST_CHECK(schema.primary_key.columns == (Names{"version", "id"}));
    BOOST_REQUIRE_EQUAL(schema.indexes.size(), 1U);
    BOOST_CHECK_EQUAL(schema.indexes[0].name, "t_source_key");
    BOOST_CHECK(!schema.indexes[0].unique);
    BOOST_CHECK(says(only(plan), "KEY becomes the primary key"));
  }
  BOOST_CHECK(only(bench.plan("shop.t", "KEY (id) LOAD FULL WRITE RECREATE")).target_schema.indexes.empty());
  const auto nullable = bench.plan("shop.t", "KEY (note) LOAD FULL WRITE RECREATE");
  BOOST_CHECK(only(nullable).target_schema.primary_key.columns.empty());
  BOOST_CHECK(index_named(only(nullable), "t_key")->unique);
  const auto silent =
      bench.plan("shop.t", "KEY (version, id) CREATE WITH (NATIVE $$WITH (fillfactor = 70)$$) LOAD FULL WRITE RECREATE");
  BOOST_CHECK(only(silent).target_schema.primary_key.columns == (Names{"id"}));
  const auto parts = bench.plan("shop.t", "KEY (version, id) PARTITION BY (ds STRING = 'x') LOAD FULL WRITE OVERWRITE PARTITION");
  BOOST_CHECK(only(parts).target_schema.primary_key.columns == (Names{"version", "id", "ds"}));
}

BOOST_AUTO_TEST_CASE(upsert_beside_other_unique_keys_is_ambiguous_in_mysql) {
  Bench bench("mysql", "mysql");
  bench.source().add(TableBuilder("shop", "t", {"id! int(11)", "mail! varchar(40)"}).key({"id"}).index("mail", {"mail"}, true));
  const char* clauses = "NAMING (DATABASE = 'd') LOAD FULL WRITE UPSERT";
  BOOST_CHECK_EQUAL(Bench::codes_of(only(bench.plan("shop.*", clauses)).findings), "");
  BOOST_CHECK(says(only(bench.plan("shop.*", clauses)), "DELETE and INSERT"));
  TableBuilder existing("d", "t", {"id! int(11)", "mail! varchar(40)", "kept int(11)"});
  bench.target().add(existing.key({"id"}).index("mail", {"mail"}, true));
  BOOST_CHECK_EQUAL(Bench::codes_of(only(bench.plan("shop.*", clauses)).findings), "SY5015");
}

BOOST_AUTO_TEST_CASE(create_with_adds_indexes_and_comments) {
  Bench bench("mysql", "postgres");
  bench.source().add(TableBuilder("shop", "t", {"id! int(11)", "owner int(11)"}).key({"id"}));
  const auto plan =
      bench.plan("shop.*", "CREATE WITH (INDEX idx_owner ON (owner), COMMENT 'from ' || source.table) LOAD FULL WRITE RECREATE");
  BOOST_CHECK_EQUAL(bench.codes(), "");
  BOOST_CHECK(index_named(only(plan), "idx_owner"));
  BOOST_CHECK_EQUAL(only(plan).target_schema.comment, "from t");
}

BOOST_AUTO_TEST_CASE(checks_and_triggers_are_named_once) {
  Bench bench("mysql", "postgres");
  TableBuilder t("shop", "t", {"id! int(11)"});
  t.schema.checks = {"c1", "c2"};
  t.schema.dependents = {{"trigger", "trg"}};
  bench.source().add(t);
  BOOST_CHECK_EQUAL(Bench::codes_of(only(bench.plan("shop.*", kRecreate)).findings), "SY5021");
}

BOOST_AUTO_TEST_CASE(identities_only_where_the_target_can_count) {
  Bench bench("postgres", "mysql");
  bench.source().add(TableBuilder("public", "t", {"id! bigint", "n bigint"}).key({"id"}).counting("id").counting("n"));
  const auto plan = bench.plan("public.*", "NAMING (DATABASE = 'd') LOAD FULL WRITE RECREATE");
  BOOST_CHECK(target_column(only(plan), "id").auto_increment);
  BOOST_CHECK(!target_column(only(plan), "n").auto_increment);
  Bench sqlite("mysql", "sqlite");
  sqlite.source().add(TableBuilder("shop", "t", {"a! int(11)", "b! int(11)"}).key({"a", "b"}).counting("a"));
  BOOST_CHECK(!target_column(only(sqlite.plan("shop.*", kRecreate)), "a").auto_increment);
}

BOOST_AUTO_TEST_SUITE_END()

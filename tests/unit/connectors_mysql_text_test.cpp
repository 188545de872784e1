#include <boost/test/unit_test.hpp>

#include "connectors/api/error.h"
#include "connectors/mysql/ddl.h"
#include "connectors/mysql/dialect.h"
#include "connectors/mysql/errors.h"
#include "connectors/mysql/grants.h"
#include "connectors/mysql/load_warnings.h"
#include "connectors/mysql/older_snapshots.h"
#include "connectors/mysql/refused_rows.h"
#include "connectors/mysql/type_text.h"

using namespace syncline;
using namespace syncline::connectors;

BOOST_AUTO_TEST_SUITE(connectors_mysql_text)

BOOST_AUTO_TEST_CASE(names_and_literals_cannot_break_out) {
  using namespace std::string_view_literals;
  const auto& dialect = mysql::dialect();
  BOOST_TEST(dialect.quote("a`b"sv) == "`a``b`");
  BOOST_TEST(dialect.quote(types::ObjectName{"d.b", "t"}) == "`d.b`.`t`");
  BOOST_CHECK_THROW(static_cast<void>(dialect.quote("a\0b"sv)), ConnectorError);
  BOOST_CHECK_THROW(static_cast<void>(dialect.quote("\xbf\x27"sv)), ConnectorError);
  BOOST_TEST(mysql::quote_text("it's \\ x") == "'it''s \\\\ x'");
  BOOST_CHECK_THROW(static_cast<void>(dialect.literal(types::Decimal{"1; DROP"})), ConnectorError);
}

BOOST_AUTO_TEST_CASE(error_numbers_have_kinds_and_keep_values_to_themselves) {
  BOOST_TEST((mysql::classify(1213, false) == ErrorKind::transient));
  BOOST_TEST((mysql::classify(1044, true) == ErrorKind::auth));
  BOOST_TEST((mysql::classify(1044, false) == ErrorKind::permission));
  BOOST_TEST((mysql::classify(1969, false) == ErrorKind::cancelled));
  BOOST_TEST((mysql::classify(2013, true) == ErrorKind::unreachable));
  const auto error = mysql::make_error(1062, "23000", "Duplicate entry 'it's' for key 'PRIMARY'", "INSERT");
  BOOST_TEST(error.what() == "Duplicate entry 'it's' for key 'PRIMARY'");
}

BOOST_AUTO_TEST_CASE(duplicates_name_the_columns_of_their_key) {
  types::TableSchema table;
  table.indexes.emplace_back();
  table.indexes.back().name = "one_name";
  table.indexes.back().columns = {{"shop", false, 0}, {"name", false, 0}};
  const std::vector<std::string> primary{"id"};
  BOOST_TEST(mysql::duplicate_text("Duplicate entry '7' for key 'PRIMARY'", table, primary) == "key `PRIMARY` (id), value '7'");
  BOOST_TEST(mysql::duplicate_text("Duplicate entry '7-it's' for key 't.one_name'", table, primary) ==
             "key `one_name` (shop, name), value '7-it's'");
}

BOOST_AUTO_TEST_CASE(warnings_name_their_column) {
  auto place = mysql::parse_warning_place("Out of range value for column 'amount' at row 12");
  BOOST_TEST(place.column == "amount");
  BOOST_TEST(place.row == 12U);
  place = mysql::parse_warning_place("Incorrect integer value: 'column x' for column `db`.`t`.`n` at row 3");
  BOOST_TEST(place.column == "n");
  BOOST_TEST(place.row == 3U);
}

BOOST_AUTO_TEST_CASE(grants_cover_patterns_and_roles) {
  mysql::Grants grants;
  grants.add("GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*X'");
  grants.add("GRANT SELECT, INSERT (`a`, `b`), CREATE ON `shop\\_%`.* TO `u`@`%`");
  grants.add("GRANT SELECT ON `other`.`t` TO `u`@`%`");
  BOOST_TEST(grants.on_database("SELECT", "shop_1"));
  BOOST_TEST(!grants.on_database("SELECT", "shopx1"));
  BOOST_TEST(!grants.on_database("INSERT", "shop_1"));
  BOOST_TEST(grants.on_table("SELECT", "other", "t"));
  BOOST_TEST(!grants.on_table("SELECT", "other", "u"));
  BOOST_TEST(!grants.on_server("PROCESS"));
  grants.add("GRANT `readers` TO `u`@`%`");
  BOOST_TEST(grants.on_server("PROCESS"));
}

BOOST_AUTO_TEST_CASE(a_table_is_spelled_with_its_keys) {
  types::TableSchema schema;
  types::Column id;
  id.name = "id";
  id.native = mysql::parse_type("bigint unsigned");
  id.nullable = false;
  id.auto_increment = true;
  types::Column note;
  note.name = "note";
  note.native = mysql::parse_type("text");
  note.default_value = {types::ColumnDefault::Kind::literal, "it's", -1};
  schema.columns = {id, note};
  schema.primary_key.columns = {"id"};
  types::Index index;
  index.name = "k";
  index.unique = true;
  index.columns = {{"note", true, 10}};
  schema.indexes = {index};
  const types::ObjectName name{"d", "t"};
  BOOST_TEST(
      mysql::create_table(schema, name, mysql::Keys::primary, "utf8mb4_nopad_bin") ==
      "CREATE TABLE `d`.`t` (`id` bigint unsigned NOT NULL AUTO_INCREMENT, `note` text COLLATE `utf8mb4_nopad_bin` NULL DEFAULT "
      "('it''s'), PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE `utf8mb4_nopad_bin`");
  BOOST_TEST(mysql::add_indexes(schema, name) == "ALTER TABLE `d`.`t` ADD UNIQUE INDEX `k` (`note`(10) DESC)");
}

BOOST_AUTO_TEST_CASE(read_views_are_found_in_the_status_of_both_servers) {
  const std::string mariadb =
      "LIST OF TRANSACTIONS FOR EACH SESSION:\n"
      "---TRANSACTION (0x7fdc19484c80), ACTIVE 1 sec\n"
      "0 lock struct(s), heap size 1128, 0 row lock(s)\n"
      "MariaDB thread id 21, OS thread handle 140583272601280, query id 21 localhost 127.0.0.1 tester User sleep\n"
      "select ' thread id 99'\n"
      "Trx read view will not see trx with id >= 21, sees < 20\n"
      "---TRANSACTION (0x7fdc19483680), ACTIVE 1 sec\n"
      "MariaDB thread id 18, OS thread handle 140583273522880, query id 15 localhost 127.0.0.1 tester User sleep\n"
      "--------\n";
  const std::string mysql8 =
      "---TRANSACTION 421938236243160, not started\n0 lock struct(s), heap size 1128, 0 row lock(s)\n"
      "---TRANSACTION 421938236242352, ACTIVE 3 sec\n"
      "MySQL thread id 8, OS thread handle 140462, query id 12 localhost 127.0.0.1 tester\n"
      "Trx read view will not see trx with id >= 1811, sees < 1811\n";
  const auto one = mysql::read_views(mariadb + "1 read views open inside InnoDB\n");
  BOOST_REQUIRE(one.has_value());
  BOOST_REQUIRE(one->size() == 1U);
  BOOST_TEST(one->front().session == "21");
  BOOST_TEST(one->front().limits == "will not see trx with id >= 21, sees < 20");
  const auto other = mysql::read_views(mysql8 + "1 read views open inside InnoDB");
  BOOST_REQUIRE(other.has_value());
  BOOST_TEST(other->front().session == "8");
  BOOST_TEST(mysql::read_views("0 read views open inside InnoDB\n")->empty());
  BOOST_TEST(!mysql::read_views(mariadb).has_value(), "no count");
  BOOST_TEST(!mysql::read_views(mariadb + "2 read views open inside InnoDB\n").has_value(), "a part is left out");
}

BOOST_AUTO_TEST_SUITE_END()

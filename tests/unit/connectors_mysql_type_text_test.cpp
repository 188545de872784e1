#include <boost/test/unit_test.hpp>

#include "connectors/mysql/type_text.h"

using namespace syncline;
using connectors::mysql::parse_default;
using connectors::mysql::parse_type;
using Kind = types::ColumnDefault::Kind;

BOOST_AUTO_TEST_SUITE(connectors_mysql_type_text)

BOOST_AUTO_TEST_CASE(words_and_arguments_are_told_apart) {
  const auto number = parse_type("bigint(20) unsigned zerofill");
  BOOST_TEST(number.words == "bigint unsigned");
  BOOST_TEST(number.arguments == std::vector<std::string>{"20"}, boost::test_tools::per_element());
  BOOST_TEST(number.text == "bigint(20) unsigned zerofill");
  BOOST_TEST(parse_type("double unsigned").words == "double unsigned");
  BOOST_TEST(parse_type("timestamp").arguments.empty());
  const auto decimal = parse_type("decimal(65,30)");
  BOOST_TEST(decimal.arguments == (std::vector<std::string>{"65", "30"}), boost::test_tools::per_element());
  BOOST_TEST(parse_type("varchar(10) /*M!100301 COMPRESSED*/").words == "varchar");
}

BOOST_AUTO_TEST_CASE(labels_keep_commas_brackets_and_quotes) {
  const auto type = parse_type("enum('a','c,d','it''s',')','')");
  BOOST_TEST(type.words == "enum");
  const std::vector<std::string> labels{"'a'", "'c,d'", "'it''s'", "')'", "''"};
  BOOST_TEST(type.arguments == labels, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(mariadb_quotes_literals) {
  const auto text = parse_type("varchar(20)");
  auto value = parse_default({false, "'it''s \\\\ x'", "", true, true}, text);
  BOOST_TEST((value.kind == Kind::literal));
  BOOST_TEST(value.text == "it's \\ x");
  BOOST_TEST((parse_default({false, "NULL", "", true, true}, text).kind == Kind::null));
  BOOST_TEST((parse_default({true, "", "", true, true}, text).kind == Kind::none));
  value = parse_default({false, "uuid()", "", true, true}, text);
  BOOST_TEST((value.kind == Kind::native));
  BOOST_TEST(value.text == "(uuid())");
  value = parse_default({false, "1.50", "", true, true}, parse_type("decimal(5,2)"));
  BOOST_TEST(value.text == "1.50");
}

BOOST_AUTO_TEST_CASE(mysql_8_gives_bare_text) {
  const auto text = parse_type("varchar(20)");
  auto value = parse_default({false, "current_timestamp()", "", true, false}, text);
  BOOST_TEST((value.kind == Kind::literal));
  BOOST_TEST(value.text == "current_timestamp()");
  value = parse_default({false, "concat(_utf8mb4\\'a\\')", "DEFAULT_GENERATED", true, false}, text);
  BOOST_TEST((value.kind == Kind::native));
  BOOST_TEST(value.text == "(concat(_utf8mb4'a'))");
  BOOST_TEST((parse_default({true, "", "", true, false}, text).kind == Kind::null));
  value = parse_default({false, "CURRENT_TIMESTAMP(6)", "DEFAULT_GENERATED", true, false}, parse_type("datetime(6)"));
  BOOST_TEST((value.kind == Kind::current_timestamp));
  BOOST_TEST(value.scale == 6);
}

BOOST_AUTO_TEST_CASE(bits_are_padded_and_zero_dates_stay_native) {
  auto value = parse_default({false, "b'101'", "", true, true}, parse_type("bit(5)"));
  BOOST_TEST((value.kind == Kind::literal));
  BOOST_TEST(value.text == "00101");
  value = parse_default({false, "'0000-00-00'", "", true, true}, parse_type("date"));
  BOOST_TEST((value.kind == Kind::native));
  BOOST_TEST(value.text == "'0000-00-00'");
  value = parse_default({false, "'2020-01-31'", "", true, true}, parse_type("date"));
  BOOST_TEST((value.kind == Kind::literal));
}

BOOST_AUTO_TEST_SUITE_END()

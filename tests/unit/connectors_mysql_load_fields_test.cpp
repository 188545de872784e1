#include <boost/test/unit_test.hpp>

#include "connectors/mysql/load_fields.h"

using namespace syncline;
using connectors::mysql::load_fields;

namespace {

connectors::LoadTable table_of(const std::vector<std::pair<std::string, types::LogicalType>>& columns) {
  connectors::LoadTable table;
  for (const auto& [words, logical] : columns) {
    types::Column column;
    column.name = words + "_v";
    column.native.words = words;
    column.logical = logical;
    table.load_columns.push_back(static_cast<int>(table.desired.columns.size()));
    table.desired.columns.push_back(column);
  }
  return table;
}

types::LogicalType logical(types::TypeKind kind) {
  types::LogicalType type;
  type.kind = kind;
  return type;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mysql_load_fields)

BOOST_AUTO_TEST_CASE(a_table_without_bytes_travels_as_text) {
  const auto table = table_of({{"int", logical(types::TypeKind::integer)}, {"text", logical(types::TypeKind::string)}});
  for (const bool mariadb : {true, false}) {
    BOOST_TEST(load_fields(table, mariadb).charset == "utf8mb4");
    BOOST_TEST(load_fields(table, mariadb).list == "(`int_v`, `text_v`)");
  }
}

BOOST_AUTO_TEST_CASE(bytes_make_oracles_server_read_binary_and_texts_be_declared) {
  const auto table = table_of({{"blob", logical(types::TypeKind::bytes)}, {"text", logical(types::TypeKind::string)}});
  BOOST_TEST(load_fields(table, true).charset == "utf8mb4");
  BOOST_TEST(load_fields(table, false).charset == "binary");
  BOOST_TEST(load_fields(table, false).list == "(`blob_v`, @syncline_1) SET `text_v` = CONVERT(@syncline_1 USING utf8mb4)");
}

BOOST_AUTO_TEST_CASE(bits_are_bytes_on_their_way) {
  const auto table = table_of({{"bit", logical(types::TypeKind::bits)}});
  BOOST_TEST(load_fields(table, false).charset == "binary");
}

BOOST_AUTO_TEST_SUITE_END()

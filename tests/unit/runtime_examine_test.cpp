#include <boost/test/unit_test.hpp>

#include "runtime/examine/key_sample.h"
#include "runtime/examine/native_place.h"

namespace syncline::examine {
namespace {

constexpr std::uint32_t kBegin = 40;

/// What place_of points at, for a text that stands between `$$`.
std::string pointed_at(const std::string& text, const std::string& message) {
  const plan::NativePart part{text, {1, kBegin, kBegin + static_cast<std::uint32_t>(text.size()) + 4}};
  const source::Span at = place_of(part, message);
  return text.substr(at.begin - kBegin - 2, at.end - at.begin);
}

BOOST_AUTO_TEST_SUITE(examine)

BOOST_AUTO_TEST_CASE(the_word_that_a_server_names_is_pointed_at) {
  BOOST_TEST(pointed_at(" id > 0 AND stauts = 1 ", "Unknown column 'stauts' in 'WHERE'") == "stauts");
  BOOST_TEST(pointed_at("\"Stauts\" = 1", "column \"stauts\" does not exist") == "Stauts");
  BOOST_TEST(pointed_at("no_such(id) = 1", "function no_such(integer) does not exist") == "no_such");
  BOOST_TEST(pointed_at("no_such(id) = 1", "FUNCTION shop.no_such does not exist") == "no_such");
  BOOST_TEST(pointed_at("stauts = 1", "no such column: stauts") == "stauts");
}

BOOST_AUTO_TEST_CASE(the_whole_text_where_the_word_is_none_or_stands_twice) {
  BOOST_TEST(pointed_at(" x = 1 OR x = 2 ", "no such column: x") == "x = 1 OR x = 2");
  BOOST_TEST(pointed_at(" xy = 1 ", "no such column: x") == "xy = 1");
  BOOST_TEST(pointed_at(" a = 1\n", "syntax error") == "a = 1");
  const plan::NativePart other{"a = 1", {1, 5, 6}};
  BOOST_CHECK((place_of(other, "syntax error") == source::Span{1, 5, 6}));
}

BOOST_AUTO_TEST_CASE(keys_are_sampled_where_they_end) {
  plan::KeyIncrement key;
  key.columns.resize(2);
  key.columns[0].name = "at";
  key.columns[0].logical.kind = types::TypeKind::timestamp;
  key.columns[1].name = "id";
  key.columns[1].logical.kind = types::TypeKind::smallint;
  key.columns[1].nullable = true;
  BOOST_REQUIRE(key_sample(key, false, 0) != nullptr);
  const std::string narrow = expr::to_text(*key_sample(key, false, 0));
  BOOST_TEST(narrow.find("32766") != std::string::npos);
  BOOST_TEST(narrow.find("1999-12-31") != std::string::npos);
  BOOST_TEST(narrow.find("NULL") == std::string::npos);
  BOOST_TEST(expr::to_text(*key_sample(key, true, 0)).find("NULL") != std::string::npos);
  key.columns[1].logical.kind = types::TypeKind::json;
  BOOST_CHECK(key_sample(key, false, 0) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::examine

#include <random>

#include "lab.h"
#include "stdlib/types/calendar.h"

/// Quoting and literals, as the server reads them.
using namespace syncline;
using namespace syncline::conformance;

namespace {

std::vector<std::string> hostile_texts() {
  std::vector<std::string> texts{"",
                                 "'",
                                 "''",
                                 "\\",
                                 "\\'",
                                 "'\\",
                                 "\"",
                                 "`",
                                 "--",
                                 "/*",
                                 "*/",
                                 ";",
                                 "?",
                                 "$1",
                                 ":x",
                                 "%s%n",
                                 "\n\r\t",
                                 "\x1b[0m",
                                 "\xf0\x9f\x98\x80",
                                 "'; DROP TABLE x; --",
                                 "$$",
                                 "$a$",
                                 "E'\\x41'",
                                 "\\0",
                                 "\\N",
                                 "{1}",
                                 "NULL",
                                 "\xe2\x80\x99"};
  std::mt19937 random(20261120);  // seeded: the same texts each time
  const std::string alphabet = "'\"\\`$;:%?{}()-/*\n\t\r ab0N\x1a\x7f";
  for (int i = 0; i < 120; ++i) {
    std::string text;
    for (unsigned length = random() % 24; length > 0; --length) text += alphabet[random() % alphabet.size()];
    texts.push_back(text);
  }
  return texts;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dialects)

ENGINE_CASE(text_literals_are_read_as_the_text) {
  Lab lab(engine);
  const auto& dialect = lab.connector.dialect();
  for (const auto& text : hostile_texts()) {
    BOOST_TEST(lab.plain("SELECT " + dialect.literal(text)) == text);
  }
}

ENGINE_CASE(other_literals_keep_their_value) {
  Lab lab(engine);
  const auto& dialect = lab.connector.dialect();
  const auto same = [&](const types::Value& value, const std::string& text) {
    BOOST_TEST(lab.plain("SELECT CASE WHEN " + dialect.literal(value) + " = " + text + " THEN 'same' ELSE 'other' END") == "same",
               dialect.literal(value) << " is not " << text);
  };
  for (const std::int64_t number : {INT64_MIN + 1, std::int64_t{-1}, std::int64_t{0}, std::int64_t{42}, INT64_MAX})
    same(number, std::to_string(number));
  BOOST_TEST(lab.plain("SELECT " + dialect.literal(INT64_MIN)) == "-9223372036854775808");
  BOOST_TEST(lab.plain("SELECT " + dialect.literal(types::Value())) == "~");
  BOOST_TEST(lab.plain("SELECT " + dialect.literal(types::Decimal{"-12345678901234567.0001"})) == "-12345678901234567.0001");
  BOOST_TEST(lab.plain("SELECT " + dialect.literal(types::Date{*types::parse_date("2024-02-29")})) == "2024-02-29");
  const auto moment =
      lab.plain("SELECT " + dialect.literal(types::Timestamp{*types::parse_timestamp("2024-02-29 12:34:56.789012")}));
  BOOST_TEST(moment.substr(0, 26) == "2024-02-29 12:34:56.789012");
  BOOST_TEST(lab.plain("SELECT CASE WHEN " + dialect.literal(true) + " AND NOT " + dialect.literal(false) +
                       " THEN 1 ELSE 2 END") == "1");
}

ENGINE_CASE(names_are_quoted_for_the_server) {
  Lab lab(engine);
  const auto& dialect = lab.connector.dialect();
  for (const auto& name : lab.data.hostile_names) {
    BOOST_TEST(lab.plain("SELECT q." + dialect.quote(std::string_view(name)) + " FROM (SELECT 7 AS " +
                         dialect.quote(std::string_view(name)) + ") q") == "7",
               name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

#include <boost/test/unit_test.hpp>

#include "connectors/api/rehearsal.h"
#include "runtime/rehearse/literals.h"

namespace {

using namespace syncline;

const connectors::LexicalRules& like_mysql() {
  static const connectors::LexicalRules rules = [] {
    connectors::LexicalRules made;
    made.backslash_escapes = true;
    made.backquote_names = true;
    return made;
  }();
  return rules;
}

std::vector<std::string> texts(const connectors::Transcript& transcript) {
  std::vector<std::string> found;
  for (const auto& one : transcript.statements()) found.push_back(one.text);
  return found;
}

void say(connectors::Transcript& transcript, const std::string& text, bool of_source) {
  connectors::RehearsedStatement statement;
  statement.text = text;
  statement.of_source = of_source;
  transcript.add(std::move(statement));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rehearsals)

BOOST_AUTO_TEST_CASE(binds_stand_in_the_places_of_their_placeholders) {
  BOOST_TEST(rehearse::with_binds("SELECT ? FROM t WHERE a > ?", {"1", "'x'"}, like_mysql()) == "SELECT 1 FROM t WHERE a > 'x'");
  BOOST_TEST(rehearse::with_binds("SELECT $2, $1::text[]", {"'{a}'", "NULL"}, {}) == "SELECT NULL, '{a}'::text[]");
  BOOST_TEST(rehearse::with_binds("SELECT $12", {"'a'"}, {}) == "SELECT $12");
  BOOST_TEST(rehearse::with_binds("SELECT '?'", {}, {}) == "SELECT '?'");
}

BOOST_AUTO_TEST_CASE(quoted_parts_and_what_binds_bring_along_stay_as_they_are) {
  BOOST_TEST(rehearse::with_binds("SELECT `a?`, '?''?', ?", {"'?'"}, like_mysql()) == "SELECT `a?`, '?''?', '?'");
  BOOST_TEST(rehearse::with_binds("SELECT '\\'?', ?", {"1"}, like_mysql()) == "SELECT '\\'?', 1");
  BOOST_TEST(rehearse::with_binds("SELECT '\\', $1, \"$1\"", {"1"}, {}) == "SELECT '\\', 1, \"$1\"");
  connectors::LexicalRules like_postgres;
  like_postgres.e_strings = true;
  like_postgres.dollar_quotes = true;
  BOOST_TEST(rehearse::with_binds("SELECT E'\\'$1', type'\\', $1", {"1"}, like_postgres) == "SELECT E'\\'$1', type'\\', 1");
  BOOST_TEST(rehearse::with_binds("SELECT $$ $1 $$, $a$ $1 $$ $a$, $1", {"1"}, like_postgres) ==
             "SELECT $$ $1 $$, $a$ $1 $$ $a$, 1");
}

BOOST_AUTO_TEST_CASE(what_goes_side_by_side_is_told_source_first) {
  connectors::Transcript transcript;
  say(transcript, "lock", false);
  transcript.begin_load();
  say(transcript, "snapshot", true);
  say(transcript, "greatest", false);
  transcript.begin_rows();
  say(transcript, "create", false);
  say(transcript, "select", true);
  say(transcript, "swap", false);
  transcript.end_load();
  say(transcript, "unlock", false);
  const std::vector<std::string> expected{"lock", "snapshot", "greatest", "select", "create", "swap", "unlock"};
  BOOST_TEST(texts(transcript) == expected, boost::test_tools::per_element());
  BOOST_TEST(transcript.statements()[0].load == 0);
  BOOST_TEST(transcript.statements()[3].load == 1);
  BOOST_TEST(transcript.statements()[6].load == 0);
}

BOOST_AUTO_TEST_SUITE_END()

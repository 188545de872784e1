#include "lab.h"

/// The list of known tables: every field, replacing and forgetting, older targets, none without state in the target.
using namespace syncline;
using namespace syncline::conformance;
using types::KnownTable;

namespace {

const std::string kNightly = "nightly 'shop' \\ \"ü\" " + std::string(900, 'k');

KnownTable entry(const std::string& table, const std::string& shape = "{\"columns\":[[\"a'\\\\\",\"b\",\"ü\"]]}") {
  return {kNightly, {"sh'op", table}, {"t\"arget", "t\\" + table}, shape, "01RUN"};
}

std::string known(const Lab& lab, const std::string& sync = kNightly) {
  std::string text;
  for (const auto& one : lab.connector.open_target_state(lab.spec)->known_tables({"none", sync}))
    text += types::to_string(one.source) + " -> " + types::to_string(one.target) + " " + one.shape + " " + one.run_id + "\n";
  return text;
}

std::string text_of(const KnownTable& one) {
  return types::to_string(one.source) + " -> " + types::to_string(one.target) + " " + one.shape + " " + one.run_id + "\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(known_tables)

ENGINE_CASE(there_are_none_before_the_first_run) {
  Lab lab(engine);
  BOOST_TEST(known(lab).empty());
  { Run run(lab); }
  BOOST_TEST(known(lab).empty());
}

ENGINE_CASE(every_field_comes_back_in_order) {
  Lab lab(engine);
  const KnownTable own{kNightly, {}, {}, "{\"include\":[]}", "01RUN"};
  const std::string longer(300, 'x');
  {
    Run run(lab);
    run.state->remember({entry("b"), own, entry("a" + longer)}, {});
  }
  BOOST_TEST(known(lab) == text_of(own) + text_of(entry("a" + longer)) + text_of(entry("b")));
  const auto found = lab.connector.open_target_state(lab.spec)->known_tables({kNightly});
  BOOST_TEST((std::find(found.begin(), found.end(), entry("b")) != found.end()));
}

ENGINE_CASE(an_entry_is_replaced_by_the_next_one_of_its_source) {
  Lab lab(engine);
  Run run(lab);
  run.state->remember({entry("a"), entry("b")}, {});
  auto moved = entry("a", "{}");
  moved.target = {"else", "where"};
  moved.run_id = "02RUN";
  run.state->remember({moved}, {});
  BOOST_TEST(known(lab) == text_of(moved) + text_of(entry("b")));
}

ENGINE_CASE(forgetting_takes_only_those_entries_off) {
  Lab lab(engine);
  auto other = entry("a");
  other.sync = "other";
  Run run(lab);
  run.state->remember({entry("a"), entry("b"), other}, {});
  run.state->remember({entry("c")}, {entry("a", "another shape"), entry("never there")});
  BOOST_TEST(known(lab) == text_of(entry("b")) + text_of(entry("c")));
  BOOST_TEST(known(lab, "other") == text_of(other));
  run.state->remember({}, {});
  BOOST_TEST(known(lab, "other") == text_of(other));
}

ENGINE_CASE(older_targets_get_the_list) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 4, "old"));
  lab.plain("DROP TABLE " + lab.connector.dialect().quote(
                                types::ObjectName{lab.container.empty() ? "" : lab.spec.state_schema, "syncline_known"}));
  BOOST_TEST(known(lab).empty());
  BOOST_TEST(lab.connector.open_target_state(lab.spec)->managed({lab.name("people")}).size() == 1U);
  Run run(lab);
  run.state->remember({entry("a")}, {});
  BOOST_TEST(known(lab) == text_of(entry("a")));
}

ENGINE_CASE(there_is_no_list_without_state_in_the_target) {
  Lab lab(engine);
  const auto& settings = lab.connector.info().settings;
  if (std::none_of(settings.begin(), settings.end(), [](const auto& one) { return one.name == "state"; })) return;
  lab.spec.state_in_target = false;
  Run run(lab);
  run.state->remember({entry("a")}, {entry("b")});
  BOOST_TEST(run.state->known_tables({kNightly}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

#include "lab.h"

/// Progress of increments: kept with the rows that it speaks of, in one step with them.
using namespace syncline;
using namespace syncline::conformance;
using types::Phase;
using types::Progress;
using types::Publish;
using types::Staging;

namespace {

constexpr Publish kPublishes[] = {Publish::rename, Publish::in_place, Publish::insert, Publish::merge};
constexpr Staging kStagings[] = {Staging::one_transaction, Staging::chunked};

/// Longer than any key of a table, with all that must be quoted.
const std::string kSync = "nightly 'shop' \\ \"ü\" " + std::string(900, 's');

Progress window(const Lab& lab, std::int64_t start, std::int64_t rows = 1) {
  Progress record;
  record.phase = Phase::window;
  record.sync = kSync;
  record.unit = "shop.orders";
  record.target = lab.name("people");
  record.lower = start;
  record.upper = start + 10;
  record.run_id = "01RUN";
  record.rows = rows;
  return record;
}

Progress greatest_key(const Lab& lab, const std::string& unit = "shop.orders") {
  Progress record = window(lab, 0);
  record.phase = Phase::key;
  record.unit = unit;
  record.upper = 0;
  record.key_columns = {"id", "na'me"};
  record.watermark = {"17", std::string("x'\"\\,{}\0[]\n", 11) + "ü"};
  return record;
}

std::string text_of(std::vector<Progress> records) {
  std::vector<std::string> lines;
  for (const auto& record : records) {
    std::string line = record.unit + " " + types::to_string(record.target) + " " + types::to_string(record.phase) + " [" +
                       std::to_string(record.lower) + ", " + std::to_string(record.upper) + ") " + record.run_id + " " +
                       std::to_string(record.rows);
    for (std::size_t i = 0; i < record.key_columns.size(); ++i)
      line += " " + record.key_columns[i] + "=" + (record.watermark.empty() ? "-" : record.watermark.at(i));
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

/// What a session that holds no lock reads.
std::string recorded(const Lab& lab, const std::string& sync = kSync) {
  return text_of(lab.connector.open_target_state(lab.spec)->progress({sync}));
}

void load_with(Lab& lab, const Rows& rows, Publish publish, Staging staging, const std::vector<Progress>& progress,
               types::Forget forget = types::Forget::nothing) {
  Run run(lab);
  auto table = run.plan(people(lab), publish, staging);
  table.progress = progress;
  table.forget = forget;
  run.load(table, rows);
}

void for_each_way(const std::function<void(Publish, Staging)>& work) {
  for (const Publish publish : kPublishes) {
    for (const Staging staging : kStagings) {
      BOOST_TEST_CONTEXT(types::to_string(publish) << ", " << types::to_string(staging)) {
        work(publish, staging);
      }
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(progress)

ENGINE_CASE(there_is_none_before_the_first_run) {
  Lab lab(engine);
  BOOST_TEST(recorded(lab).empty());
  { Run run(lab); }
  BOOST_TEST(recorded(lab).empty());
}

ENGINE_CASE(every_way_of_publishing_records_it) {
  Lab lab(engine);
  std::vector<Progress> expected;
  load(lab, people(lab), people_rows(1, 4, "old"));
  for_each_way([&](Publish publish, Staging staging) {
    expected.push_back(window(lab, static_cast<std::int64_t>(expected.size()) * 10));
    const int from = 100 * static_cast<int>(expected.size());
    load_with(lab, people_rows(from, from + 1, "x"), publish, staging, {expected.back()});
    BOOST_TEST(recorded(lab) == text_of(expected));
  });
}

ENGINE_CASE(every_field_comes_back_and_the_same_record_is_replaced) {
  Lab lab(engine);
  auto negative = window(lab, -5);
  auto key = greatest_key(lab);
  for (const auto& [publish, staging] :
       {std::pair(Publish::rename, Staging::one_transaction), {Publish::merge, Staging::chunked}}) {
    load_with(lab, people_rows(1, 2, "a"), publish, staging, {negative, key, greatest_key(lab, "shop.other")});
    auto found = lab.connector.open_target_state(lab.spec)->progress({"other", kSync});
    BOOST_TEST(text_of(found) == text_of({negative, key, greatest_key(lab, "shop.other")}));
    BOOST_TEST((std::find(found.begin(), found.end(), key) != found.end()));
    BOOST_TEST((std::find(found.begin(), found.end(), negative) != found.end()));
    key.watermark[0] += "8";
    key.run_id += "B";
    negative.rows += 41;
  }
  BOOST_TEST(recorded(lab, "other").empty());
}

ENGINE_CASE(no_greatest_key_is_not_the_empty_key) {
  Lab lab(engine);
  auto none = greatest_key(lab);
  none.watermark.clear();
  auto empty = greatest_key(lab, "shop.empty");
  empty.watermark = {"", ""};
  load_with(lab, {}, Publish::rename, Staging::one_transaction, {none, empty});
  const auto found = lab.connector.open_target_state(lab.spec)->progress({kSync});
  BOOST_REQUIRE_EQUAL(found.size(), 2U);
  BOOST_TEST((std::find(found.begin(), found.end(), none) != found.end()));
  BOOST_TEST((std::find(found.begin(), found.end(), empty) != found.end()));
}

ENGINE_CASE(windows_stay_recorded_where_their_rows_stay) {
  Lab lab(engine);
  load_with(lab, people_rows(1, 4, "old"), Publish::rename, Staging::chunked,
            {window(lab, 10), window(lab, 20), greatest_key(lab)});
  auto full = window(lab, 500, 3);
  full.phase = Phase::full;
  load_with(lab, people_rows(2, 5, "new"), Publish::merge, Staging::chunked, {full}, types::Forget::reached);
  BOOST_TEST(recorded(lab) == text_of({window(lab, 10), window(lab, 20), full}));
}

ENGINE_CASE(a_full_load_forgets_its_own_units_only) {
  Lab lab(engine);
  auto other_unit = window(lab, 10);
  other_unit.unit = "shop.other";
  auto other_sync = window(lab, 10);
  other_sync.sync = "other";
  auto other_target = window(lab, 10);
  other_target.target = lab.name("elsewhere");
  const std::vector<Progress> others{other_unit, other_target};
  for (const Publish publish : {Publish::rename, Publish::in_place}) {
    BOOST_TEST_CONTEXT(types::to_string(publish)) {
      auto before = others;
      before.insert(before.end(), {window(lab, 10), window(lab, 20), greatest_key(lab), other_sync});
      load_with(lab, people_rows(1, 4, "old"), publish, Staging::chunked, before);
      auto full = window(lab, 500, 3);
      full.phase = Phase::full;
      load_with(lab, people_rows(1, 4, "new"), publish, Staging::chunked, {full}, types::Forget::everything);
      auto expected = others;
      expected.push_back(full);
      BOOST_TEST(recorded(lab) == text_of(expected));
      BOOST_TEST(recorded(lab, "other") == text_of({other_sync}));
    }
  }
}

ENGINE_CASE(rows_and_progress_come_together_or_not_at_all) {
  Lab lab(engine);
  for_each_way([&](Publish publish, Staging staging) {
    for (const std::string point : {"progress.before", "swap.before", "swap.after", "cleanup.before"}) {
      BOOST_TEST_CONTEXT("failing at " << point) {
        load_with(lab, people_rows(1, 4, "old"), Publish::rename, Staging::one_transaction, {window(lab, 0)},
                  types::Forget::everything);
        const auto rows_before = lab.content("people");
        const auto progress_before = recorded(lab);
        try {
          Run run(lab);
          auto table = run.plan(people(lab), publish, staging);
          table.progress = {window(lab, 10), greatest_key(lab)};
          table.forget = publish == Publish::rename ? types::Forget::everything : types::Forget::nothing;
          run.stage(table, people_rows(11, 14, "new"));
          const Armed armed(point + "=error");
          try {
            run.loader->publish();
          } catch (const std::exception&) {
            run.loader->abort();
            throw;
          }
        } catch (const FailpointError&) {
        }
        const bool published = lab.content("people") != rows_before;
        BOOST_TEST((recorded(lab) != progress_before) == published, recorded(lab));
        { Run next(lab, "01NEXT"); }
        BOOST_TEST((lab.content("people") != rows_before) == published);
        BOOST_TEST((recorded(lab) != progress_before) == published, recorded(lab));
        const auto after = lab.connector.open_target_state(lab.spec)->progress({kSync});
        if (published) BOOST_TEST(after.size() == (publish == Publish::rename ? 2U : 3U), recorded(lab));
      }
    }
  });
}

ENGINE_CASE(an_aborted_load_records_nothing) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 4, "old"));
  for_each_way([&](Publish publish, Staging staging) {
    Run run(lab);
    auto table = run.plan(people(lab), publish, staging);
    table.progress = {window(lab, 0)};
    run.stage(table, people_rows(11, 14, "new"));
    run.loader->abort();
    BOOST_TEST(recorded(lab).empty());
  });
}

ENGINE_CASE(targets_of_an_older_version_get_the_table) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 4, "old"));
  lab.plain("DROP TABLE " + lab.connector.dialect().quote(
                                types::ObjectName{lab.container.empty() ? "" : lab.spec.state_schema, "syncline_progress"}));
  BOOST_TEST(recorded(lab).empty());
  BOOST_TEST(lab.connector.open_target_state(lab.spec)->managed({lab.name("people")}).size() == 1U);
  load_with(lab, people_rows(4, 5, "new"), Publish::insert, Staging::one_transaction, {window(lab, 0)});
  BOOST_TEST(recorded(lab) == text_of({window(lab, 0)}));
}

ENGINE_CASE(without_state_in_the_target_there_is_no_place_for_it) {
  Lab lab(engine);
  const auto& settings = lab.connector.info().settings;
  const auto places = std::any_of(settings.begin(), settings.end(), [](const auto& one) { return one.name == "state"; });
  if (!places) return;  // The state is always in the target.
  lab.spec.state_in_target = false;
  Run run(lab);
  auto table = run.plan(people(lab));
  table.progress = {window(lab, 0)};
  const auto error = failure([&] { run.stage(table, people_rows(1, 4, "a")); }, ErrorKind::setup);
  BOOST_TEST(std::string(error.what()).find("state = local") != std::string::npos, error.what());
  BOOST_TEST(!error.help.empty());
  BOOST_TEST(!lab.exists("people"));
  BOOST_TEST(run.state->progress({kSync}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

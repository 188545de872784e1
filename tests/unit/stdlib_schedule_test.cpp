#include <set>

#include "schedule_fixture.h"

using namespace syncline;
using namespace syncline::test;
using schedule::Instance;
using schedule::InvalidSchedule;

namespace {

/// Instants of the zone's clock, as UTC where `in_utc`.
Words instants(const Timetable& timetable, const char* from, const char* to, bool in_utc = true) {
  Words out;
  for (const auto& one : timetable.enumerate(utc(from), utc(to))) out.push_back(text(in_utc ? one.scheduled_at : one.local));
  return out;
}

std::string joined(const Words& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string refused(std::vector<Trigger> triggers, const char* zone = "UTC", const char* starting = "") {
  try {
    table(std::move(triggers), zone, starting);
  } catch (const InvalidSchedule& error) {
    return error.what();
  }
  return "";
}

struct Case {
  const char* what;
  Trigger trigger;
  const char* zone;
  const char* from;
  const char* to;
  const char* expected;  ///< UTC
};

const Case kCases[] = {
    {"every hour", hourly({15}), "UTC", "2026-11-20 00:00", "2026-11-20 03:00",
     "2026-11-20 00:15, 2026-11-20 01:15, 2026-11-20 02:15"},
    {"from counts, to does not", hourly({0}), "UTC", "2026-11-20 01:00", "2026-11-20 03:00",
     "2026-11-20 01:00, 2026-11-20 02:00"},
    {"minutes in any order, once", hourly({45, 15, 45}), "UTC", "2026-11-20 00:00", "2026-11-20 01:00",
     "2026-11-20 00:15, 2026-11-20 00:45"},
    {"hours of a half-hour zone", hourly({0}), "Asia/Kolkata", "2026-11-20 00:00", "2026-11-20 02:00",
     "2026-11-20 00:30, 2026-11-20 01:30"},
    {"no run in a skipped hour", hourly({30}), "Europe/Berlin", "2026-03-29 00:00", "2026-03-29 02:00",
     "2026-03-29 00:30, 2026-03-29 01:30"},
    {"a run in both of two repeated hours", hourly({30}), "America/New_York", "2026-11-01 04:00", "2026-11-01 08:00",
     "2026-11-01 04:30, 2026-11-01 05:30, 2026-11-01 06:30, 2026-11-01 07:30"},
    {"half an hour skipped", hourly({15, 45}), "Australia/Lord_Howe", "2026-10-03 15:00", "2026-10-03 16:30",
     "2026-10-03 15:15, 2026-10-03 15:30, 2026-10-03 15:45, 2026-10-03 16:15"},
    {"half an hour repeated", hourly({15, 45}), "Australia/Lord_Howe", "2026-04-04 14:00", "2026-04-04 16:00",
     "2026-04-04 14:15, 2026-04-04 14:45, 2026-04-04 15:00, 2026-04-04 15:15, 2026-04-04 15:45"},
    {"no hours in a skipped day", hourly({0}), "Pacific/Apia", "2011-12-30 08:00", "2011-12-30 12:00",
     "2011-12-30 08:00, 2011-12-30 09:00, 2011-12-30 10:00, 2011-12-30 11:00"},

    {"daily", daily({"00:30"}), "Asia/Shanghai", "2026-11-19 00:00", "2026-11-21 00:00", "2026-11-19 16:30, 2026-11-20 16:30"},
    {"daily at several times", daily({"13:30", "02:00"}), "UTC", "2026-12-31 12:00", "2027-01-01 12:00",
     "2026-12-31 13:30, 2027-01-01 02:00"},
    {"daily before and after the gap", daily({"02:30"}), "Europe/Berlin", "2026-03-28 00:00", "2026-03-31 00:00",
     "2026-03-28 01:30, 2026-03-29 01:00, 2026-03-30 00:30"},
    {"skipped times meet once", daily({"02:00", "02:30", "03:00"}), "Europe/Berlin", "2026-03-29 00:00", "2026-03-30 00:00",
     "2026-03-29 01:00"},
    {"a repeated time runs first", daily({"02:30"}), "Europe/Berlin", "2026-10-25 00:00", "2026-10-26 00:00", "2026-10-25 00:30"},
    {"a skipped midnight", daily({"00:00"}), "America/Sao_Paulo", "2018-11-03 12:00", "2018-11-05 12:00",
     "2018-11-04 03:00, 2018-11-05 02:00"},
    {"a repeated hour before midnight", daily({"23:30"}), "America/Sao_Paulo", "2018-02-17 12:00", "2018-02-19 12:00",
     "2018-02-18 01:30, 2018-02-19 02:30"},
    {"a gap of half an hour", daily({"02:15"}), "Australia/Lord_Howe", "2026-10-03 00:00", "2026-10-05 00:00",
     "2026-10-03 15:30, 2026-10-04 15:15"},
    {"a skipped day runs when it would have ended", daily({"12:00"}), "Pacific/Apia", "2011-12-29 00:00", "2012-01-01 00:00",
     "2011-12-29 22:00, 2011-12-30 10:00, 2011-12-30 22:00, 2011-12-31 22:00"},
    {"a gap up to midnight", daily({"23:45"}), "Asia/Pyongyang", "2018-05-03 00:00", "2018-05-06 00:00",
     "2018-05-03 15:15, 2018-05-04 15:00, 2018-05-05 14:45"},

    {"weekly", weekly({"mon", "FRI"}, {"06:00"}), "UTC", "2026-11-16 00:00", "2026-11-24 00:00",
     "2026-11-16 06:00, 2026-11-20 06:00, 2026-11-23 06:00"},
    {"weekly across a skipped Friday", weekly({"FRI"}, {"06:00"}), "Pacific/Apia", "2011-12-25 00:00", "2012-01-08 00:00",
     "2011-12-30 10:00, 2012-01-05 16:00"},
    {"monthly, last day", monthly({kLast}, {"05:00"}), "UTC", "2024-01-01 00:00", "2024-05-01 00:00",
     "2024-01-31 05:00, 2024-02-29 05:00, 2024-03-31 05:00, 2024-04-30 05:00"},
    {"monthly, last day of no leap year", monthly({kLast}, {"05:00"}), "UTC", "2100-02-01 00:00", "2100-03-01 00:00",
     "2100-02-28 05:00"},
    {"the 31st and the last are one", monthly({31, kLast, 1}, {"05:00"}), "UTC", "2026-03-01 00:00", "2026-05-02 00:00",
     "2026-03-01 05:00, 2026-03-31 05:00, 2026-04-01 05:00, 2026-04-30 05:00, 2026-05-01 05:00"},
    {"the 31st skips months", monthly({31}, {"05:00"}), "UTC", "2026-01-01 00:00", "2026-06-01 00:00",
     "2026-01-31 05:00, 2026-03-31 05:00, 2026-05-31 05:00"},

    {"instants", at({"2026-12-01 01:00", "2026-11-20", "2026-11-20T00:00:00", "2026-11-25T01:00+08:00"}), "Europe/Berlin",
     "2026-01-01 00:00", "2027-01-01 00:00", "2026-11-19 23:00, 2026-11-24 17:00, 2026-12-01 00:00"},
    {"an instant in a gap", at({"2026-03-29 02:30"}), "Europe/Berlin", "2026-01-01", "2027-01-01", "2026-03-29 01:00"},

    {"cron, one day a year", cron("0 7 1 1 *"), "Asia/Shanghai", "2025-01-01", "2027-06-01",
     "2025-12-31 23:00, 2026-12-31 23:00"},
    {"cron, either day", cron("0 0 13 * FRI"), "UTC", "2026-11-01", "2026-11-15", "2026-11-06 00:00, 2026-11-13 00:00"},
    {"cron, both when one begins with a star", cron("0 0 */2 * 1"), "UTC", "2026-11-01", "2026-12-01",
     "2026-11-09 00:00, 2026-11-23 00:00"},
    {"cron, last day", cron("30 1 L feb-APR *"), "UTC", "2028-01-01", "2029-01-01",
     "2028-02-29 01:30, 2028-03-31 01:30, 2028-04-30 01:30"},
    {"cron, Sunday twice", cron("0 0 * * 0,7"), "UTC", "2026-11-20", "2026-12-01", "2026-11-22 00:00, 2026-11-29 00:00"},
    {"cron, a range over Sunday", cron("0 12 * * 6-7"), "UTC", "2026-11-20", "2026-11-24", "2026-11-21 12:00, 2026-11-22 12:00"},
    {"cron, steps", cron("10-40/15,5 */12 20 11 *"), "UTC", "2026-11-01", "2026-12-01",
     "2026-11-20 00:05, 2026-11-20 00:10, 2026-11-20 00:25, 2026-11-20 00:40, 2026-11-20 12:05, 2026-11-20 12:10, "
     "2026-11-20 12:25, 2026-11-20 12:40"},
    {"cron, leap days", cron("0 0 29 2 *"), "UTC", "2096-01-01", "2105-01-01", "2096-02-29 00:00, 2104-02-29 00:00"},
    {"cron, named hours fire once", cron("30 0-3 25 10 *"), "Europe/Berlin", "2026-10-24", "2026-10-27",
     "2026-10-24 22:30, 2026-10-24 23:30, 2026-10-25 00:30, 2026-10-25 02:30"},
    {"cron, every hour fires in both", cron("30 * 25 10 *"), "Europe/Berlin", "2026-10-24 22:00", "2026-10-25 03:00",
     "2026-10-24 22:30, 2026-10-24 23:30, 2026-10-25 00:30, 2026-10-25 01:30, 2026-10-25 02:30"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(schedule_triggers)

BOOST_AUTO_TEST_CASE(each_form) {
  for (const auto& one : kCases)
    BOOST_TEST(joined(instants(table({with(one.trigger, kSincePrevious)}, one.zone), one.from, one.to)) == one.expected,
               one.what);
}

BOOST_AUTO_TEST_CASE(clock_times_named_and_shown) {
  const auto runs = table({daily({"02:30"})}, "Europe/Berlin").enumerate(utc("2026-03-29"), utc("2026-03-31"));
  BOOST_REQUIRE(runs.size() == 2u);
  BOOST_TEST(text(runs[0].nominal) == "2026-03-29 02:30");
  BOOST_TEST(text(runs[0].local) == "2026-03-29 03:00");
  BOOST_TEST(text(runs[1].local) == "2026-03-30 02:30");
}

BOOST_AUTO_TEST_CASE(several_triggers_meet_in_one_instance) {
  const auto both = table({hourly({15}), daily({"02:15", "02:20"}), monthly({20}, {"02:15"})});
  const auto runs = both.enumerate(utc("2026-11-20 02:00"), utc("2026-11-20 03:00"));
  BOOST_REQUIRE(runs.size() == 2u);
  BOOST_TEST(runs[0].trigger == 0u);
  BOOST_TEST(runs[1].trigger == 1u);

  const Schedule two[] = {{{daily({"08:00"})}, "Asia/Shanghai", "", ""}, {{daily({"00:00", "06:00"})}, "UTC", "", ""}};
  const auto joint = Timetable(two).enumerate(utc("2026-11-20"), utc("2026-11-21"));
  BOOST_REQUIRE(joint.size() == 2u);
  BOOST_TEST(joint[0].schedule == 0u);
  BOOST_TEST(text(joint[0].local) == "2026-11-20 08:00");
  BOOST_TEST(joint[1].schedule == 1u);
}

BOOST_AUTO_TEST_CASE(starting_counts_and_ending_does_not) {
  const auto bounded = table({daily({"00:00"})}, "Europe/Berlin", "2026-11-20", "2026-11-22 00:00");
  BOOST_TEST(joined(instants(bounded, "2026-01-01", "2027-01-01", false)) == "2026-11-20 00:00, 2026-11-21 00:00");
  BOOST_TEST(text(bounded.next(utc("2020-01-01")).value().local) == "2026-11-20 00:00");
  BOOST_TEST(!bounded.next(utc("2026-11-20 23:00")));
  BOOST_TEST(text(bounded.previous(utc("2099-01-01")).value().local) == "2026-11-21 00:00");
  BOOST_TEST(!bounded.previous(utc("2026-11-19 23:00")));
}

BOOST_AUTO_TEST_CASE(next_and_previous) {
  const auto yearly = table({cron("0 7 1 1 *")});
  BOOST_TEST(text(yearly.next(utc("2026-01-01 07:00")).value().scheduled_at) == "2027-01-01 07:00");
  BOOST_TEST(text(yearly.next(utc("2026-01-01 06:59:59")).value().scheduled_at) == "2026-01-01 07:00");
  BOOST_TEST(text(yearly.previous(utc("2026-01-01 07:00")).value().scheduled_at) == "2025-01-01 07:00");
  BOOST_TEST(text(table({cron("0 0 29 2 *")}).next(utc("2096-03-01")).value().scheduled_at) == "2104-02-29 00:00");
  BOOST_TEST(!table({at({"2026-01-01"})}).next(utc("2026-01-01")));
  BOOST_TEST(!table({at({"2026-01-01"})}).previous(utc("2026-01-01")));
  BOOST_TEST(text(table({at({"2026-01-01"})}).next(utc("2001-01-01")).value().scheduled_at) == "2026-01-01 00:00");
  for (const auto& one : kCases) {
    const auto timetable = table({with(one.trigger, kSincePrevious)}, one.zone);
    const auto runs = timetable.enumerate(utc(one.from), utc(one.to));
    for (std::size_t i = 0; i + 1 < runs.size(); ++i) {
      BOOST_TEST(timetable.next(runs[i].scheduled_at).value().scheduled_at == runs[i + 1].scheduled_at, one.what);
      BOOST_TEST(timetable.previous(runs[i + 1].scheduled_at).value().scheduled_at == runs[i].scheduled_at, one.what);
      BOOST_TEST((timetable.previous(runs[i + 1].scheduled_at + 1).value().window == runs[i + 1].window), one.what);
    }
  }
}

BOOST_AUTO_TEST_CASE(any_cut_of_the_time_gives_the_same_instances) {
  for (const auto& one : kCases) {
    const auto timetable = table({with(one.trigger, kSincePrevious)}, one.zone);
    Words pieces;
    for (auto from = utc(one.from); from < utc(one.to);) {
      const auto to = std::min(utc(one.to), from + std::max<std::int64_t>((utc(one.to) - utc(one.from)) / 7, 600'000'000));
      for (const auto& run : timetable.enumerate(from, to)) pieces.push_back(text(run.scheduled_at));
      from = to;
    }
    BOOST_TEST(joined(pieces) == one.expected, one.what);
  }
}

BOOST_AUTO_TEST_CASE(a_visit_can_stop) {
  int seen = 0;
  table({hourly({0})}).each(utc("2026-01-01"), utc("2030-01-01"), [&](const Instance&) { return ++seen < 3; });
  BOOST_TEST(seen == 3);
  BOOST_TEST(table({hourly({0})}).enumerate(utc("2026-01-02"), utc("2026-01-01")).empty());
  BOOST_TEST(table({daily({"00:00"})}).enumerate(types::days_from_civil(9999, 12, 30) * types::kMicrosPerDay, INT64_MAX).size() ==
             2u);
  BOOST_TEST(Timetable({}).enumerate(utc("2026-01-01"), utc("2030-01-01")).empty());
  BOOST_TEST(!Timetable({}).next(utc("2026-01-01")));
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
  BOOST_TEST(refused({hourly({60})}) == "AT MINUTE takes 0 to 59, not 60");
  BOOST_TEST(refused({hourly({})}) == "the trigger names no time");
  BOOST_TEST(refused({daily({"24:00"})}) == "'24:00' is no time of day: write it like '02:30'");
  BOOST_TEST(refused({daily({"2:30"})}) == "'2:30' is no time of day: write it like '02:30'");
  BOOST_TEST(refused({daily({"-1:30"})}) == "'-1:30' is no time of day: write it like '02:30'");
  BOOST_TEST(refused({weekly({"MONDAY"}, {"02:30"})}) == "'MONDAY' is no day of the week: MON TUE WED THU FRI SAT SUN");
  BOOST_TEST(refused({monthly({32}, {"02:30"})}) == "EVERY MONTH ON takes 1 to 31 or LAST, not 32");
  BOOST_TEST(refused({at({"2026-02-29"})}).starts_with("'2026-02-29' is no moment"));
  BOOST_TEST(refused({at({"infinity"})}).starts_with("'infinity' is no moment"));
  BOOST_TEST(refused({daily({"02:30"})}, "Nowhere/City") == "time zone 'Nowhere/City' is not known on this machine");
  BOOST_TEST(refused({daily({"02:30"})}, "UTC", "soon").starts_with("'soon' is no moment"));
  BOOST_TEST(refused({with(daily({"02:30"}), last(0, Unit::day))}) == "WINDOW takes 1 or more days, not 0");
  BOOST_TEST(refused({with(daily({"02:30"}), last(INT64_MAX, Unit::year))}).ends_with("is longer than a hundred years"));
  auto bare = cron("0 0 * * *");
  bare.window.reset();
  BOOST_TEST(refused({bare}) == "CRON needs a WINDOW");
  const std::pair<const char*, const char*> crons[] = {
      {"0 0 * *", "the cron text '0 0 * *' has 4 fields, not 5: minute, hour, day of the month, month, day of the week"},
      {"60 0 * * *", "'60' is no minute of a cron text: 0 to 59"},
      {"0 24 * * *", "'24' is no hour of a cron text: 0 to 23"},
      {"0 0 0 * *", "'0' is no day of the month of a cron text: 1 to 31"},
      {"0 0 * 13 *", "'13' is no month of a cron text: 1 to 12 or a name such as MON or JAN"},
      {"0 0 * * 8", "'8' is no day of the week of a cron text: 0 to 7 or a name such as MON or JAN"},
      {"0 0 * * FRI-MON",
       "'FRI-MON' is no day of the week of a cron text: the range runs backwards; write two, with a comma between"},
      {"*/0 0 * * *", "'*/0' is no minute of a cron text: the step behind / is a number from 1"},
      {"1/2/3 0 * * *", "'1/2/3' is no minute of a cron text: only one step can stand behind it"},
      {"1-2-3 0 * * *", "'1-2-3' is no minute of a cron text: a range has two ends"},
      {", 0 * * *", "'' is no minute of a cron text: 0 to 59"},
      {"-1 0 * * *", "'-1' is no minute of a cron text: 0 to 59"},
      {"L 0 * * *", "'L' is no minute of a cron text: 0 to 59"},
      {"99999999999 0 * * *", "'99999999999' is no minute of a cron text: 0 to 59"},
      {"0 0 30 2 *", "the cron text '0 0 30 2 *' never comes: none of its months has that day"},
      {"0 0 31 4,6,9,11 *", "the cron text '0 0 31 4,6,9,11 *' never comes: none of its months has that day"},
  };
  for (const auto& [text, expected] : crons) BOOST_TEST(refused({cron(text)}) == expected);

  const Schedule two[] = {{{daily({"08:00"})}, "UTC", "", ""}, {{daily({"08:00"}), daily({"x"})}, "UTC", "", ""}};
  try {
    Timetable{two};
    BOOST_ERROR("taken");
  } catch (const InvalidSchedule& error) {
    BOOST_TEST(error.schedule == 1u);
    BOOST_TEST(error.trigger.value() == 1u);
  }
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// Cron read naively: every minute of the clock is matched against the text.
class NaiveCron {
 public:
  explicit NaiveCron(const std::string& text) {
    std::size_t start = 0;
    for (auto& field : fields_) {
      const auto end = std::min(text.find(' ', start), text.size());
      field = text.substr(start, end - start);
      start = end + 1;
    }
  }
  bool every_hour() const { return fields_[1] == "*"; }
  bool matches(std::int64_t local) const {
    const auto day = schedule::day_of(local);
    const auto date = types::civil_from_days(day);
    const auto minute = (local - day * types::kMicrosPerDay) / 60'000'000;
    const auto sunday_based = (schedule::weekday_of(day) + 1) % 7;
    const bool month_day = has(fields_[2], date.day, 1, 31),
               week_day = has(fields_[4], sunday_based, 0, 6) || (sunday_based == 0 && has(fields_[4], 7, 0, 7));
    const bool either = fields_[2][0] != '*' && fields_[4][0] != '*';
    return has(fields_[0], static_cast<int>(minute % 60), 0, 59) && has(fields_[1], static_cast<int>(minute / 60), 0, 23) &&
           has(fields_[3], date.month, 1, 12) && (either ? month_day || week_day : month_day && week_day);
  }

 private:
  static bool has(const std::string& field, int value, int least, int most) {
    for (std::size_t start = 0; start < field.size();) {
      const auto end = std::min(field.find(',', start), field.size());
      if (part_has(field.substr(start, end - start), value, least, most)) return true;
      start = end + 1;
    }
    return false;
  }
  static bool part_has(const std::string& part, int value, int least, int most) {
    const auto slash = part.find('/');
    const auto range = part.substr(0, slash);
    const auto dash = range.find('-');
    int first = least, last = most;
    if (range != "*") {
      first = std::stoi(range);
      if (slash == std::string::npos) last = first;
      if (dash != std::string::npos) last = std::stoi(range.substr(dash + 1));
    }
    const int step = slash == std::string::npos ? 1 : std::stoi(part.substr(slash + 1));
    return value >= first && value <= last && (value - first) % step == 0;
  }
  std::string fields_[5];
};

constexpr std::int64_t kMinute = 60'000'000;
constexpr std::int64_t kHour = 60 * kMinute;

/// Whether a clock time from `first` up to, not including, `last` matches.
bool any(const NaiveCron& cron, std::int64_t first, std::int64_t last) {
  for (; first < last; first += kMinute) {
    if (cron.matches(first)) return true;
  }
  return false;
}

/// A minute on which the clock jumps stands for what it left out: all of it for named hours, the rest of a begun hour for others.
bool jump_fires(const NaiveCron& cron, std::int64_t before, std::int64_t now) {
  if (now == before + kMinute) return false;
  if (!cron.every_hour()) return any(cron, before + kMinute, now);
  const auto rest_of_old = (before + kMinute) % kHour == 0 ? before : schedule::floor_to(before, kHour) + kHour;
  return any(cron, before + kMinute, rest_of_old) || any(cron, schedule::floor_to(now, kHour), now);
}

Words minute_by_minute(const NaiveCron& cron, const types::Zone& zone, std::int64_t from, std::int64_t to) {
  Words out;
  std::set<std::int64_t> shown;
  auto before = zone.to_local(from - 3 * 24 * kHour - kMinute);
  for (auto at = from - 3 * 24 * kHour; at < to; at += kMinute) {
    const auto now = zone.to_local(at);
    const bool first = shown.insert(now).second;
    const bool fires = (cron.matches(now) && (first || cron.every_hour())) || jump_fires(cron, before, now);
    if (fires && at >= from) out.push_back(text(at));
    before = now;
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schedule_cron)

BOOST_AUTO_TEST_CASE(the_same_as_looking_at_every_minute) {
  const char* texts[] = {
      "* * * * *",   "*/15 * * * *",         "7 * * * *",         "30 2 * * *",    "0 0 * * *",     "15,45 1-3 * * *",
      "0 */6 * * *", "*/20 0,2,23 * * *",    "5-55/10 1 * * 1-5", "0 0 1 * *",     "30 3 30 * 5",   "0 12 */3 * 2",
      "45 23 * * *", "10 * 29-31 3,10,12 *", "0 0 31 12 0,7",     "50 1 * 4,10 0", "59 23 31 12 *", "3/7 4 * * *",
      "* 2 * * *",   "1 0-23/2 * * 6-7"};
  struct Stretch {
    const char* zone;
    const char* from;
    const char* to;
  };
  const Stretch stretches[] = {
      {"Europe/Berlin", "2026-03-25", "2026-04-02"},       {"Europe/Berlin", "2026-10-22", "2026-11-02"},
      {"America/New_York", "2026-03-06", "2026-03-12"},    {"America/New_York", "2026-10-30", "2026-11-03"},
      {"America/Sao_Paulo", "2018-02-15", "2018-02-20"},   {"America/Sao_Paulo", "2018-11-01", "2018-11-06"},
      {"Australia/Lord_Howe", "2026-04-02", "2026-04-07"}, {"Australia/Lord_Howe", "2026-10-01", "2026-10-06"},
      {"Asia/Kolkata", "2026-12-28", "2027-01-03"},        {"UTC", "2028-02-26", "2028-03-03"},
      {"Pacific/Apia", "2011-12-27", "2012-01-03"},        {"Asia/Pyongyang", "2018-05-02", "2018-05-07"},
      {"America/St_Johns", "2010-11-05", "2010-11-10"},    {"UTC", "2026-11-01", "2027-01-05"},
  };
  for (const auto& [zone, from, to] : stretches) {
    for (const char* text : texts) {
      const auto got = instants(table({cron(text)}, zone), from, to);
      BOOST_TEST(joined(got) == joined(minute_by_minute(NaiveCron(text), zone_of(zone), utc(from), utc(to))),
                 text << " in " << zone << " from " << from);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

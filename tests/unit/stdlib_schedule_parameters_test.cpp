#include <map>

#include "schedule_fixture.h"
#include "stdlib/expr/evaluate.h"

BOOST_AUTO_TEST_SUITE(schedule_parameters)

using namespace syncline;
using namespace syncline::test;
using expr::Expr;
using expr::ExprPtr;

namespace {

/// Reads the expressions of the table below: calls, texts, parameters, and intervals added or taken away.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  ExprPtr expression() {
    auto left = primary();
    for (;;) {
      const bool plus = take("+ INTERVAL ");
      if (!plus && !take("- INTERVAL ")) return left;
      auto made = std::make_shared<Expr>();
      made->op = plus ? expr::Op::add : expr::Op::subtract;
      made->args = {left, interval()};
      left = made;
    }
  }

 private:
  ExprPtr primary() {
    auto made = std::make_shared<Expr>();
    if (take(":")) {
      made->op = expr::Op::parameter;
      made->name = until(" ,)");
    } else if (take("'")) {
      made->value = until("'");
      take("'");
    } else {
      made->op = expr::Op::call;
      made->name = until("(");
      take("(");
      do made->args.push_back(expression());
      while (take(","));
      BOOST_REQUIRE(take(")"));
    }
    return made;
  }
  ExprPtr interval() {
    const auto count = std::stoll(until(" "));
    space();
    const std::map<std::string, types::Interval> units = {{"MINUTE", {0, 0, count * 60'000'000}},
                                                          {"HOUR", {0, 0, count * 3'600'000'000}},
                                                          {"DAY", {0, count, 0}},
                                                          {"WEEK", {0, 7 * count, 0}},
                                                          {"MONTH", {count, 0, 0}},
                                                          {"YEAR", {12 * count, 0, 0}}};
    auto made = std::make_shared<Expr>();
    made->value = units.at(until(" ,)"));
    return made;
  }
  void space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }
  bool take(std::string_view what) {
    space();
    if (!rest_.starts_with(what)) return false;
    rest_.remove_prefix(what.size());
    return true;
  }
  std::string until(const char* ends) {
    const auto count = std::min(rest_.find_first_of(ends), rest_.size());
    std::string out(rest_.substr(0, count));
    rest_.remove_prefix(count);
    return out;
  }

  std::string_view rest_;
};

std::string value(const std::string& expression, const schedule::Instance& instance, const char* zone) {
  expr::Environment environment;
  environment.timezone = zone;
  environment.parameter = [&](std::string_view name) -> types::Value {
    if (name == "bizdate") return types::Date{instance.bizdate()};
    if (name == "scheduled_at") return types::Timestamp{instance.scheduled_at};
    return types::Timestamp{name == "window_start" ? instance.window.start : instance.window.end};
  };
  return types::to_text(expr::evaluate(*Reader(expression).expression(), environment));
}

/// DataWorks' form, the scheduled clock time in Shanghai, its text, and ours.
struct Form {
  const char* form;
  const char* scheduled;
  const char* expected;
  const char* ours;
};

const Form kForms[] = {
    // Scheduled date minus one day, to the day.
    {"$bizdate", "2026-11-20 00:30", "20261119", "format(:bizdate, '%Y%m%d')"},
    {"${bdp.system.bizdate}", "2027-01-01 00:30", "20261231", "format(:bizdate, '%Y%m%d')"},
    {"${yyyymmdd}", "2024-03-01 00:30", "20240229", "format(:bizdate, '%Y%m%d')"},
    {"${yyyy-mm-dd}", "2026-11-20 23:59", "2026-11-19", "format(:bizdate, '%Y-%m-%d')"},
    {"${yyyy/mm/dd}", "2026-11-20 00:00", "2026/11/19", "format(:bizdate, '%Y/%m/%d')"},
    {"${yyyy}", "2027-01-01 00:30", "2026", "format(:bizdate, '%Y')"},
    {"${yyyy-1}", "2027-01-01 00:30", "2025", "format(:bizdate - INTERVAL 1 YEAR, '%Y')"},
    {"${yyyy+1}", "2027-01-02 00:30", "2028", "format(:bizdate + INTERVAL 1 YEAR, '%Y')"},
    {"${yy}", "2026-11-20 00:30", "26", "format(:bizdate, '%y')"},
    {"${yy-2}", "2026-11-20 00:30", "24", "format(:bizdate - INTERVAL 2 YEAR, '%y')"},
    {"${yyyymm}", "2027-01-01 00:30", "202612", "format(:bizdate, '%Y%m')"},
    {"${yyyymm-1}", "2026-04-01 00:30", "202602", "format(:bizdate - INTERVAL 1 MONTH, '%Y%m')"},
    {"${yyyymm+1}", "2026-02-01 00:30", "202602", "format(:bizdate + INTERVAL 1 MONTH, '%Y%m')"},
    {"${yyyy-mm}", "2026-12-01 00:30", "2026-11", "format(:bizdate, '%Y-%m')"},
    {"${mm}", "2026-12-01 00:30", "11", "format(:bizdate, '%m')"},
    {"${dd}", "2026-12-01 00:30", "30", "format(:bizdate, '%d')"},
    {"${yyyymmdd-1}", "2024-03-02 00:30", "20240229", "format(:bizdate - INTERVAL 1 DAY, '%Y%m%d')"},
    {"${yyyymmdd+1}", "2024-02-29 00:30", "20240229", "format(:bizdate + INTERVAL 1 DAY, '%Y%m%d')"},
    {"${yyyymmdd-7*1}", "2026-11-20 00:30", "20261112", "format(:bizdate - INTERVAL 1 WEEK, '%Y%m%d')"},
    {"${yyyymmdd-7*1}", "2026-11-20 00:30", "20261112", "format(:bizdate - INTERVAL 7 DAY, '%Y%m%d')"},
    {"${yyyymmdd+7*2}", "2026-12-20 00:30", "20270102", "format(:bizdate + INTERVAL 2 WEEK, '%Y%m%d')"},
    {"${yyyy-mm-dd-7}", "2026-11-20 00:30", "2026-11-12", "format(:bizdate - INTERVAL 7 DAY, '%Y-%m-%d')"},
    // Scheduled time, to the second.
    {"$cyctime", "2026-11-20 00:30", "20261120003000", "format(:scheduled_at, '%Y%m%d%H%M%S')"},
    {"${bdp.system.cyctime}", "2026-12-31 23:59", "20261231235900", "format(:scheduled_at, '%Y%m%d%H%M%S')"},
    {"$[yyyymmddhh24miss]", "2026-11-20 08:05", "20261120080500", "format(:scheduled_at, '%Y%m%d%H%M%S')"},
    {"$[yyyy-mm-dd hh24:mi:ss]", "2026-11-20 08:05", "2026-11-20 08:05:00", "format(:scheduled_at, '%F %T')"},
    {"$[yyyymmdd]", "2026-11-20 00:30", "20261120", "format(:scheduled_at, '%Y%m%d')"},
    {"$[hh24]", "2026-11-20 00:30", "00", "format(:scheduled_at, '%H')"},
    {"$[yyyymmdd-1]", "2024-03-01 00:30", "20240229", "format(:scheduled_at - INTERVAL 1 DAY, '%Y%m%d')"},
    {"$[yyyymmdd+1]", "2026-12-31 00:30", "20270101", "format(:scheduled_at + INTERVAL 1 DAY, '%Y%m%d')"},
    {"$[yyyymmdd-7*2]", "2026-11-20 00:30", "20261106", "format(:scheduled_at - INTERVAL 2 WEEK, '%Y%m%d')"},
    {"$[yyyy-mm-dd-3]", "2026-11-02 00:30", "2026-10-30", "format(:scheduled_at - INTERVAL 3 DAY, '%Y-%m-%d')"},
    {"$[add_months(yyyymmdd,-1)]", "2024-03-31 00:30", "20240229", "format(:scheduled_at - INTERVAL 1 MONTH, '%Y%m%d')"},
    {"$[add_months(yyyymmdd,1)]", "2026-01-31 00:30", "20260228", "format(:scheduled_at + INTERVAL 1 MONTH, '%Y%m%d')"},
    {"$[add_months(yyyymm,-1)]", "2027-01-15 00:30", "202612", "format(:scheduled_at - INTERVAL 1 MONTH, '%Y%m')"},
    {"$[add_months(yyyymmdd,12*-1)]", "2024-02-29 00:30", "20230228", "format(:scheduled_at - INTERVAL 1 YEAR, '%Y%m%d')"},
    {"$[add_months(yyyymmdd,12*2)]", "2026-11-20 00:30", "20281120", "format(:scheduled_at + INTERVAL 2 YEAR, '%Y%m%d')"},
    {"$[hh24miss-1/24]", "2026-11-20 00:30", "233000", "format(:scheduled_at - INTERVAL 1 HOUR, '%H%M%S')"},
    {"$[hh24miss+2/24]", "2026-11-20 23:30", "013000", "format(:scheduled_at + INTERVAL 2 HOUR, '%H%M%S')"},
    {"$[hh24miss-15/24/60]", "2026-11-20 00:10", "235500", "format(:scheduled_at - INTERVAL 15 MINUTE, '%H%M%S')"},
    {"$[mi-15/24/60]", "2026-11-20 00:10", "55", "format(:scheduled_at - INTERVAL 15 MINUTE, '%M')"},
    {"$[yyyymmddhh24-1/24]", "2027-01-01 00:30", "2026123123", "format(:scheduled_at - INTERVAL 1 HOUR, '%Y%m%d%H')"},
    {"$[yyyymmdd-1/24]", "2026-11-20 00:30", "20261119", "format(:scheduled_at - INTERVAL 1 HOUR, '%Y%m%d')"},
    {"$[yyyymmdd-1-1/24]", "2026-11-20 00:30", "20261118", "format(:scheduled_at - INTERVAL 1 DAY - INTERVAL 1 HOUR, '%Y%m%d')"},
    {"$[yyyymmddhh24mi-1-15/24/60]", "2026-03-01 00:10", "202602272355",
     "format(:scheduled_at - INTERVAL 1 DAY - INTERVAL 15 MINUTE, '%Y%m%d%H%M')"},
    // The others of the scheduler.
    {"$gmtdate", "2026-11-20 00:30", "20261120", "format(date(:scheduled_at), '%Y%m%d')"},
    {"$bizmonth", "2026-11-20 00:30", "202610", "format(trunc(:scheduled_at, 'month') - INTERVAL 1 MONTH, '%Y%m')"},
    {"$bizmonth", "2026-11-01 00:30", "202610", "format(trunc(:scheduled_at, 'month') - INTERVAL 1 MONTH, '%Y%m')"},
    {"$bizmonth", "2027-01-31 00:30", "202612", "format(trunc(:scheduled_at, 'month') - INTERVAL 1 MONTH, '%Y%m')"},
    // Not expressible there.
    {"", "2024-03-01 00:30", "20240229", "format(last_day(:bizdate), '%Y%m%d')"},
    {"", "2026-11-20 00:30", "2026-10-01", "format(trunc(:bizdate, 'quarter'), '%F')"},
    {"", "2026-11-20 00:30", "2026-11-16", "format(trunc(:bizdate, 'week'), '%F')"},
    {"", "2026-11-20 00:30", "2026-11-19 00:00:00", "format(:window_start, '%F %T')"},
    {"", "2026-11-20 00:30", "2026-11-20", "format(date(:window_end), '%F')"},
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_dataworks_writes_at_the_same_instants) {
  constexpr const char* kShanghai = "Asia/Shanghai";
  for (const auto& one : kForms) {
    const std::string scheduled = one.scheduled;
    const auto at = schedule::parse_moment(scheduled, zone_of(kShanghai));
    const auto runs = table({daily({scheduled.substr(11)})}, kShanghai).enumerate(at, at + 1);
    BOOST_REQUIRE(runs.size() == 1u);
    BOOST_TEST(value(one.ours, runs.front(), kShanghai) == one.expected, one.form << " at " << scheduled << ": " << one.ours);
  }
}

BOOST_AUTO_TEST_CASE(computed_times_that_the_clock_skipped_are_the_end_of_the_gap) {
  struct Case {
    const char* zone;
    const char* scheduled;
    const char* expression;
    const char* expected;
  };
  const Case cases[] = {
      {"America/New_York", "2026-03-08 03:00", "format(:scheduled_at - INTERVAL 10 MINUTE, '%H:%M')", "01:50"},
      {"Europe/Berlin", "2026-03-30 02:30", "format(:scheduled_at - INTERVAL 1 DAY, '%F %H:%M')", "2026-03-29 03:00"},
      {"America/Sao_Paulo", "2018-11-04 12:00", "format(trunc(:scheduled_at, 'day'), '%F %H:%M')", "2018-11-04 01:00"},
      {"America/Sao_Paulo", "2018-11-05 12:00", "format(trunc(:scheduled_at, 'day') - INTERVAL 1 DAY, '%F %H:%M')",
       "2018-11-04 01:00"},
      {"Australia/Lord_Howe", "2026-10-04 02:45", "format(trunc(:scheduled_at, 'hour'), '%F %H:%M')", "2026-10-04 02:30"},
      {"Europe/Berlin", "2026-10-26 02:30", "format(:scheduled_at - INTERVAL 1 DAY, '%F %H:%M')", "2026-10-25 02:30"},
  };
  for (const auto& one : cases) {
    const auto instance = schedule::instance_at(schedule::parse_moment(one.scheduled, zone_of(one.zone)), zone_of(one.zone));
    BOOST_TEST(value(one.expression, instance, one.zone) == one.expected, one.zone << " " << one.expression);
  }
}

BOOST_AUTO_TEST_SUITE_END()

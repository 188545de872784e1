#include <algorithm>
#include <charconv>

#include "compiler/analyze/context.h"
#include "compiler/analyze/parameters.h"
#include "compiler/analyze/setting_values.h"
#include "stdlib/base/text.h"
#include "stdlib/schedule/timetable.h"

namespace syncline::analyze {
namespace {

const std::vector<std::string> kDays = {"MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"};
const std::vector<std::string> kEvents = {"failure", "recovery", "success", "dirty_rows", "column_change", "new_table"};

bool is_clock_time(const std::string& text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(text[0]) || !digit(text[1]) || !digit(text[3]) || !digit(text[4]))
    return false;
  return text.substr(0, 2) < "24" && text.substr(3) < "60";
}

void check_trigger(Context& context, const ast::Trigger& trigger) {
  using Kind = ast::Trigger::Kind;
  const auto refuse = [&](const char* what, const char* wanted, const std::string& got) {
    context.sink.emit(diag::SettingType(what, wanted, "`" + got + "`").at(trigger.span));
  };
  for (const std::int64_t minute : trigger.minutes) {
    if (minute < 0 || minute > 59) refuse("AT MINUTE", "0 to 59", std::to_string(minute));
  }
  for (const auto& day : trigger.month_days) {
    if (day && (*day < 1 || *day > 31)) refuse("EVERY MONTH ON", "1 to 31 or LAST", std::to_string(*day));
  }
  for (const ast::Name& day : trigger.week_days) {
    if (std::find(kDays.begin(), kDays.end(), text::upper(day.text)) == kDays.end())
      report_unknown(context, "day of the week", day, kDays);
  }
  if (trigger.kind == Kind::at || trigger.kind == Kind::cron || trigger.kind == Kind::every_hour) return;
  for (const std::string& time : trigger.times) {
    if (!is_clock_time(time)) refuse("AT", "a time such as '02:30'", time);
  }
}

schedule::Trigger::Kind kind_of(ast::Trigger::Kind kind) {
  using From = ast::Trigger::Kind;
  using To = schedule::Trigger::Kind;
  switch (kind) {
    case From::at:
      return To::at;
    case From::every_hour:
      return To::every_hour;
    case From::every_day:
      return To::every_day;
    case From::every_week:
      return To::every_week;
    case From::every_month:
      return To::every_month;
    case From::cron:
      return To::cron;
  }
  return To::at;
}

/// One SCHEDULE statement. It joins the unit when nothing about it was refused.
class ScheduleBinder {
 public:
  ScheduleBinder(Context& context, const std::string& name, const Declared<ast::ScheduleStatement>& declared)
      : context_(context), statement_(*declared.statement) {
    timing_.name = name;
    timing_.span = declared.span;
    timing_.schedule.zone = context.unit.timezone;
  }

  void bind() {
    const std::size_t before = context_.sink.errors();
    for (const ast::ScheduleOption& one : statement_.options) option(one);
    check_bounds();
    for (const ast::Trigger& one : statement_.triggers) trigger(one);
    if (context_.sink.errors() == before) context_.unit.timings.emplace(timing_.name, std::move(timing_));
  }

 private:
  void option(const ast::ScheduleOption& option) {
    const auto [first, fresh] = options_.emplace(option.word, option.span);
    if (!fresh)
      return context_.sink.emit(diag::SettingTwice(option.word, "schedule `" + timing_.name + "`")
                                    .at(option.span)
                                    .also(first->second, "first given here"));
    if (option.word == "TIMEZONE") timing_.schedule.zone = option.text;
    if (option.word == "STARTING") timing_.schedule.starting = option.text;
    if (option.word == "ENDING") timing_.schedule.ending = option.text;
    if (option.word == "CATCH UP") timing_.catch_up = option.text;
    if (option.word == "OVERLAP") timing_.overlap = option.text;
    if (option.quantity) stagger(*option.quantity);
  }

  void stagger(const ast::Quantity& quantity) {
    const auto seconds = seconds_of(quantity);
    if (seconds) timing_.stagger = std::chrono::seconds(*seconds);
    if (!seconds) refuse("STAGGER OVER", "a duration such as `30 MINUTES`", quantity);
  }

  /// The zone, STARTING and ENDING, each where it stands.
  void check_bounds() {
    const types::Zone* zone = types::Zone::find(timing_.schedule.zone);
    if (zone == nullptr) {
      attempt({{}, timing_.schedule.zone, {}, {}}, place_of("TIMEZONE"));
      return;
    }
    const bool good = attempt({{}, timing_.schedule.zone, timing_.schedule.starting, {}}, place_of("STARTING")) &&
                      attempt({{}, timing_.schedule.zone, {}, timing_.schedule.ending}, place_of("ENDING"));
    if (!good || timing_.schedule.starting.empty() || timing_.schedule.ending.empty()) return;
    if (schedule::parse_moment(timing_.schedule.starting, *zone) < schedule::parse_moment(timing_.schedule.ending, *zone)) return;
    context_.sink.emit(diag::BadSchedule(timing_.name, "it ends before it starts, so it never comes")
                           .at(place_of("ENDING"), "exclusive")
                           .also(place_of("STARTING"), "not before the end"));
  }

  void trigger(const ast::Trigger& written) {
    const std::size_t before = context_.sink.errors();
    check_trigger(context_, written);
    schedule::Trigger made;
    made.kind = kind_of(written.kind);
    made.times = written.times;
    made.minutes = written.minutes;
    for (const ast::Name& day : written.week_days) made.week_days.push_back(day.text);
    made.month_days = written.month_days;
    if (written.since_previous) made.window = schedule::WindowRule{true, 0, schedule::Unit::day};
    if (written.window) made.window = window(*written.window);
    if (context_.sink.errors() == before && types::Zone::find(timing_.schedule.zone) != nullptr)
      attempt({{made}, timing_.schedule.zone, {}, {}}, written.span);
    timing_.schedule.triggers.push_back(std::move(made));
    timing_.triggers.push_back(written.span);
  }

  std::optional<schedule::WindowRule> window(const ast::Quantity& quantity) {
    const auto unit = schedule::unit_named(quantity.unit);
    schedule::WindowRule rule{false, 0, unit.value_or(schedule::Unit::day)};
    const char* end = quantity.number.data() + quantity.number.size();
    const auto read = std::from_chars(quantity.number.data(), end, rule.count);
    if (unit && quantity.per.empty() && read.ec == std::errc() && read.ptr == end) return rule;
    refuse("WINDOW", "a whole number of MINUTES, HOURS, DAYS, WEEKS, MONTHS, QUARTERS or YEARS", quantity);
    return std::nullopt;
  }

  void refuse(const char* what, const char* wanted, const ast::Quantity& quantity) {
    auto finding =
        diag::SettingType(what, wanted, "`" + std::string(context_.result.sources.slice(quantity.span)) + "`").at(quantity.span);
    std::vector<std::string> units = kTimeUnits;
    if (std::string_view(what) == "WINDOW") units.insert(units.end(), {"MONTHS", "QUARTERS", "YEARS"});
    suggest_unit(finding, quantity, units);
    context_.sink.emit(std::move(finding));
  }

  bool attempt(const schedule::Schedule& part, const source::Span& at) {
    try {
      schedule::Timetable({&part, 1});
      return true;
    } catch (const schedule::InvalidSchedule& error) {
      context_.sink.emit(diag::BadSchedule(timing_.name, error.what()).at(at));
      return false;
    }
  }

  [[nodiscard]] source::Span place_of(const char* option) const {
    const auto found = options_.find(option);
    return found == options_.end() ? timing_.span : found->second;
  }

  Context& context_;
  const ast::ScheduleStatement& statement_;
  bound::Timing timing_;
  std::map<std::string, source::Span> options_;
};

void check_alert(Context& context, const ast::AlertStatement& alert) {
  for (const ast::AlertEvent& event : alert.events) {
    if (event.name && std::find(kEvents.begin(), kEvents.end(), text::ascii_lower(event.name->text)) == kEvents.end()) {
      report_unknown(context, "alert event", *event.name, kEvents);
    }
    if (event.late_by && !seconds_of(*event.late_by)) {
      auto finding = diag::SettingType("LATE BY", "a duration such as `30 MINUTES`",
                                       "`" + event.late_by->number + " " + event.late_by->unit + "`")
                         .at(event.late_by->span);
      suggest_unit(finding, *event.late_by, kTimeUnits);
      context.sink.emit(std::move(finding));
    }
  }
  std::vector<bound::NotBuilt> ignored;
  for (const ast::AlertSink& sink : alert.sinks) {
    if (sink.secret) check_secret(*sink.secret, ignored, context.sink);
  }
}

}  // namespace

void bind_timing(Context& context) {
  for (const auto& [name, declared] : context.declared.schedules) ScheduleBinder(context, name, declared).bind();
  for (const auto& entry : context.declared.alerts) check_alert(context, *entry.second.statement);
}

void check_dependencies(Context& context) {
  std::map<std::string, std::vector<const ast::Name*>> upstream;
  for (const auto& [name, declared] : context.declared.syncs) {
    for (const ast::Clause& clause : declared.statement->clauses) {
      if (clause.kind != ast::ClauseKind::depends_on) continue;
      for (const ast::Name& other : clause.names) upstream[name].push_back(&other);
    }
  }
  std::set<std::string> done;
  std::vector<std::string> path;
  const std::function<void(const std::string&)> visit = [&](const std::string& name) {
    path.push_back(name);
    for (const ast::Name* other : upstream[name]) {
      const auto start = std::find(path.begin(), path.end(), other->text);
      if (start != path.end()) {
        std::string cycle;
        for (auto at = start; at != path.end(); ++at) cycle += *at + " → ";
        context.sink.emit(diag::DependencyCycle(cycle + other->text).at(other->span, "closes the cycle"));
      } else if (done.count(other->text) == 0 && path.size() < 1000) {
        visit(other->text);
      }
    }
    path.pop_back();
    done.insert(name);
  };
  for (const auto& entry : context.declared.syncs) {
    if (done.count(entry.first) == 0) visit(entry.first);
  }
}

}  // namespace syncline::analyze

#include <algorithm>

#include "compiler/analyze/context.h"
#include "compiler/analyze/parameters.h"
#include "compiler/analyze/setting_values.h"
#include "stdlib/base/text.h"

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

void check_alert(Context& context, const ast::AlertStatement& alert) {
  for (const ast::AlertEvent& event : alert.events) {
    if (event.name && std::find(kEvents.begin(), kEvents.end(), text::ascii_lower(event.name->text)) == kEvents.end()) {
      report_unknown(context, "alert event", *event.name, kEvents);
    }
    if (event.late_by && !seconds_of(*event.late_by)) {
      context.sink.emit(diag::SettingType("LATE BY", "a duration such as `30 MINUTES`",
                                          "`" + event.late_by->number + " " + event.late_by->unit + "`")
                            .at(event.late_by->span));
    }
  }
  std::vector<bound::NotBuilt> ignored;
  for (const ast::AlertSink& sink : alert.sinks) {
    if (sink.secret) check_secret(*sink.secret, ignored, context.sink);
  }
}

}  // namespace

void check_timing(Context& context) {
  for (const auto& entry : context.declared.schedules) {
    for (const ast::Trigger& trigger : entry.second.statement->triggers) check_trigger(context, trigger);
  }
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

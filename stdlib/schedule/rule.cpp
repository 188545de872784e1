#include "stdlib/schedule/rule.h"

#include <fmt/format.h>

#include <algorithm>

#include "stdlib/base/text.h"
#include "stdlib/schedule/units.h"

namespace syncline::schedule {
namespace {

using types::kMicrosPerDay;

constexpr std::string_view kWeekDays[] = {"MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"};
constexpr std::int64_t kLongestWindow = 100 * 366 * kMicrosPerDay;
constexpr std::int64_t kMostClockChange = 1;  ///< days: no clock was ever moved by more

std::int64_t parse_clock(const std::string& text) {
  const auto time = text.size() == 5 ? types::parse_time(text + ":00") : std::nullopt;
  if (!time || *time >= kMicrosPerDay)
    throw InvalidSchedule(fmt::format("'{}' is no time of day: write it like '02:30'", text::printable(text)));
  return *time;
}

void sort_once(std::vector<std::int64_t>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

Unit usual_unit(Trigger::Kind kind) {
  switch (kind) {
    case Trigger::Kind::every_hour:
      return Unit::hour;
    case Trigger::Kind::every_week:
      return Unit::week;
    case Trigger::Kind::every_month:
      return Unit::month;
    case Trigger::Kind::at:
    case Trigger::Kind::every_day:
    case Trigger::Kind::cron:
      break;
  }
  return Unit::day;
}

}  // namespace

Rule::Rule(const Trigger& trigger, const types::Zone& zone) : zone_(&zone) {
  switch (trigger.kind) {
    case Trigger::Kind::at:
      read_instants(trigger);
      break;
    case Trigger::Kind::every_hour:
      read_minutes(trigger);
      break;
    case Trigger::Kind::every_day:
      read_times(trigger);
      break;
    case Trigger::Kind::every_week:
      read_week_days(trigger);
      read_times(trigger);
      break;
    case Trigger::Kind::every_month:
      read_month_days(trigger);
      read_times(trigger);
      break;
    case Trigger::Kind::cron:
      read_cron(trigger);
      break;
  }
  sort_once(times_);
  if (times_.empty()) throw InvalidSchedule("the trigger names no time");
  read_window(trigger);
}

void Rule::read_instants(const Trigger& trigger) {
  kind_ = Kind::instants;
  for (const auto& text : trigger.times) times_.push_back(parse_moment(text, *zone_));
}

void Rule::read_minutes(const Trigger& trigger) {
  kind_ = Kind::hours;
  for (const auto minute : trigger.minutes) {
    if (minute < 0 || minute > 59) throw InvalidSchedule(fmt::format("AT MINUTE takes 0 to 59, not {}", minute));
    times_.push_back(minute * kMicrosPerMinute);
  }
}

void Rule::read_times(const Trigger& trigger) {
  for (const auto& text : trigger.times) times_.push_back(parse_clock(text));
}

void Rule::read_week_days(const Trigger& trigger) {
  days_.week_days = 0;
  for (const auto& word : trigger.week_days) {
    const auto* found = std::find(std::begin(kWeekDays), std::end(kWeekDays), text::upper(word));
    if (found == std::end(kWeekDays))
      throw InvalidSchedule(fmt::format("'{}' is no day of the week: MON TUE WED THU FRI SAT SUN", text::printable(word)));
    days_.week_days |= 1U << (found - std::begin(kWeekDays));
  }
}

void Rule::read_month_days(const Trigger& trigger) {
  days_.month_days = 0;
  for (const auto& day : trigger.month_days) {
    if (day && (*day < 1 || *day > 31)) throw InvalidSchedule(fmt::format("EVERY MONTH ON takes 1 to 31 or LAST, not {}", *day));
    if (day) {
      days_.month_days |= 1U << (*day - 1);
    } else {
      days_.last_of_month = true;
    }
  }
}

void Rule::read_cron(const Trigger& trigger) {
  if (trigger.times.size() != 1) throw InvalidSchedule("CRON takes one text");
  const auto cron = parse_cron(trigger.times.front());
  kind_ = cron.every_hour() ? Kind::hours : Kind::days;
  days_ = cron.days;
  for (int hour = 0; hour < (kind_ == Kind::hours ? 1 : 24); ++hour) {
    if ((cron.hours >> hour & 1) == 0) continue;
    for (int minute = 0; minute < 60; ++minute) {
      if ((cron.minutes >> minute & 1) != 0) times_.push_back(hour * kMicrosPerHour + minute * kMicrosPerMinute);
    }
  }
}

void Rule::read_window(const Trigger& trigger) {
  if (!trigger.window && trigger.kind == Trigger::Kind::cron) throw InvalidSchedule("CRON needs a WINDOW");
  window_ = trigger.window.value_or(WindowRule{false, 1, usual_unit(trigger.kind)});
  if (window_.since_previous) return;
  if (window_.count < 1)
    throw InvalidSchedule(fmt::format("WINDOW takes 1 or more {}s, not {}", to_string(window_.unit), window_.count));
  if (window_.count > kLongestWindow / longest(window_.unit))
    throw InvalidSchedule(
        fmt::format("WINDOW {} {}S is longer than a hundred years", window_.count, text::upper(to_string(window_.unit))));
}

void Rule::collect(std::int64_t from, std::int64_t to, std::vector<Occurrence>& out) const {
  if (from >= to) return;
  if (kind_ == Kind::instants) return collect_instants(from, to, out);
  return kind_ == Kind::hours ? collect_hours(from, to, out) : collect_days(from, to, out);
}

void Rule::collect_instants(std::int64_t from, std::int64_t to, std::vector<Occurrence>& out) const {
  for (auto at = std::lower_bound(times_.begin(), times_.end(), from); at != times_.end() && *at < to; ++at) {
    const auto local = zone_->to_local(*at);
    const auto hour = start_of_hour(*at, *zone_);
    out.push_back({*at, local, local, hour, hour});
  }
}

void Rule::collect_hours(std::int64_t from, std::int64_t to, std::vector<Occurrence>& out) const {
  // The hour before a change of the clock may hand on a minute it did not reach, so the period before counts too.
  for (auto at = from - 1; at < to;) {
    const auto period = zone_->period_at(at);
    collect_hours_of(period, from, to, out);
    at = period.end;
  }
}

void Rule::collect_hours_of(const types::ZonePeriod& period, std::int64_t from, std::int64_t to,
                            std::vector<Occurrence>& out) const {
  const auto first = std::max(period.begin, from - kMicrosPerHour);
  const auto last = std::min(period.end, to);
  for (auto hour = floor_to(first + period.offset, kMicrosPerHour); hour - period.offset < last; hour += kMicrosPerHour) {
    if (!days_.matches(day_of(hour))) continue;
    const auto start = std::max(period.begin, hour - period.offset);
    const auto end = std::min(period.end, hour - period.offset + kMicrosPerHour);
    for (const auto time : times_) {
      const auto instant = std::clamp(hour + time - period.offset, start, end);
      if (instant < from || instant >= to) continue;
      const auto local = instant < period.end ? instant + period.offset : zone_->to_local(instant);
      out.push_back({instant, local, hour + time, start, period.begin});
    }
  }
}

void Rule::collect_days(std::int64_t from, std::int64_t to, std::vector<Occurrence>& out) const {
  const auto last = day_of(zone_->to_local(to)) + kMostClockChange;
  for (auto day = day_of(zone_->to_local(from)) - kMostClockChange; day <= last; ++day) {
    if (!days_.matches(day)) continue;
    for (const auto time : times_) {
      const auto nominal = day * kMicrosPerDay + time;
      const auto instant = zone_->first_instant(nominal);
      if (instant < from || instant >= to) continue;
      const auto hour = start_of_hour(instant, *zone_);
      out.push_back({instant, zone_->to_local(instant), nominal, hour, hour});
    }
  }
}

Window Rule::window(const Occurrence& one) const {
  switch (window_.unit) {
    case Unit::minute: {
      const auto end = one.instant - (one.local - floor_to(one.local, kMicrosPerMinute));
      return {end - window_.count * kMicrosPerMinute, end};
    }
    case Unit::hour: {
      const auto start = one.hour_start - window_.count * kMicrosPerHour;
      if (start >= one.steady_since) return {start, one.hour_start};
      return {hours_before(one.hour_start, window_.count, *zone_), one.hour_start};
    }
    case Unit::day:
    case Unit::week:
    case Unit::month:
    case Unit::quarter:
    case Unit::year:
      break;
  }
  const auto day = day_of(one.nominal);
  return window_of_days(first_day(day, window_.unit, -window_.count), first_day(day, window_.unit, 0) - 1, *zone_);
}

}  // namespace syncline::schedule

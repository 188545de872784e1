#include "stdlib/schedule/cron.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <span>
#include <vector>

#include "stdlib/base/text.h"
#include "stdlib/schedule/units.h"

namespace syncline::schedule {
namespace {

constexpr std::string_view kMonths[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::string_view kDays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct Field {
  std::string_view name;
  int least;
  int most;
  std::span<const std::string_view> words;  ///< of `least` and on
};
constexpr Field kMinute{"minute", 0, 59, {}};
constexpr Field kHour{"hour", 0, 23, {}};
constexpr Field kMonthDay{"day of the month", 1, 31, {}};
constexpr Field kMonth{"month", 1, 12, kMonths};
constexpr Field kWeekDay{"day of the week", 0, 7, kDays};

[[noreturn]] void refuse(const Field& field, std::string_view part, std::string_view why) {
  throw InvalidSchedule(fmt::format("'{}' is no {} of a cron text: {}", text::printable(part), field.name, why));
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> out;
  for (std::size_t start = 0; start <= text.size();) {
    const auto end = std::min(text.find_first_of(separators, start), text.size());
    out.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return out;
}

std::vector<std::string_view> fields_of(std::string_view text) {
  std::vector<std::string_view> fields;
  for (const auto part : split(text, " \t")) {
    if (!part.empty()) fields.push_back(part);
  }
  if (fields.size() != 5)
    throw InvalidSchedule(
        fmt::format("the cron text '{}' has {} fields, not 5: minute, hour, day of the month, month, day of the week",
                    text::printable(text), fields.size()));
  return fields;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
  return value;
}

int read_value(const Field& field, std::string_view text, std::string_view part) {
  for (std::size_t i = 0; i < field.words.size(); ++i) {
    if (text::ascii_iequals(text, field.words[i])) return field.least + static_cast<int>(i);
  }
  const auto value = number(text);
  if (!value || *value < field.least || *value > field.most)
    refuse(field, part,
           fmt::format("{} to {}{}", field.least, field.most, field.words.empty() ? "" : " or a name such as MON or JAN"));
  return *value;
}

int read_step(const Field& field, std::string_view text, std::string_view part) {
  const auto step = number(text);
  if (!step || *step < 1) refuse(field, part, "the step behind / is a number from 1");
  return *step;
}

struct Range {
  int first;
  int last;
};

Range read_range(const Field& field, std::string_view text, bool stepped, std::string_view part) {
  if (text == "*") return {field.least, field.most};
  const auto ends = split(text, "-");
  if (ends.size() > 2) refuse(field, part, "a range has two ends");
  const auto first = read_value(field, ends[0], part);
  if (ends.size() == 1) return {first, stepped ? field.most : first};
  const auto last = read_value(field, ends[1], part);
  if (last < first) refuse(field, part, "the range runs backwards; write two, with a comma between");
  return {first, last};
}

/// Bit n is value n.
std::uint64_t read_part(const Field& field, std::string_view part) {
  const auto pieces = split(part, "/");
  if (pieces.size() > 2) refuse(field, part, "only one step can stand behind it");
  const bool stepped = pieces.size() == 2;
  const auto [first, last] = read_range(field, pieces[0], stepped, part);
  const auto step = stepped ? read_step(field, pieces[1], part) : 1;
  std::uint64_t bits = 0;
  for (int value = first; value <= last; value += step) bits |= std::uint64_t{1} << value;
  return bits;
}

std::uint64_t read_field(const Field& field, std::string_view text) {
  std::uint64_t bits = 0;
  for (const auto part : split(text, ",")) bits |= read_part(field, part);
  return bits;
}

void read_month_days(std::string_view text, DayFilter& days) {
  days.month_days = 0;
  for (const auto part : split(text, ",")) {
    if (text::ascii_iequals(part, "l")) {
      days.last_of_month = true;
    } else {
      days.month_days |= static_cast<std::uint32_t>(read_part(kMonthDay, part) >> 1);
    }
  }
}

/// From Sunday = 0 and 7 to Monday = 0.
std::uint32_t from_monday(std::uint64_t bits) {
  const auto sunday = (bits | bits >> 7) & 1;
  return static_cast<std::uint32_t>((bits >> 1 & 0x3F) | sunday << 6);
}

bool some_month_has_one(const DayFilter& days) {
  if (days.either || days.last_of_month) return true;
  constexpr std::uint32_t kLong = 0b1010'1101'0101, kFebruary = 0b10;
  std::uint32_t longest = 0x3FFF'FFFF;
  if ((days.months & kLong) != 0) longest = 0x7FFF'FFFF;
  if ((days.months & ~kFebruary) == 0) longest = 0x1FFF'FFFF;
  return (days.month_days & longest) != 0;
}

}  // namespace

bool DayFilter::matches(std::int64_t day) const {
  if (months == DayFilter().months && month_days == DayFilter().month_days && week_days == DayFilter().week_days) return true;
  const auto date = types::civil_from_days(day);
  if ((months >> (date.month - 1) & 1) == 0) return false;
  const bool week = (week_days >> weekday_of(day) & 1) != 0;
  const bool month =
      (month_days >> (date.day - 1) & 1) != 0 || (last_of_month && !types::valid_date(date.year, date.month, date.day + 1));
  return either ? week || month : week && month;
}

Cron parse_cron(std::string_view text) {
  const auto fields = fields_of(text);
  Cron cron;
  cron.minutes = read_field(kMinute, fields[0]);
  cron.hours = static_cast<std::uint32_t>(read_field(kHour, fields[1]));
  read_month_days(fields[2], cron.days);
  cron.days.months = static_cast<std::uint32_t>(read_field(kMonth, fields[3]) >> 1);
  cron.days.week_days = from_monday(read_field(kWeekDay, fields[4]));
  cron.days.either = fields[2].front() != '*' && fields[4].front() != '*';
  if (!some_month_has_one(cron.days))
    throw InvalidSchedule(fmt::format("the cron text '{}' never comes: none of its months has that day", text::printable(text)));
  return cron;
}

}  // namespace syncline::schedule

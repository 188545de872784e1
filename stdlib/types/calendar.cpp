#include "stdlib/types/calendar.h"

#include <algorithm>
#include <cstring>

namespace syncline::types {
namespace {

constexpr std::int64_t kMaxTimestampDays = 106'751'989;  ///< any time of this day in any zone fits 64 bits
constexpr std::int64_t kMaxDateDays = INT32_MAX - 1;
constexpr int kDaysOfMonth[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

bool leap(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

char* put_digits(char* out, std::uint64_t value, int width) {
  char digits[20];
  int count = 0;
  do {
    digits[count++] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value > 0);
  for (int i = count; i < width; ++i) *out++ = '0';
  while (count > 0) *out++ = digits[--count];
  return out;
}

char* put_two(char* out, std::int64_t value) {
  *out++ = static_cast<char>('0' + value / 10);
  *out++ = static_cast<char>('0' + value % 10);
  return out;
}

char* put_fraction(char* out, std::uint64_t micros, int scale) {
  if (scale < 0 || scale > 6) scale = 6;
  if (scale == 0) return out;
  *out++ = '.';
  std::uint64_t unit = 100'000;
  for (int i = 0; i < scale; ++i, unit /= 10) *out++ = static_cast<char>('0' + micros / unit % 10);
  return out;
}

char* put_clock(char* out, std::uint64_t micros, int scale) {
  const auto seconds = micros / 1'000'000;
  out = put_digits(out, seconds / 3600, 2);
  *out++ = ':';
  out = put_two(out, static_cast<std::int64_t>(seconds / 60 % 60));
  *out++ = ':';
  out = put_two(out, static_cast<std::int64_t>(seconds % 60));
  return put_fraction(out, micros % 1'000'000, scale);
}

std::size_t put_word(char* out, std::string_view word) {
  std::memcpy(out, word.data(), word.size());
  return word.size();
}

/// Reads a text from its front; every reader says whether it found what it wanted.
struct Reader {
  std::string_view rest;

  bool skip(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  bool number(std::size_t min_digits, std::size_t max_digits, std::int64_t& value) {
    std::size_t count = 0;
    value = 0;
    while (count < rest.size() && count <= max_digits && rest[count] >= '0' && rest[count] <= '9')
      value = value * 10 + (rest[count++] - '0');
    if (count < min_digits || count > max_digits) return false;
    rest.remove_prefix(count);
    return true;
  }
  /// `.123`: to microseconds; digits behind the sixth must be zeros.
  bool fraction(std::int64_t& micros) {
    micros = 0;
    if (!skip('.')) return true;
    std::size_t count = 0;
    for (; count < rest.size() && rest[count] >= '0' && rest[count] <= '9'; ++count) {
      if (count < 6) micros = micros * 10 + (rest[count] - '0');
      if (count >= 6 && rest[count] != '0') return false;
    }
    for (auto i = count; i < 6; ++i) micros *= 10;
    rest.remove_prefix(count);
    return count > 0;
  }
  bool date(std::int64_t& days) {
    const bool negative = skip('-');
    std::int64_t year = 0, month = 0, day = 0;
    if (!number(4, 7, year) || !skip('-') || !number(2, 2, month) || !skip('-') || !number(2, 2, day)) return false;
    if (negative) year = -year;
    if (!valid_date(year, static_cast<int>(month), static_cast<int>(day))) return false;
    days = days_from_civil(year, static_cast<int>(month), static_cast<int>(day));
    return days >= -kMaxDateDays && days <= kMaxDateDays;
  }
  bool clock(std::size_t max_hour_digits, std::int64_t max_hour, std::int64_t& micros) {
    std::int64_t hour = 0, minute = 0, second = 0, part = 0;
    if (!number(2, max_hour_digits, hour) || !skip(':') || !number(2, 2, minute) || !skip(':') || !number(2, 2, second))
      return false;
    if (hour > max_hour || minute > 59 || second > 59 || !fraction(part)) return false;
    micros = ((hour * 60 + minute) * 60 + second) * 1'000'000 + part;
    return true;
  }
  /// `Z`, `+hh`, `+hhmm`, `+hh:mm`.
  bool zone(std::int64_t& minutes) {
    minutes = 0;
    if (skip('Z')) return true;
    const bool west = !rest.empty() && rest.front() == '-';
    if (!skip('+') && !skip('-')) return false;
    std::int64_t hour = 0, minute = 0;
    if (!number(2, 4, hour)) return false;
    if (rest.empty() && hour > 99) {
      minute = hour % 100;
      hour /= 100;
    } else if (skip(':') && !number(2, 2, minute)) {
      return false;
    }
    minutes = (hour * 60 + minute) * (west ? -1 : 1);
    return hour <= 18 && minute <= 59;
  }
  bool timestamp(std::int64_t& micros) {
    std::int64_t days = 0, clock_micros = 0;
    if (!date(days) || days < -kMaxTimestampDays || days > kMaxTimestampDays) return false;
    if (skip(' ') || skip('T')) {
      if (!clock(2, 23, clock_micros)) return false;
    }
    micros = days * kMicrosPerDay + clock_micros;
    return true;
  }
};

std::optional<std::int64_t> infinity(std::string_view text, std::int64_t minus, std::int64_t plus) {
  if (text == "infinity") return plus;
  if (text == "-infinity") return minus;
  return std::nullopt;
}

}  // namespace

namespace {

constexpr std::int64_t kPartialDateBase = INT64_MIN + 1;  // INT64_MIN itself is -infinity
constexpr std::int64_t kPartialDates = 10'000LL * 13 * 32;

}  // namespace

std::int64_t pack_partial_date(const PartialDate& date) {
  const std::int64_t number = (static_cast<std::int64_t>(date.year) * 13 + date.month) * 32 + date.day;
  return kPartialDateBase + number * kMicrosPerDay + date.micros_of_day;
}

bool is_partial_date(std::int64_t slot) {
  return slot >= kPartialDateBase && slot < kPartialDateBase + kPartialDates * kMicrosPerDay;
}

PartialDate unpack_partial_date(std::int64_t slot) {
  const std::int64_t packed = slot - kPartialDateBase;
  const auto number = static_cast<int>(packed / kMicrosPerDay);
  return {number / (13 * 32), number / 32 % 13, number % 32, packed % kMicrosPerDay};
}

std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = floor_div(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468 - kUnixToEpochDays;
}

CivilDate civil_from_days(std::int64_t days) {
  days += 719'468 + kUnixToEpochDays;
  const std::int64_t era = floor_div(days, 146'097);
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1)};
}

bool valid_date(std::int64_t year, int month, int day) {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= kDaysOfMonth[month - 1] + (month == 2 && leap(year) ? 1 : 0);
}

std::size_t write_date(char* out, std::int64_t days) {
  if (days == kDateInfinity) return put_word(out, "infinity");
  if (days == kDateMinusInfinity) return put_word(out, "-infinity");
  const auto date = civil_from_days(days);
  char* end = out;
  if (date.year < 0) *end++ = '-';
  end = put_digits(end, static_cast<std::uint64_t>(date.year < 0 ? -date.year : date.year), 4);
  *end++ = '-';
  end = put_two(end, date.month);
  *end++ = '-';
  return static_cast<std::size_t>(put_two(end, date.day) - out);
}

std::size_t write_timestamp(char* out, std::int64_t micros, int scale, char separator) {
  if (micros == kTimestampInfinity) return put_word(out, "infinity");
  if (micros == kTimestampMinusInfinity) return put_word(out, "-infinity");
  const auto days = floor_div(micros, kMicrosPerDay);
  const auto clock = (micros % kMicrosPerDay + kMicrosPerDay) % kMicrosPerDay;
  char* end = out + write_date(out, days);
  *end++ = separator;
  return static_cast<std::size_t>(put_clock(end, static_cast<std::uint64_t>(clock), scale) - out);
}

std::size_t write_time(char* out, std::int64_t micros, int scale) {
  char* end = out;
  if (micros < 0) *end++ = '-';
  const auto amount = micros < 0 ? 0 - static_cast<std::uint64_t>(micros) : static_cast<std::uint64_t>(micros);
  return static_cast<std::size_t>(put_clock(end, amount, scale) - out);
}

std::string format_date(std::int64_t days) {
  char buffer[40];
  return {buffer, write_date(buffer, days)};
}

std::string format_timestamp(std::int64_t micros, int scale, char separator) {
  char buffer[40];
  return {buffer, write_timestamp(buffer, micros, scale, separator)};
}

std::string format_time(std::int64_t micros, int scale) {
  char buffer[40];
  return {buffer, write_time(buffer, micros, scale)};
}

std::optional<std::int64_t> parse_date(std::string_view text) {
  if (const auto endless = infinity(text, kDateMinusInfinity, kDateInfinity)) return endless;
  Reader reader{text};
  std::int64_t days = 0;
  if (!reader.date(days) || !reader.rest.empty()) return std::nullopt;
  return days;
}

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  if (const auto endless = infinity(text, kTimestampMinusInfinity, kTimestampInfinity)) return endless;
  Reader reader{text};
  std::int64_t micros = 0;
  if (!reader.timestamp(micros) || !reader.rest.empty()) return std::nullopt;
  return micros;
}

std::optional<std::int64_t> parse_instant(std::string_view text, bool* zoned) {
  if (zoned != nullptr) *zoned = true;
  if (const auto endless = infinity(text, kTimestampMinusInfinity, kTimestampInfinity)) return endless;
  Reader reader{text};
  std::int64_t micros = 0, minutes = 0;
  if (!reader.timestamp(micros)) return std::nullopt;
  if (zoned != nullptr) *zoned = !reader.rest.empty();
  if (!reader.rest.empty() && (!reader.zone(minutes) || !reader.rest.empty())) return std::nullopt;
  return micros - minutes * 60'000'000;
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  Reader reader{text};
  const bool negative = reader.skip('-');
  std::int64_t micros = 0;
  if (!reader.clock(9, 999'999'999, micros) || !reader.rest.empty()) return std::nullopt;
  return negative ? -micros : micros;
}

}  // namespace syncline::types

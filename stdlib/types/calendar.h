#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Calendar arithmetic and canonical text of dates and times. Epoch: 2000-01-01 (PostgreSQL's), proleptic Gregorian.
namespace syncline::types {

constexpr std::int64_t kDateInfinity = INT32_MAX;
constexpr std::int64_t kDateMinusInfinity = INT32_MIN;
constexpr std::int64_t kTimestampInfinity = INT64_MAX;
constexpr std::int64_t kTimestampMinusInfinity = INT64_MIN;
constexpr std::int64_t kMicrosPerDay = 86'400'000'000;
constexpr std::int64_t kUnixToEpochDays = 10'957;  ///< 1970-01-01 to 2000-01-01

struct CivilDate {
  std::int64_t year;
  int month;
  int day;
};

/// '0000-00-00', '2024-02-00' and the like have no day number. Between two engines that both hold them they travel in a date or
/// timestamp slot, packed below every real value (ValuePolicies::keep_zero_dates).
struct PartialDate {
  int year;
  int month;
  int day;
  std::int64_t micros_of_day;
};
std::int64_t pack_partial_date(const PartialDate& date);
bool is_partial_date(std::int64_t slot);
PartialDate unpack_partial_date(std::int64_t slot);

/// Days since 2000-01-01; `month` 1..12, `day` 1..31 must exist (see valid_date).
std::int64_t days_from_civil(std::int64_t year, int month, int day);
CivilDate civil_from_days(std::int64_t days);
bool valid_date(std::int64_t year, int month, int day);

/// `YYYY-MM-DD` (years beyond 9999 with all digits, before 1 with a minus sign, astronomical), `infinity`, `-infinity`.
std::string format_date(std::int64_t days);
/// `YYYY-MM-DD HH:MM:SS[.ffffff]` with exactly `scale` fractional digits (0..6); `separator` between date and time.
std::string format_timestamp(std::int64_t micros, int scale, char separator = ' ');
/// `[-]HH:MM:SS[.ffffff]`, hours may pass 99.
std::string format_time(std::int64_t micros, int scale);
/// The same into `out` (at least 40 bytes); returns the length. For row loops: no allocation.
std::size_t write_date(char* out, std::int64_t days);
std::size_t write_timestamp(char* out, std::int64_t micros, int scale, char separator = ' ');
std::size_t write_time(char* out, std::int64_t micros, int scale);

/// Strict readers of the forms above: nothing when the text is anything else or the date does not exist.
std::optional<std::int64_t> parse_date(std::string_view text);
/// Also accepts 'T' between date and time, and no time at all. Without zone.
std::optional<std::int64_t> parse_timestamp(std::string_view text);
/// With `Z`, `+hh`, `+hh:mm` or `+hhmm` behind it: the instant. `zoned` tells whether a zone was there (else: as UTC).
std::optional<std::int64_t> parse_instant(std::string_view text, bool* zoned = nullptr);
std::optional<std::int64_t> parse_time(std::string_view text);

}  // namespace syncline::types

#include "connectors/sqlite/functions.h"

#include <optional>
#include <string>

#include "connectors/sql/time_zone.h"
#include "stdlib/types/calendar.h"
#include "stdlib/types/decimal.h"

namespace syncline::connectors::sqlite {
namespace {

using Context = sqlite3_context*;

std::string_view text_of(sqlite3_value* value) {
  const auto* bytes = sqlite3_value_text(value);
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

void refuse(Context context, std::string_view what) {
  const std::string message = "the condition meets a " + std::string(kValueRefused) + std::string(what);
  sqlite3_result_error(context, message.data(), static_cast<int>(message.size()));
}

std::optional<std::int64_t> micros_of(std::string_view text) {
  if (const auto day = types::parse_date(text)) {
    if (*day == types::kDateInfinity) return types::kTimestampInfinity;
    if (*day == types::kDateMinusInfinity) return types::kTimestampMinusInfinity;
    return *day * types::kMicrosPerDay;
  }
  return types::parse_instant(text);
}

void micros(Context context, int /*count*/, sqlite3_value** arguments) {
  if (sqlite3_value_type(arguments[0]) == SQLITE_NULL) return;
  if (sqlite3_value_type(arguments[0]) != SQLITE_TEXT) return refuse(context, "date");
  const auto found = micros_of(text_of(arguments[0]));
  if (!found.has_value()) return refuse(context, "date");
  sqlite3_result_int64(context, *found);
}

std::int64_t floor_day(std::int64_t micros) {
  const auto rest = micros % types::kMicrosPerDay;
  return (micros - rest) / types::kMicrosPerDay - (rest < 0 ? 1 : 0);
}

std::optional<std::int64_t> truncate(std::int64_t micros, std::string_view unit) {
  constexpr std::int64_t kHour = 3'600'000'000;
  if (unit == "hour") return micros - ((micros % kHour) + kHour) % kHour;
  const auto day = floor_day(micros);
  if (unit == "day") return day * types::kMicrosPerDay;
  if (unit == "week") return (day - ((day + 5) % 7 + 7) % 7) * types::kMicrosPerDay;  // day 0 was a Saturday
  const auto civil = types::civil_from_days(day);
  if (unit == "month") return types::days_from_civil(civil.year, civil.month, 1) * types::kMicrosPerDay;
  if (unit == "quarter") return types::days_from_civil(civil.year, (civil.month - 1) / 3 * 3 + 1, 1) * types::kMicrosPerDay;
  if (unit == "year") return types::days_from_civil(civil.year, 1, 1) * types::kMicrosPerDay;
  return std::nullopt;
}

void trunc(Context context, int /*count*/, sqlite3_value** arguments) {
  if (sqlite3_value_type(arguments[0]) == SQLITE_NULL) return;
  const types::Timestamp moment{sqlite3_value_int64(arguments[0])};
  if (moment.micros == types::kTimestampInfinity || moment.micros == types::kTimestampMinusInfinity) {
    return sqlite3_result_int64(context, moment.micros);
  }
  const std::string zone(text_of(arguments[2]));
  const auto start = truncate(sql::to_clock_time(moment, zone).micros, text_of(arguments[1]));
  if (!start.has_value()) return refuse(context, "unit of time");
  sqlite3_result_int64(context, sql::to_instant({*start}, zone).micros);
}

std::optional<std::string> decimal_of(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return std::to_string(sqlite3_value_int64(value));
    case SQLITE_FLOAT:
      return types::decimal::from_double(sqlite3_value_double(value));
    case SQLITE_TEXT:
      return types::decimal::parse(text_of(value));
    default:
      return std::nullopt;
  }
}

void compare(Context context, int /*count*/, sqlite3_value** arguments) {
  if (sqlite3_value_type(arguments[0]) == SQLITE_NULL || sqlite3_value_type(arguments[1]) == SQLITE_NULL) return;
  const auto left = decimal_of(arguments[0]);
  const auto right = decimal_of(arguments[1]);
  if (!left.has_value() || !right.has_value()) return refuse(context, "number");
  const int order = types::decimal::compare(*left, *right);
  sqlite3_result_int(context, order < 0 ? -1 : static_cast<int>(order > 0));
}

/// Texts that are no numbers come first.
int collate(void* /*unused*/, int left_size, const void* left_bytes, int right_size, const void* right_bytes) {
  try {
    const auto left = types::decimal::parse({static_cast<const char*>(left_bytes), static_cast<std::size_t>(left_size)});
    const auto right = types::decimal::parse({static_cast<const char*>(right_bytes), static_cast<std::size_t>(right_size)});
    if (left.has_value() && right.has_value()) return types::decimal::compare(*left, *right);
    return static_cast<int>(left.has_value()) - static_cast<int>(right.has_value());
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

using Function = void (*)(Context, int, sqlite3_value**);

template <Function function>
void guarded(Context context, int count, sqlite3_value** arguments) {
  try {
    function(context, count, arguments);
  } catch (const std::exception& error) {
    sqlite3_result_error(context, error.what(), -1);
  }
}

}  // namespace

void register_condition_functions(sqlite3* database) {
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
  sqlite3_create_function_v2(database, "syncline_micros", 1, kFlags, nullptr, guarded<micros>, nullptr, nullptr, nullptr);
  sqlite3_create_function_v2(database, "syncline_trunc", 3, kFlags, nullptr, guarded<trunc>, nullptr, nullptr, nullptr);
  sqlite3_create_collation_v2(database, "syncline_decimal", SQLITE_UTF8, nullptr, collate, nullptr);
  sqlite3_create_function_v2(database, "syncline_compare", 2, kFlags, nullptr, guarded<compare>, nullptr, nullptr, nullptr);
}

}  // namespace syncline::connectors::sqlite

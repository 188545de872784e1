#pragma once
#include <sqlite3.h>

#include <string_view>

namespace syncline::connectors::sqlite {

/// Part of every message of the functions below about a value that is not what its column's type says.
inline constexpr std::string_view kValueRefused = "value that is no ";

/// SQL functions for pushed-down conditions: SQLite has neither decimals nor dates, and text order is not theirs.
/// - `syncline_micros(value)`: microseconds since 2000-01-01 of date, timestamp or instant text; other values are an error.
/// - `syncline_trunc(micros, unit, zone)`: the start of the hour, day, week (Monday), month, quarter, year in that zone.
/// - `syncline_compare(a, b)`: -1, 0, 1 by exact decimal value of integers, reals and decimal text; NULL when either is.
void register_condition_functions(sqlite3* database);

}  // namespace syncline::connectors::sqlite

#include "stdlib/functions/functions.h"

#include <unordered_map>

#include "stdlib/functions/evaluators.h"

namespace syncline::functions {
namespace {

using expr::Type;

const Parameter kText{"text", Type::string};
const Parameter kAny{"value", Type::null};
const Parameter kValues{"values", Type::null, false, true};
const Parameter kMoment{"d", Type::timestamp};
const Parameter kCount{"count", Type::integer};
const Parameter kPattern{"pattern", Type::string};

const Result kIsText{Type::string};
const Result kIsInteger{Type::integer};
const Result kIsBoolean{Type::boolean};
const Result kIsDate{Type::date};
const Result kIsTimestamp{Type::timestamp};
const Result kAsArgument{Type::null, true};

constexpr Use kMask = Use::mask_only;
constexpr Use kAnywhere = Use::anywhere;

Parameter text(std::string_view name, bool optional = false) {
  return {name, Type::string, optional};
}
Parameter number(std::string_view name, bool optional = false) {
  return {name, Type::integer, optional};
}
Parameter anything(std::string_view name, bool optional = false) {
  return {name, Type::null, optional};
}

std::vector<Function> text_functions() {
  return {
      {"lower",
       {kText},
       kIsText,
       kAnywhere,
       false,
       true,
       "Lower-case letters (Unicode simple mapping).",
       "lower('ÄB') = 'äb'",
       body::lower},
      {"upper",
       {kText},
       kIsText,
       kAnywhere,
       false,
       true,
       "Upper-case letters (Unicode simple mapping).",
       "upper('äb') = 'ÄB'",
       body::upper},
      {"trim",
       {kText, text("characters", true)},
       kIsText,
       kAnywhere,
       false,
       true,
       "Without these characters (default: spaces) at both ends.",
       "trim('  a b ') = 'a b'",
       body::trim},
      {"substr",
       {kText, number("start"), number("count", true)},
       kIsText,
       kAnywhere,
       false,
       true,
       "From character `start` (1 is the first, -1 the last), at most `count` characters.",
       "substr('préfix', 3, 2) = 'éf'",
       body::substr},
      {"left",
       {kText, kCount},
       kIsText,
       kAnywhere,
       false,
       true,
       "The first characters.",
       "left('préfix', 3) = 'pré'",
       body::left},
      {"right",
       {kText, kCount},
       kIsText,
       kAnywhere,
       false,
       true,
       "The last characters.",
       "right('préfix', 4) = 'éfix'",
       body::right},
      {"length", {kText}, kIsInteger, kAnywhere, false, true, "Number of characters.", "length('é😀') = 2", body::length},
      {"lpad",
       {kText, number("length"), text("fill", true)},
       kIsText,
       kAnywhere,
       false,
       true,
       "Filled on the left to `length` characters, or cut to it.",
       "lpad('7', 3, '0') = '007'",
       body::lpad},
      {"rpad",
       {kText, number("length"), text("fill", true)},
       kIsText,
       kAnywhere,
       false,
       true,
       "Filled on the right to `length` characters, or cut to it.",
       "rpad('ab', 5, 'xy') = 'abxyx'",
       body::rpad},
      {"replace",
       {kText, text("what"), text("by")},
       kIsText,
       kAnywhere,
       false,
       true,
       "Every occurrence replaced.",
       "replace('a-b-c', '-', '_') = 'a_b_c'",
       body::replace},
      {"split_part",
       {kText, text("separator"), number("part")},
       kIsText,
       kAnywhere,
       false,
       true,
       "The part with this number, from 1; empty when there are fewer.",
       "split_part('eu.shop.orders', '.', 2) = 'shop'",
       body::split_part},
      {"starts_with",
       {kText, text("start")},
       kIsBoolean,
       kAnywhere,
       false,
       true,
       "Whether the text begins so.",
       "starts_with('orders_01', 'orders') = TRUE",
       body::starts_with},
      {"ends_with",
       {kText, text("end")},
       kIsBoolean,
       kAnywhere,
       false,
       true,
       "Whether the text ends so.",
       "ends_with('orders_01', '_02') = FALSE",
       body::ends_with},
      {"regexp_like",
       {kText, kPattern},
       kIsBoolean,
       kAnywhere,
       false,
       true,
       "Whether the RE2 pattern is found anywhere.",
       "regexp_like('orders_2024', '_[0-9]{4}$') = TRUE",
       body::regexp_like},
      {"regexp_extract",
       {kText, kPattern, anything("group", true)},
       kIsText,
       kAnywhere,
       false,
       true,
       "What the pattern (or its group, by name or number) matched first; NULL when nothing.",
       "regexp_extract('orders_2024', '_(?P<year>[0-9]+)', 'year') = '2024'",
       body::regexp_extract},
      {"regexp_replace",
       {kText, kPattern, text("by")},
       kIsText,
       kAnywhere,
       false,
       true,
       "Every match replaced; `\\1` is the first group.",
       "regexp_replace('a1b22', '([0-9]+)', '<\\1>') = 'a<1>b<22>'",
       body::regexp_replace},
  };
}

std::vector<Function> value_functions() {
  return {
      {"md5",
       {kAny},
       kIsText,
       kAnywhere,
       false,
       true,
       "MD5 of the value's text, 32 hex digits.",
       "md5('a') = '0cc175b9c0f1b6a831c399e269772661'",
       body::md5},
      {"sha256",
       {kAny, text("salt", true)},
       kIsText,
       kAnywhere,
       false,
       true,
       "SHA-256 of the salt's bytes and the value's text, 64 hex digits. In MASK: sha256(:salt).",
       "sha256('b', 'a') = 'fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603'",
       body::sha256},
      {"crc32",
       {kAny},
       kIsInteger,
       kAnywhere,
       false,
       true,
       "CRC-32 of the value's text.",
       "crc32('123456789') = 3421780262",
       body::crc32},
      {"to_string",
       {kAny},
       kIsText,
       kAnywhere,
       false,
       true,
       "The value's canonical text.",
       "to_string(DATE '2026-11-20') = '2026-11-20'",
       body::to_string},
      {"to_int",
       {kAny},
       kIsInteger,
       kAnywhere,
       false,
       true,
       "A whole number; text and decimals must be one exactly.",
       "to_int('0042') = 42",
       body::to_int},
      {"coalesce",
       {kValues},
       kAsArgument,
       kAnywhere,
       true,
       false,
       "The first value that is not NULL.",
       "coalesce(NULL, 'a', 'b') = 'a'",
       body::coalesce},
      {"nullif",
       {kAny, anything("other")},
       kAsArgument,
       kAnywhere,
       false,
       false,
       "NULL when both are equal, else the first.",
       "nullif('', '') = NULL",
       body::nullif},
      {"greatest",
       {kValues},
       kAsArgument,
       kAnywhere,
       false,
       true,
       "The largest value.",
       "greatest(2, 10.5, 3) = 10.5",
       body::greatest},
      {"least", {kValues}, kAsArgument, kAnywhere, false, true, "The smallest value.", "least('b', 'a') = 'a'", body::least},
  };
}

std::vector<Function> date_functions() {
  return {
      {"date",
       {kAny},
       kIsDate,
       kAnywhere,
       false,
       true,
       "The calendar day of an instant in the time zone at hand.",
       "date(TIMESTAMP '2026-11-20 23:59:59Z') = DATE '2026-11-20'",
       body::date},
      {"format",
       {kMoment, text("format")},
       kIsText,
       kAnywhere,
       false,
       true,
       "Text by strftime parts: %Y %y %m %d %j %H %M %S %f %F %T %%.",
       "format(DATE '2026-11-20', '%Y%m%d') = '20261120'",
       body::format},
      {"parse_date",
       {kText, text("format", true)},
       kIsDate,
       kAnywhere,
       false,
       true,
       "A date from text, by default YYYY-MM-DD.",
       "parse_date('20240229', '%Y%m%d') = DATE '2024-02-29'",
       body::parse_date},
      {"parse_timestamp",
       {kText, text("format", true)},
       kIsTimestamp,
       kAnywhere,
       false,
       true,
       "An instant from text, by default YYYY-MM-DD HH:MM:SS; without a zone in the time zone at hand.",
       "parse_timestamp('20/11/2026 07:05', '%d/%m/%Y %H:%M') = TIMESTAMP '2026-11-20 07:05:00Z'",
       body::parse_timestamp},
      {"trunc",
       {kMoment, text("unit")},
       kAsArgument,
       kAnywhere,
       true,
       true,
       "The start of its hour, day, week (Monday), month, quarter or year.",
       "trunc(DATE '2026-11-20', 'week') = DATE '2026-11-16'",
       body::trunc},
      {"last_day",
       {kMoment},
       kIsDate,
       kAnywhere,
       false,
       true,
       "The last day of its month.",
       "last_day(DATE '2024-02-01') = DATE '2024-02-29'",
       body::last_day},
      {"year", {kMoment}, kIsInteger, kAnywhere, false, true, "Its year.", "year(DATE '2026-11-20') = 2026", body::year},
      {"month",
       {kMoment},
       kIsInteger,
       kAnywhere,
       false,
       true,
       "Its month, 1 to 12.",
       "month(DATE '2026-11-20') = 11",
       body::month},
      {"day", {kMoment}, kIsInteger, kAnywhere, false, true, "Its day of the month.", "day(DATE '2026-11-20') = 20", body::day},
      {"hour",
       {kMoment},
       kIsInteger,
       kAnywhere,
       false,
       true,
       "Its hour, 0 to 23.",
       "hour(TIMESTAMP '2026-11-20 07:05:00Z') = 7",
       body::hour},
      {"date_diff",
       {kMoment, {"from", Type::timestamp}, text("unit", true)},
       kIsInteger,
       kAnywhere,
       false,
       true,
       "Whole days (or hours, weeks, months, quarters, years) from the second to the first.",
       "date_diff(DATE '2026-11-20', DATE '2026-10-21', 'day') = 30",
       body::date_diff},
  };
}

/// The column's value is the first argument; a script does not write it: `MASK phone USING partial(3, 4)`.
std::vector<Function> mask_functions() {
  return {
      {"partial",
       {kText, number("keep_left"), number("keep_right")},
       kIsText,
       kMask,
       false,
       true,
       "Stars in the middle; all stars when nothing would be hidden.",
       "partial('13812345678', 3, 4) = '138****5678'",
       body::partial},
      {"redact", {kText}, kIsText, kMask, false, true, "One star for each character.", "redact('Zoë') = '***'", body::redact},
      {"nullify", {kAny}, kAsArgument, kMask, false, true, "NULL.", "nullify('x') = NULL", body::nullify},
      {"constant",
       {kAny, anything("instead")},
       kAsArgument,
       kMask,
       false,
       true,
       "The same value in every row that is not NULL.",
       "constant('secret', 'none') = 'none'",
       body::constant},
      {"bucket",
       {kAny, number("buckets")},
       kIsInteger,
       kMask,
       false,
       true,
       "A number from 0 to buckets - 1, the same for the same value (first 8 bytes of SHA-256 of its text, modulo).",
       "bucket('a', 1) = 0",
       body::bucket},
  };
}

std::vector<Function> make_all() {
  std::vector<Function> out;
  for (auto part : {text_functions(), value_functions(), date_functions(), mask_functions()})
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

}  // namespace

const std::vector<Function>& all() {
  static const std::vector<Function> functions = make_all();
  return functions;
}

const Function* find(std::string_view lower_case_name) {
  static const std::unordered_map<std::string_view, const Function*> by_name = [] {
    std::unordered_map<std::string_view, const Function*> made;
    for (const auto& one : all()) made.emplace(one.name, &one);
    return made;
  }();
  const auto found = by_name.find(lower_case_name);
  return found == by_name.end() ? nullptr : found->second;
}

}  // namespace syncline::functions

#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "compiler/analyze/context.h"

/// Values of settings as written: `50 MB PER SECOND`, `2 HOURS`, `verify_full`.
namespace syncline::analyze {

/// What was written, for "takes …, not …": "the text 'x'", "`5 MB`", "a SECRET".
std::string describe(const ast::SettingValue& value);

/// Whole seconds of `2 HOURS`; nothing when it is no duration (a bare number is none, except 0) or too large.
std::optional<std::int64_t> seconds_of(const ast::SettingValue& value);
std::optional<std::int64_t> seconds_of(const ast::Quantity& quantity);
/// Bytes of `16 MB` (1 KB = 1024 B); nothing when it is no amount of bytes.
std::optional<std::uint64_t> bytes_of(const ast::SettingValue& value);
/// A bare whole number; nothing otherwise.
/// "did you mean `20 MINUTES`?" where the unit is close to one of `units` (upper case, plural), with a fix of the quantity.
void suggest_unit(diag::Diagnostic& finding, const ast::Quantity& written, const std::vector<std::string>& units);
/// The same for a setting's value: units of time and size, or of a rate's PER; `true` and `false` for a word.
void suggest_value(diag::Diagnostic& finding, const ast::SettingValue& value);
inline const std::vector<std::string> kTimeUnits = {"SECONDS", "MINUTES", "HOURS", "DAYS", "WEEKS"};
std::optional<std::int64_t> integer_of(const ast::SettingValue& value);
/// Canonical text of a rate: "52428800 B/s", "20000 rows/s"; nothing when it is none.
std::optional<std::string> rate_of(const ast::SettingValue& value);
/// The lower-case word, or `null` for NULL; also of a string.
std::optional<std::string> word_of(const ast::SettingValue& value);

/// `:name` replaced by the parameter's value, lists included. SY1021, SY6007 for secrets. Values that only a run knows: SY2003.
ast::SettingValue resolve(Context& context, const ast::SettingValue& value, std::string_view setting);

}  // namespace syncline::analyze

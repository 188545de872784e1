#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Exact decimal numbers of any length as canonical text (CellKind::decimal): `-?digits[.digits]`, no superfluous leading zeros,
/// no minus before zero, scale as given; or `NaN`, `Infinity`, `-Infinity`. "Canonical" arguments are such texts.
namespace syncline::types::decimal {

/// Where the digits of a finite canonical number lie. Zero has no digits: highest = lowest = 0 and `zero` is set.
struct Shape {
  bool zero = true;
  bool negative = false;
  int highest = 0;  ///< place of the first non-zero digit: 0 = ones, 2 = hundreds, -1 = tenths
  int lowest = 0;   ///< place of the last non-zero digit
};

bool finite(std::string_view canonical);
Shape shape(std::string_view canonical);
/// Whether a finite number fits precision and scale without rounding; precision < 0: anything fits.
enum class Fit : std::uint8_t { fits, too_large, scale_lost };
Fit fit(std::string_view canonical, int precision, int scale);

/// Strict reader of `[+-]digits[.digits][e[+-]digits]` and of NaN, Infinity, -Infinity; nothing for any other text, and for
/// exponents beyond ±20,000.
std::optional<std::string> parse(std::string_view text);
std::string from_double(double value);
std::string from_float(float value);
/// Shortest text that reads back as the same number ("0.1", "1e+35", "NaN", "Infinity"). Needs 32 bytes; returns the length.
std::size_t write_double(char* out, double value);
std::size_t write_float(char* out, float value);
/// The nearest double; an infinity when beyond its range.
double to_double(std::string_view canonical);

/// Nothing when the number has a fraction or is out of range.
std::optional<std::int64_t> to_int64(std::string_view canonical);
std::optional<std::uint64_t> to_uint64(std::string_view canonical);

/// <0, 0, >0. NaN equals itself and is above everything, as in PostgreSQL.
int compare(std::string_view a, std::string_view b);

/// Finite arguments only. Scales: the larger one (add, subtract), the sum (multiply).
std::string add(std::string_view a, std::string_view b);
std::string subtract(std::string_view a, std::string_view b);
std::string multiply(std::string_view a, std::string_view b);
/// Rounded half away from zero to 16 fractional digits (or the arguments' scale when that is larger), without needless zeros at
/// the end. `b` must not be zero.
std::string divide(std::string_view a, std::string_view b);
std::string negate(std::string_view a);

}  // namespace syncline::types::decimal

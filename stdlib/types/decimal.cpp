#include "stdlib/types/decimal.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <charconv>
#include <cmath>
#include <limits>

namespace syncline::types::decimal {
namespace {

using boost::multiprecision::cpp_int;

constexpr int kMaxExponent = 20'000;
constexpr int kQuotientScale = 16;

/// units / 10^scale.
struct Number {
  cpp_int units;
  int scale = 0;
};

bool digit(char c) {
  return c >= '0' && c <= '9';
}

int scale_of(std::string_view canonical) {
  const auto point = canonical.find('.');
  return point == std::string_view::npos ? 0 : static_cast<int>(canonical.size() - point - 1);
}

/// Digits and a point position to canonical text. `digits` without sign and point; `scale` >= 0 of them are fractional.
std::string assemble(bool negative, std::string digits, int scale) {
  if (digits.size() <= static_cast<std::size_t>(scale))
    digits.insert(0, static_cast<std::size_t>(scale) + 1 - digits.size(), '0');
  const auto whole = digits.size() - static_cast<std::size_t>(scale);
  const auto first = std::min(digits.find_first_not_of('0'), whole - 1);
  const bool zero = digits.find_first_not_of('0') == std::string::npos;
  std::string out = negative && !zero ? "-" : "";
  out.append(digits, first, whole - first);
  if (scale > 0) out.append(".").append(digits, whole);
  return out;
}

Number number_of(std::string_view canonical) {
  std::string digits;
  for (const char c : canonical)
    if (digit(c)) digits += c;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  Number number{cpp_int(digits), scale_of(canonical)};
  if (canonical.front() == '-') number.units = -number.units;
  return number;
}

std::string text_of(const Number& number) {
  const bool negative = number.units < 0;
  const cpp_int size = negative ? cpp_int(-number.units) : number.units;
  return assemble(negative, size.str(), number.scale);
}

cpp_int power_of_ten(int exponent) {
  return boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(exponent));
}

void align(Number& a, Number& b) {
  if (a.scale < b.scale) std::swap(a, b);
  if (a.scale == b.scale) return;
  b.units *= power_of_ten(a.scale - b.scale);
  b.scale = a.scale;
}

std::string without_needless_zeros(std::string text, int keep_scale) {
  const auto least = text.size() - static_cast<std::size_t>(scale_of(text) - keep_scale);
  while (text.size() > least && text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

int compare_sizes(std::string_view a, std::string_view b) {
  const auto whole = [](std::string_view text) { return text.substr(0, text.find('.')); };
  const auto part = [](std::string_view text) {
    return text.find('.') == std::string_view::npos ? std::string_view() : text.substr(text.find('.') + 1);
  };
  const auto whole_a = whole(a), whole_b = whole(b);
  if (whole_a.size() != whole_b.size()) return whole_a.size() < whole_b.size() ? -1 : 1;
  if (const int order = whole_a.compare(whole_b); order != 0) return order;
  const auto part_a = part(a), part_b = part(b);
  for (std::size_t i = 0; i < std::max(part_a.size(), part_b.size()); ++i) {
    const char x = i < part_a.size() ? part_a[i] : '0';
    const char y = i < part_b.size() ? part_b[i] : '0';
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

/// -Infinity, finite, Infinity, NaN.
int rank(std::string_view canonical) {
  if (canonical == "NaN") return 2;
  if (canonical == "Infinity") return 1;
  return canonical == "-Infinity" ? -1 : 0;
}

struct Parts {
  bool negative = false;
  std::string digits;
  int scale = 0;
};

bool read_exponent(std::string_view text, Parts& parts) {
  int exponent = 0;
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (error != std::errc() || end != text.data() + text.size() || std::abs(exponent) > kMaxExponent) return false;
  parts.scale -= exponent;
  if (parts.scale < 0) {
    parts.digits.append(static_cast<std::size_t>(-parts.scale), '0');
    parts.scale = 0;
  }
  return true;
}

bool read_digits(std::string_view& text, std::string& digits) {
  const auto count = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), digit) - text.begin());
  digits.append(text.substr(0, count));
  text.remove_prefix(count);
  return count > 0;
}

template <typename Float>
std::size_t write_shortest(char* out, Float value) {
  const auto word = [&](std::string_view text) {
    return static_cast<std::size_t>(std::copy(text.begin(), text.end(), out) - out);
  };
  if (std::isnan(value)) return word("NaN");
  if (std::isinf(value)) return word(value < 0 ? "-Infinity" : "Infinity");
  return static_cast<std::size_t>(std::to_chars(out, out + 32, value).ptr - out);
}

template <typename Integer>
std::optional<Integer> to_integer(std::string_view canonical) {
  const auto point = canonical.find('.');
  if (point != std::string_view::npos && canonical.find_first_not_of('0', point + 1) != std::string_view::npos)
    return std::nullopt;
  canonical = canonical.substr(0, point);
  if (canonical == "-0") canonical.remove_prefix(1);
  Integer value = 0;
  const auto [end, error] = std::from_chars(canonical.data(), canonical.data() + canonical.size(), value);
  if (error != std::errc() || end != canonical.data() + canonical.size()) return std::nullopt;
  return value;
}

}  // namespace

bool finite(std::string_view canonical) {
  return !canonical.empty() && digit(canonical.back());
}

Shape shape(std::string_view canonical) {
  Shape out;
  out.negative = !canonical.empty() && canonical.front() == '-';
  const auto point = std::min(canonical.find('.'), canonical.size());
  const auto place = [&](std::size_t at) {
    return at < point ? static_cast<int>(point - at) - 1 : -static_cast<int>(at - point);
  };
  const auto first = canonical.find_first_of("123456789");
  if (first == std::string_view::npos) return out;
  out.zero = false;
  out.highest = place(first);
  out.lowest = place(canonical.find_last_of("123456789"));
  return out;
}

Fit fit(std::string_view canonical, int precision, int scale) {
  if (precision < 0) return Fit::fits;
  const auto digits = shape(canonical);
  if (digits.zero) return Fit::fits;
  if (digits.highest >= precision - scale) return Fit::too_large;
  return digits.lowest < -scale ? Fit::scale_lost : Fit::fits;
}

std::optional<std::string> parse(std::string_view text) {
  if (rank(text) != 0) return std::string(text);
  Parts parts;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    parts.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (!read_digits(text, parts.digits)) return std::nullopt;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    const auto whole = parts.digits.size();
    if (!read_digits(text, parts.digits)) return std::nullopt;
    parts.scale = static_cast<int>(parts.digits.size() - whole);
  }
  if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
    if (!read_exponent(text.substr(1), parts)) return std::nullopt;
    text = {};
  }
  if (!text.empty()) return std::nullopt;
  return assemble(parts.negative, std::move(parts.digits), parts.scale);
}

std::size_t write_double(char* out, double value) {
  return write_shortest(out, value);
}
std::size_t write_float(char* out, float value) {
  return write_shortest(out, value);
}

std::string from_double(double value) {
  char text[32];
  return parse({text, write_double(text, value)}).value_or("NaN");
}

std::string from_float(float value) {
  char text[32];
  return parse({text, write_float(text, value)}).value_or("NaN");
}

double to_double(std::string_view canonical) {
  if (canonical == "NaN") return std::numeric_limits<double>::quiet_NaN();
  const double endless = std::numeric_limits<double>::infinity();
  if (rank(canonical) != 0) return canonical.front() == '-' ? -endless : endless;
  double value = 0;
  const auto [end, error] = std::from_chars(canonical.data(), canonical.data() + canonical.size(), value);
  (void)end;
  if (error != std::errc::result_out_of_range) return value;
  if (shape(canonical).highest < 0) return 0;
  return canonical.front() == '-' ? -endless : endless;
}

std::optional<std::int64_t> to_int64(std::string_view canonical) {
  return to_integer<std::int64_t>(canonical);
}
std::optional<std::uint64_t> to_uint64(std::string_view canonical) {
  return to_integer<std::uint64_t>(canonical);
}

int compare(std::string_view a, std::string_view b) {
  if (rank(a) != 0 || rank(b) != 0) return rank(a) - rank(b);
  const bool negative_a = shape(a).negative, negative_b = shape(b).negative;
  if (negative_a != negative_b) return negative_a ? -1 : 1;
  if (negative_a) return compare_sizes(b.substr(1), a.substr(1));
  return compare_sizes(a, b);
}

std::string add(std::string_view a, std::string_view b) {
  Number x = number_of(a), y = number_of(b);
  align(x, y);
  return text_of({x.units + y.units, x.scale});
}

std::string negate(std::string_view a) {
  Number number = number_of(a);
  number.units = -number.units;
  return text_of(number);
}

std::string subtract(std::string_view a, std::string_view b) {
  return add(a, negate(b));
}

std::string multiply(std::string_view a, std::string_view b) {
  const Number x = number_of(a), y = number_of(b);
  return text_of({x.units * y.units, x.scale + y.scale});
}

std::string divide(std::string_view a, std::string_view b) {
  Number x = number_of(a);
  const Number y = number_of(b);
  const int given = std::max(x.scale, y.scale);
  const int scale = std::max(kQuotientScale, given);
  x.units *= power_of_ten(scale + y.scale);
  const cpp_int divisor = y.units * power_of_ten(x.scale);
  cpp_int quotient, remainder;
  boost::multiprecision::divide_qr(x.units, divisor, quotient, remainder);
  if (abs(remainder) * 2 >= abs(divisor)) quotient += (x.units < 0) == (divisor < 0) ? 1 : -1;
  return without_needless_zeros(text_of({quotient, scale}), given);
}

}  // namespace syncline::types::decimal

#include "stdlib/types/interval.h"

#include <charconv>

namespace syncline::types {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

struct Part {
  std::int64_t amount = 0;
  std::int64_t micros = 0;  ///< fraction, signed like the amount
  bool has_fraction = false;
  char unit = 0;
};

bool read_fraction(std::string_view& text, bool negative, Part& part) {
  text.remove_prefix(1);
  std::int64_t unit = kSecond;
  std::size_t count = 0;
  for (; count < text.size() && text[count] >= '0' && text[count] <= '9'; ++count) {
    unit /= 10;
    if (unit == 0 && text[count] != '0') return false;
    part.micros += unit * (text[count] - '0');
  }
  text.remove_prefix(count);
  if (negative) part.micros = -part.micros;
  part.has_fraction = true;
  return count > 0;
}

bool read_part(std::string_view& text, Part& part) {
  const bool negative = !text.empty() && text.front() == '-';
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), part.amount);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.empty() && text.front() == '.' && !read_fraction(text, negative, part)) return false;
  if (text.empty()) return false;
  part.unit = text.front();
  text.remove_prefix(1);
  return !part.has_fraction || part.unit == 'S';
}

bool add(std::int64_t& sum, std::int64_t amount, std::int64_t unit) {
  std::int64_t product = 0;
  return !__builtin_mul_overflow(amount, unit, &product) && !__builtin_add_overflow(sum, product, &sum);
}

bool apply(const Part& part, bool clock, Interval& out) {
  if (!clock) {
    switch (part.unit) {
      case 'Y':
        return add(out.months, part.amount, 12);
      case 'M':
        return add(out.months, part.amount, 1);
      case 'W':
        return add(out.days, part.amount, 7);
      case 'D':
        return add(out.days, part.amount, 1);
      default:
        return false;
    }
  }
  switch (part.unit) {
    case 'H':
      return add(out.micros, part.amount, 3600 * kSecond);
    case 'M':
      return add(out.micros, part.amount, 60 * kSecond);
    case 'S':
      return add(out.micros, part.amount, kSecond) && add(out.micros, part.micros, 1);
    default:
      return false;
  }
}

}  // namespace

std::optional<Interval> parse_interval(std::string_view text) {
  if (text.size() < 3 || text.front() != 'P' || text.back() == 'T') return std::nullopt;
  text.remove_prefix(1);
  Interval out;
  bool clock = false;
  while (!text.empty()) {
    if (text.front() == 'T' && !clock) {
      clock = true;
      text.remove_prefix(1);
    }
    Part part;
    if (!read_part(text, part) || !apply(part, clock, out)) return std::nullopt;
  }
  return out;
}

}  // namespace syncline::types

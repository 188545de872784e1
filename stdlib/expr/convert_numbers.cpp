#include <charconv>
#include <cmath>
#include <cstring>

#include "stdlib/expr/convert.h"
#include "stdlib/types/decimal.h"

namespace syncline::expr {
namespace {

namespace decimal = types::decimal;
using types::CellKind;
using types::TypeKind;

bool in_year_gap(const Conversion& c, std::uint64_t value) {
  return c.to.kind == TypeKind::year && value > 0 && value < 1901;
}

bool to_signed_range(Conversion& c, std::int64_t value, std::uint64_t& out) {
  const bool too_high = value > 0 && static_cast<std::uint64_t>(value) > c.range.high;
  if (value < c.range.low || too_high || in_year_gap(c, static_cast<std::uint64_t>(value))) c.refuse(ValueProblem::out_of_range);
  out = static_cast<std::uint64_t>(value);
  return true;
}

bool to_unsigned_range(Conversion& c, std::uint64_t value, std::uint64_t& out) {
  if (value > c.range.high || in_year_gap(c, value)) c.refuse(ValueProblem::out_of_range);
  out = value;
  return true;
}

bool signed_to_integer(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  return to_signed_range(c, static_cast<std::int64_t>(in), out);
}
bool unsigned_to_integer(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  return to_unsigned_range(c, in, out);
}

bool integer_to_boolean(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  if (in > 1) c.refuse(ValueProblem::bad_boolean, "only 0 and 1 are booleans");
  out = in;
  return true;
}

bool check_decimal(const Conversion& c, std::string_view text) {
  switch (decimal::fit(text, c.to.precision, c.to.scale)) {
    case decimal::Fit::fits:
      return true;
    case decimal::Fit::too_large:
      c.refuse(ValueProblem::out_of_range);
    case decimal::Fit::scale_lost:
      c.refuse(ValueProblem::scale_lost, "more fractional digits than " + types::to_string(c.to) + " keeps");
  }
  return true;
}

struct Digits {
  char text[24];
  std::size_t size = 0;
  [[nodiscard]] std::string_view view() const { return {text, size}; }
};

template <typename Integer>
Digits digits_of(std::uint64_t slot) {
  Digits out;
  out.size =
      static_cast<std::size_t>(std::to_chars(out.text, out.text + sizeof out.text, static_cast<Integer>(slot)).ptr - out.text);
  return out;
}

template <typename Integer>
bool integer_to_decimal(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto digits = digits_of<Integer>(in);
  check_decimal(c, digits.view());
  out = c.store(digits.view());
  return true;
}

template <typename Integer>
bool integer_to_text(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto digits = digits_of<Integer>(in);
  check_length(c, digits.view());
  out = c.store(digits.view());
  return true;
}

template <typename Float>
std::uint64_t float_slot(Float value) {
  std::uint64_t slot = 0;
  std::memcpy(&slot, &value, sizeof value);
  return slot;
}

template <typename Float>
Float float_of(std::uint64_t slot) {
  Float value = 0;
  std::memcpy(&value, &slot, sizeof value);
  return value;
}

template <typename Integer, typename Float>
bool integer_to_float(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto value = static_cast<Float>(static_cast<Integer>(in));
  if (static_cast<__int128>(value) != static_cast<__int128>(static_cast<Integer>(in)))
    c.refuse(ValueProblem::scale_lost, types::to_string(c.to) + " cannot hold every digit");
  out = float_slot(value);
  return true;
}

bool integer_to_bits(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto width = static_cast<unsigned>(c.to.length < 0 ? 64 : c.to.length);
  const bool negative = !c.from.is_unsigned && static_cast<std::int64_t>(in) < 0;
  if (negative || (width < 64 && in >> width != 0)) c.refuse(ValueProblem::out_of_range);
  char* end = c.heap->reserve_more(width);
  for (unsigned i = 0; i < width; ++i) {
    const unsigned place = width - 1 - i;
    end[i] = place < 64 && (in >> place & 1U) != 0 ? '1' : '0';
  }
  out = types::Batch::heap_slot(c.heap->size(), width);
  c.heap->advance(width);
  return true;
}

bool boolean_to_text(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const std::string_view word = in != 0 ? "true" : "false";
  check_length(c, word);
  out = c.store(word);
  return true;
}

template <typename Integer>
Converter integer_to(const types::LogicalType& to, ConvertCell within_range) {
  switch (types::cell_kind(to)) {
    case CellKind::i64:
    case CellKind::u64:
      return within_range == signed_to_integer ? converter<signed_to_integer>() : converter<unsigned_to_integer>();
    case CellKind::boolean:
      return converter<integer_to_boolean>();
    case CellKind::decimal:
      return converter<integer_to_decimal<Integer>>();
    case CellKind::f32:
      return converter<integer_to_float<Integer, float>>();
    case CellKind::f64:
      return converter<integer_to_float<Integer, double>>();
    case CellKind::bits:
      return converter<integer_to_bits>();
    default:
      return to.kind == TypeKind::string ? converter<integer_to_text<Integer>>() : Converter();
  }
}

bool decimal_to_integer(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto text = c.view(in);
  if (!decimal::finite(text)) return c.refuse_non_finite();
  if (const auto value = decimal::to_int64(text)) return to_signed_range(c, *value, out);
  if (const auto value = decimal::to_uint64(text)) return to_unsigned_range(c, *value, out);
  if (decimal::shape(text).lowest < 0)
    c.refuse(ValueProblem::scale_lost, "has a fraction, " + types::to_string(c.to) + " has none");
  c.refuse(ValueProblem::out_of_range);
}

bool decimal_to_boolean(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto value = decimal::to_uint64(c.view(in));
  return integer_to_boolean(c, value.value_or(2), out);
}

/// Drops zeros behind the last digit that the target keeps.
std::string_view within_scale(std::string_view text, int scale) {
  const auto point = text.find('.');
  if (point == std::string_view::npos) return text;
  return text.substr(0, std::min(text.size(), point + (scale > 0 ? static_cast<std::size_t>(scale) + 1 : 0)));
}

bool decimal_to_decimal(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  auto text = c.view(in);
  if (!decimal::finite(text)) {
    if (c.to.precision >= 0) return c.refuse_non_finite();
    out = in;
    return true;
  }
  check_decimal(c, text);
  out = c.to.precision < 0 ? in : c.slot_of(within_scale(text, c.to.scale));
  return true;
}

template <typename Float>
Float nearest(std::string_view text) {
  Float value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// The nearest float, when its shortest text means the same number.
template <typename Float>
bool exact_float(Conversion& c, std::string_view text, std::uint64_t& out) {
  const double wide = decimal::to_double(text);
  const auto value = std::isfinite(wide) ? nearest<Float>(text) : static_cast<Float>(wide);
  if (decimal::finite(text)) {
    if (!std::isfinite(value) || (std::isfinite(wide) && std::abs(wide) > static_cast<double>(std::numeric_limits<Float>::max())))
      c.refuse(ValueProblem::out_of_range);
    char shortest[32];
    const auto size =
        sizeof(Float) == 4 ? decimal::write_float(shortest, static_cast<float>(value)) : decimal::write_double(shortest, value);
    const auto again = decimal::parse({shortest, size});
    if (!again || decimal::compare(*again, text) != 0)
      c.refuse(ValueProblem::scale_lost, types::to_string(c.to) + " cannot hold every digit");
  }
  out = float_slot(value);
  return true;
}

template <typename Float>
bool decimal_to_float(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  return exact_float<Float>(c, c.view(in), out);
}

bool heap_to_text(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  check_length(c, c.view(in));
  out = in;
  return true;
}

template <typename Float>
bool float_to_integer(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto value = static_cast<double>(float_of<Float>(in));
  if (!std::isfinite(value)) return c.refuse_non_finite();
  if (value != std::trunc(value)) c.refuse(ValueProblem::scale_lost, "has a fraction, " + types::to_string(c.to) + " has none");
  if (value >= 18446744073709551616.0 || value < -9223372036854775808.0) c.refuse(ValueProblem::out_of_range);
  if (value < 0) return to_signed_range(c, static_cast<std::int64_t>(value), out);
  return to_unsigned_range(c, static_cast<std::uint64_t>(value), out);
}

template <typename Float>
bool float_to_boolean(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto value = float_of<Float>(in);
  return integer_to_boolean(c, value == 0 ? 0 : value == 1 ? 1 : 2, out);
}

std::string shortest_decimal(float value) {
  return decimal::from_float(value);
}
std::string shortest_decimal(double value) {
  return decimal::from_double(value);
}

template <typename Float>
bool float_to_decimal(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto value = float_of<Float>(in);
  if (!std::isfinite(value) && c.to.precision >= 0) return c.refuse_non_finite();
  const auto text = shortest_decimal(value);
  if (std::isfinite(value)) check_decimal(c, text);
  out = c.store(text);
  return true;
}

template <typename Float>
bool float_to_text(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  char text[32];
  const auto value = float_of<Float>(in);
  const auto size =
      sizeof(Float) == 4 ? decimal::write_float(text, static_cast<float>(value)) : decimal::write_double(text, value);
  check_length(c, {text, size});
  out = c.store({text, size});
  return true;
}

bool widen_float(Conversion& /*c*/, std::uint64_t in, std::uint64_t& out) {
  out = float_slot(static_cast<double>(float_of<float>(in)));
  return true;
}

bool narrow_float(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto wide = float_of<double>(in);
  if (std::isfinite(wide) && std::abs(wide) > static_cast<double>(std::numeric_limits<float>::max()))
    c.refuse(ValueProblem::out_of_range);
  const auto narrow = static_cast<float>(wide);
  if (!std::isnan(wide) && static_cast<double>(narrow) != wide)
    c.refuse(ValueProblem::scale_lost, "float32 cannot hold every digit");
  out = float_slot(narrow);
  return true;
}

template <typename Float>
Converter float_to(const types::LogicalType& to) {
  switch (types::cell_kind(to)) {
    case CellKind::i64:
    case CellKind::u64:
      return converter<float_to_integer<Float>>();
    case CellKind::boolean:
      return converter<float_to_boolean<Float>>();
    case CellKind::decimal:
      return converter<float_to_decimal<Float>>();
    case CellKind::f32:
      return sizeof(Float) == 4 ? converter<convert_unchanged>() : converter<narrow_float>();
    case CellKind::f64:
      return sizeof(Float) == 8 ? converter<convert_unchanged>() : converter<widen_float>();
    default:
      return to.kind == TypeKind::string ? converter<float_to_text<Float>>() : Converter();
  }
}

}  // namespace

Converter from_integer(const types::LogicalType& from, const types::LogicalType& to) {
  if (from.kind == TypeKind::boolean && to.kind == TypeKind::boolean) return converter<convert_unchanged>();
  if (from.kind == TypeKind::boolean && to.kind == TypeKind::string) return converter<boolean_to_text>();
  const bool is_signed = types::cell_kind(from) == CellKind::i64;
  return is_signed ? integer_to<std::int64_t>(to, signed_to_integer) : integer_to<std::uint64_t>(to, unsigned_to_integer);
}

Converter from_decimal(const types::LogicalType& to) {
  switch (types::cell_kind(to)) {
    case CellKind::i64:
    case CellKind::u64:
      return converter<decimal_to_integer>();
    case CellKind::boolean:
      return converter<decimal_to_boolean>();
    case CellKind::decimal:
      return converter<decimal_to_decimal>();
    case CellKind::f32:
      return converter<decimal_to_float<float>>();
    case CellKind::f64:
      return converter<decimal_to_float<double>>();
    default:
      return to.kind == TypeKind::string ? converter<heap_to_text>() : Converter();
  }
}

Converter from_float(const types::LogicalType& from, const types::LogicalType& to) {
  return from.kind == TypeKind::float32 ? float_to<float>(to) : float_to<double>(to);
}

}  // namespace syncline::expr

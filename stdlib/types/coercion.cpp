#include "stdlib/types/coercion.h"

#include <algorithm>

#include "stdlib/base/text.h"

namespace syncline::types {
namespace {

constexpr std::int64_t kNetworkText = 49;  ///< an IPv6 address written with an IPv4 tail, and its prefix length

Coercion exact_if(bool fits) {
  return fits ? Coercion::exact : Coercion::checked;
}

bool is_integer(TypeKind kind) {
  return kind == TypeKind::tinyint || kind == TypeKind::smallint || kind == TypeKind::integer || kind == TypeKind::bigint;
}
bool is_float(TypeKind kind) {
  return kind == TypeKind::float32 || kind == TypeKind::float64;
}
bool is_number(TypeKind kind) {
  return is_integer(kind) || is_float(kind) || kind == TypeKind::decimal || kind == TypeKind::year;
}

/// Bits of an integer without its sign: 7, 8, 15, … 64. A year is a smallint that is never negative.
int value_bits(const LogicalType& type) {
  switch (type.kind) {
    case TypeKind::tinyint:
      return type.is_unsigned ? 8 : 7;
    case TypeKind::smallint:
      return type.is_unsigned ? 16 : 15;
    case TypeKind::integer:
      return type.is_unsigned ? 32 : 31;
    case TypeKind::year:
      return 12;
    default:
      return type.is_unsigned ? 64 : 63;
  }
}

/// Decimal digits of the widest value: 3, 5, 10, 19 or 20.
int value_digits(const LogicalType& type) {
  switch (type.kind) {
    case TypeKind::tinyint:
      return 3;
    case TypeKind::smallint:
      return 5;
    case TypeKind::year:
      return 4;
    case TypeKind::integer:
      return 10;
    default:
      return type.is_unsigned ? 20 : 19;
  }
}

int fraction(const LogicalType& type) {
  return type.scale < 0 ? 6 : type.scale;
}
int decimal_scale(const LogicalType& type) {
  return type.precision < 0 ? 0 : type.scale;
}

bool negative_possible(const LogicalType& type) {
  return type.kind != TypeKind::year && !type.is_unsigned;
}

Coercion integer_to_number(const LogicalType& from, const LogicalType& to) {
  if (to.kind == TypeKind::year) return exact_if(from.kind == TypeKind::year);
  if (is_integer(to.kind)) return exact_if(value_bits(from) <= value_bits(to) && (!negative_possible(from) || !to.is_unsigned));
  if (to.kind == TypeKind::float32) return exact_if(value_bits(from) <= 24);
  if (to.kind == TypeKind::float64) return exact_if(value_bits(from) <= 53);
  return exact_if(to.precision < 0 || (to.precision - decimal_scale(to) >= value_digits(from) && decimal_scale(to) >= 0));
}

Coercion decimal_to_number(const LogicalType& from, const LogicalType& to) {
  if (to.kind != TypeKind::decimal) return Coercion::checked;
  if (to.precision < 0) return Coercion::exact;
  if (from.precision < 0) return Coercion::checked;
  const int whole_from = from.precision - decimal_scale(from);
  return exact_if(whole_from <= to.precision - decimal_scale(to) && decimal_scale(from) <= decimal_scale(to));
}

Coercion float_to_number(const LogicalType& from, const LogicalType& to) {
  return exact_if(is_float(to.kind) && (from.kind == to.kind || to.kind == TypeKind::float64));
}

Coercion number_to_number(const LogicalType& from, const LogicalType& to) {
  if (from.kind == TypeKind::decimal) return decimal_to_number(from, to);
  return is_float(from.kind) ? float_to_number(from, to) : integer_to_number(from, to);
}

/// Most characters that the canonical text of a type can take; -1: no bound.
std::int64_t text_length(const LogicalType& type) {
  switch (type.kind) {
    case TypeKind::boolean:
      return 5;
    case TypeKind::tinyint:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
    case TypeKind::year:
      return value_digits(type) + (negative_possible(type) ? 1 : 0);
    case TypeKind::decimal:
      return type.precision < 0 ? -1 : std::max<std::int64_t>(9, type.precision + std::max(decimal_scale(type), 0) + 3);
    case TypeKind::float32:
    case TypeKind::float64:
      return 24;
    case TypeKind::string:
    case TypeKind::bits:
      return type.length;
    case TypeKind::date:
      return 13;
    case TypeKind::time:
      return 20;
    case TypeKind::timestamp:
    case TypeKind::timestamp_local:
      return 30;
    case TypeKind::interval:
      return 64;
    case TypeKind::uuid:
      return 36;
    case TypeKind::network:
      return kNetworkText;
    default:
      return -1;
  }
}

std::int64_t characters(std::string_view utf8) {
  return std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

std::int64_t label_length(const LogicalType& type) {
  if (type.labels.empty()) return -1;
  std::int64_t longest = 0, all = 0;
  for (const auto& label : type.labels) {
    longest = std::max(longest, characters(label));
    all += characters(label) + 1;
  }
  return type.kind == TypeKind::set ? all : longest;
}

Coercion to_text_type(const LogicalType& from, const LogicalType& to) {
  if (from.kind == TypeKind::geometry) return Coercion::impossible;
  if (from.kind == TypeKind::bytes) return Coercion::checked;
  const bool labelled = from.kind == TypeKind::enumeration || from.kind == TypeKind::set;
  const auto longest = labelled ? label_length(from) : text_length(from);
  return exact_if(to.length < 0 || (longest >= 0 && longest <= to.length));
}

Coercion from_text_type(const LogicalType& to) {
  const bool unknown = to.kind == TypeKind::geometry || to.kind == TypeKind::other;
  return unknown ? Coercion::impossible : Coercion::checked;
}

bool contains_all(const std::vector<std::string>& all, const std::vector<std::string>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const auto& label) { return std::find(all.begin(), all.end(), label) != all.end(); });
}

Coercion labels(const LogicalType& from, const LogicalType& to) {
  if (from.kind == TypeKind::enumeration) return exact_if(!from.labels.empty() && contains_all(to.labels, from.labels));
  return exact_if(!from.labels.empty() && from.labels == to.labels);
}

Coercion arrays(const LogicalType& from, const LogicalType& to) {
  if (!from.element || !to.element) return exact_if(!to.element);
  return coercion(*from.element, *to.element) == Coercion::exact ? Coercion::exact : Coercion::impossible;
}

Coercion bit_strings(const LogicalType& from, const LogicalType& to) {
  if (to.varying) return exact_if(to.length < 0 || (from.length >= 0 && from.length <= to.length));
  return exact_if(!from.varying && from.length == to.length);
}

Coercion same_kind(const LogicalType& from, const LogicalType& to) {
  switch (to.kind) {
    case TypeKind::time:
    case TypeKind::timestamp:
    case TypeKind::timestamp_local:
      return exact_if(fraction(from) <= fraction(to));
    case TypeKind::bytes:
      return exact_if(to.length < 0 || (from.length >= 0 && from.length <= to.length));
    case TypeKind::bits:
      return bit_strings(from, to);
    case TypeKind::enumeration:
    case TypeKind::set:
      return labels(from, to);
    case TypeKind::array:
      return arrays(from, to);
    case TypeKind::other:
      return from.native == to.native ? Coercion::exact : Coercion::impossible;
    default:
      return Coercion::exact;
  }
}

bool is_text_array(const LogicalType& type) {
  return type.kind == TypeKind::array && (!type.element || type.element->kind == TypeKind::string);
}

Coercion bits_and_numbers(const LogicalType& bits, const LogicalType& number, bool from_bits) {
  if (number.kind == TypeKind::boolean) return exact_if(bits.length == 1 && (!bits.varying || !from_bits));
  if (!is_integer(number.kind) || bits.varying) return Coercion::impossible;
  if (from_bits) return exact_if(bits.length > 0 && bits.length <= value_bits(number));
  return exact_if(number.is_unsigned && bits.length >= value_bits(number));
}

Coercion booleans(const LogicalType& from, const LogicalType& to) {
  if (from.kind == TypeKind::boolean)
    return is_number(to.kind) && to.kind != TypeKind::year ? Coercion::exact : Coercion::impossible;
  return is_number(from.kind) && from.kind != TypeKind::year ? Coercion::checked : Coercion::impossible;
}

/// Pairs of different kinds that mean the same thing.
Coercion across(const LogicalType& from, const LogicalType& to) {
  const auto pair = [&](TypeKind a, TypeKind b) { return from.kind == a && to.kind == b; };
  if (pair(TypeKind::date, TypeKind::timestamp_local) || pair(TypeKind::time, TypeKind::interval)) return Coercion::exact;
  if (pair(TypeKind::timestamp_local, TypeKind::date) || pair(TypeKind::interval, TypeKind::time)) return Coercion::checked;
  if (pair(TypeKind::array, TypeKind::json) || pair(TypeKind::set, TypeKind::json)) return Coercion::exact;
  if (from.kind == TypeKind::set && is_text_array(to)) return Coercion::exact;
  if (is_text_array(from) && to.kind == TypeKind::set) return Coercion::checked;
  if (pair(TypeKind::json, TypeKind::array)) return Coercion::checked;
  if (pair(TypeKind::geometry, TypeKind::bytes)) return exact_if(to.length < 0);
  return Coercion::impossible;
}

}  // namespace

Coercion coercion(const LogicalType& from, const LogicalType& to) {
  if (is_number(from.kind) && is_number(to.kind)) return number_to_number(from, to);
  if (to.kind == TypeKind::string) return to_text_type(from, to);
  if (from.kind == to.kind) return same_kind(from, to);
  if (from.kind == TypeKind::string) return to.kind == TypeKind::bytes ? exact_if(to.length < 0) : from_text_type(to);
  if (from.kind == TypeKind::bits) return bits_and_numbers(from, to, true);
  if (to.kind == TypeKind::bits) return bits_and_numbers(to, from, false);
  if (from.kind == TypeKind::boolean || to.kind == TypeKind::boolean) return booleans(from, to);
  return across(from, to);
}

bool passes_unchanged(const LogicalType& from, const LogicalType& to) {
  return cell_kind(from) == cell_kind(to) && coercion(from, to) == Coercion::exact;
}

}  // namespace syncline::types

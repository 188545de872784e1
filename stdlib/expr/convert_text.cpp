#include <algorithm>
#include <charconv>
#include <cstring>

#include "stdlib/base/text.h"
#include "stdlib/expr/convert.h"
#include "stdlib/types/calendar.h"
#include "stdlib/types/decimal.h"
#include "stdlib/types/interval.h"
#include "stdlib/types/json_text.h"
#include "stdlib/types/network_text.h"

namespace syncline::expr {
namespace {

namespace decimal = types::decimal;
using types::CellKind;
using types::TypeKind;

bool text_to_text(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  check_length(c, c.view(in));
  out = in;
  return true;
}

/// Reads a number by way of the canonical decimal, then converts as a decimal column would.
bool by_decimal(Conversion& c, std::uint64_t in, std::uint64_t& out, const Converter& onwards) {
  const auto canonical = decimal::parse(c.view(in));
  if (!canonical) c.refuse(ValueProblem::not_a_number, "is no number");
  return onwards.cell(c, c.view(in) == *canonical ? in : c.store(*canonical), out);
}

bool text_to_number(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  return by_decimal(c, in, out, from_decimal(c.to));
}

bool text_to_integer(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto text = c.view(in);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool plain = error == std::errc() && end == text.data() + text.size() && c.to.kind != TypeKind::year;
  const bool in_range = value >= c.range.low && (value < 0 || static_cast<std::uint64_t>(value) <= c.range.high);
  if (!plain || !in_range) return text_to_number(c, in, out);
  out = static_cast<std::uint64_t>(value);
  return true;
}

bool text_to_boolean(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto text = c.view(in);
  const bool yes = text == "true" || text == "1" || text == "t";
  if (!yes && text != "false" && text != "0" && text != "f") c.refuse(ValueProblem::bad_boolean, "neither true nor false");
  out = yes ? 1 : 0;
  return true;
}

bool text_to_bytes(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  if (c.to.length >= 0 && c.view(in).size() > static_cast<std::size_t>(c.to.length))
    c.refuse(ValueProblem::too_long, "longer than " + std::to_string(c.to.length) + " bytes");
  out = in;
  return true;
}

bool to_bit_string(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto text = c.view(in);
  if (text.find_first_not_of("01") != std::string_view::npos)
    c.refuse(ValueProblem::invalid_text, "has characters other than 0 and 1");
  const auto length = static_cast<std::int64_t>(text.size());
  if (c.to.length >= 0 && (c.to.varying ? length > c.to.length : length != c.to.length))
    c.refuse(ValueProblem::too_long, "has " + std::to_string(length) + " bits");
  out = in;
  return true;
}

bool text_to_date(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto days = types::parse_date(c.view(in));
  if (!days) c.refuse(ValueProblem::not_a_date, "is no date of the form YYYY-MM-DD");
  out = static_cast<std::uint64_t>(*days);
  return true;
}

bool keep_fraction(Conversion& c, std::int64_t micros, std::uint64_t& out) {
  const bool endless = micros == types::kTimestampInfinity || micros == types::kTimestampMinusInfinity;
  if (!endless && micros % c.fraction_unit != 0)
    c.refuse(ValueProblem::scale_lost, "more fractional digits than " + types::to_string(c.to) + " keeps");
  out = static_cast<std::uint64_t>(micros);
  return true;
}

bool text_to_time(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto micros = types::parse_time(c.view(in));
  if (!micros) c.refuse(ValueProblem::not_a_date, "is no time of the form HH:MM:SS");
  return keep_fraction(c, *micros, out);
}

bool text_to_local(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto micros = types::parse_timestamp(c.view(in));
  if (!micros) c.refuse(ValueProblem::not_a_date, "is no timestamp of the form YYYY-MM-DD HH:MM:SS");
  return keep_fraction(c, *micros, out);
}

bool text_to_instant(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  bool zoned = false;
  const auto micros = types::parse_instant(c.view(in), &zoned);
  if (!micros) c.refuse(ValueProblem::not_a_date, "is no timestamp of the form YYYY-MM-DD HH:MM:SSZ");
  if (!zoned) c.refuse(ValueProblem::not_a_date, "has no time zone");
  return keep_fraction(c, *micros, out);
}

bool text_to_interval(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto interval = types::parse_interval(c.view(in));
  if (!interval) c.refuse(ValueProblem::invalid_text, "is no ISO-8601 duration");
  out = c.store(types::to_text(*interval));
  return true;
}

bool interval_to_time(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto interval = types::parse_interval(c.view(in));
  if (!interval || interval->months != 0 || interval->days != 0)
    c.refuse(ValueProblem::time_range, "has days or months, a time has none");
  return keep_fraction(c, interval->micros, out);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : std::string_view("0123456789abcdefABCDEF").find(text[i]) == std::string_view::npos) return false;
  }
  return true;
}

bool text_to_uuid(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  char lower[36];
  const auto text = c.view(in);
  if (!is_uuid(text)) c.refuse(ValueProblem::invalid_text, "is no UUID");
  std::transform(text.begin(), text.end(), lower,
                 [](char x) { return x >= 'A' && x <= 'F' ? static_cast<char>(x - 'A' + 'a') : x; });
  out = c.store({lower, sizeof lower});
  return true;
}

bool text_to_network(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  if (!types::valid_network(c.view(in))) c.refuse(ValueProblem::invalid_text, "is no network address");
  out = in;
  return true;
}

bool text_to_json(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  if (!types::valid_json(c.view(in))) c.refuse(ValueProblem::json_invalid, "is no JSON");
  out = in;
  return true;
}

bool text_to_array(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto text = c.view(in);
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] != '[' || !types::valid_json(text))
    c.refuse(ValueProblem::json_invalid, "is no JSON array");
  out = in;
  return true;
}

bool known_label(const Conversion& c, std::string_view label) {
  return std::find(c.to.labels.begin(), c.to.labels.end(), label) != c.to.labels.end();
}

bool text_to_enum(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  if (!known_label(c, c.view(in))) c.refuse(ValueProblem::invalid_enum, "is none of the labels of the target");
  out = in;
  return true;
}

/// The text between commas; the whole text must be read by calling until it is empty. An empty text has no labels.
std::string_view next_label(std::string_view& rest) {
  const auto end = rest.find(',');
  const auto label = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return label;
}

template <typename Has>
std::uint64_t labels_in_order(Conversion& c, Has has) {
  std::string joined;
  for (const auto& label : c.to.labels)
    if (has(label)) joined += (joined.empty() ? "" : ",") + label;
  return c.store(joined);
}

bool text_to_set(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  std::vector<std::string> present;
  for (auto rest = c.view(in); !rest.empty();) present.emplace_back(next_label(rest));
  for (const auto& label : present)
    if (!known_label(c, label)) c.refuse(ValueProblem::invalid_enum, "has a member that is none of the labels of the target");
  out = labels_in_order(
      c, [&](const std::string& label) { return std::find(present.begin(), present.end(), label) != present.end(); });
  return true;
}

bool array_to_set(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto present = types::read_json_strings(c.view(in));
  const bool known =
      present && std::all_of(present->begin(), present->end(), [&](const auto& label) { return known_label(c, label); });
  if (!known) c.refuse(ValueProblem::invalid_enum, "has a member that is none of the labels of the target");
  out = labels_in_order(
      c, [&](const std::string& label) { return std::find(present->begin(), present->end(), label) != present->end(); });
  return true;
}

bool set_to_json(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  std::string json = "[";
  for (auto rest = c.view(in); !rest.empty();) {
    if (json.size() > 1) json += ',';
    types::append_json_string(json, next_label(rest));
  }
  out = c.store(json + "]");
  return true;
}

bool bytes_to_text(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  if (!text::valid_utf8(c.view(in))) c.refuse(ValueProblem::invalid_text, "is no UTF-8 text");
  return text_to_text(c, in, out);
}

bool bits_to_integer(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto bits = c.view(in);
  const auto first = std::min(bits.find('1'), bits.size());
  std::uint64_t value = 0;
  for (const char bit : bits.substr(first)) value = value << 1U | (bit == '1' ? 1U : 0U);
  if (bits.size() - first > 64 || value > c.range.high) c.refuse(ValueProblem::out_of_range);
  out = value;
  return true;
}

bool bits_to_boolean(Conversion& c, std::uint64_t in, std::uint64_t& out) {
  const auto bits = c.view(in);
  if (bits.size() != 1) c.refuse(ValueProblem::bad_boolean, "only one bit is a boolean");
  out = bits.front() == '1' ? 1 : 0;
  return true;
}

Converter from_string(const types::LogicalType& to) {
  switch (to.kind) {
    case TypeKind::boolean:
      return converter<text_to_boolean>();
    case TypeKind::tinyint:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
    case TypeKind::year:
      return converter<text_to_integer>();
    case TypeKind::decimal:
    case TypeKind::float32:
    case TypeKind::float64:
      return converter<text_to_number>();
    case TypeKind::bytes:
      return converter<text_to_bytes>();
    case TypeKind::bits:
      return converter<to_bit_string>();
    case TypeKind::date:
      return converter<text_to_date>();
    case TypeKind::time:
      return converter<text_to_time>();
    case TypeKind::timestamp:
      return converter<text_to_instant>();
    case TypeKind::timestamp_local:
      return converter<text_to_local>();
    case TypeKind::interval:
      return converter<text_to_interval>();
    case TypeKind::uuid:
      return converter<text_to_uuid>();
    case TypeKind::json:
      return converter<text_to_json>();
    case TypeKind::enumeration:
      return converter<text_to_enum>();
    case TypeKind::set:
      return converter<text_to_set>();
    case TypeKind::array:
      return converter<text_to_array>();
    case TypeKind::network:
      return converter<text_to_network>();
    default:
      return {};
  }
}

Converter same_text_kind(const types::LogicalType& to) {
  if (to.kind == TypeKind::enumeration) return converter<text_to_enum>();
  if (to.kind == TypeKind::set) return converter<text_to_set>();
  return converter<convert_unchanged>();
}

}  // namespace

Converter from_text(const types::LogicalType& from, const types::LogicalType& to) {
  if (to.kind == TypeKind::string) return converter<text_to_text>();
  if (from.kind == to.kind) return same_text_kind(to);
  const bool to_json = to.kind == TypeKind::json || to.kind == TypeKind::array;
  switch (from.kind) {
    case TypeKind::string:
      return from_string(to);
    case TypeKind::interval:
      return to.kind == TypeKind::time ? converter<interval_to_time>() : Converter();
    case TypeKind::set:
      return to_json ? converter<set_to_json>() : Converter();
    case TypeKind::json:
      return to.kind == TypeKind::array ? converter<text_to_array>() : Converter();
    case TypeKind::array:
      if (to.kind == TypeKind::set) return converter<array_to_set>();
      return to.kind == TypeKind::json ? converter<convert_unchanged>() : Converter();
    default:
      return {};
  }
}

Converter from_bytes(const types::LogicalType& from, const types::LogicalType& to) {
  if (from.kind == TypeKind::bits) {
    if (to.kind == TypeKind::bits) return converter<to_bit_string>();
    if (to.kind == TypeKind::string) return converter<text_to_text>();
    if (to.kind == TypeKind::boolean) return converter<bits_to_boolean>();
    const auto cells = types::cell_kind(to);
    return cells == CellKind::i64 || cells == CellKind::u64 ? converter<bits_to_integer>() : Converter();
  }
  if (from.kind == TypeKind::geometry && to.kind == TypeKind::geometry) return converter<convert_unchanged>();
  if (to.kind == TypeKind::bytes) return converter<text_to_bytes>();
  return to.kind == TypeKind::string && from.kind == TypeKind::bytes ? converter<bytes_to_text>() : Converter();
}

}  // namespace syncline::expr

#include "stdlib/types/logical_type.h"

#include <charconv>

#include "stdlib/base/text.h"

namespace syncline::types {
namespace {

/// What may stand in the parentheses of a logical type.
enum class Arguments : std::uint8_t { none, length, length_or_none, precision, fraction, labels, element, srid, native };

struct Spelling {
  std::string_view words;
  TypeKind kind;
  Arguments arguments;
  bool is_unsigned = false;
  bool varying = false;
};

/// The first spelling of a kind is the one that `to_string` uses.
constexpr Spelling kSpellings[] = {
    {"bool", TypeKind::boolean, Arguments::none},
    {"boolean", TypeKind::boolean, Arguments::none},
    {"tinyint", TypeKind::tinyint, Arguments::none},
    {"smallint", TypeKind::smallint, Arguments::none},
    {"int", TypeKind::integer, Arguments::none},
    {"integer", TypeKind::integer, Arguments::none},
    {"bigint", TypeKind::bigint, Arguments::none},
    {"tinyint unsigned", TypeKind::tinyint, Arguments::none, true},
    {"smallint unsigned", TypeKind::smallint, Arguments::none, true},
    {"int unsigned", TypeKind::integer, Arguments::none, true},
    {"integer unsigned", TypeKind::integer, Arguments::none, true},
    {"bigint unsigned", TypeKind::bigint, Arguments::none, true},
    {"decimal", TypeKind::decimal, Arguments::precision},
    {"float32", TypeKind::float32, Arguments::none},
    {"float64", TypeKind::float64, Arguments::none},
    {"string", TypeKind::string, Arguments::length_or_none},
    {"text", TypeKind::string, Arguments::none},
    {"bytes", TypeKind::bytes, Arguments::length_or_none},
    {"bits", TypeKind::bits, Arguments::length},
    {"bits varying", TypeKind::bits, Arguments::length_or_none, false, true},
    {"date", TypeKind::date, Arguments::none},
    {"time", TypeKind::time, Arguments::fraction},
    {"timestamp", TypeKind::timestamp, Arguments::fraction},
    {"timestamp_local", TypeKind::timestamp_local, Arguments::fraction},
    {"interval", TypeKind::interval, Arguments::none},
    {"year", TypeKind::year, Arguments::none},
    {"uuid", TypeKind::uuid, Arguments::none},
    {"json", TypeKind::json, Arguments::none},
    {"enum", TypeKind::enumeration, Arguments::labels},
    {"set", TypeKind::set, Arguments::labels},
    {"array", TypeKind::array, Arguments::element},
    {"geometry", TypeKind::geometry, Arguments::srid},
    {"network", TypeKind::network, Arguments::none},
    {"other", TypeKind::other, Arguments::native},
};

const Spelling* find_spelling(std::string_view words) {
  for (const auto& spelling : kSpellings)
    if (spelling.words == words) return &spelling;
  return nullptr;
}

std::optional<std::int64_t> whole_number(std::string_view text, std::int64_t min, std::int64_t max) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < min || value > max) return std::nullopt;
  return value;
}

std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') return std::string(text);
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    out += text[i];
    if (text[i] == '\'' && text[i + 1] == '\'') ++i;
  }
  return out;
}

std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// Cuts at commas outside quotes and parentheses.
std::vector<std::string> split_arguments(std::string_view text) {
  std::vector<std::string> parts;
  std::string part;
  int depth = 0;
  bool in_quotes = false;
  for (const char c : text) {
    if (c == '\'') in_quotes = !in_quotes;
    if (!in_quotes) depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth == 0 && !in_quotes) {
      parts.emplace_back(trimmed(part));
      part.clear();
    } else {
      part += c;
    }
  }
  parts.emplace_back(trimmed(part));
  return parts;
}

std::optional<LogicalType> parse_type(std::string_view text) {
  const auto open = text.find('(');
  if (open == std::string_view::npos) return make_logical(trimmed(text), {});
  const auto close = text.rfind(')');
  if (close == std::string_view::npos || close < open) return std::nullopt;
  std::string words(trimmed(text.substr(0, open)));
  const auto behind = trimmed(text.substr(close + 1));
  if (!behind.empty()) words += " " + std::string(behind);
  return make_logical(words, split_arguments(text.substr(open + 1, close - open - 1)));
}

using Texts = std::vector<std::string>;

bool take_length(LogicalType& type, const Texts& arguments) {
  const auto length = arguments.size() == 1 ? whole_number(arguments[0], 1, INT32_MAX * std::int64_t{2}) : std::nullopt;
  type.length = length.value_or(-1);
  return length.has_value();
}

bool take_precision(LogicalType& type, const Texts& arguments) {
  if (arguments.empty()) return true;
  const auto precision = arguments.size() <= 2 ? whole_number(arguments[0], 1, 1000) : std::nullopt;
  const auto scale = arguments.size() == 2 ? whole_number(arguments[1], -1000, 1000) : std::optional<std::int64_t>(0);
  if (!precision || !scale) return false;
  type.precision = static_cast<int>(*precision);
  type.scale = static_cast<int>(*scale);
  return true;
}

bool take_fraction(LogicalType& type, const Texts& arguments) {
  if (arguments.empty()) return true;
  const auto scale = arguments.size() == 1 ? whole_number(arguments[0], 0, 6) : std::nullopt;
  type.scale = static_cast<int>(scale.value_or(-1));
  return scale.has_value();
}

bool take_element(LogicalType& type, const Texts& arguments) {
  if (arguments.empty()) return true;
  const auto element = arguments.size() == 1 ? parse_type(arguments[0]) : std::nullopt;
  if (element) type.element = std::make_shared<const LogicalType>(*element);
  return element.has_value();
}

bool take_srid(LogicalType& type, const Texts& arguments) {
  if (arguments.empty()) return true;
  const auto srid = arguments.size() == 1 ? whole_number(arguments[0], 0, UINT32_MAX) : std::nullopt;
  type.length = srid.value_or(-1);
  return srid.has_value();
}

bool take(LogicalType& type, Arguments kind, const Texts& arguments) {
  switch (kind) {
    case Arguments::none:
      return arguments.empty();
    case Arguments::length:
      return take_length(type, arguments);
    case Arguments::length_or_none:
      return arguments.empty() || take_length(type, arguments);
    case Arguments::precision:
      return take_precision(type, arguments);
    case Arguments::fraction:
      return take_fraction(type, arguments);
    case Arguments::element:
      return take_element(type, arguments);
    case Arguments::srid:
      return take_srid(type, arguments);
    case Arguments::labels:
      for (const auto& argument : arguments) type.labels.push_back(unquoted(argument));
      return true;
    case Arguments::native:
      if (!arguments.empty()) type.native = unquoted(arguments[0]);
      return arguments.size() <= 1;
  }
  return false;
}

std::string_view words_of(const LogicalType& type) {
  if (type.kind == TypeKind::string && type.length < 0) return "text";
  for (const auto& spelling : kSpellings)
    if (spelling.kind == type.kind && spelling.is_unsigned == type.is_unsigned && spelling.varying == type.varying)
      return spelling.words;
  return "other";
}

std::string in_parentheses(const LogicalType& type) {
  switch (type.kind) {
    case TypeKind::decimal:
      return type.precision < 0 ? "" : "(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
    case TypeKind::time:
    case TypeKind::timestamp:
    case TypeKind::timestamp_local:
      return type.scale < 0 ? "" : "(" + std::to_string(type.scale) + ")";
    case TypeKind::string:
    case TypeKind::bytes:
    case TypeKind::bits:
    case TypeKind::geometry:
      return type.length < 0 ? "" : "(" + std::to_string(type.length) + ")";
    case TypeKind::array:
      return type.element ? "(" + to_string(*type.element) + ")" : "";
    case TypeKind::other:
      return type.native.empty() ? "" : "(" + in_quotes(type.native) + ")";
    case TypeKind::enumeration:
    case TypeKind::set: {
      std::string list;
      for (const auto& label : type.labels) list += (list.empty() ? "" : ",") + in_quotes(label);
      return type.labels.empty() ? "" : "(" + list + ")";
    }
    default:
      return "";
  }
}

}  // namespace

bool LogicalType::operator==(const LogicalType& other) const {
  const bool same_element = element == other.element || (element && other.element && *element == *other.element);
  return kind == other.kind && is_unsigned == other.is_unsigned && varying == other.varying && precision == other.precision &&
         scale == other.scale && length == other.length && labels == other.labels && native == other.native && same_element;
}

std::string to_string(const LogicalType& type) {
  return std::string(words_of(type)) + in_parentheses(type);
}

std::optional<LogicalType> make_logical(std::string_view words, const std::vector<std::string>& arguments) {
  const auto* spelling = find_spelling(words);
  if (spelling == nullptr) return std::nullopt;
  LogicalType type;
  type.kind = spelling->kind;
  type.is_unsigned = spelling->is_unsigned;
  type.varying = spelling->varying;
  if (!take(type, spelling->arguments, arguments)) return std::nullopt;
  return type;
}

const std::vector<std::string>& logical_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& spelling : kSpellings) all.emplace_back(spelling.words);
    return all;
  }();
  return names;
}

CellKind cell_kind(const LogicalType& type) {
  switch (type.kind) {
    case TypeKind::boolean:
      return CellKind::boolean;
    case TypeKind::tinyint:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
      return type.is_unsigned ? CellKind::u64 : CellKind::i64;
    case TypeKind::year:
      return CellKind::i64;
    case TypeKind::decimal:
      return CellKind::decimal;
    case TypeKind::float32:
      return CellKind::f32;
    case TypeKind::float64:
      return CellKind::f64;
    case TypeKind::bytes:
    case TypeKind::geometry:
      return CellKind::bytes;
    case TypeKind::bits:
      return CellKind::bits;
    case TypeKind::date:
      return CellKind::date;
    case TypeKind::time:
      return CellKind::time;
    case TypeKind::timestamp:
    case TypeKind::timestamp_local:
      return CellKind::timestamp;
    case TypeKind::set:
      return CellKind::set;
    case TypeKind::string:
    case TypeKind::interval:
    case TypeKind::uuid:
    case TypeKind::json:
    case TypeKind::enumeration:
    case TypeKind::array:
    case TypeKind::network:
    case TypeKind::other:
      return CellKind::text;
  }
  return CellKind::text;
}

bool on_heap(CellKind kind) {
  return kind == CellKind::decimal || kind == CellKind::text || kind == CellKind::set || kind == CellKind::bytes ||
         kind == CellKind::bits;
}

const char* to_string(CellKind kind) {
  switch (kind) {
    case CellKind::boolean:
      return "boolean";
    case CellKind::i64:
      return "i64";
    case CellKind::u64:
      return "u64";
    case CellKind::f32:
      return "f32";
    case CellKind::f64:
      return "f64";
    case CellKind::decimal:
      return "decimal";
    case CellKind::text:
      return "text";
    case CellKind::set:
      return "set";
    case CellKind::bytes:
      return "bytes";
    case CellKind::bits:
      return "bits";
    case CellKind::date:
      return "date";
    case CellKind::time:
      return "time";
    case CellKind::timestamp:
      return "timestamp";
  }
  return "";
}

}  // namespace syncline::types

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "stdlib/base/text.h"
#include "stdlib/expr/like.h"
#include "stdlib/functions/evaluators.h"

namespace syncline::functions {
namespace {

using expr::EvaluationError;
using types::Value;

constexpr std::int64_t kLongestPad = 1'000'000;

bool starts_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

std::string_view character_at(std::string_view utf8, std::size_t at) {
  std::size_t end = at + 1;
  while (end < utf8.size() && !starts_character(utf8[end])) ++end;
  return utf8.substr(at, end - at);
}

std::string repeated_to(std::string_view fill, std::int64_t count) {
  std::string out;
  std::size_t at = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto character = character_at(fill, at);
    out += character;
    at = at + character.size() < fill.size() ? at + character.size() : 0;
  }
  return out;
}

/// What must be added to reach the wanted length, or nothing when the text is cut to it.
std::string padding(Arguments arguments, std::string& text) {
  const auto wanted = integer_at(arguments, 1);
  const std::string fill = given(arguments, 2) ? text_at(arguments, 2) : " ";
  if (wanted < 0 || wanted > kLongestPad) throw EvaluationError(fmt::format("a text cannot be padded to {} characters", wanted));
  const auto missing = wanted - characters(text);
  if (missing <= 0) text.resize(prefix_bytes(text, wanted));
  return fill.empty() || missing <= 0 ? std::string() : repeated_to(fill, missing);
}

bool contains(std::string_view characters_wanted, std::string_view character) {
  return characters_wanted.find(character) != std::string_view::npos;
}

std::string_view trim_left(std::string_view text, std::string_view what) {
  while (!text.empty()) {
    const auto first = character_at(text, 0);
    if (!contains(what, first)) break;
    text.remove_prefix(first.size());
  }
  return text;
}

std::string_view trim_right(std::string_view text, std::string_view what) {
  while (!text.empty()) {
    auto at = text.size() - 1;
    while (at > 0 && !starts_character(text[at])) --at;
    if (!contains(what, text.substr(at))) break;
    text = text.substr(0, at);
  }
  return text;
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

int group_number(const re2::RE2& pattern, const Value& wanted) {
  if (const auto* number = std::get_if<std::int64_t>(&wanted)) {
    if (*number >= 0 && *number <= pattern.NumberOfCapturingGroups()) return static_cast<int>(*number);
  } else if (const auto* name = std::get_if<std::string>(&wanted)) {
    const auto& names = pattern.NamedCapturingGroups();
    if (const auto found = names.find(*name); found != names.end()) return found->second;
  }
  throw EvaluationError(fmt::format("'{}' has no group '{}'", pattern.pattern(), types::to_text(wanted)));
}

}  // namespace

const std::string& text_at(Arguments arguments, std::size_t at) {
  if (const auto* text = std::get_if<std::string>(&arguments[at])) return *text;
  throw EvaluationError(fmt::format("'{}' is no string: use to_string()", types::to_text(arguments[at])));
}

std::int64_t integer_at(Arguments arguments, std::size_t at) {
  if (const auto* number = std::get_if<std::int64_t>(&arguments[at])) return *number;
  throw EvaluationError(fmt::format("'{}' is no whole number", types::to_text(arguments[at])));
}

bool given(Arguments arguments, std::size_t at) {
  return at < arguments.size();
}

std::int64_t characters(std::string_view utf8) {
  return std::count_if(utf8.begin(), utf8.end(), starts_character);
}

std::size_t prefix_bytes(std::string_view utf8, std::int64_t count) {
  for (std::size_t at = 0; at < utf8.size(); ++at)
    if (starts_character(utf8[at]) && count-- <= 0) return at;
  return utf8.size();
}

namespace body {

Value lower(Arguments arguments, const Context& /*context*/) {
  return text::lower(text_at(arguments, 0));
}
Value upper(Arguments arguments, const Context& /*context*/) {
  return text::upper(text_at(arguments, 0));
}

Value trim(Arguments arguments, const Context& /*context*/) {
  const std::string what = given(arguments, 1) ? text_at(arguments, 1) : " ";
  return std::string(trim_right(trim_left(text_at(arguments, 0), what), what));
}

Value substr(Arguments arguments, const Context& /*context*/) {
  const auto& text = text_at(arguments, 0);
  auto start = integer_at(arguments, 1);
  const auto all = characters(text);
  if (start == 0) throw EvaluationError("the first character of a text has number 1, not 0");
  start = start > 0 ? start - 1 : std::max<std::int64_t>(0, all + std::max(start, -all));
  const auto count = given(arguments, 2) ? integer_at(arguments, 2) : all;
  if (count < 0) throw EvaluationError(fmt::format("a text cannot have {} characters", count));
  const auto rest = std::string_view(text).substr(prefix_bytes(text, start));
  return std::string(rest.substr(0, prefix_bytes(rest, count)));
}

Value left(Arguments arguments, const Context& /*context*/) {
  const auto& text = text_at(arguments, 0);
  return text.substr(0, prefix_bytes(text, integer_at(arguments, 1)));
}

Value right(Arguments arguments, const Context& /*context*/) {
  const auto& text = text_at(arguments, 0);
  const auto count = std::max<std::int64_t>(0, integer_at(arguments, 1));
  return text.substr(prefix_bytes(text, std::max<std::int64_t>(0, characters(text) - count)));
}

Value length(Arguments arguments, const Context& /*context*/) {
  return characters(text_at(arguments, 0));
}

Value lpad(Arguments arguments, const Context& /*context*/) {
  auto text = text_at(arguments, 0);
  const auto added = padding(arguments, text);
  return added + text;
}

Value rpad(Arguments arguments, const Context& /*context*/) {
  auto text = text_at(arguments, 0);
  const auto added = padding(arguments, text);
  return text + added;
}

Value replace(Arguments arguments, const Context& /*context*/) {
  std::string_view rest = text_at(arguments, 0);
  const auto& what = text_at(arguments, 1);
  if (what.empty()) return std::string(rest);
  std::string out;
  for (auto at = rest.find(what); at != std::string_view::npos; at = rest.find(what)) {
    out.append(rest.substr(0, at)).append(text_at(arguments, 2));
    rest.remove_prefix(at + what.size());
  }
  return out.append(rest);
}

Value split_part(Arguments arguments, const Context& /*context*/) {
  std::string_view rest = text_at(arguments, 0);
  const auto& separator = text_at(arguments, 1);
  auto wanted = integer_at(arguments, 2);
  if (separator.empty() || wanted < 1) throw EvaluationError("split_part() needs a separator and a part number from 1");
  for (; wanted > 1; --wanted) {
    const auto at = rest.find(separator);
    if (at == std::string_view::npos) return std::string();
    rest.remove_prefix(at + separator.size());
  }
  return std::string(rest.substr(0, rest.find(separator)));
}

Value starts_with(Arguments arguments, const Context& /*context*/) {
  const auto& start = text_at(arguments, 1);
  return text_at(arguments, 0).compare(0, start.size(), start) == 0;
}

Value ends_with(Arguments arguments, const Context& /*context*/) {
  const auto& text = text_at(arguments, 0);
  const auto& end = text_at(arguments, 1);
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

Value regexp_like(Arguments arguments, const Context& /*context*/) {
  return re2::RE2::PartialMatch(piece(text_at(arguments, 0)), expr::compiled(text_at(arguments, 1)));
}

Value regexp_extract(Arguments arguments, const Context& /*context*/) {
  const auto& text = text_at(arguments, 0);
  const auto& pattern = expr::compiled(text_at(arguments, 1));
  const int group = given(arguments, 2) ? group_number(pattern, arguments[2]) : 0;
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(group) + 1);
  if (!pattern.Match(piece(text), 0, text.size(), re2::RE2::UNANCHORED, groups.data(), group + 1)) return {};
  const auto& found = groups.back();
  return found.data() == nullptr ? Value() : Value(std::string(found.data(), found.size()));
}

Value regexp_replace(Arguments arguments, const Context& /*context*/) {
  auto text = text_at(arguments, 0);
  const auto& pattern = expr::compiled(text_at(arguments, 1));
  std::string problem;
  if (!pattern.CheckRewriteString(piece(text_at(arguments, 2)), &problem)) throw EvaluationError(problem);
  re2::RE2::GlobalReplace(&text, pattern, piece(text_at(arguments, 2)));
  return text;
}

}  // namespace body
}  // namespace syncline::functions

#include "connectors/postgres/native_type.h"

#include <array>
#include <cctype>
#include <cstdlib>
#include <optional>

#include "stdlib/base/text.h"

namespace syncline::connectors::postgres {
namespace {

using types::ColumnDefault;

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}
bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> unhex(std::string_view text) {
  if (!starts_with(text, "\\x") || text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 2; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

/// The value of `'…'` or `E'…'` at the start; `rest` is what follows.
std::optional<std::string> leading_string(std::string_view text, std::string_view& rest) {
  const bool escapes = starts_with(text, "E'");
  const bool bits = starts_with(text, "B'");
  std::size_t at = escapes || bits ? 1 : 0;
  if (at >= text.size() || text[at] != '\'') return std::nullopt;
  std::string value;
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\'') {
      if (at + 1 >= text.size() || text[at + 1] != '\'') {
        rest = text.substr(at + 1);
        return value;
      }
      ++at;
    } else if (escapes && text[at] == '\\' && at + 1 < text.size()) {
      ++at;
    }
    value += text[at];
  }
  return std::nullopt;
}

/// Nothing, or casts only: `::character varying`, `::numeric(10,2)`, `::public."Mood"`.
bool only_cast(std::string_view rest) {
  if (rest.empty()) return true;
  if (!starts_with(rest, "::")) return false;
  for (const char c : rest) {
    const bool word = std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
    if (!word && std::string_view("_:.\" (),[]").find(c) == std::string_view::npos) return false;
  }
  return true;
}

bool is_number(std::string_view text) {
  if (text.empty()) return false;
  const std::string copy(text);
  char* end = nullptr;
  std::strtod(copy.c_str(), &end);
  return end == copy.c_str() + copy.size() && (std::isdigit(static_cast<unsigned char>(text.back())) != 0);
}

ColumnDefault make(ColumnDefault::Kind kind, std::string text = {}, int scale = -1) {
  ColumnDefault value;
  value.kind = kind;
  value.text = std::move(text);
  value.scale = scale;
  return value;
}

struct Clock {
  std::string_view name;
  ColumnDefault::Kind kind;
};

constexpr std::array kClocks{
    Clock{"CURRENT_TIMESTAMP", ColumnDefault::Kind::current_timestamp},
    Clock{"LOCALTIMESTAMP", ColumnDefault::Kind::current_timestamp},
    Clock{"now()", ColumnDefault::Kind::current_timestamp},
    Clock{"transaction_timestamp()", ColumnDefault::Kind::current_timestamp},
    Clock{"CURRENT_DATE", ColumnDefault::Kind::current_date},
    Clock{"CURRENT_TIME", ColumnDefault::Kind::current_time},
    Clock{"LOCALTIME", ColumnDefault::Kind::current_time},
};

std::optional<ColumnDefault> clock_default(std::string_view text) {
  if (ends_with(text, "::date") && (starts_with(text, "now()") || starts_with(text, "CURRENT_TIMESTAMP"))) {
    return make(ColumnDefault::Kind::current_date);
  }
  for (const Clock& clock : kClocks) {
    if (!starts_with(text, clock.name)) continue;
    const std::string_view rest = text.substr(clock.name.size());
    if (rest.empty()) return make(clock.kind, {}, clock.kind == ColumnDefault::Kind::current_date ? -1 : 6);
    if (rest.size() == 3 && rest.front() == '(' && rest.back() == ')') return make(clock.kind, {}, rest[1] - '0');
  }
  return std::nullopt;
}

ColumnDefault string_default(const std::string& value, const std::string& words, const std::string& expression) {
  if (words == "bytea") {
    const auto bytes = unhex(value);
    return bytes ? make(ColumnDefault::Kind::literal, *bytes) : make(ColumnDefault::Kind::native, expression);
  }
  if (ends_with(words, "[]")) return make(ColumnDefault::Kind::native, expression);
  if (words == "timestamp with time zone" && ends_with(value, "+00"))
    return make(ColumnDefault::Kind::literal, value.substr(0, value.size() - 3));
  return make(ColumnDefault::Kind::literal, value);
}

}  // namespace

std::vector<std::string> split_arguments(std::string_view text) {
  std::vector<std::string> items;
  std::string item;
  bool quoted = false;
  for (const char c : text) {
    if (c == '\'') quoted = !quoted;
    if (c == ',' && !quoted) {
      items.push_back(item);
      item.clear();
    } else {
      item += c;
    }
  }
  if (!item.empty() || !items.empty()) items.push_back(item);
  return items;
}

types::NativeType split_type(const std::string& text) {
  types::NativeType type;
  type.text = text;
  const std::size_t open = text.find('(');
  const std::size_t close = open == std::string::npos ? open : text.find(')', open);
  if (close == std::string::npos || text.find('"') != std::string::npos) {
    type.words = text.find('"') == std::string::npos ? text::ascii_lower(text) : text;
    return type;
  }
  type.arguments = split_arguments(std::string_view(text).substr(open + 1, close - open - 1));
  type.words = text::ascii_lower(text.substr(0, open) + text.substr(close + 1));
  return type;
}

types::NativeType enum_type(const std::string& name, const std::string& quoted_labels) {
  types::NativeType type;
  type.words = "enum";
  type.arguments = split_arguments(quoted_labels);
  type.text = name;
  return type;
}

ColumnDefault parse_default(const std::string& expression, const std::string& type_words, bool& auto_increment) {
  if (expression.empty()) return {};
  if (starts_with(expression, "nextval(")) {
    auto_increment = true;
    return {};
  }
  if (starts_with(expression, "NULL") && only_cast(std::string_view(expression).substr(4)))
    return make(ColumnDefault::Kind::null);
  if (expression == "true" || expression == "false") return make(ColumnDefault::Kind::literal, expression);
  if (auto clock = clock_default(expression)) return *clock;
  std::string_view rest;
  if (const auto value = leading_string(expression, rest); value && only_cast(rest))
    return string_default(*value, type_words, expression);
  std::string_view number = expression;
  if (const std::size_t cast = expression.find("::"); cast != std::string::npos && only_cast(number.substr(cast)))
    number = number.substr(0, cast);
  if (number.size() > 2 && number.front() == '(' && number.back() == ')') number = number.substr(1, number.size() - 2);
  if (is_number(number)) return make(ColumnDefault::Kind::literal, std::string(number));
  return make(ColumnDefault::Kind::native, expression);
}

}  // namespace syncline::connectors::postgres

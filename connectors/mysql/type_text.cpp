#include "connectors/mysql/type_text.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "stdlib/base/text.h"

namespace syncline::connectors::mysql {
namespace {

template <std::size_t Size>
bool one_of(std::string_view word, const std::array<std::string_view, Size>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// End of the quoted literal that begins at `at`: behind its closing quote.
std::size_t literal_end(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '\'') {
      if (i + 1 < text.size() && text[i + 1] == '\'') {
        ++i;
      } else {
        return i + 1;
      }
    }
  }
  return text.size();
}

/// `10,2` or `'a','b,c'` -> pieces as written; `close` receives the place of the closing bracket.
std::vector<std::string> split_arguments(std::string_view text, std::size_t open, std::size_t& close) {
  std::vector<std::string> pieces;
  std::size_t begin = open + 1;
  std::size_t at = begin;
  while (at < text.size() && text[at] != ')') {
    if (text[at] == '\'') {
      at = literal_end(text, at);
    } else {
      if (text[at] == ',') {
        pieces.emplace_back(text.substr(begin, at - begin));
        begin = at + 1;
      }
      ++at;
    }
  }
  if (at > begin) pieces.emplace_back(text.substr(begin, at - begin));
  close = at;
  return pieces;
}

void append_words(std::string& words, std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (text.substr(at, 2) == "/*") {
      const auto end = text.find("*/", at);
      at = end == std::string_view::npos ? text.size() : end + 2;
      continue;
    }
    const auto end = std::min(text.find_first_of(" /", at == 0 ? 0 : at), text.size());
    const auto word = text.substr(at, end - at);
    if (!word.empty() && word != "zerofill" && word != "signed") {
      if (!words.empty()) words += ' ';
      words += text::ascii_lower(word);
    }
    at = end < text.size() && text[end] == ' ' ? end + 1 : end;
    if (word.empty() && at < text.size() && text[at] == '/' && text.substr(at, 2) != "/*") ++at;
  }
}

/// `current_timestamp(6)`, `CURRENT_TIMESTAMP`, `now()`: name without brackets, fraction digits.
bool is_call(std::string_view text, const std::vector<std::string_view>& names, int& scale) {
  const auto open = text.find('(');
  const auto name = text::ascii_lower(text.substr(0, open));
  if (std::find(names.begin(), names.end(), name) == names.end()) return false;
  scale = 0;
  if (open != std::string_view::npos) std::from_chars(text.data() + open + 1, text.data() + text.size(), scale);
  return true;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string_view::npos &&
         text.find_first_of("0123456789") != std::string_view::npos;
}

/// b'101' of a bit(8) column -> 00000101.
bool bit_literal(std::string_view text, int width, std::string& out) {
  if (text.size() < 3 || (text[0] != 'b' && text[0] != 'B') || text[1] != '\'' || text.back() != '\'') return false;
  const auto digits = text.substr(2, text.size() - 3);
  if (digits.find_first_not_of("01") != std::string_view::npos) return false;
  out.assign(static_cast<std::size_t>(std::max<int>(width - static_cast<int>(digits.size()), 0)), '0');
  out += digits;
  return true;
}

types::ColumnDefault native_default(std::string text) {
  types::ColumnDefault value;
  value.kind = types::ColumnDefault::Kind::native;
  value.text = std::move(text);
  return value;
}

std::string quote_literal(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += c;
    out += c;
  }
  return out + "'";
}

bool is_zero_date(std::string_view text, std::string_view words) {
  if (words != "date" && words != "datetime" && words != "timestamp") return false;
  return text.size() < 10 || text.substr(0, 4) == "0000" || text.substr(5, 2) == "00" || text.substr(8, 2) == "00";
}

types::ColumnDefault literal_default(std::string text, const types::NativeType& type) {
  if (is_zero_date(text, type.words) || is_binary_type(type.words) || is_geometry_type(type.words)) {
    return native_default(quote_literal(text));
  }
  types::ColumnDefault value;
  value.kind = types::ColumnDefault::Kind::literal;
  value.text = std::move(text);
  return value;
}

std::string unescape_expression(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '\'') continue;
    out += text[i];
  }
  return out;
}

bool function_default(std::string_view text, types::ColumnDefault& value) {
  using Kind = types::ColumnDefault::Kind;
  if (is_call(text, {"current_timestamp", "now", "localtime", "localtimestamp"}, value.scale)) {
    value.kind = Kind::current_timestamp;
  } else if (is_call(text, {"curdate", "current_date"}, value.scale)) {
    value.kind = Kind::current_date;
    value.scale = -1;
  } else if (is_call(text, {"curtime", "current_time"}, value.scale)) {
    value.kind = Kind::current_time;
  } else {
    return false;
  }
  return true;
}

}  // namespace

types::NativeType parse_type(std::string_view column_type) {
  types::NativeType type;
  type.text = column_type;
  const auto open = column_type.find('(');
  const auto comment = column_type.find("/*");
  if (open == std::string_view::npos || comment < open) {
    append_words(type.words, column_type);
    return type;
  }
  append_words(type.words, column_type.substr(0, open));
  std::size_t close = 0;
  type.arguments = split_arguments(column_type, open, close);
  if (close + 1 < column_type.size()) append_words(type.words, column_type.substr(close + 1));
  return type;
}

bool is_zerofill(std::string_view column_type) {
  return column_type.find(" zerofill") != std::string_view::npos;
}

bool unquote(std::string_view literal, std::string& out) {
  if (literal.size() < 2 || literal.front() != '\'' || literal_end(literal, 0) != literal.size() || literal.back() != '\'')
    return false;
  out.clear();
  for (std::size_t i = 1; i + 1 < literal.size(); ++i) {
    char c = literal[i];
    if (c == '\'') {
      ++i;
    } else if (c == '\\' && i + 2 < literal.size()) {
      c = literal[++i];
      if (c == 'n') c = '\n';
      if (c == 'r') c = '\r';
      if (c == 't') c = '\t';
      if (c == '0') c = '\0';
      if (c == 'Z') c = '\x1a';
      if (c == 'b') c = '\b';
    }
    out += c;
  }
  return true;
}

int argument(const types::NativeType& type, std::size_t index, int otherwise) {
  if (index >= type.arguments.size()) return otherwise;
  const auto& text = type.arguments[index];
  int value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

types::ColumnDefault parse_default(const DefaultFacts& facts, const types::NativeType& type) {
  using Kind = types::ColumnDefault::Kind;
  types::ColumnDefault value;
  if (facts.is_null) {
    if (!facts.mariadb && facts.nullable) value.kind = Kind::null;
    return value;
  }
  if (facts.mariadb && text::ascii_iequals(facts.text, "NULL")) {
    value.kind = Kind::null;
    return value;
  }
  const bool generated = facts.extra.find("DEFAULT_GENERATED") != std::string::npos;
  const bool temporal = type.words == "datetime" || type.words == "timestamp";
  if ((facts.mariadb || generated || temporal) && function_default(facts.text, value)) return value;
  std::string literal;
  if (bit_literal(facts.text, argument(type, 0, 1), literal)) {
    value.kind = Kind::literal;
    value.text = literal;
    return value;
  }
  if (!facts.mariadb)
    return generated ? native_default("(" + unescape_expression(facts.text) + ")") : literal_default(facts.text, type);
  if (unquote(facts.text, literal)) return literal_default(literal, type);
  if (is_number(facts.text)) return literal_default(facts.text, type);
  return native_default("(" + facts.text + ")");
}

bool is_binary_type(std::string_view words) {
  constexpr std::array<std::string_view, 6> kWords{"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"};
  return one_of(words, kWords);
}

bool is_geometry_type(std::string_view words) {
  constexpr std::array<std::string_view, 9> kWords{"geometry",      "point",           "linestring",   "polygon",
                                                   "multipoint",    "multilinestring", "multipolygon", "geometrycollection",
                                                   "geomcollection"};
  return one_of(words, kWords);
}

bool is_text_type(std::string_view words) {
  constexpr std::array<std::string_view, 8> kWords{"char",       "varchar",  "tinytext", "text",
                                                   "mediumtext", "longtext", "enum",     "set"};
  return one_of(words, kWords);
}

bool is_long_type(std::string_view words) {
  constexpr std::array<std::string_view, 9> kWords{"tinytext", "text",       "mediumtext", "longtext", "tinyblob",
                                                   "blob",     "mediumblob", "longblob",   "json"};
  return one_of(words, kWords) || is_geometry_type(words);
}

}  // namespace syncline::connectors::mysql

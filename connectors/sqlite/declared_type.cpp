#include "connectors/sqlite/declared_type.h"

#include "connectors/sqlite/ddl.h"
#include "stdlib/base/text.h"
#include "stdlib/types/decimal.h"

namespace syncline::connectors::sqlite {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::string single_spaced_lower(std::string_view text) {
  std::string out;
  for (const char c : text::ascii_lower(trimmed(text))) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

/// A '…' literal that spans the whole text, unescaped; false when it is anything else.
bool unquote(std::string_view text, std::string& out) {
  if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') return false;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\'') {
      if (i + 1 == text.size() || text[i + 1] != '\'') return false;
      ++i;
    }
    out += text[i];
  }
  return true;
}

/// Our own spelling of now (ddl.h), read back.
bool own_now(std::string_view text, types::ColumnDefault& out) {
  for (int scale = 0; scale <= 6; ++scale) {
    for (const bool zoned : {false, true}) {
      if (text != now_text(scale, zoned)) continue;
      out = {types::ColumnDefault::Kind::current_timestamp, {}, scale};
      return true;
    }
  }
  return false;
}

}  // namespace

types::NativeType parse_declared_type(std::string_view declared) {
  types::NativeType type;
  type.text = trimmed(declared);
  const auto open = declared.find('(');
  const auto close = declared.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    type.words = single_spaced_lower(declared);
    return type;
  }
  type.words = single_spaced_lower(std::string(declared.substr(0, open)) + " " + std::string(declared.substr(close + 1)));
  if (!type.words.empty() && type.words.back() == ' ') type.words.pop_back();
  auto arguments = declared.substr(open + 1, close - open - 1);
  while (true) {
    const auto comma = arguments.find(',');
    type.arguments.emplace_back(trimmed(arguments.substr(0, comma)));
    if (comma == std::string_view::npos) return type;
    arguments.remove_prefix(comma + 1);
  }
}

Affinity affinity(std::string_view declared) {
  const std::string type = text::ascii_lower(declared);
  const auto holds = [&](std::string_view word) { return type.find(word) != std::string::npos; };
  if (holds("int")) return Affinity::integer;
  if (holds("char") || holds("clob") || holds("text")) return Affinity::text;
  if (type.empty() || holds("blob")) return Affinity::blob;
  if (holds("real") || holds("floa") || holds("doub")) return Affinity::real;
  return Affinity::numeric;
}

types::ColumnDefault parse_default(std::string_view expression) {
  using Kind = types::ColumnDefault::Kind;
  types::ColumnDefault out;
  const auto text = trimmed(expression);
  const std::string word = text::ascii_lower(text);
  out.scale = 0;
  if (word == "current_timestamp") out.kind = Kind::current_timestamp;
  if (word == "current_date") out.kind = Kind::current_date;
  if (word == "current_time") out.kind = Kind::current_time;
  if (out.kind != Kind::none || own_now(text, out)) return out;
  out.scale = -1;
  if (word == "null") {
    out.kind = Kind::null;
  } else if (word == "true" || word == "false") {
    out = {Kind::literal, word == "true" ? "1" : "0", -1};
  } else if (unquote(text, out.text)) {
    out.kind = Kind::literal;
  } else if (const auto number = types::decimal::parse(text)) {
    out = {Kind::literal, *number, -1};
  } else {
    out = {Kind::native, std::string(text), -1};
  }
  return out;
}

}  // namespace syncline::connectors::sqlite

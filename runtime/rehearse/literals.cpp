#include "runtime/rehearse/literals.h"

#include <cctype>

namespace syncline::rehearse {
namespace {

/// The end of a quoted part that begins at `at`. A doubled quote begins another one right behind it, which comes to the same.
std::size_t end_of_quoted(std::string_view sql, std::size_t at, bool backslashes) {
  const char quote = sql[at];
  for (++at; at < sql.size() && sql[at] != quote; ++at) {
    if (backslashes && sql[at] == '\\') ++at;
  }
  return at < sql.size() ? at + 1 : sql.size();
}

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// E'…', whose E is no end of a longer word.
bool is_e_string(std::string_view sql, std::size_t quote) {
  return quote > 0 && (sql[quote - 1] == 'e' || sql[quote - 1] == 'E') && (quote < 2 || !in_word(sql[quote - 2]));
}

/// The end of $tag$…$tag$; `at` where nothing of that kind begins.
std::size_t end_of_dollar_quoted(std::string_view sql, std::size_t at) {
  std::size_t mark = at + 1;
  while (mark < sql.size() && in_word(sql[mark])) ++mark;
  if (mark >= sql.size() || sql[mark] != '$') return at;
  const std::string_view tag = sql.substr(at, mark + 1 - at);
  const std::size_t close = sql.find(tag, mark + 1);
  return close == std::string_view::npos ? sql.size() : close + tag.size();
}

/// The end of the string or quoted name that begins at `at`; `at` where none does.
std::size_t end_of_part(std::string_view sql, std::size_t at, const connectors::LexicalRules& rules) {
  const char c = sql[at];
  if (c == '\'') return end_of_quoted(sql, at, rules.backslash_escapes || (rules.e_strings && is_e_string(sql, at)));
  if (c == '"') return end_of_quoted(sql, at, rules.backslash_escapes && rules.double_quote_strings);
  if (c == '`' && rules.backquote_names) return end_of_quoted(sql, at, false);
  return c == '$' && rules.dollar_quotes ? end_of_dollar_quoted(sql, at) : at;
}

}  // namespace

std::string with_binds(std::string_view sql, const std::vector<std::string>& binds, const connectors::LexicalRules& rules) {
  if (binds.empty()) return std::string(sql);
  std::string text;
  std::size_t next = 0;
  for (std::size_t at = 0; at < sql.size();) {
    const char c = sql[at];
    if (const std::size_t end = end_of_part(sql, at, rules); end > at) {
      text += sql.substr(at, end - at);
      at = end;
      continue;
    }
    std::size_t digits = at + 1;
    while (c == '$' && digits < sql.size() && std::isdigit(static_cast<unsigned char>(sql[digits])) != 0) ++digits;
    if (c == '?' && next < binds.size()) {
      text += binds[next++];
      ++at;
    } else if (c == '$' && digits > at + 1) {
      const std::size_t number = std::stoul(std::string(sql.substr(at + 1, digits - at - 1)));
      text += number >= 1 && number <= binds.size() ? binds[number - 1] : std::string(sql.substr(at, digits - at));
      at = digits;
    } else {
      text += c;
      ++at;
    }
  }
  return text;
}

}  // namespace syncline::rehearse

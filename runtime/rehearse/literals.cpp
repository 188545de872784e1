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

}  // namespace

std::string with_binds(std::string_view sql, const std::vector<std::string>& binds, const connectors::LexicalRules& rules) {
  if (binds.empty()) return std::string(sql);
  std::string text;
  std::size_t next = 0;
  for (std::size_t at = 0; at < sql.size();) {
    const char c = sql[at];
    if (c == '\'' || c == '"' || (c == '`' && rules.backquote_names)) {
      const bool backslashes = rules.backslash_escapes && c != '`';
      const std::size_t end = end_of_quoted(sql, at, backslashes);
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

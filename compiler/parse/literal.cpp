#include "compiler/parse/literal.h"

#include "stdlib/base/text.h"

namespace syncline::parse {

std::string unquoted(std::string_view literal) {
  if (literal.size() < 2) return {};
  const char quote = literal.front();
  std::string made;
  for (std::size_t at = 1; at + 1 < literal.size(); ++at) {
    made += literal[at];
    if (literal[at] == quote) ++at;
  }
  return made;
}

std::string dollar_body(std::string_view literal) {
  const std::size_t fence = literal.find('$', 1) + 1;
  if (fence == 0 || literal.size() < 2 * fence) return {};
  return std::string(literal.substr(fence, literal.size() - 2 * fence));
}

std::string ascii_upper(std::string_view text) {
  std::string made(text);
  for (char& letter : made) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  return made;
}

std::string quoted_for_people(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  const std::string_view start = text::truncate_utf8(line, kLongest);
  return "`" + text::printable(start) + (start.size() < text.size() ? "…" : "") + "`";
}

}  // namespace syncline::parse

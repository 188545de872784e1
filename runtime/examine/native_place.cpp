#include "runtime/examine/native_place.h"

#include <vector>

#include "stdlib/base/text.h"

namespace syncline::examine {
namespace {

constexpr std::size_t kLongestWord = 64;

bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80U;
}

/// Between quotes of one kind: `Unknown column 'x' in 'WHERE'`, `column "x" does not exist`.
void add_quoted(const std::string& message, char quote, std::vector<std::string>& words) {
  std::size_t open = message.find(quote);
  while (open != std::string::npos) {
    const std::size_t close = message.find(quote, open + 1);
    if (close == std::string::npos) return;
    words.push_back(message.substr(open + 1, close - open - 1));
    open = message.find(quote, close + 1);
  }
}

/// Behind words that name what follows: `no such column: x`, `function x(integer) does not exist`, `FUNCTION shop.x does not …`.
void add_named(const std::string& message, const std::string& before, std::vector<std::string>& words) {
  const std::size_t at = text::ascii_lower(message).find(before);
  if (at == std::string::npos) return;
  std::size_t begin = at + before.size();
  std::size_t end = begin;
  for (; end < message.size() && (in_word(message[end]) || message[end] == '.'); ++end) {
    if (message[end] == '.') begin = end + 1;
  }
  words.push_back(message.substr(begin, end - begin));
}

std::vector<std::string> named_words(const std::string& message) {
  std::vector<std::string> words;
  for (const char quote : {'"', '\'', '`'}) add_quoted(message, quote, words);
  for (const char* before : {"no such column: ", "no such function: ", "no such table: ", "function "})
    add_named(message, before, words);
  return words;
}

/// The one place where `word` stands as a whole; npos: none, or several.
std::size_t only_place(const std::string& text, const std::string& word) {
  std::size_t found = std::string::npos;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at > 0 && in_word(text[at - 1])) || (end < text.size() && in_word(text[end]))) continue;
    if (found != std::string::npos) return std::string::npos;
    found = at;
  }
  return found;
}

}  // namespace

source::Span place_of(const plan::NativePart& part, const std::string& message) {
  const std::size_t width = part.span.end - part.span.begin;
  if (width < part.text.size() || (width - part.text.size()) % 2 != 0) return part.span;
  const auto begin = part.span.begin + static_cast<std::uint32_t>((width - part.text.size()) / 2);
  const auto within = [&](std::size_t from, std::size_t length) {
    const auto at = begin + static_cast<std::uint32_t>(from);
    return source::Span{part.span.source, at, at + static_cast<std::uint32_t>(length)};
  };
  const std::string text = text::ascii_lower(part.text);
  for (const std::string& word : named_words(message)) {
    if (word.empty() || word.size() > kLongestWord) continue;
    const std::size_t at = only_place(text, text::ascii_lower(word));
    if (at != std::string::npos) return within(at, word.size());
  }
  const std::size_t first = part.text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return part.span;
  return within(first, part.text.find_last_not_of(" \t\r\n") + 1 - first);
}

}  // namespace syncline::examine

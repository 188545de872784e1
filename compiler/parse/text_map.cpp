#include "compiler/parse/text_map.h"

#include <antlr4-runtime.h>
#include <utf8proc.h>

#include <algorithm>
#include <stdexcept>

namespace syncline::parse {
namespace {

std::int32_t shown_to_lexer(std::int32_t code) {
  if (code < 0x80) return code;
  switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_NL:
      return 0xaa;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return 0x300;
    case UTF8PROC_CATEGORY_ND:
      return 0x660;
    default:
      return code;
  }
}

bool is_wide(char byte) {
  return (static_cast<unsigned char>(byte) & 0x80U) != 0;
}

}  // namespace

std::string shown_to_lexer(std::string_view text) {
  if (std::none_of(text.begin(), text.end(), is_wide)) return std::string(text);
  std::string shown;
  shown.reserve(text.size());
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t code = 0;
    const auto length = utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &code);
    if (length <= 0) throw std::invalid_argument("the lexer is shown UTF-8 only");
    utf8proc_uint8_t made[4];
    shown.append(reinterpret_cast<const char*>(made), static_cast<std::size_t>(utf8proc_encode_char(shown_to_lexer(code), made)));
    at += static_cast<std::size_t>(length);
  }
  return shown;
}

TextMap::TextMap(source::SourceId source, std::string_view text, std::uint32_t skipped)
    : source_(source), text_(text), skipped_(skipped) {
  if (std::none_of(text.begin() + skipped, text.end(), is_wide)) return;
  for (std::uint32_t at = skipped; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U) bytes_.push_back(at);
  }
}

std::uint32_t TextMap::byte(std::size_t character) const {
  const auto end = static_cast<std::uint32_t>(text_.size());
  if (bytes_.empty()) return std::min(end, static_cast<std::uint32_t>(character) + skipped_);
  return character < bytes_.size() ? bytes_[character] : end;
}

source::Span TextMap::span(const antlr4::Token* token) const {
  if (token->getType() == antlr4::Token::EOF)
    return {source_, static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(text_.size())};
  return {source_, byte(token->getStartIndex()), byte(token->getStopIndex() + 1)};
}

source::Span TextMap::span(antlr4::ParserRuleContext* tree) const {
  return {source_, span(tree->getStart()).begin, span(tree->getStop()).end};
}

}  // namespace syncline::parse

#include "compiler/parse/text_map.h"

#include <antlr4-runtime.h>

#include <algorithm>

namespace syncline::parse {

TextMap::TextMap(source::SourceId source, std::string_view text, std::uint32_t skipped)
    : source_(source), text_(text), skipped_(skipped) {
  const auto wide = [](char byte) { return (static_cast<unsigned char>(byte) & 0x80U) != 0; };
  if (std::none_of(text.begin() + skipped, text.end(), wide)) return;
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

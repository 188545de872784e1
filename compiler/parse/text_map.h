#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/source.h"

namespace antlr4 {
class Token;
class ParserRuleContext;
}  // namespace antlr4

namespace syncline::parse {

/// What the lexer is shown of valid UTF-8: every letter beyond ASCII (Unicode L, Nl) as U+00AA, every mark (M) as U+0300, every
/// decimal digit (Nd) as U+0660, all else as it is. As many characters as before (grammar/README.md).
std::string shown_to_lexer(std::string_view text);

/// ANTLR counts characters, spans count bytes: this is the way between them for one source.
class TextMap {
 public:
  /// `skipped`: bytes at the start that ANTLR never sees (a byte order mark).
  TextMap(source::SourceId source, std::string_view text, std::uint32_t skipped);
  [[nodiscard]] source::Span span(const antlr4::Token* token) const;
  /// From the first to the last token of `tree`.
  [[nodiscard]] source::Span span(antlr4::ParserRuleContext* tree) const;
  [[nodiscard]] std::string_view slice(const antlr4::Token* token) const { return slice(span(token)); }
  [[nodiscard]] std::string_view slice(const source::Span& span) const { return text_.substr(span.begin, span.end - span.begin); }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] source::SourceId source() const { return source_; }

 private:
  [[nodiscard]] std::uint32_t byte(std::size_t character) const;

  source::SourceId source_;
  std::string_view text_;
  std::uint32_t skipped_;
  std::vector<std::uint32_t> bytes_;  ///< of each character; empty: every character is one byte
};

}  // namespace syncline::parse

#include <antlr4-runtime.h>

#include "SyncLexer.h"
#include "compiler/parse/text_map.h"
#include "stdlib/base/text.h"
#include "tests/fuzz/fuzz.h"

/// The lexer reads any UTF-8 to its end: tokens follow one another, lie on whole characters, and only blanks are left out.
FUZZ_ONE(bytes) {
  using namespace syncline;
  if (!text::valid_utf8(bytes) || bytes.find('\0') != std::string_view::npos) return;  // refused before the lexer
  const std::string text(bytes);
  const std::uint32_t skipped = bytes.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;  // a byte order mark is no token
  const parse::TextMap map(1, text, skipped);
  antlr4::ANTLRInputStream input(parse::shown_to_lexer(text));
  grammar::SyncLexer lexer(&input);
  lexer.removeErrorListeners();
  std::uint32_t end = skipped;
  while (true) {
    const auto token = lexer.nextToken();
    if (token->getType() == antlr4::Token::EOF) break;
    const source::Span span = map.span(token.get());
    fuzz::require(span.begin >= end && span.end > span.begin && span.end <= text.size(), "tokens follow one another");
    fuzz::require(text.find_first_not_of(" \t\r\n\f\v\xC2\xA0", end) >= span.begin, "only blanks are left out");
    fuzz::require(text::valid_utf8(map.slice(span)), "tokens are whole characters");
    end = span.end;
  }
  fuzz::require(text.find_first_not_of(" \t\r\n\f\v\xC2\xA0", end) == std::string::npos, "the lexer reads to the end");
}

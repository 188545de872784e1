#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/layout.h"

namespace syncline::ast {

/// Reads a script that is known to parse, word by word in the order of the source, and hangs each comment on the word it belongs
/// to: one that ends a line on the word before it, any other on the word after it.
class Feed {
 public:
  explicit Feed(std::string_view text) : text_(text) {}

  /// The next word, in upper case: a keyword.
  Doc keyword();
  /// The next word or mark as written.
  Doc raw();
  /// Takes the mark when it comes next; its comments stay for the word after it.
  bool skip(char mark);
  [[nodiscard]] bool next_is(char mark);
  [[nodiscard]] bool next_is_word(std::string_view keyword);
  /// Comments behind the last statement, as those of an empty word.
  PrintedToken rest();

  [[nodiscard]] const std::vector<PrintedToken>& tokens() const { return tokens_; }

 private:
  void skip_trivia();
  std::size_t comment_end() const;
  void take_comment(std::size_t end, bool line_began, bool blank);
  [[nodiscard]] std::size_t token_end() const;
  Doc take(std::string text);

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<PrintedToken> tokens_;
  std::vector<PrintedComment> before_;  ///< of the next word
  bool blank_ = false;
  bool line_began_ = true;  ///< only blanks since the last line break
};

}  // namespace syncline::ast

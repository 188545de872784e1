#include "connectors/api/native_text.h"

#include <algorithm>
#include <array>

#include "stdlib/base/text.h"

namespace syncline::connectors {
namespace {

bool starts_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool digit(char c) {
  return c >= '0' && c <= '9';
}
bool in_word(char c) {
  return starts_word(c) || digit(c) || c == '$';
}
bool blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

constexpr std::array<std::string_view, 10> kStatementWords = {"into",  "insert", "update", "delete", "drop",
                                                              "alter", "create", "grant",  "revoke", "call"};

class Fence {
 public:
  Fence(std::string_view text, const LexicalRules& rules, bool statement) : text_(text), rules_(rules), statement_(statement) {}

  NativeText read() {
    check_start();
    while (at_ < text_.size()) step();
    for (const std::size_t open : open_) problem(open, open + 1, std::string("has a `") + text_[open] + "` that is never closed");
    std::stable_sort(result_.problems.begin(), result_.problems.end(),
                     [](const auto& a, const auto& b) { return a.begin < b.begin; });
    return std::move(result_);
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void problem(std::size_t begin, std::size_t end, std::string what, std::string help = {}) {
    result_.problems.push_back({begin, std::min(end, text_.size()), std::move(what), std::move(help), false});
  }

  void check_start() {
    std::size_t first = 0;
    while (first < text_.size() && blank(text_[first])) ++first;
    if (first == text_.size()) return problem(0, text_.size(), "is empty");
    if (statement_) return;
    std::size_t end = first;
    while (end < text_.size() && in_word(text_[end])) ++end;
    if (!text::ascii_iequals(text_.substr(first, end - first), "where")) return;
    problem(first, end, "begins with WHERE", "write the condition alone: the WHERE is added around it");
    result_.problems.back().removable = true;
  }

  void step() {
    const char c = peek();
    if (blank(c)) {
      ++at_;
    } else if (comment()) {
      return;
    } else if (c == '\'') {
      quoted('\'', rules_.backslash_escapes);
    } else if (c == '"') {
      quoted('"', rules_.double_quote_strings && rules_.backslash_escapes);
    } else if (c == '`' && rules_.backquote_names) {
      quoted('`', false);
    } else if (c == '[' && rules_.bracket_names) {
      quoted(']', false);
    } else if (c == '$') {
      dollar();
    } else if (starts_word(c)) {
      word();
    } else if (digit(c)) {
      while (in_word(peek()) || peek() == '.') ++at_;
    } else {
      symbol();
    }
  }

  bool comment() {
    const bool line = (peek() == '-' && peek(1) == '-') || (peek() == '#' && rules_.hash_comments);
    const bool block = peek() == '/' && peek(1) == '*';
    if (!line && !block) return false;
    const std::size_t begin = at_;
    if (line) {
      while (at_ < text_.size() && peek() != '\n') ++at_;
    } else {
      skip_block_comment();
    }
    problem(begin, at_, "contains a comment", "put comments outside the `$$`");
    return true;
  }

  void skip_block_comment() {
    int depth = 1;
    for (at_ += 2; at_ < text_.size() && depth > 0; ++at_) {
      if (peek() == '*' && peek(1) == '/') {
        --depth;
        ++at_;
      } else if (rules_.nested_comments && peek() == '/' && peek(1) == '*') {
        ++depth;
        ++at_;
      }
    }
    at_ = std::min(at_, text_.size());
  }

  void quoted(char close, bool backslash) {
    const std::size_t begin = at_++;
    for (; at_ < text_.size(); ++at_) {
      if (backslash && peek() == '\\') {
        ++at_;
      } else if (peek() == close) {
        if (peek(1) != close) {
          ++at_;
          return;
        }
        ++at_;
      }
    }
    at_ = text_.size();
    problem(begin, begin + 1, std::string("has a `") + text_[begin] + "` that is never closed");
  }

  void dollar() {
    const std::size_t begin = at_;
    if (digit(peek(1))) {
      for (++at_; digit(peek());) ++at_;
      return problem(begin, at_, "contains the placeholder `" + std::string(text_.substr(begin, at_ - begin)) + "`",
                     "name a parameter: `:name`");
    }
    std::size_t end = begin + 1;
    while (end < text_.size() && (starts_word(text_[end]) || digit(text_[end]))) ++end;
    if (!rules_.dollar_quotes || end >= text_.size() || text_[end] != '$') {
      ++at_;
      return;
    }
    const std::string_view tag = text_.substr(begin, end + 1 - begin);
    const std::size_t close = text_.find(tag, end + 1);
    at_ = close == std::string_view::npos ? text_.size() : close + tag.size();
    if (close == std::string_view::npos) problem(begin, end + 1, "has a dollar quote that is never closed");
  }

  void word() {
    const std::size_t begin = at_;
    while (in_word(peek())) ++at_;
    const std::string word = text::ascii_lower(text_.substr(begin, at_ - begin));
    if (word == "e" && rules_.e_strings && peek() == '\'') return quoted('\'', true);
    if (statement_ || (begin > 0 && text_[begin - 1] == '.')) return;
    if (word == "for" && locking_word_follows()) return problem(begin, at_, "locks rows with FOR", "a condition only reads");
    const bool statement = std::find(kStatementWords.begin(), kStatementWords.end(), word) != kStatementWords.end();
    if (statement && peek() != '(')
      problem(begin, at_, "contains the statement word `" + word + "`", "a condition only reads; quote it if it is a name");
  }

  [[nodiscard]] bool locking_word_follows() const {
    std::size_t next = at_;
    while (next < text_.size() && blank(text_[next])) ++next;
    std::size_t end = next;
    while (end < text_.size() && in_word(text_[end])) ++end;
    const std::string word = text::ascii_lower(text_.substr(next, end - next));
    return word == "update" || word == "share" || word == "no" || word == "key";
  }

  void symbol() {
    const char c = peek();
    const std::size_t begin = at_++;
    if (c == '(' || c == '[') return open_.push_back(begin);
    if (c == ')' || c == ']') return close(begin, c);
    if (c == ';') return semicolon(begin);
    if (c == '{' && statement_) return object(begin);
    if (c == '?') return problem(begin, at_, "contains the placeholder `?`", "name a parameter: `:name`");
    if (c == '\0') return problem(begin, at_, "contains a NUL character");
    if (c == ':') colon(begin);
  }

  void semicolon(std::size_t begin) {
    if (!statement_) return problem(begin, at_, "contains `;`", "a condition is one expression");
    const bool last = std::all_of(text_.begin() + static_cast<std::ptrdiff_t>(at_), text_.end(), blank);
    problem(begin, at_, last ? "ends with `;`" : "contains `;`",
            last ? "write it without" : "a hook is one statement: write a hook for each");
    result_.problems.back().removable = last;
  }

  void object(std::size_t begin) {
    const std::size_t end = text_.find('}', begin);
    if (end == std::string_view::npos) return problem(begin, at_, "has a `{` that is never closed");
    at_ = end + 1;
    result_.objects.push_back({begin, at_, std::string(text_.substr(begin + 1, end - begin - 1))});
  }

  void close(std::size_t at, char c) {
    const char open = c == ')' ? '(' : '[';
    if (open_.empty() || text_[open_.back()] != open) return problem(at, at + 1, std::string("has an unbalanced `") + c + "`");
    open_.pop_back();
  }

  void colon(std::size_t begin) {
    if (peek() == ':') {
      ++at_;
    } else if (peek() == '=') {
      ++at_;
      if (!statement_) problem(begin, at_, "assigns with `:=`", "a condition only reads");
    } else if (starts_word(peek())) {
      while (starts_word(peek()) || digit(peek())) ++at_;
      result_.binds.push_back({begin, at_, std::string(text_.substr(begin + 1, at_ - begin - 1))});
    }
  }

  std::string_view text_;
  const LexicalRules& rules_;
  bool statement_;
  std::size_t at_ = 0;
  std::vector<std::size_t> open_;
  NativeText result_;
};

}  // namespace

NativeText fence(std::string_view text, const LexicalRules& rules) {
  return Fence(text, rules, false).read();
}

NativeText fence_statement(std::string_view text, const LexicalRules& rules) {
  return Fence(text, rules, true).read();
}

}  // namespace syncline::connectors

#pragma once
#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/catalog/lock.h"
#include "compiler/catalog/lock_facts.h"
#include "stdlib/base/text.h"

namespace syncline::catalog {

inline bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/// The text as words, lists and quoted strings; goes forward once. Throws LockProblem.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  [[noreturn]] void fail(const std::string& message, std::string help = {}) const { fail_at(mark_, message, std::move(help)); }
  [[noreturn]] static void fail_at(std::size_t offset, const std::string& message, std::string help = {}) {
    throw LockProblem{static_cast<std::uint32_t>(offset), message, std::move(help)};
  }

  [[noreturn]] void unknown(std::string_view what, const std::string& where) const {
    fail("`" + text::printable(what) + "` is nothing that stands in " + where);
  }

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
  [[nodiscard]] std::size_t offset() const { return at_; }

  /// Blanks are passed; true at the end of the line.
  bool line_ends() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    mark_ = at_;
    return at_end() || text_[at_] == '\n' || (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
  }
  void end_line() {
    if (!line_ends()) fail("the line should end here");
    if (!at_end() && text_[at_] == '\r') ++at_;
    if (!at_end()) ++at_;
  }
  void pass(std::size_t bytes) { at_ += bytes; }
  void skip_line() {
    const std::size_t end = text_.find('\n', at_);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
  }

  bool takes(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    line_ends();
    if (!takes(c)) fail(std::string("`") + c + "` should stand here");
  }

  /// A keyword of the format.
  std::string_view keyword() {
    if (line_ends()) fail("the line ends too early");
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word_byte(text_[at_])) ++at_;
    if (at_ == begin) fail("a word should stand here");
    return text_.substr(begin, at_ - begin);
  }
  /// A name or a value: bare or in quotes, empty only in quotes.
  std::string word() {
    if (!at_end() && text_[at_] == '"') return quoted();
    return std::string(keyword());
  }
  std::string next_word() {
    if (line_ends()) fail("the line ends too early");
    return word();
  }
  /// `=` and a value.
  std::string value() {
    expect('=');
    return word();
  }
  std::string quoted() {
    mark_ = at_;
    expect('"');
    std::string out;
    while (true) {
      const std::size_t run = at_;
      while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' && text_[at_] != '\n') ++at_;
      out.append(text_, run, at_ - run);
      if (at_end() || text_[at_] == '\n') fail("this quote never ends on its line");
      if (takes('"')) return out;
      out += escaped();
    }
  }
  types::ObjectName object() {
    types::ObjectName name;
    name.table = next_word();
    if (!takes('.')) return name;
    name.container = std::move(name.table);
    name.table = word();
    return name;
  }
  std::vector<std::string> list() {
    std::vector<std::string> names;
    expect('(');
    line_ends();
    if (takes(')')) return names;
    do names.push_back(next_word());
    while (line_ends(), takes(','));
    expect(')');
    return names;
  }
  std::int64_t number() {
    if (line_ends()) fail("the line ends too early");
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc()) fail("a number should stand here");
    at_ = static_cast<std::size_t>(end - text_.data());
    return value;
  }
  /// `1e8`, or plain digits.
  std::int64_t power() {
    std::int64_t value = number();
    if (!takes('e')) return value;
    const std::int64_t zeros = number();
    if (value < 0 || value > 9 || zeros < 0 || zeros > 17) fail("an estimate is a power of ten");
    for (std::int64_t i = 0; i < zeros; ++i) value *= 10;
    return value;
  }
  template <std::size_t Count>
  std::size_t one_of(const std::array<std::string_view, Count>& words, const char* what) {
    const std::string_view found = keyword();
    for (std::size_t i = 0; i < Count; ++i)
      if (words[i] == found) return i;
    fail("`" + std::string(found) + "` is no " + what);
  }

 private:
  std::string escaped() {
    const std::size_t begin = at_++;
    const char c = at_end() ? '\0' : text_[at_++];
    if (c == '"' || c == '\\') return {c};
    if (c == 'n') return "\n";
    if (c == 't') return "\t";
    if (c == 'x' && at_ + 2 <= text_.size() && is_hex(text_[at_]) && is_hex(text_[at_ + 1])) {
      unsigned byte = 0;
      std::from_chars(text_.data() + at_, text_.data() + at_ + 2, byte, 16);
      at_ += 2;
      return {static_cast<char>(byte)};
    }
    fail_at(begin, "an escape is \\\", \\\\, \\n, \\t or \\x and two digits");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t mark_ = 0;  ///< begin of what is read: where problems are shown
};

}  // namespace syncline::catalog

#include "stdlib/types/json_text.h"

#include <fmt/format.h>

#include "stdlib/base/text.h"

namespace syncline::types {
namespace {

constexpr std::size_t kMaxDepth = 10'000;

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool whole() {
    do {
      space();
      if (!open_or_value()) return false;
    } while (!done());
    space();
    return !failed_ && rest_.empty() && stack_.empty();
  }

  bool string() {
    if (!take('"')) return false;
    while (!rest_.empty()) {
      const auto c = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (c < 0x20 || (c == '\\' && !escape())) return false;
    }
    return false;
  }

  void space() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t' || rest_.front() == '\n' || rest_.front() == '\r'))
      rest_.remove_prefix(1);
  }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  /// Opens containers down to the next scalar or empty container.
  bool open_or_value() {
    for (;;) {
      space();
      if (take('[')) {
        if (!push('[')) return false;
        if (close_empty(']')) return true;
      } else if (take('{')) {
        if (!push('{')) return false;
        if (close_empty('}')) return true;
        if (!key()) return false;
      } else {
        return scalar();
      }
    }
  }

  /// Closes what ends here; true when the whole text is read or wrong.
  bool done() {
    while (!stack_.empty()) {
      space();
      if (take(',')) {
        failed_ = stack_.back() == '{' && !key();
        return failed_;
      }
      if (!take(stack_.back() == '[' ? ']' : '}')) {
        failed_ = true;
        return true;
      }
      stack_.pop_back();
    }
    return true;
  }

  bool push(char c) {
    stack_ += c;
    return stack_.size() <= kMaxDepth;
  }

  bool close_empty(char c) {
    space();
    if (!take(c)) return false;
    stack_.pop_back();
    return true;
  }

  bool key() {
    space();
    if (!string()) return false;
    space();
    return take(':');
  }

  bool escape() {
    if (rest_.empty()) return false;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
    for (int i = 0; i < 4; ++i) {
      if (rest_.empty() || std::string_view("0123456789abcdefABCDEF").find(rest_.front()) == std::string_view::npos) return false;
      rest_.remove_prefix(1);
    }
    return true;
  }

  bool digits() {
    const auto count = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    rest_.remove_prefix(count);
    return count > 0;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }

  bool word(std::string_view wanted) {
    if (rest_.substr(0, wanted.size()) != wanted) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }

  bool scalar() {
    if (rest_.empty()) return false;
    switch (rest_.front()) {
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  std::string_view rest_;
  std::string stack_;  ///< open containers
  bool failed_ = false;
};

void append_code(std::string& out, unsigned code) {
  const auto add = [&](unsigned byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return add(code);
  if (code < 0x800) {
    add(0xC0U | code >> 6U);
  } else {
    if (code < 0x10000) {
      add(0xE0U | code >> 12U);
    } else {
      add(0xF0U | code >> 18U);
      add(0x80U | (code >> 12U & 0x3FU));
    }
    add(0x80U | (code >> 6U & 0x3FU));
  }
  add(0x80U | (code & 0x3FU));
}

unsigned hex(std::string_view digits) {
  return static_cast<unsigned>(std::stoul(std::string(digits), nullptr, 16));
}

/// The text of a valid JSON string between its quotes.
std::string unescaped(std::string_view raw) {
  std::string out;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\') {
      out += raw[i];
      continue;
    }
    const char c = raw[++i];
    const auto simple = std::string_view("bfnrt").find(c);
    if (c != 'u') {
      out += simple == std::string_view::npos ? c : "\b\f\n\r\t"[simple];
      continue;
    }
    unsigned code = hex(raw.substr(i + 1, 4));
    i += 4;
    if (code >= 0xD800 && code < 0xDC00 && raw.substr(i + 1, 2) == "\\u") {
      code = 0x10000 + ((code - 0xD800) << 10U) + (hex(raw.substr(i + 3, 4)) - 0xDC00);
      i += 6;
    }
    append_code(out, code);
  }
  return out;
}

}  // namespace

bool valid_json(std::string_view text) {
  return text::valid_utf8(text) && Scanner(text).whole();
}

void append_json_string(std::string& out, std::string_view utf8) {
  out += '"';
  for (const char c : utf8) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

std::optional<std::vector<std::string>> read_json_strings(std::string_view text) {
  if (!valid_json(text)) return std::nullopt;
  Scanner scanner(text);
  std::vector<std::string> out;
  scanner.space();
  if (!scanner.take('[')) return std::nullopt;
  scanner.space();
  if (scanner.take(']')) return out;
  do {
    scanner.space();
    const auto before = scanner.rest();
    if (!scanner.string()) return std::nullopt;
    out.push_back(unescaped(before.substr(1, before.size() - scanner.rest().size() - 2)));
    scanner.space();
  } while (scanner.take(','));
  return out;
}

}  // namespace syncline::types

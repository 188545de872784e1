#include "connectors/sqlite/index_text.h"

#include "stdlib/base/text.h"

namespace syncline::connectors::sqlite {
namespace {

bool space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/// Words and quoted names of a CREATE INDEX statement, comments skipped.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  std::string_view next() {
    skip_space();
    const std::size_t begin = at_;
    if (at_ == text_.size()) return {};
    const char c = text_[at_];
    if (c == '"' || c == '`' || c == '\'') {
      skip_quoted(c);
    } else if (c == '[') {
      at_ = end_behind(text_.find(']', at_));
    } else if (c == '.' || c == '(') {
      ++at_;
    } else {
      while (at_ < text_.size() && !space(text_[at_]) && std::string_view("(.\"`[").find(text_[at_]) == std::string_view::npos)
        ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

 private:
  [[nodiscard]] std::size_t end_behind(std::size_t found) const {
    return found == std::string_view::npos ? text_.size() : found + 1;
  }

  void skip_space() {
    while (at_ < text_.size()) {
      if (space(text_[at_])) {
        ++at_;
      } else if (text_.substr(at_, 2) == "--") {
        at_ = end_behind(text_.find('\n', at_));
      } else if (text_.substr(at_, 2) == "/*") {
        at_ = end_behind(text_.find("*/", at_ + 2));
        if (at_ < text_.size()) ++at_;
      } else {
        return;
      }
    }
  }

  void skip_quoted(char quote) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != quote) continue;
      ++at_;
      if (at_ == text_.size() || text_[at_] != quote) return;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string free_index_name(const Database& database, std::string_view name) {
  Statement taken = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = ? COLLATE NOCASE");
  std::string candidate(name);
  for (int form = 2;; ++form) {
    taken.reset();
    taken.bind(1, std::string_view(candidate));
    if (!taken.step()) return candidate;
    candidate = std::string(name) + "~" + std::to_string(form);
  }
}

std::string_view plain_index_name(std::string_view name) {
  const auto mark = name.rfind('~');
  if (mark == std::string_view::npos || mark == 0 || mark + 1 == name.size()) return name;
  if (name.find_first_not_of("0123456789", mark + 1) != std::string_view::npos) return name;
  return name.substr(0, mark);
}

std::string retarget_index(std::string_view definition, std::string_view index_name, std::string_view table) {
  Words words(definition);
  bool unique = false;
  for (auto word = words.next(); !word.empty() && !text::ascii_iequals(word, "ON"); word = words.next()) {
    unique = unique || text::ascii_iequals(word, "UNIQUE");
  }
  words.next();
  if (words.rest().empty()) {
    throw ConnectorError(ErrorKind::unsupported,
                         "the index `" + text::printable(index_name) + "` has a definition that cannot be read");
  }
  return std::string("CREATE ") + (unique ? "UNIQUE " : "") + "INDEX " + quote(index_name) + " ON " + quote(table) +
         std::string(words.rest());
}

}  // namespace syncline::connectors::sqlite

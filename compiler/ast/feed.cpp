#include "compiler/ast/feed.h"

#include "stdlib/base/text.h"

namespace syncline::ast {

namespace {

constexpr std::string_view kNoBreakSpace = "\xC2\xA0";

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

bool is_word(char letter) {
  const char lower = static_cast<char>(letter | 0x20);
  return (lower >= 'a' && lower <= 'z') || is_digit(letter) || letter == '_' || (static_cast<unsigned char>(letter) & 0x80U) != 0;
}

std::string upper(std::string_view word) {
  std::string made(word);
  for (char& letter : made) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  return made;
}

/// Behind the closing quote of the literal that opens at `at`.
std::size_t quoted_end(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (std::size_t next = at + 1; next < text.size(); ++next) {
    if (text[next] != quote) continue;
    if (next + 1 < text.size() && text[next + 1] == quote) {
      ++next;
    } else {
      return next + 1;
    }
  }
  return text.size();
}

std::size_t dollar_end(std::string_view text, std::size_t at) {
  const std::size_t fence = text.find('$', at + 1);
  if (fence == std::string_view::npos) return text.size();
  const std::string_view mark = text.substr(at, fence + 1 - at);
  const std::size_t close = text.find(mark, fence + 1);
  return close == std::string_view::npos ? text.size() : close + mark.size();
}

std::string_view trimmed_end(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r\f\v");
  return last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
}

}  // namespace

std::size_t Feed::comment_end() const {
  const std::string_view rest = text_.substr(at_);
  if (rest.substr(0, 2) == "--") return std::min(text_.find_first_of("\r\n", at_), text_.size());
  if (rest.substr(0, 2) != "/*") return at_;
  const std::size_t close = text_.find("*/", at_ + 2);
  return close == std::string_view::npos ? text_.size() : close + 2;
}

void Feed::take_comment(std::size_t end, bool line_began, bool blank) {
  const bool to_line_end = text_[at_] == '-';
  const std::size_t after = std::min(text_.find_first_not_of(" \t\r", end), text_.size());
  const bool ends_line = to_line_end || after == text_.size() || text_[after] == '\n';
  const std::string written(trimmed_end(text_.substr(at_, end - at_)));
  if (!line_began && ends_line && before_.empty() && !tokens_.empty()) {
    tokens_.back().after.push_back(written);
  } else {
    before_.push_back({written, ends_line, blank});
  }
}

void Feed::skip_trivia() {
  std::size_t breaks = 0;
  while (at_ < text_.size()) {
    const char letter = text_[at_];
    if (letter == '\n') {
      ++breaks;
      line_began_ = true;
    }
    if (letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n' || letter == '\f' || letter == '\v') {
      ++at_;
    } else if (text_.substr(at_, kNoBreakSpace.size()) == kNoBreakSpace) {
      at_ += kNoBreakSpace.size();
    } else if (const std::size_t end = comment_end(); end != at_) {
      take_comment(end, line_began_, breaks > 1);
      breaks = 0;
      at_ = end;
    } else {
      break;
    }
  }
  if (breaks > 1) blank_ = true;
}

std::size_t Feed::token_end() const {
  if (at_ >= text_.size()) return at_;
  const char letter = text_[at_];
  if (letter == '\'' || letter == '"') return quoted_end(text_, at_);
  if (letter == '~' && at_ + 1 < text_.size()) return quoted_end(text_, at_ + 1);
  if (letter == '$') return dollar_end(text_, at_);
  const std::string_view two = text_.substr(at_, 2);
  if (two == "->" || two == "<>" || two == "<=" || two == ">=" || two == "||") return at_ + 2;
  std::size_t end = letter == ':' ? at_ + 1 : at_;
  if (end == at_ && !is_word(letter)) return at_ + 1;
  const bool number = is_digit(text_[at_]);
  const auto goes_on = [&](char next) { return is_word(next) || (number && next == '.'); };
  while (end < text_.size() && goes_on(text_[end]) && text_.substr(end, kNoBreakSpace.size()) != kNoBreakSpace) ++end;
  return end;
}

Doc Feed::take(std::string text) {
  PrintedToken token;
  token.text = std::move(text);
  token.before = std::move(before_);
  token.blank_before = blank_;
  before_.clear();
  blank_ = false;
  line_began_ = false;
  tokens_.push_back(std::move(token));
  Doc made = of_kind(Doc::Kind::token);
  made.token = tokens_.size() - 1;
  return made;
}

Doc Feed::keyword() {
  skip_trivia();
  const std::size_t end = token_end();
  const std::string_view word = text_.substr(at_, end - at_);
  at_ = end;
  return take(upper(word));
}

Doc Feed::raw() {
  skip_trivia();
  const std::size_t end = token_end();
  const std::string_view word = text_.substr(at_, end - at_);
  at_ = end;
  return take(std::string(word));
}

bool Feed::next_is(char mark) {
  skip_trivia();
  return at_ < text_.size() && text_[at_] == mark;
}

bool Feed::skip(char mark) {
  if (!next_is(mark)) return false;
  ++at_;
  line_began_ = false;
  return true;
}

bool Feed::next_is_word(std::string_view keyword) {
  skip_trivia();
  return text::ascii_iequals(text_.substr(at_, token_end() - at_), keyword);
}

PrintedToken Feed::rest() {
  skip_trivia();
  take("");
  return tokens_.back();
}

}  // namespace syncline::ast

#include "stdlib/expr/like.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <map>
#include <memory>

#include "stdlib/expr/evaluate.h"

namespace syncline::expr {
namespace {

constexpr std::size_t kMostCached = 64;

std::string as_regex(std::string_view pattern) {
  std::string out = "(?s)";
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '%') {
      out += ".*";
    } else if (pattern[i] == '_') {
      out += '.';
    } else {
      if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
      const auto character = pattern.substr(i, 1);
      out +=
          static_cast<unsigned char>(character[0]) < 0x80 ? re2::RE2::QuoteMeta({character.data(), 1}) : std::string(character);
    }
  }
  return out;
}

}  // namespace

const re2::RE2& compiled(std::string_view pattern) {
  thread_local std::map<std::string, std::unique_ptr<re2::RE2>, std::less<>> cache;
  if (const auto found = cache.find(pattern); found != cache.end()) return *found->second;
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto made = std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!made->ok()) throw EvaluationError(fmt::format("'{}' is no regular expression: {}", pattern, made->error()));
  if (cache.size() >= kMostCached) cache.clear();
  return *(cache[std::string(pattern)] = std::move(made));
}

bool like(std::string_view text, std::string_view pattern) {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), compiled(as_regex(pattern)));
}

}  // namespace syncline::expr

#pragma once
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace syncline::expr {

/// SQL LIKE over characters, case-sensitive: `%` any text, `_` one character, `\` takes the next one literally.
bool like(std::string_view text, std::string_view pattern);

/// A compiled regular expression, kept for the next call of this thread. Throws EvaluationError when the pattern is wrong.
const re2::RE2& compiled(std::string_view pattern);

}  // namespace syncline::expr

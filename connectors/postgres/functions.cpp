#include "connectors/postgres/functions.h"

#include <array>
#include <utility>

namespace syncline::connectors::postgres {
namespace {

using Spelling = std::pair<std::string_view, std::string_view>;

// Only what means exactly the same on both sides: the language allows coalesce and trunc over a column, the rest stays with us.
constexpr std::array kSpellings{
    Spelling{"coalesce", "coalesce({*})"},
};

}  // namespace

std::string_view function_spelling(std::string_view function) {
  for (const auto& [name, pattern] : kSpellings) {
    if (name == function) return pattern;
  }
  return {};
}

}  // namespace syncline::connectors::postgres

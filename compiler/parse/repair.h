#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/parse/walk.h"

namespace antlr4::dfa {
class Vocabulary;
}

namespace syncline::parse {

/// A statement that does not parse, as far as it can be read.
struct Broken {
  std::vector<std::size_t> types;                         ///< up to its `;` or further, EOF last
  std::size_t at = 0;                                     ///< where no way goes on
  std::size_t first = 0;                                  ///< the oldest token whose `before` is kept
  std::vector<Walk::Position> before;                     ///< positions in front of the tokens `first` to `at`
  std::function<std::string_view(std::size_t)> spelling;  ///< of the token at an index
};
Broken follow(Walk& walk, std::vector<std::size_t> types, std::function<std::string_view(std::size_t)> spelling);

/// One edit with which the statement goes on.
struct Repair {
  enum class Kind : std::uint8_t {
    respell,  ///< the word is `word`, misspelt
    quote,    ///< the reserved word is meant as a name
    remove,   ///< the token is too much
    swap,     ///< the token and the one behind it stand the other way round
    insert,   ///< `type` is missing in front of it
  };
  Kind kind;
  std::size_t at;
  std::size_t type = 0;
  std::string word = {};  ///< of `respell`
};
/// The edit that explains most: with it the statement can be read to its end, or at least well beyond the place. Nothing when
/// none does, or when several do and none is likelier.
std::optional<Repair> find_repair(Walk& walk, const Broken& broken, const antlr4::dfa::Vocabulary& vocabulary);

}  // namespace syncline::parse

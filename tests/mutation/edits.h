#pragma once
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Slips of the fingers: one edit of a script, chosen by chance.
namespace syncline::mutation {

enum class Kind { deleted, doubled, misspelt, swapped, moved, unquoted };
inline constexpr Kind kKinds[] = {Kind::deleted, Kind::doubled, Kind::misspelt, Kind::swapped, Kind::moved, Kind::unquoted};
/// "token deleted", "clause moved" …
const char* to_string(Kind kind);

struct Edited {
  Kind kind{};
  std::string text;                                         ///< empty: the script has no place for this edit
  std::vector<std::pair<std::size_t, std::size_t>> places;  ///< byte ranges of `text` that the edit touched
  std::string word;                                         ///< of a misspelling: what was meant …
  std::string written;                                      ///< … and what stands there
};

/// The same script, kind and chance give the same edit, on every platform.
Edited edited(std::string_view script, Kind kind, std::mt19937& chance);

}  // namespace syncline::mutation

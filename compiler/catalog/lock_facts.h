#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "stdlib/types/schema.h"

/// What the writer and the reader of locks share: how words are spelled.
namespace syncline::catalog {

constexpr std::string_view kLockHeader = "# catalog.lock v1";
constexpr std::string_view kLockFamily = "# catalog.lock v";

/// By the value of types::ForeignKeyAction.
constexpr std::array<std::string_view, 5> kActionWords = {"no_action", "restrict", "cascade", "set_null", "set_default"};
/// By the value of types::NativePartitions::Kind and ::Unit.
constexpr std::array<std::string_view, 4> kPartitionWords = {"none", "range", "list", "native"};
constexpr std::array<std::string_view, 4> kUnitWords = {"hours", "days", "months", "values"};
/// By the value of connectors::ObjectKind.
constexpr std::array<std::string_view, 3> kObjectWords = {"table", "view", "other"};

/// Letters, digits, `_`, `$` and what is no ASCII: may stand without quotes.
inline bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         byte == '_' || byte == '$';
}

/// Words and arguments of most native types follow from their text; where they do not, the lock spells them out.
types::NativeType split_native(const std::string& text);

}  // namespace syncline::catalog

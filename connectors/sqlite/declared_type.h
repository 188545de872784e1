#pragma once
#include <string_view>

#include "stdlib/types/schema.h"

namespace syncline::connectors::sqlite {

/// A declared type as SQLite keeps it ("DECIMAL(10, 2)"): words in lower case, arguments trimmed, the text verbatim.
types::NativeType parse_declared_type(std::string_view declared);

/// What SQLite does to values that enter a column of this declared type.
enum class Affinity : std::uint8_t { text, numeric, integer, real, blob };
Affinity affinity(std::string_view declared);

/// A DEFAULT as `pragma table_xinfo` reports it.
types::ColumnDefault parse_default(std::string_view expression);

}  // namespace syncline::connectors::sqlite

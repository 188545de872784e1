#pragma once
#include <cstdint>
#include <string>

#include "stdlib/types/logical_type.h"

namespace syncline::types {

/// Whether values of one logical type can be held by another without changing what they mean.
enum class Coercion : std::uint8_t {
  exact,       ///< every value fits, the cell passes or is re-spelled without loss
  checked,     ///< most values fit; one that does not fails the table by name, never changes
  impossible,  ///< no meaning-preserving way
};

/// The coercion table (DECISIONS 28): integers by range, decimals by precision and scale, text by length, anything to text
/// exactly by its canonical form, text to a typed value checked, boolean ↔ 0/1 checked, timestamp ↔ timestamp_local impossible
/// (needs a time zone: a cast in the script), float64 → float32 checked, json ↔ text, enum/set → text, array → json.
Coercion coercion(const LogicalType& from, const LogicalType& to);

/// True when a cell of `from` may be handed to a writer of `to` without looking at it (same CellKind and exact).
bool passes_unchanged(const LogicalType& from, const LogicalType& to);

}  // namespace syncline::types

#pragma once
#include <cstdint>

#include "stdlib/types/logical_type.h"

namespace syncline::types {

struct IntegerRange {
  std::int64_t low = 0;
  std::uint64_t high = 0;
};

/// The values an integer type can hold; 0 to 2155 for a year (which has a gap from 1 to 1900).
constexpr IntegerRange integer_range(const LogicalType& type) {
  int bits = 64;
  if (type.kind == TypeKind::tinyint) bits = 8;
  if (type.kind == TypeKind::smallint) bits = 16;
  if (type.kind == TypeKind::integer) bits = 32;
  if (type.kind == TypeKind::year) return {0, 2155};
  if (type.is_unsigned) return {0, UINT64_MAX >> (64 - bits)};
  return {INT64_MIN >> (64 - bits), static_cast<std::uint64_t>(INT64_MAX >> (64 - bits))};
}

}  // namespace syncline::types

#pragma once
#include <cstdint>
#include <string_view>

#include "stdlib/expr/convert.h"

/// Between cells of a batch and values of the expression language.
namespace syncline::expr {

/// A cell that is not null. Naive timestamps are clock times of `zone`; floats are decimals (shortest text); bytes are strings.
types::Value cell_to_value(const types::LogicalType& type, std::uint64_t slot, const types::Batch& batch, std::string_view zone);

/// Makes a value fit `conversion.to` and stores it in `conversion.heap`. False: NULL. Throws ValueError.
bool value_to_cell(const types::Value& value, Conversion& conversion, std::uint64_t& slot);

}  // namespace syncline::expr

#pragma once
#include <string_view>

#include "stdlib/types/logical_type.h"
#include "stdlib/types/value.h"

namespace syncline::expr {

/// CAST: exact or EvaluationError. Text is read strictly by its canonical form; text without a zone becomes an instant of `zone`.
types::Value cast(const types::Value& value, const types::LogicalType& to, std::string_view zone);

}  // namespace syncline::expr

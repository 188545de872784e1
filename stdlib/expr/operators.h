#pragma once
#include <string>
#include <string_view>

#include "stdlib/expr/expr.h"

/// The operators over values that are not null.
namespace syncline::expr {

/// Of Expr types: boolean for a bool, and so on.
Type type_of(const types::Value& value);

/// add, subtract, multiply, divide. `result` chooses between whole (`integer`) and decimal division of integers. Integers that
/// overflow, division by zero, dates out of range and operands that do not go together throw EvaluationError.
types::Value arithmetic(Op op, Type result, const types::Value& a, const types::Value& b, std::string_view zone);
types::Value negated(const types::Value& value);

/// <0, 0, >0. Numbers by value, text by code point, a date meets an instant at its midnight in `zone`.
int compare_values(const types::Value& a, const types::Value& b, std::string_view zone);

/// Canonical decimal text of an integer or a decimal.
std::string decimal_text(const types::Value& number);

}  // namespace syncline::expr

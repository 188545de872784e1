#pragma once
#include <optional>
#include <string_view>

#include "stdlib/expr/expr.h"

/// How operators of two operands are written, in scripts, in plans and in SQL.
namespace syncline::expr {

/// "<=", "||", "AND"; empty for an Op that is no operator of two operands.
std::string_view symbol(Op op);
std::optional<Op> operator_of(std::string_view symbol);
/// = <> < <= > >=
bool is_comparison(Op op);

}  // namespace syncline::expr

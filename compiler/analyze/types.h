#pragma once
#include <optional>
#include <string_view>

#include "compiler/ast/expression.h"
#include "compiler/diag/diagnostic.h"
#include "stdlib/expr/expr.h"

namespace syncline::analyze {

/// The logical type that was written (DECISIONS 27). Quoted or unknown names: SY2007 ("neither a logical type nor a type of …")
/// when `engine` is empty, else nothing without a finding: they are native to `engine`. Wrong arguments: SY2013.
std::optional<types::LogicalType> logical_type(const ast::TypeRef& written, std::string_view engine, diag::Sink& sink);

/// How an expression sees a column of this type (LANGUAGE 2.4). `null` for types that no expression can work on.
expr::Type expression_type(const types::LogicalType& type);

}  // namespace syncline::analyze

#pragma once
#include <functional>
#include <map>
#include <string>

#include "compiler/ast/clause.h"

/// Visits and rewrites written expressions.
namespace syncline::analyze {

using Visit = std::function<void(const ast::Expr&)>;

/// The expression and every part of it, outermost first.
void walk(const ast::Expr& expression, const Visit& visit);
/// Every expression of a clause.
void walk(const ast::Clause& clause, const Visit& visit);

/// A copy in which each `:name` of `arguments` is replaced by its expression.
ast::ExprPtr substitute(const ast::ExprPtr& expression, const std::map<std::string, ast::ExprPtr>& arguments);
ast::Clause substitute(const ast::Clause& clause, const std::map<std::string, ast::ExprPtr>& arguments);

}  // namespace syncline::analyze

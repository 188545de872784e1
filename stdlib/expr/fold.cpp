#include <algorithm>

#include "stdlib/expr/evaluate.h"

namespace syncline::expr {
namespace {

ExprPtr constant(const Expr& origin, types::Value value) {
  auto made = std::make_shared<Expr>();
  made->type = origin.type;
  made->secret =
      origin.secret || std::any_of(origin.args.begin(), origin.args.end(), [](const auto& arg) { return arg->secret; });
  made->value = std::move(value);
  return made;
}

bool is_constant(const ExprPtr& expr) {
  return expr->op == Op::constant;
}

/// Branches that may never be reached must not fail while folding.
bool lazy(Op op) {
  return op == Op::case_when || op == Op::logical_and || op == Op::logical_or;
}

bool self_contained(const Expr& expr) {
  return expr.op != Op::column && expr.op != Op::parameter &&
         std::all_of(expr.args.begin(), expr.args.end(), [](const auto& arg) { return self_contained(*arg); });
}

ExprPtr fold_argument(const ExprPtr& arg, const Environment& environment, bool may_stay) {
  if (!may_stay) return fold(arg, environment);
  try {
    return fold(arg, environment);
  } catch (const EvaluationError&) {
    return arg;
  }
}

ExprPtr fold_parameter(const ExprPtr& expr, const Environment& environment) {
  if (!environment.parameter) return expr;
  try {
    return constant(*expr, environment.parameter(expr->name));
  } catch (const EvaluationError&) {
    return expr;
  }
}

/// `TRUE AND x` is x, `FALSE AND x` is FALSE; OR the other way round.
ExprPtr shortened(const ExprPtr& expr) {
  if (expr->op != Op::logical_and && expr->op != Op::logical_or) return expr;
  const bool decides = expr->op == Op::logical_or;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& arg = expr->args[i];
    const auto* known = is_constant(arg) ? std::get_if<bool>(&arg->value) : nullptr;
    if (known != nullptr) return *known == decides ? arg : expr->args[1 - i];
  }
  return expr;
}

ExprPtr fold_arguments(const ExprPtr& expr, const Environment& environment) {
  std::vector<ExprPtr> args;
  for (const auto& arg : expr->args) args.push_back(fold_argument(arg, environment, lazy(expr->op)));
  if (args == expr->args) return expr;
  auto made = std::make_shared<Expr>(*expr);
  made->args = std::move(args);
  return made;
}

}  // namespace

ExprPtr fold(const ExprPtr& expr, const Environment& environment) {
  if (!expr || expr->op == Op::constant || expr->op == Op::column) return expr;
  if (expr->op == Op::parameter) return fold_parameter(expr, environment);
  const auto folded = fold_arguments(expr, environment);
  const bool known =
      lazy(folded->op) ? self_contained(*folded) : std::all_of(folded->args.begin(), folded->args.end(), is_constant);
  if (known) return constant(*folded, evaluate(*folded, environment));
  return shortened(folded);
}

}  // namespace syncline::expr

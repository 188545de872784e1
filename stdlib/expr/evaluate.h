#pragma once
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "stdlib/expr/expr.h"

namespace syncline::expr {

/// An expression that cannot be evaluated for its values: division by zero, a date out of range, text that is no number.
struct EvaluationError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Values an evaluation may ask for. Missing callbacks mean "not known here": asking then throws EvaluationError.
struct Environment {
  std::function<types::Value(std::string_view parameter)> parameter;
  std::function<types::Value(const Expr& column)> column;
  std::string timezone = "UTC";  ///< zone in which dates and instants meet
};

/// SQL three-valued logic; null in, null out unless the function says otherwise.
types::Value evaluate(const Expr& expr, const Environment& environment);

/// Replaces every part without a column (and, when `environment.parameter` is set, parameters too) by its constant, so that a
/// source database only ever sees `column op constant`. Parts that cannot be known yet stay.
ExprPtr fold(const ExprPtr& expr, const Environment& environment);

}  // namespace syncline::expr

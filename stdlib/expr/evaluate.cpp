#include "stdlib/expr/evaluate.h"

#include <fmt/format.h>

#include "stdlib/expr/cast.h"
#include "stdlib/expr/like.h"
#include "stdlib/expr/operators.h"
#include "stdlib/functions/functions.h"

namespace syncline::expr {
namespace {

using types::is_null;
using types::Value;

/// A truth value, or nothing for unknown.
using Truth = std::optional<bool>;

class Evaluator {
 public:
  explicit Evaluator(const Environment& environment) : environment_(environment) {}

  Value value(const Expr& expr) const {
    switch (expr.op) {
      case Op::constant:
        return expr.value;
      case Op::parameter:
        return parameter(expr);
      case Op::column:
        return column(expr);
      case Op::call:
        return call(expr);
      case Op::cast:
        return cast(arg(expr, 0), expr.cast_to.value(), environment_.timezone);
      case Op::case_when:
        return case_when(expr);
      case Op::negate:
        return negate(arg(expr, 0));
      case Op::add:
      case Op::subtract:
      case Op::multiply:
      case Op::divide:
        return calculate(expr);
      case Op::concat:
        return concat(expr);
      default:
        return as_value(truth(expr));
    }
  }

 private:
  static Value as_value(Truth truth) { return truth ? Value(*truth) : Value(); }

  Value arg(const Expr& expr, std::size_t at) const { return value(*expr.args.at(at)); }

  Value parameter(const Expr& expr) const {
    if (!environment_.parameter) throw EvaluationError(fmt::format(":{} is not known here", expr.name));
    return environment_.parameter(expr.name);
  }

  Value column(const Expr& expr) const {
    if (!environment_.column) throw EvaluationError(fmt::format("column '{}' is not known here", expr.name));
    return environment_.column(expr);
  }

  Value call(const Expr& expr) const {
    const auto* function = functions::find(expr.name);
    if (function == nullptr) throw EvaluationError(fmt::format("there is no function {}", expr.name));
    std::vector<Value> arguments;
    arguments.reserve(expr.args.size());
    for (const auto& each : expr.args) arguments.push_back(value(*each));
    if (function->strict)
      for (const auto& each : arguments)
        if (is_null(each)) return {};
    return function->evaluate(arguments, {environment_.timezone});
  }

  Value case_when(const Expr& expr) const {
    for (std::size_t i = 0; i + 1 < expr.args.size(); i += 2)
      if (truth(*expr.args[i]).value_or(false)) return arg(expr, i + 1);
    return expr.args.size() % 2 == 1 ? value(*expr.args.back()) : Value();
  }

  static Value negate(const Value& value) { return is_null(value) ? value : negated(value); }

  Value calculate(const Expr& expr) const {
    const auto a = arg(expr, 0), b = arg(expr, 1);
    if (is_null(a) || is_null(b)) return {};
    return arithmetic(expr.op, expr.type, a, b, environment_.timezone);
  }

  Value concat(const Expr& expr) const {
    const auto a = arg(expr, 0), b = arg(expr, 1);
    if (is_null(a) || is_null(b)) return {};
    return types::to_text(a) + types::to_text(b);
  }

  Truth truth(const Expr& expr) const {
    switch (expr.op) {
      case Op::logical_and:
        return both(expr);
      case Op::logical_or:
        return either(expr);
      case Op::logical_not:
        return negate_truth(truth(*expr.args.at(0)), true);
      case Op::is_null:
        return is_null(arg(expr, 0)) != expr.negated;
      case Op::in_list:
        return negate_truth(in_list(expr), expr.negated);
      case Op::between:
        return negate_truth(between(expr), expr.negated);
      case Op::like:
        return negate_truth(matches(expr), expr.negated);
      case Op::equal:
      case Op::not_equal:
      case Op::less:
      case Op::less_equal:
      case Op::greater:
      case Op::greater_equal:
        return compared(expr.op, arg(expr, 0), arg(expr, 1));
      default:
        return as_truth(value(expr));
    }
  }

  static Truth as_truth(const Value& value) {
    if (is_null(value)) return std::nullopt;
    if (const auto* truth = std::get_if<bool>(&value)) return *truth;
    throw EvaluationError(fmt::format("a {} is no condition", to_string(type_of(value))));
  }

  static Truth negate_truth(Truth truth, bool negated) { return truth && negated ? Truth(!*truth) : truth; }

  Truth both(const Expr& expr) const {
    const auto a = truth(*expr.args.at(0));
    if (a == false) return false;
    const auto b = truth(*expr.args.at(1));
    if (b == false) return false;
    return a && b ? Truth(true) : std::nullopt;
  }

  Truth either(const Expr& expr) const {
    const auto a = truth(*expr.args.at(0));
    if (a == true) return true;
    const auto b = truth(*expr.args.at(1));
    if (b == true) return true;
    return a && b ? Truth(false) : std::nullopt;
  }

  Truth compared(Op op, const Value& a, const Value& b) const {
    if (is_null(a) || is_null(b)) return std::nullopt;
    const int order = compare_values(a, b, environment_.timezone);
    switch (op) {
      case Op::equal:
        return order == 0;
      case Op::not_equal:
        return order != 0;
      case Op::less:
        return order < 0;
      case Op::less_equal:
        return order <= 0;
      case Op::greater:
        return order > 0;
      default:
        return order >= 0;
    }
  }

  Truth in_list(const Expr& expr) const {
    const auto wanted = arg(expr, 0);
    Truth found = false;
    for (std::size_t i = 1; i < expr.args.size(); ++i) {
      const auto same = compared(Op::equal, wanted, arg(expr, i));
      if (same == true) return true;
      if (!same) found = std::nullopt;
    }
    return found;
  }

  Truth between(const Expr& expr) const {
    const auto wanted = arg(expr, 0);
    const auto above = compared(Op::greater_equal, wanted, arg(expr, 1));
    const auto below = compared(Op::less_equal, wanted, arg(expr, 2));
    if (above == false || below == false) return false;
    return above && below ? Truth(true) : std::nullopt;
  }

  Truth matches(const Expr& expr) const {
    const auto text = arg(expr, 0), pattern = arg(expr, 1);
    if (is_null(text) || is_null(pattern)) return std::nullopt;
    if (!std::holds_alternative<std::string>(text))
      throw EvaluationError(fmt::format("LIKE needs a string, not a {}", to_string(type_of(text))));
    return like(std::get<std::string>(text), types::to_text(pattern));
  }

  const Environment& environment_;
};

}  // namespace

Value evaluate(const Expr& expr, const Environment& environment) {
  return Evaluator(environment).value(expr);
}

}  // namespace syncline::expr

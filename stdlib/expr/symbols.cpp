#include "stdlib/expr/symbols.h"

#include <algorithm>
#include <iterator>

namespace syncline::expr {
namespace {

struct Operator {
  Op op;
  std::string_view symbol;
  bool comparison = false;
};

constexpr Operator kOperators[] = {
    {Op::add, "+"},
    {Op::subtract, "-"},
    {Op::multiply, "*"},
    {Op::divide, "/"},
    {Op::concat, "||"},
    {Op::equal, "=", true},
    {Op::not_equal, "<>", true},
    {Op::less, "<", true},
    {Op::less_equal, "<=", true},
    {Op::greater, ">", true},
    {Op::greater_equal, ">=", true},
    {Op::logical_and, "AND"},
    {Op::logical_or, "OR"},
};

template <class Holds>
const Operator* find(Holds holds) {
  const auto found = std::find_if(std::begin(kOperators), std::end(kOperators), holds);
  return found == std::end(kOperators) ? nullptr : &*found;
}

const Operator* find(Op op) {
  return find([op](const Operator& one) { return one.op == op; });
}

}  // namespace

std::string_view symbol(Op op) {
  const Operator* found = find(op);
  return found == nullptr ? std::string_view() : found->symbol;
}

std::optional<Op> operator_of(std::string_view symbol) {
  const Operator* found = find([symbol](const Operator& one) { return one.symbol == symbol; });
  return found == nullptr ? std::nullopt : std::optional(found->op);
}

bool is_comparison(Op op) {
  const Operator* found = find(op);
  return found != nullptr && found->comparison;
}

}  // namespace syncline::expr

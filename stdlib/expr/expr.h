#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stdlib/types/logical_type.h"
#include "stdlib/types/value.h"

/// Typed expressions: made by the compiler (bound), carried by the plan, evaluated by the runtime or rendered as SQL by a
/// dialect.
namespace syncline::expr {

/// LANGUAGE 2.4. `mask` is what a MASK-only function yields (type of its column).
enum class Type : std::uint8_t { null, boolean, integer, decimal, string, date, timestamp, interval };
const char* to_string(Type type);

/// When a value is known. An expression is as late as its latest part.
enum class Phase : std::uint8_t { plan, run, row };

enum class Op : std::uint8_t {
  constant,   ///< `value`
  parameter,  ///< `name`: known when a run starts (:started_at, :run_id …, PARAM values are constants already)
  column,     ///< `name` of a source column, `column` its index in the read list (-1 until the planner set it)
  call,       ///< `name` = function id of stdlib/functions, `args`
  cast,       ///< args[0] to `cast_to`
  case_when,  ///< args: when1, then1, when2, then2, …, [else]
  negate,
  add,
  subtract,
  multiply,
  divide,
  concat,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  logical_and,
  logical_or,
  logical_not,
  is_null,  ///< `negated`: IS NOT NULL
  in_list,  ///< args[0] IN args[1..]; `negated`
  between,  ///< args[0] BETWEEN args[1] AND args[2]; `negated`
  like,     ///< args[0] LIKE args[1] (a constant string); `negated`
};

struct Expr;
using ExprPtr = std::shared_ptr<const Expr>;

/// Immutable once built; shared between plan steps.
struct Expr {
  Op op = Op::constant;
  Type type = Type::null;
  Phase phase = Phase::plan;
  bool negated = false;
  bool secret = false;  ///< comes from a SECRET: never printed; stands in plans as its reference (DECISIONS 38)
  types::Value value;
  std::string name;
  int column = -1;
  types::LogicalType column_type;  ///< of a column
  std::optional<types::LogicalType> cast_to;
  std::vector<ExprPtr> args;
};

/// `(lower(name) || '_x')`: stable text for plans and golden tests; secrets appear as `SECRET(...)`.
std::string to_text(const Expr& expr);

}  // namespace syncline::expr

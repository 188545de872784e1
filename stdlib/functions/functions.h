#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stdlib/expr/expr.h"

/// The functions of the language: one table, from which checking, evaluation, did-you-mean and documentation come.
/// How a function is spelled by a database lives with that database (connectors/<engine>/functions, keyed by name).
namespace syncline::functions {

struct Parameter {
  std::string_view name;
  expr::Type type = expr::Type::null;  ///< null: any type
  bool optional = false;
  bool variadic = false;  ///< last one only: one or more
};

/// What a call yields: a fixed type, or that of its (first non-null) argument.
struct Result {
  expr::Type type = expr::Type::null;
  bool of_argument = false;
};

enum class Use : std::uint8_t { anywhere, mask_only };

struct EvaluationContext {
  std::string_view timezone;
};

struct Function {
  std::string_view name;
  std::vector<Parameter> parameters;
  Result result;
  Use use = Use::anywhere;
  bool in_conditions = false;  ///< may touch a column inside a condition pushed to the source (LANGUAGE 2.4)
  bool strict = true;          ///< null when any argument is null; the evaluator is not called then
  std::string_view doc;        ///< one sentence
  std::string_view example;    ///< `lower('Ab') = 'ab'`: checked by a test
  types::Value (*evaluate)(std::span<const types::Value> arguments, const EvaluationContext& context) = nullptr;
};

const std::vector<Function>& all();
const Function* find(std::string_view lower_case_name);

}  // namespace syncline::functions

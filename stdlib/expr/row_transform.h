#pragma once
#include <memory>
#include <string>
#include <vector>

#include "stdlib/expr/evaluate.h"
#include "stdlib/types/batch.h"
#include "stdlib/types/load.h"

namespace syncline::expr {

/// Why a value cannot become the target column's value. The runtime maps each to a diagnostic of class 9.
enum class ValueProblem : std::uint8_t {
  out_of_range,
  too_long,
  scale_lost,
  zero_date,
  nul_in_text,
  non_finite,
  invalid_enum,
  invalid_text,
  bad_boolean,
  not_a_number,
  not_a_date,
  null_in_not_null,
  date_range,
  time_range,
  json_invalid,
  row_too_large,
  wrong_storage_class,
  evaluation,
};
const char* to_string(ValueProblem problem);

/// A row that cannot be carried over as its table's plan says. Stops the table; the target keeps its old content.
struct ValueError : std::runtime_error {
  ValueError(ValueProblem problem, std::string column, std::string detail);
  ValueProblem problem;
  std::string column;   ///< target column, or source column where the reader noticed
  std::string detail;   ///< what about it, without the value itself
  std::string row_key;  ///< "id=42" where known, else empty
};

/// How one target column gets its cell from a batch of source cells.
struct ColumnRecipe {
  enum class Kind : std::uint8_t {
    pass,        ///< source cell `source`, unchanged (same cell kind)
    convert,     ///< source cell `source`, from logical type `from` to `to` (coercion.h): exact or the row fails
    constant,    ///< `constant`, known for the whole run
    expression,  ///< `expression`, evaluated per row, then made to fit `to`
  };
  Kind kind = Kind::pass;
  std::string target_column;
  int source = -1;
  types::LogicalType from;
  types::LogicalType to;
  types::Value constant;
  ExprPtr expression;
  bool nullable = true;
};

/// Source batches to target batches. Only columns that are not `pass` cost anything beyond a slot copy; heap bytes of passed
/// cells are not copied. One instance per table load, used by one thread.
class RowTransform {
 public:
  /// `environment.parameter` supplies run parameters; `policies` governs non-finite numbers in conversions.
  RowTransform(std::vector<ColumnRecipe> recipes, Environment environment, types::ValuePolicies policies);
  ~RowTransform();
  RowTransform(RowTransform&&) noexcept;

  /// True when every column passes at its own place: the caller may hand the batch on untouched.
  [[nodiscard]] bool identity() const;
  /// Rewrites `batch` in place to the target's columns. Throws ValueError.
  void apply(types::Batch& batch);
  /// How often a lossy policy acted, per target column name.
  [[nodiscard]] const std::vector<std::pair<std::string, std::uint64_t>>& policy_uses() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace syncline::expr

#include "stdlib/expr/row_transform.h"

#include <fmt/format.h>

#include <algorithm>

#include "stdlib/expr/cell_value.h"
#include "stdlib/expr/convert.h"

namespace syncline::expr {
namespace {

using types::Batch;

/// One target column at work.
struct Column {
  ColumnRecipe recipe;
  Conversion conversion;
  Converter converter;
};

}  // namespace

const char* to_string(ValueProblem problem) {
  static constexpr const char* kNames[] = {
      "out of range", "too long",     "scale lost",   "zero date",     "NUL in text",         "non-finite",
      "invalid enum", "invalid text", "no boolean",   "not a number",  "not a date",          "NULL in NOT NULL",
      "date range",   "time range",   "invalid JSON", "row too large", "wrong storage class", "evaluation"};
  return kNames[static_cast<std::size_t>(problem)];
}

ValueError::ValueError(ValueProblem the_problem, std::string the_column, std::string the_detail)
    : std::runtime_error(fmt::format("column {}: {}", the_column, the_detail)),
      problem(the_problem),
      column(std::move(the_column)),
      detail(std::move(the_detail)) {}

struct RowTransform::Impl {
  std::vector<Column> columns;
  Environment environment;
  bool identity = true;
  Batch spare;
  std::vector<std::pair<std::string, std::uint64_t>> uses;

  void add(ColumnRecipe recipe, const types::ValuePolicies& policies);
  void pass(const Column& column, const Batch& in, std::size_t target);
  void constant(Column& column, Batch& in, std::size_t target);
  void expression(Column& column, Batch& in, std::size_t target);
  void run(Column& column, Batch& batch, std::size_t target);
};

void RowTransform::Impl::add(ColumnRecipe recipe, const types::ValuePolicies& policies) {
  Column column;
  if (recipe.kind == ColumnRecipe::Kind::expression) {
    try {
      recipe.expression = fold(recipe.expression, environment);
    } catch (const EvaluationError& error) {
      throw ValueError(ValueProblem::evaluation, recipe.target_column, error.what());
    }
    if (recipe.expression->op == Op::constant) {
      recipe.kind = ColumnRecipe::Kind::constant;
      recipe.constant = recipe.expression->value;
    }
  }
  column.conversion = make_conversion(recipe.from, recipe.to, recipe.target_column, recipe.nullable);
  column.conversion.zone = environment.timezone;
  column.conversion.non_finite_null = policies.non_finite_null;
  if (recipe.kind == ColumnRecipe::Kind::convert) {
    column.converter = find_converter(recipe.from, recipe.to);
    if (column.converter.cell == nullptr)
      column.conversion.refuse(ValueProblem::evaluation,
                               fmt::format("{} has no way to {}", types::to_string(recipe.from), types::to_string(recipe.to)));
  }
  identity = identity && recipe.kind == ColumnRecipe::Kind::pass && recipe.source == static_cast<int>(columns.size());
  column.recipe = std::move(recipe);
  columns.push_back(std::move(column));
}

void RowTransform::Impl::pass(const Column& column, const Batch& in, std::size_t target) {
  const auto source = static_cast<std::size_t>(column.recipe.source);
  for_each_row(in, column.conversion, [&](std::size_t row) {
    const auto null = in.nulls(row)[source];
    spare.slots(row)[target] = in.slots(row)[source];
    spare.nulls(row)[target] = null;
    if (null != 0 && !column.recipe.nullable) refuse_null(column.conversion);
  });
}

void RowTransform::Impl::constant(Column& column, Batch& in, std::size_t target) {
  std::uint64_t slot = 0;
  column.conversion.heap = &in.heap;
  const bool null = !value_to_cell(column.recipe.constant, column.conversion, slot);
  if (null && !column.recipe.nullable && in.rows() > 0) refuse_null(column.conversion);
  for (std::size_t row = 0; row < in.rows(); ++row) {
    spare.slots(row)[target] = slot;
    spare.nulls(row)[target] = null ? 1 : 0;
  }
}

void RowTransform::Impl::expression(Column& column, Batch& in, std::size_t target) {
  std::size_t row = 0;
  Environment rows = environment;
  rows.column = [&](const Expr& wanted) {
    const auto source = static_cast<std::size_t>(wanted.column);
    if (in.nulls(row)[source] != 0) return types::Value();
    return cell_to_value(wanted.column_type, in.slots(row)[source], in, environment.timezone);
  };
  column.conversion.heap = &in.heap;
  for_each_row(in, column.conversion, [&](std::size_t current) {
    row = current;
    const bool null = !value_to_cell(evaluate(*column.recipe.expression, rows), column.conversion, spare.slots(row)[target]);
    spare.nulls(row)[target] = null ? 1 : 0;
    if (null && !column.recipe.nullable) refuse_null(column.conversion);
  });
}

void RowTransform::Impl::run(Column& column, Batch& batch, std::size_t target) {
  switch (column.recipe.kind) {
    case ColumnRecipe::Kind::pass:
      return pass(column, batch, target);
    case ColumnRecipe::Kind::constant:
      return constant(column, batch, target);
    case ColumnRecipe::Kind::expression:
      return expression(column, batch, target);
    case ColumnRecipe::Kind::convert:
      column.conversion.heap = &batch.heap;
      return column.converter.column(column.conversion, batch, static_cast<std::size_t>(column.recipe.source), spare, target);
  }
}

RowTransform::RowTransform(std::vector<ColumnRecipe> recipes, Environment environment, types::ValuePolicies policies)
    : impl_(std::make_unique<Impl>()) {
  impl_->environment = std::move(environment);
  for (auto& recipe : recipes) impl_->add(std::move(recipe), policies);
}

RowTransform::~RowTransform() = default;
RowTransform::RowTransform(RowTransform&&) noexcept = default;

bool RowTransform::identity() const {
  return impl_->identity;
}

void RowTransform::apply(Batch& batch) {
  auto& impl = *impl_;
  impl.spare.reset(impl.columns.size());
  for (std::size_t row = 0; row < batch.rows(); ++row) impl.spare.add_row();
  for (std::size_t target = 0; target < impl.columns.size(); ++target) {
    auto& column = impl.columns[target];
    try {
      impl.run(column, batch, target);
    } catch (const EvaluationError& error) {
      column.conversion.refuse(ValueProblem::evaluation, error.what());
    }
  }
  std::swap(batch.heap, impl.spare.heap);
  std::swap(batch, impl.spare);
}

const std::vector<std::pair<std::string, std::uint64_t>>& RowTransform::policy_uses() const {
  impl_->uses.clear();
  for (const auto& column : impl_->columns)
    if (column.conversion.policy_uses > 0) impl_->uses.emplace_back(column.recipe.target_column, column.conversion.policy_uses);
  return impl_->uses;
}

}  // namespace syncline::expr

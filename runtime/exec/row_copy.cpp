#include "runtime/exec/row_copy.h"

#include "compiler/diag/kinds.h"
#include "connectors/api/row_names.h"
#include "stdlib/base/failpoint.h"

namespace syncline::exec {

void add_uses(PolicyUses& all, const std::vector<std::pair<std::string, std::uint64_t>>& more) {
  for (const auto& [column, count] : more) all[column] += count;
}

void refuse(diag::Diagnostic diagnostic, const Where& at) {
  diagnostic.sync = at.sync;
  diagnostic.table = at.address;
  diagnostic.connection = at.connection;
  throw UnitRefused{std::move(diagnostic)};
}

void check_stop(const Watch& watch) {
  if (watch.stopped() != Stop::none) throw UnitStopped{};
}

RowCopy::RowCopy(const CopyOf& what, const UnitContext& context, Side& side)
    : job_(what.job),
      part_(what.part),
      context_(context),
      side_(side),
      transform_(recipes(), context.environment, job_.plan->errors.values),
      untouched_(job_.plan->relay || transform_.identity()) {
  if (part_.step->covers) covers_.emplace(*part_.step->covers, part_.read, part_.instance);
}

void RowCopy::run(RowStream& stream, const LoadLane& lane) {
  for (;;) {
    check_stop(context_.watch);
    side_ = Side::source;
    types::Batch* batch = stream.next();
    if (batch == nullptr) break;
    move(*batch, lane);
  }
  if (stream.exhausted()) return;
  rows_ += stream.ended().rows;
  add_uses(uses_, stream.ended().policy_uses);
}

void RowCopy::move(types::Batch& batch, const LoadLane& lane) {
  const std::uint64_t rows = batch.relay ? batch.relay_rows : batch.rows();
  const std::uint64_t bytes = batch.byte_size();
  try {
    if (covers_) stay_inside(batch);
    if (!untouched_) transform_.apply(batch);
    side_ = Side::target;
    failpoint("load.batch");
    std::unique_lock<std::mutex> turn;
    if (lane.shared != nullptr) turn = std::unique_lock(*lane.shared);
    lane.loader.write(batch);
  } catch (const expr::RowError& error) {
    throw named(error, batch);
  }
  context_.watch.moved();
  context_.board.add_rows(job_.id, rows, bytes);
  moved_ += rows;
}

PolicyUses RowCopy::policy_uses() const {
  PolicyUses all = uses_;
  add_uses(all, transform_.policy_uses());
  return all;
}

void Copied::add(const RowCopy& copy) {
  rows += copy.rows();
  for (const auto& [column, count] : copy.policy_uses()) uses[column] += count;
}

/// The error with its row's key, or with the row's number where there is no key.
expr::ValueError RowCopy::named(const expr::RowError& error, const types::Batch& batch) const {
  const expr::RowKey key = side_ == Side::source ? connectors::source_row_key(part_.read) : connectors::target_row_key(job_.load);
  expr::ValueError named = error;
  named.row_key = key.empty() ? expr::row_number(moved_ + error.row + 1) : key.of(batch, error.row);
  return named;
}

std::vector<expr::ColumnRecipe> RowCopy::recipes() const {
  std::vector<expr::ColumnRecipe> made;
  for (const auto& column : part_.plan->columns) {
    expr::ColumnRecipe recipe = column.recipe;
    if (recipe.expression) recipe.expression = expr::fold(recipe.expression, part_.instance);
    fix_partition(recipe);
    made.push_back(std::move(recipe));
  }
  return made;
}

/// INTO PARTITION and PARTITION BY of this load, where all its rows have one value.
void RowCopy::fix_partition(expr::ColumnRecipe& recipe) const {
  const auto& columns = job_.load.partition_columns;
  const auto& values = job_.load.partition_values;
  for (std::size_t at = 0; at < values.size(); ++at) {
    if (columns[at] != recipe.target_column) continue;
    recipe.kind = expr::ColumnRecipe::Kind::constant;
    recipe.constant = values[at];
    recipe.expression = nullptr;
  }
}

void RowCopy::stay_inside(const types::Batch& batch) const {
  const auto outside = covers_->look(batch);
  if (!outside) return;
  const expr::RowKey key = connectors::source_row_key(part_.read);
  const std::string row = key.empty() ? expr::row_number(moved_ + outside->row + 1) : key.of(batch, outside->row);
  refuse(diag::OutsideCovers(types::to_string(part_.plan->source), part_.step->covers->column, outside->value, covers_->from(),
                             covers_->to())
             .with_help("row " + row + ": the native condition lets more through than COVERS says; mend one of them"),
         where(part_, side_));
}

}  // namespace syncline::exec

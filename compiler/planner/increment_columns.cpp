#include "compiler/planner/increment_columns.h"

#include <algorithm>

#include "compiler/analyze/windows.h"
#include "compiler/plan/summary.h"
#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

constexpr std::int64_t kManyRows = 100'000;  ///< below, reading the whole table costs next to nothing

/// The column that rows are found by, as the script writes it; null: several ways, or none that is understood.
const ast::LoadPhase* increments(const Work& work) {
  return work.plan.schema_only ? nullptr : analyze::increment_of(work.policy);
}

std::string written_column(const Context& context, const ast::LoadPhase& phase) {
  if (!phase.where) return phase.key.empty() ? std::string() : phase.key.front().text;
  const analyze::RowBounds bounds = analyze::row_bounds(context.unit, *phase.where);
  return bounds.opaque ? std::string() : bounds.column;
}

bool begins_an_index(const types::TableSchema& schema, const std::string& column) {
  const auto& key = schema.primary_key.columns;
  if (!key.empty() && key.front() == column) return true;
  return std::any_of(schema.indexes.begin(), schema.indexes.end(), [&](const types::Index& index) {
    return !index.columns.empty() && index.columns.front().name == column && index.special != "partial";
  });
}

/// Partitions of the engine's own cut the table along the column: a part of it is read.
bool is_cut_along(const types::TableSchema& schema, const std::string& column) {
  const auto& columns = schema.native_partitions.columns;
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

}  // namespace

void check_increment_columns(const Context& context, const SyncWork& sync, Work& work) {
  const ast::LoadPhase* phase = increments(work);
  if (phase == nullptr) return;
  work.plan.increment_span = phase->span;
  const types::TableSchema& schema = work.plan.source_schema;
  const std::string written = fold(written_column(context, *phase), sync.source.server.column_case);
  const auto column = std::find_if(schema.columns.begin(), schema.columns.end(), [&](const types::Column& one) {
    return fold(one.name, sync.source.server.column_case) == written;
  });
  if (written.empty() || column == schema.columns.end()) return;
  work.plan.increment_column = column->name;
  const std::string table = types::to_string(work.plan.source);
  const auto found = [&](const std::string& what, const std::string& help) {
    return diag::IncrementColumn(column->name, table, what)
        .at(phase->span)
        .for_table(sync.bound->name, table)
        .for_column(column->name)
        .with_help(help);
  };
  if (schema.row_estimate >= kManyRows && !begins_an_index(schema, column->name) && !is_cut_along(schema, column->name)) {
    diag::Diagnostic guess = found(fmt::format("has no index on about {} rows: each increment reads the whole table",
                                               text::grouped(static_cast<std::uint64_t>(schema.row_estimate))),
                                   plan::index_help(column->name));
    if (context.options.online) {
      work.plan.index_guess = std::move(guess);
    } else {
      finding(sync, work, std::move(guess));
    }
  }
  const bool asked_for = !phase->where && work.policy.errors.null_keys != plan::NullKeys::warn;
  if (column->nullable && !asked_for) {
    const std::string help = phase->where
                                 ? "make it NOT NULL at the source, or give the rows a value"
                                 : "make it NOT NULL at the source, or say ERRORS (null_keys = fail) or (null_keys = copy)";
    finding(sync, work, found("may be NULL: no increment copies a row without a value", help));
  }
}

}  // namespace syncline::planner

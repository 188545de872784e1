#pragma once
#include <optional>

#include "compiler/analyze/clause_checks.h"
#include "compiler/analyze/context.h"

/// PARTITION BY RANGE, LIST, NATIVE: partitions of the engine's own over columns that are there.
namespace syncline::analyze {

/// `kind`, `unit`, `every` and `text` of the clause, without its columns. Nothing when EVERY is no width that a partition may
/// have.
std::optional<types::NativePartitions> native_partitions(const ast::Clause& clause);

/// What is wrong with the clause whatever the tables are: SY1018, SY3017, SY6002.
void check_native_partition(Context& context, const Place& place, const ast::Clause& clause);

}  // namespace syncline::analyze

#pragma once
#include <deque>
#include <vector>

#include "runtime/exec/table_job.h"

namespace syncline::exec {

/// What a target allows for batching, and how many units may run at a time.
struct UnitLimits {
  int tables_per_transaction = 1;
  int parallel = 1;
};

/// Large tables alone, the largest first; then small ones together (DECISIONS 47): at most `tables_per_transaction` to a unit, of
/// one sync and snapshot group, and no fewer units than keep every worker busy.
std::deque<Unit> make_units(const std::vector<TableJob*>& jobs, const UnitLimits& limits);

/// Bytes the table is expected to bring; a nominal amount where nothing is known.
std::uint64_t expected_bytes(const plan::Table& table);

}  // namespace syncline::exec

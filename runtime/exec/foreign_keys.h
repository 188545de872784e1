#pragma once
#include <vector>

#include "runtime/exec/run_context.h"
#include "runtime/exec/state_session.h"
#include "runtime/exec/table_job.h"

namespace syncline::exec {

/// The last, repeatable step of a target: foreign keys between tables of the run, after all data (DECISIONS 2, 3). A key whose
/// rows have no parent is left out and its table complains; the data stays.
void add_foreign_keys(const std::vector<TableJob*>& jobs, bool declared_inline, RunContext& context, StateSession& state);

}  // namespace syncline::exec

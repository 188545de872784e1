#pragma once
#include <vector>

#include "runtime/exec/run_context.h"
#include "runtime/exec/state_session.h"
#include "runtime/exec/table_job.h"

namespace syncline::exec {

/// Writes the entries that the list of known tables lacks, and takes off what has left it: before the first table is loaded, so
/// that a table which fails in its first run is no new one in the next. Throws ConnectorError.
void remember_tables(const std::vector<TableJob*>& jobs, const RunContext& context, StateSession& state);

/// Writes what these tables look like now, after their rows are published: until then the old entry stands, and finds the same
/// changes again. Throws nothing; a list that cannot be written becomes a note.
void remember_shapes(const std::vector<TableJob*>& jobs, const RunContext& context, StateSession& state) noexcept;

/// What a table's summary says of the changes that its load followed.
std::vector<std::string> followed_changes(const TableJob& job);
/// What the run's summary says of tables that are on one side only.
std::vector<std::string> table_notes(const plan::Plan& plan);

}  // namespace syncline::exec

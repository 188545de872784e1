#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/exec/row_copy.h"

namespace syncline::exec {

/// The requests that read a table's rows in ranges of its key, each row in exactly one of them; one request, the job's own, where
/// there is nothing to cut or only one reader. Asks the source. Throws ConnectorError.
std::vector<connectors::ReadRequest> range_requests(const TableJob& job, const UnitContext& context);

/// Reads the requests with `context.readers` sessions at a time and writes the rows through the unit's loader and those that
/// joined it. When one fails all stop; the first failure is thrown, `side` says where it was.
Copied copy_ranges(const std::vector<connectors::ReadRequest>& requests, const TableJob& job, const UnitContext& context,
                   Side& side);

/// "read in 8 ranges of `id` by 4 sessions", or why by one.
std::string split_note(const TableJob& job, const UnitContext& context, std::size_t ranges);

}  // namespace syncline::exec

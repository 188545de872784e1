#pragma once
#include <array>
#include <string>
#include <vector>

#include "connectors/api/connector.h"
#include "stdlib/types/progress.h"

/// How progress stands in the state table `syncline_progress` of every engine: one row of texts per record.
namespace syncline::connectors::sql {

/// `owner` (a digest of sync, unit and target, which may be too long for a key), `phase`, `lower_bound` and `upper_bound` are the
/// key.
inline constexpr std::array kProgressColumns{"owner",     "phase",      "lower_bound", "upper_bound", "sync",   "unit",
                                             "container", "table_name", "key_columns", "watermark",   "run_id", "row_count"};
using ProgressRow = std::array<std::string, kProgressColumns.size()>;
inline constexpr std::size_t kProgressKeyColumns = 4;

std::string progress_owner(const types::Progress& progress);
/// Of all records, each once.
std::vector<std::string> progress_owners(const std::vector<types::Progress>& records);
ProgressRow progress_row(const types::Progress& progress);
/// ErrorKind::drift for a row that we cannot have written.
types::Progress progress_of_row(const ProgressRow& row);

/// Progress is kept beside the rows or not at all: ErrorKind::setup where the connection keeps no state in its target.
void require_place_for_progress(const ConnectionSpec& spec, const std::vector<const LoadTable*>& tables);

}  // namespace syncline::connectors::sql

#pragma once
#include <array>
#include <string>
#include <vector>

#include "stdlib/types/known_table.h"

/// How the list of known tables stands in the state table `syncline_known` of every engine: one row of texts per table.
namespace syncline::connectors::sql {

/// `owner`, a digest of sync and source (which may be too long for a key), is the key.
inline constexpr std::array kKnownColumns{"owner", "sync",  "source_container", "source_table", "container", "table_name",
                                          "shape", "run_id"};
using KnownRow = std::array<std::string, kKnownColumns.size()>;

std::string known_owner(const types::KnownTable& known);
KnownRow known_row(const types::KnownTable& known);
types::KnownTable known_of_row(const KnownRow& row);
/// "owner, sync, …".
std::string known_columns();

}  // namespace syncline::connectors::sql

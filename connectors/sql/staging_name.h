#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "connectors/api/target.h"
#include "stdlib/types/schema.h"

namespace syncline::connectors::sql {

/// Tables of one load beside its target: `syncline_stg_<epoch>_<hash of the target name>`, `syncline_old_…`, and `syncline_row_…`
/// for rows on their way into partitions of staging; with `_<part>` behind for loads that are staged side by side. The epoch is
/// never shortened; at most 60 bytes.
struct StagingName {
  bool old = false;
  std::int64_t epoch = 0;
  std::string hash;  ///< 16 lower-case hex digits
  bool operator==(const StagingName&) const = default;
};

std::string staging_name(std::int64_t epoch, const types::ObjectName& target, int part = 0);
std::string staging_name(const LoadTable& load);
/// Sessions that stage one load together count their chunks this far apart, from their number times it on.
inline constexpr std::int64_t kChunksOfSession = std::int64_t{1} << 24U;
/// Of a chunk in the ledger of its load's epoch, `chunk` from 1 on: loads that share the epoch have numbers of their own, 2^32
/// apart.
std::int64_t ledger_number(const LoadTable& load, std::int64_t chunk);
std::string old_name(std::int64_t epoch, const types::ObjectName& target);
std::string rows_name(const LoadTable& load);
/// The hash part for a target: of container and table.
std::string target_hash(const types::ObjectName& target);
/// Nothing when `table` is not exactly such a name.
std::optional<StagingName> parse_staging_name(std::string_view table);
/// Every object of ours begins with `syncline_`: meta tables, staging, replaced tables.
bool is_own_name(std::string_view table);

}  // namespace syncline::connectors::sql

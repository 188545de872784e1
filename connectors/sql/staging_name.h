#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stdlib/types/schema.h"

namespace syncline::connectors::sql {

/// Tables of one load beside its target: `syncline_stg_<epoch>_<hash of the target name>`, `syncline_old_…`, and `syncline_row_…`
/// for rows on their way into partitions of staging. The epoch is never shortened; at most 49 bytes.
struct StagingName {
  bool old = false;
  std::int64_t epoch = 0;
  std::string hash;  ///< 16 lower-case hex digits
  bool operator==(const StagingName&) const = default;
};

std::string staging_name(std::int64_t epoch, const types::ObjectName& target);
std::string old_name(std::int64_t epoch, const types::ObjectName& target);
std::string rows_name(std::int64_t epoch, const types::ObjectName& target);
/// The hash part for a target: of container and table.
std::string target_hash(const types::ObjectName& target);
/// Nothing when `table` is not exactly such a name.
std::optional<StagingName> parse_staging_name(std::string_view table);
/// Every object of ours begins with `syncline_`: meta tables, staging, replaced tables.
bool is_own_name(std::string_view table);

}  // namespace syncline::connectors::sql

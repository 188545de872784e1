#pragma once
#include <string>

#include "connectors/api/target.h"
#include "connectors/sqlite/session.h"

namespace syncline::connectors::sqlite {

/// Condition for the rows of the ranges that `rows` lie in (LoadTable::partition_ranges), in a plain table: this engine has no
/// partitions. Dates and times are texts that sort as they follow each other. Empty where there are no rows.
std::string in_staged_ranges(const Database& database, const LoadTable& table, const std::string& rows);

}  // namespace syncline::connectors::sqlite

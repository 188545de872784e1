#pragma once
#include <string>
#include <vector>

#include "connectors/api/dialect.h"

/// Which rows of a target belong to the partitions that a load replaces (Publish::partition).
namespace syncline::connectors::sql {

/// How an engine writes a value of this column, given as canonical text (moments without a zone, in UTC).
using SpellCell = std::string (*)(const types::Column& column, const std::string& text);

/// `"day" = '2026-11-20' AND "region" IS NULL`: the one partition that `partition_values` name. Values become what a row's cell
/// with them would be: expr::ValueError for one that the column cannot hold. `zone`: of naive dates and times.
std::string fixed_partition(const Dialect& dialect, const LoadTable& table, std::string_view zone, SpellCell spell);
/// `"day" IS NULL OR "region" IS NULL` over the partition columns that may be; empty when none may.
std::string null_partition(const Dialect& dialect, const LoadTable& table, std::string_view prefix = "");
/// `t."day" = p."day" AND …` with this operator.
std::string same_partition(const Dialect& dialect, const LoadTable& table, std::string_view left, std::string_view op,
                           std::string_view right);
/// For people: the DELETE that a load of this table runs before its rows go in; the rows that came stand as `staging`.
std::string shown_partition_delete(const Dialect& dialect, const LoadTable& table, SpellCell spell);

}  // namespace syncline::connectors::sql

#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stdlib/types/schema.h"

/// Which ranges of a column the rows of PARTITION BY RANGE … EVERY need, the same for every engine; the calendar is
/// stdlib/types/range_partition.h. Naive clock times count as they stand, instants in UTC.
namespace syncline::connectors::sql {

/// [from, to) in the column's own measure: days or microseconds since 2000-01-01, or the number itself.
struct PartitionRange {
  std::optional<std::int64_t> from;  ///< nothing: from the least value on
  std::optional<std::int64_t> to;    ///< nothing: up to the greatest
  std::string label;  ///< of `from`: `2026`, `202611`, `20261120`, `20261120_14`, `1000`, `m500`, `least` without one
  bool operator==(const PartitionRange&) const = default;
};

/// What a server is asked for each row, so that few different numbers come back.
enum class PartitionMeasure : std::uint8_t {
  months,  ///< year * 12 + month - 1
  days,    ///< since 1970-01-01
  hours,   ///< since 1970-01-01 00:00
  values,  ///< the number itself
};
PartitionMeasure measure_of(const types::NativePartitions& partitions);

/// Numbers that a column of whole numbers holds.
struct NumberLimits {
  std::int64_t least = INT64_MIN;
  std::int64_t greatest = INT64_MAX;  ///< also for unsigned columns that reach further: the last range has no end
};

/// The ranges that hold these measures, each once, in order.
std::vector<PartitionRange> partition_ranges(const types::NativePartitions& partitions, const types::Column& column,
                                             const std::vector<std::int64_t>& measures, const NumberLimits& limits = {});

/// `(c >= 'a' AND c < 'b') OR …`: the rows of these ranges, which are in order; those that meet become one. `name` and what
/// `spell` makes of a bound are SQL already. Empty without ranges.
std::string replaced_ranges(std::string_view name, const std::vector<PartitionRange>& ranges,
                            const std::function<std::string(std::int64_t)>& spell);

/// SQL for ranges of values: one and the same number for all of a range that lie on one side of 0, inside it and never beyond
/// what the column holds. `number` is SQL; `%` has the sign of its left side there.
std::string one_number_of_range(const types::NativePartitions& partitions, const std::string& number);

/// A bound as text that the engine reads as the column's type: `2026-11-01`, `2026-11-01 00:00:00`, `1000`.
std::string bound_text(const types::Column& column, std::int64_t bound);

/// A partition name for a listed value: the value where it is short and plain (`cn`), else a hash of it.
std::string list_label(const std::vector<std::optional<std::string>>& values);

/// More partitions than any engine bears: what is wrong is the column, not the rows.
constexpr std::size_t kMostPartitions = 8000;
void refuse_too_many_partitions(const types::ObjectName& table, std::size_t count);

}  // namespace syncline::connectors::sql

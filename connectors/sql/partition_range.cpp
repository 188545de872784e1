#include "connectors/sql/partition_range.h"

#include <algorithm>

#include "connectors/api/error.h"
#include "connectors/sql/lists.h"
#include "stdlib/base/hash.h"
#include "stdlib/base/text.h"
#include "stdlib/types/calendar.h"
#include "stdlib/types/range_partition.h"

namespace syncline::connectors::sql {
namespace {

using types::NativePartitions;
using Unit = NativePartitions::Unit;

constexpr std::int64_t kMicrosPerHour = 3'600'000'000;

std::int64_t floor_of(std::int64_t value, std::int64_t step) {
  const std::int64_t quotient = value / step;
  return quotient - (value % step < 0 ? 1 : 0);
}

bool is_date(const types::Column& column) {
  return types::cell_kind(column.logical) == types::CellKind::date;
}

/// Days since 1970-01-01 in the column's measure.
std::int64_t of_days(const types::Column& column, std::int64_t days) {
  const std::int64_t since_epoch = days - types::kUnixToEpochDays;
  return is_date(column) ? since_epoch : since_epoch * types::kMicrosPerDay;
}

std::string digits(const std::string& text, std::size_t length) {
  std::string out;
  for (const char c : text) {
    if (c >= '0' && c <= '9') out += c;
  }
  return out.substr(0, length);
}

std::string date_label(std::int64_t days, std::size_t length) {
  return digits(types::format_date(days - types::kUnixToEpochDays), length);
}

PartitionRange months(const NativePartitions& partitions, const types::Column& column, std::int64_t month) {
  const std::int64_t start = types::range_start(partitions, month);
  const std::int64_t first = types::first_day_of_month(start);
  return {of_days(column, first), of_days(column, types::first_day_of_month(start + partitions.every)),
          date_label(first, partitions.every % 12 == 0 ? 4 : 6)};
}

PartitionRange days(const NativePartitions& partitions, const types::Column& column, std::int64_t day) {
  const std::int64_t start = types::range_start(partitions, day);
  return {of_days(column, start), of_days(column, start + partitions.every), date_label(start, 8)};
}

PartitionRange hours(const NativePartitions& partitions, std::int64_t hour) {
  const std::int64_t start = types::range_start(partitions, hour);
  const std::int64_t epoch = types::kUnixToEpochDays * 24;
  const std::int64_t day = floor_of(start, 24);
  const std::string clock = std::to_string(start - day * 24);
  return {(start - epoch) * kMicrosPerHour, (start + partitions.every - epoch) * kMicrosPerHour,
          date_label(day, 8) + "_" + (clock.size() < 2 ? "0" : "") + clock};
}

PartitionRange values(const NativePartitions& partitions, std::int64_t value, const NumberLimits& limits) {
  const std::int64_t number = floor_of(value, partitions.every);
  std::int64_t from = 0;
  std::int64_t next = 0;
  std::int64_t to = 0;
  const bool begins = !__builtin_mul_overflow(number, partitions.every, &from) && from >= limits.least;
  const bool ends =
      !__builtin_add_overflow(number, 1, &next) && !__builtin_mul_overflow(next, partitions.every, &to) && to <= limits.greatest;
  PartitionRange range;
  if (begins) range.from = from;
  if (ends) range.to = to;
  range.label = !begins ? "least" : from < 0 ? "m" + std::to_string(from).substr(1) : std::to_string(from);
  return range;
}

PartitionRange range_of(const NativePartitions& partitions, const types::Column& column, std::int64_t measure,
                        const NumberLimits& limits) {
  switch (measure_of(partitions)) {
    case PartitionMeasure::months:
      return months(partitions, column, measure);
    case PartitionMeasure::days:
      return days(partitions, column, measure);
    case PartitionMeasure::hours:
      return hours(partitions, measure);
    case PartitionMeasure::values:
      break;
  }
  return values(partitions, measure, limits);
}

}  // namespace

PartitionMeasure measure_of(const NativePartitions& partitions) {
  switch (partitions.unit) {
    case Unit::months:
      return PartitionMeasure::months;
    case Unit::days:
      return PartitionMeasure::days;
    case Unit::hours:
      return PartitionMeasure::hours;
    case Unit::values:
      break;
  }
  return PartitionMeasure::values;
}

std::vector<PartitionRange> partition_ranges(const NativePartitions& partitions, const types::Column& column,
                                             const std::vector<std::int64_t>& measures, const NumberLimits& limits) {
  std::vector<PartitionRange> ranges;
  for (const std::int64_t measure : measures) ranges.push_back(range_of(partitions, column, measure, limits));
  const auto start = [](const PartitionRange& range) { return range.from.value_or(INT64_MIN); };
  std::sort(ranges.begin(), ranges.end(), [&](const auto& one, const auto& other) { return start(one) < start(other); });
  ranges.erase(std::unique(ranges.begin(), ranges.end()), ranges.end());
  return ranges;
}

std::string replaced_ranges(std::string_view name, const std::vector<PartitionRange>& ranges,
                            const std::function<std::string(std::int64_t)>& spell) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < ranges.size(); ++at) {
    const PartitionRange& first = ranges[at];
    while (at + 1 < ranges.size() && ranges[at].to && ranges[at].to == ranges[at + 1].from) ++at;
    std::vector<std::string> bounds;
    if (first.from) bounds.push_back(std::string(name) + " >= " + spell(*first.from));
    if (ranges[at].to) bounds.push_back(std::string(name) + " < " + spell(*ranges[at].to));
    parts.push_back(bounds.empty() ? std::string(name) + " IS NOT NULL" : "(" + join(bounds, " AND ") + ")");
  }
  return join(parts, " OR ");
}

std::string one_number_of_range(const NativePartitions& partitions, const std::string& number) {
  const std::string every = std::to_string(partitions.every);
  return number + " - " + number + " % " + every + " - CASE WHEN " + number + " % " + every + " < 0 THEN 1 ELSE 0 END";
}

std::string bound_text(const types::Column& column, std::int64_t bound) {
  switch (types::cell_kind(column.logical)) {
    case types::CellKind::date:
      return types::format_date(bound);
    case types::CellKind::timestamp:
      return types::format_timestamp(bound, 0);
    default:
      return std::to_string(bound);
  }
}

std::string list_label(const std::vector<std::optional<std::string>>& values) {
  constexpr std::size_t kPlain = 24;
  std::string plain;
  std::string whole;
  for (const auto& value : values) {
    plain += (plain.empty() ? "" : "_") + value.value_or("null");
    whole += value ? std::to_string(value->size()) + ":" + *value : std::string("~");
  }
  const bool simple = values.size() == 1 && values.front() && *values.front() != "null" && !plain.empty() &&
                      plain.size() <= kPlain &&
                      plain.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  const bool null = values.size() == 1 && !values.front();
  return simple || null ? plain : "h" + hash::fast_hex(whole).substr(0, 16);
}

void refuse_too_many_partitions(const types::ObjectName& table, std::size_t count) {
  if (count <= kMostPartitions) return;
  ConnectorError error(ErrorKind::unsupported, "the rows of " + types::to_string(table) + " need " + text::grouped(count) +
                                                   " partitions, at most " + text::grouped(kMostPartitions) +
                                                   " are made at once");
  error.help = "partition by wider ranges or by a column with fewer values";
  throw error;
}

}  // namespace syncline::connectors::sql

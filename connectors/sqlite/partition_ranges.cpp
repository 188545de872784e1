#include "connectors/sqlite/partition_ranges.h"

#include "connectors/sql/partition_range.h"
#include "connectors/sqlite/dialect.h"
#include "stdlib/types/calendar.h"

namespace syncline::connectors::sqlite {
namespace {

using sql::PartitionMeasure;
using types::NativePartitions;

constexpr const char* kBehindYears = "':'";  ///< sorts behind every digit

bool is_number(const types::Column& column) {
  return types::cell_kind(column.logical) != types::CellKind::date &&
         types::cell_kind(column.logical) != types::CellKind::timestamp;
}

/// As much of a date or time as names its month, day or hour: `2026-11`, `2026-11-20`, `2026-11-20 14`.
int length_of(PartitionMeasure measure) {
  return measure == PartitionMeasure::months ? 7 : measure == PartitionMeasure::days ? 10 : 13;
}

std::int64_t measure_of(PartitionMeasure measure, std::string text) {
  text += measure == PartitionMeasure::months ? "-01" : "";
  const std::int64_t days = types::parse_date(text.substr(0, 10)).value_or(0);
  const auto civil = types::civil_from_days(days);
  const std::int64_t since_1970 = days + types::kUnixToEpochDays;
  switch (measure) {
    case PartitionMeasure::months:
      return civil.year * 12 + civil.month - 1;
    case PartitionMeasure::hours:
      return since_1970 * 24 + std::stoll(text.substr(11));
    default:
      return since_1970;
  }
}

std::string has_range(const types::Column& column, const std::string& name) {
  if (is_number(column)) return name + " IS NOT NULL";
  return name + " >= '0001' AND " + name + " < " + kBehindYears;
}

std::vector<std::int64_t> measures_of(const Database& database, const NativePartitions& partitions, const types::Column& column,
                                      const std::string& rows) {
  const std::string name = quote(column.name);
  const PartitionMeasure measure = sql::measure_of(partitions);
  const std::string part = is_number(column) ? sql::one_number_of_range(partitions, name)
                                             : "substr(" + name + ", 1, " + std::to_string(length_of(measure)) + ")";
  Statement row = database.prepare("SELECT DISTINCT " + part + " FROM " + quote(rows) + " WHERE " + has_range(column, name));
  std::vector<std::int64_t> measures;
  while (row.step()) measures.push_back(is_number(column) ? std::stoll(row.text(0)) : measure_of(measure, row.text(0)));
  return measures;
}

std::string bound_literal(const types::Column& column, std::int64_t bound) {
  const std::string text = sql::bound_text(column, bound);
  if (is_number(column)) return text;
  return text.find('-') > 4 ? kBehindYears : "'" + text + "'";  // years of five digits
}

}  // namespace

std::string in_staged_ranges(const Database& database, const LoadTable& table, const std::string& rows) {
  const types::Column& column = *table.desired.find_column(table.partition_columns.front());
  // Rows that others wrote may have a `T` before the hour; before a day both sort alike, and an index serves.
  const bool hours = sql::measure_of(*table.partition_ranges) == PartitionMeasure::hours;
  const std::string name = hours ? "replace(" + quote(column.name) + ", 'T', ' ')" : quote(column.name);
  const auto measures = measures_of(database, *table.partition_ranges, column, rows);
  std::string where = sql::replaced_ranges(name, sql::partition_ranges(*table.partition_ranges, column, measures),
                                           [&](std::int64_t bound) { return bound_literal(column, bound); });
  const std::string homeless = name + " IS NULL OR NOT (" + has_range(column, name) + ")";
  if (database.prepare("SELECT 1 FROM " + quote(rows) + " WHERE " + homeless + " LIMIT 1").step())
    where += (where.empty() ? "" : " OR ") + homeless;
  return where;
}

}  // namespace syncline::connectors::sqlite

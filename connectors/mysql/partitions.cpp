#include "connectors/mysql/partitions.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>

#include "connectors/mysql/ddl.h"
#include "connectors/mysql/dialect.h"
#include "connectors/mysql/load_warnings.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/partition_range.h"
#include "connectors/sql/staging_name.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/base/text.h"
#include "stdlib/types/calendar.h"

namespace syncline::connectors::mysql {
namespace {

using types::NativePartitions;
using types::ObjectName;

constexpr std::int64_t kGreatest = INT64_MAX;
constexpr std::int64_t kUnixMicros = -types::kUnixToEpochDays * types::kMicrosPerDay;  ///< 1970-01-01, since 2000-01-01
constexpr const char* kGap = "gap_";
constexpr int kListedTwice = 1495;
constexpr int kLockTimeout = 1205;

std::string name_of(std::string_view name) {
  return dialect().quote(name);
}

const types::Column& partition_column(const types::TableSchema& schema, const std::string& name) {
  for (const types::Column& column : schema.columns) {
    if (text::ascii_iequals(column.name, name)) return column;
  }
  throw ConnectorError(ErrorKind::drift, types::to_string(schema.name) + " has no partition column `" + name + "`");
}

bool is_date(const types::Column& column) {
  return types::cell_kind(column.logical) == types::CellKind::date;
}
bool is_clock(const types::Column& column) {
  return types::cell_kind(column.logical) == types::CellKind::timestamp;
}
/// TIMESTAMP columns are refused by RANGE COLUMNS, but not the seconds they stand for.
bool by_seconds(const types::Column& column) {
  return column.native.words == "timestamp";
}

sql::NumberLimits limits_of(const types::Column& column) {
  const std::string& words = column.native.words;
  const bool unsigned_one = words.find("unsigned") != std::string::npos;
  const auto within = [&](int bits) -> sql::NumberLimits {
    if (unsigned_one) return {0, (std::int64_t{1} << bits) - 1};
    return {-(std::int64_t{1} << (bits - 1)), (std::int64_t{1} << (bits - 1)) - 1};
  };
  if (words.rfind("tinyint", 0) == 0) return within(8);
  if (words.rfind("smallint", 0) == 0) return within(16);
  if (words.rfind("mediumint", 0) == 0) return within(24);
  if (words.rfind("int", 0) == 0) return within(32);
  return unsigned_one ? sql::NumberLimits{0, INT64_MAX} : sql::NumberLimits{};
}

/// The least bound that the column can hold: what lies below are rows without a value.
std::int64_t least_of(const types::Column& column) {
  if (by_seconds(column)) return kUnixMicros + 1'000'000;
  if (is_date(column)) return types::days_from_civil(1, 1, 1);
  if (is_clock(column)) return types::days_from_civil(1, 1, 1) * types::kMicrosPerDay;
  return limits_of(column).least;
}

/// From here on a column ends: no date has five digits of a year.
std::int64_t end_of(const types::Column& column) {
  if (is_date(column)) return types::days_from_civil(10000, 1, 1);
  if (is_clock(column)) return types::days_from_civil(10000, 1, 1) * types::kMicrosPerDay;
  return kGreatest;
}

std::string bound_literal(const types::Column& column, std::int64_t bound) {
  if (bound == kGreatest) return "MAXVALUE";
  if (by_seconds(column)) return std::to_string((bound - kUnixMicros) / 1'000'000);
  const std::string text = sql::bound_text(column, bound);
  return is_date(column) || is_clock(column) ? quote_text(text) : text;
}

/// PARTITION_DESCRIPTION as a bound of the column; nothing for anything else.
std::optional<std::int64_t> parse_bound(const types::Column& column, std::string text) {
  if (text == "MAXVALUE") return kGreatest;
  if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'') text = text.substr(1, text.size() - 2);
  if (is_date(column)) return types::parse_date(text);
  if (is_clock(column) && !by_seconds(column)) return types::parse_timestamp(text);
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return by_seconds(column) ? number * 1'000'000 + kUnixMicros : number;
}

std::string less_than(const std::string& name, const types::Column& column, std::int64_t bound) {
  return "PARTITION " + name_of(name) + " VALUES LESS THAN (" + bound_literal(column, bound) + ")";
}

/// What a row's value measures; NULL where no range can hold it.
std::string measure_text(const NativePartitions& partitions, const types::Column& column) {
  const std::string name = name_of(column.name);
  switch (sql::measure_of(partitions)) {
    case sql::PartitionMeasure::months:
      return "YEAR(" + name + ") * 12 + MONTH(" + name + ") - 1";
    case sql::PartitionMeasure::days:
      return "TO_DAYS(" + name + ") - 719528";
    case sql::PartitionMeasure::hours:
      return "FLOOR((TO_SECONDS(" + name + ") - 62167219200) / 3600)";
    case sql::PartitionMeasure::values:
      break;
  }
  return sql::one_number_of_range(partitions, "LEAST(" + name + ", 9223372036854775807)");
}

struct Part {
  std::string name;
  std::int64_t upper = 0;
};

std::vector<std::pair<std::string, std::string>> described_partitions(Connection& connection, const ObjectName& table) {
  std::vector<std::pair<std::string, std::string>> parts;
  for (const Row& row : connection.look("SELECT DISTINCT PARTITION_NAME, PARTITION_DESCRIPTION, PARTITION_ORDINAL_POSITION FROM "
                                        "information_schema.PARTITIONS WHERE TABLE_SCHEMA = " +
                                        quote_text(table.container) + " AND TABLE_NAME = " + quote_text(table.table) +
                                        " AND PARTITION_NAME IS NOT NULL ORDER BY PARTITION_ORDINAL_POSITION")) {
    parts.emplace_back(row[0].value_or(""), row[1].value_or(""));
  }
  return parts;
}

/// Empty when a bound is none of the column's: then people made the partitions in a way of their own.
std::vector<Part> read_layout(Connection& connection, const types::Column& column, const ObjectName& table) {
  std::vector<Part> layout;
  for (const auto& [name, description] : described_partitions(connection, table)) {
    const auto bound = parse_bound(column, description);
    if (!bound) return {};
    layout.push_back({name, *bound});
  }
  return layout;
}

/// Rows that some range can hold: no zero dates.
std::string has_range(const types::Column& column) {
  const std::string name = name_of(column.name);
  return is_date(column) || is_clock(column) ? name + " >= '0001-01-01'" : name + " IS NOT NULL";
}

std::vector<sql::PartitionRange> ranges_of(Connection& connection, const NativePartitions& partitions,
                                           const types::Column& column, const ObjectName& rows) {
  std::vector<std::int64_t> measures;
  for (const Row& row : connection.query("SELECT DISTINCT " + measure_text(partitions, column) + " FROM " +
                                         dialect().quote(rows) + " WHERE " + has_range(column))) {
    if (row[0]) measures.push_back(std::stoll(*row[0]));
  }
  return sql::partition_ranges(partitions, column, measures, limits_of(column));
}

std::vector<sql::PartitionRange> needed_ranges(Connection& connection, const LoadTable& plan, const types::Column& column,
                                               const ObjectName& rows) {
  auto ranges = ranges_of(connection, plan.desired.native_partitions, column, rows);
  sql::refuse_too_many_partitions(plan.desired.name, ranges.size() * 2);
  return ranges;
}

/// One step after the other, while the layout is kept in mind: gaps that are divided, and what comes behind the last one.
class RangePlan {
 public:
  RangePlan(const types::Column& column, std::vector<Part> layout) : column_(column), layout_(std::move(layout)) {
    for (const Part& part : layout_) names_.insert(text::ascii_lower(part.name));
  }

  void need(const sql::PartitionRange& range) {
    const std::int64_t from = std::max(range.from.value_or(least_of(column_)), least_of(column_));
    const std::int64_t to = range.to && *range.to < end_of(column_) ? *range.to : kGreatest;
    const auto at = std::find_if(layout_.begin(), layout_.end(), [&](const Part& part) { return part.upper > from; });
    if (at == layout_.end()) return append(range.label, from, to);
    const std::int64_t lower = at == layout_.begin() ? INT64_MIN : std::prev(at)->upper;
    const bool gap = at->name.rfind(kGap, 0) == 0;
    if (gap && lower <= from && to <= at->upper) divide(static_cast<std::size_t>(at - layout_.begin()), range.label, from, to);
  }

  /// Behind ALTER TABLE `name`.
  [[nodiscard]] std::vector<std::string> changes() const {
    std::vector<std::string> all = divided_;
    if (!added_.empty()) all.push_back("ADD PARTITION (" + sql::join(added_, ", ") + ")");
    return all;
  }

 private:
  std::string free_name(const std::string& wanted) {
    std::string name = wanted;
    for (int next = 2; !names_.insert(name).second; ++next) name = wanted + "_" + std::to_string(next);
    return name;
  }

  void append(const std::string& label, std::int64_t from, std::int64_t to) {
    if (layout_.empty() || layout_.back().upper < from) add(free_name(kGap + label), from);
    add(free_name("p" + label), to);
  }

  void add(const std::string& name, std::int64_t upper) {
    added_.push_back(less_than(name, column_, upper));
    layout_.push_back({name, upper});
  }

  void divide(std::size_t at, const std::string& label, std::int64_t from, std::int64_t to) {
    const Part gap = layout_[at];
    const std::int64_t lower = at == 0 ? INT64_MIN : layout_[at - 1].upper;
    std::vector<Part> parts;
    if (lower < from) parts.push_back({free_name(kGap + label), from});
    parts.push_back({free_name("p" + label), to});
    if (to < gap.upper) parts.push_back(gap);
    std::vector<std::string> texts;
    for (const Part& part : parts) texts.push_back(less_than(part.name, column_, part.upper));
    divided_.push_back("REORGANIZE PARTITION " + name_of(gap.name) + " INTO (" + sql::join(texts, ", ") + ")");
    layout_.erase(layout_.begin() + static_cast<std::ptrdiff_t>(at));
    layout_.insert(layout_.begin() + static_cast<std::ptrdiff_t>(at), parts.begin(), parts.end());
  }

  const types::Column& column_;
  std::vector<Part> layout_;
  std::set<std::string> names_;
  std::vector<std::string> divided_;
  std::vector<std::string> added_;
};

/// The failure that the caller may bear, or nothing.
std::optional<ConnectorError> alter(Connection& connection, const LoadTable& plan, const ObjectName& table,
                                    const std::string& change) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + plan.swap_timeout;
  connection.execute("SET SESSION lock_wait_timeout = 3");
  std::optional<ConnectorError> failed;
  do {
    failed = connection.attempt("ALTER TABLE " + dialect().quote(table) + " " + change);
  } while (failed && failed->native_code == kLockTimeout && Clock::now() < deadline);
  connection.execute("SET SESSION lock_wait_timeout = 30");
  if (!failed || failed->native_code == kListedTwice) return failed;
  if (failed->native_code != kLockTimeout) throw ConnectorError(*failed);
  ConnectorError error(ErrorKind::locked,
                       "`" + types::to_string(table) + "` stays in use by another session: no partition could be added");
  error.native_code = kLockTimeout;
  error.help = "end the session that reads or locks the table, and run again";
  throw error;
}

/// Names of what the server wants to have listed: `VALUES IN ('cn')`, `VALUES IN (('cn', 7))`.
struct Listed {
  std::string label;
  std::string values;
};

std::string listed_values(const std::vector<std::string>& literals) {
  const std::string joined = sql::join(literals, ", ");
  return literals.size() == 1 ? "(" + joined + ")" : "((" + joined + "))";
}

/// Values of the rows that no partition lists. A row with NULL among several columns is always told: NULL equals nothing.
std::vector<Listed> unlisted(Connection& connection, const LoadTable& plan, const ObjectName& table, const ObjectName& rows) {
  std::vector<std::string> listed;
  bool has_null = false;
  for (const auto& [name, description] : described_partitions(connection, table)) {
    if (description == "DEFAULT") return {};
    if (!description.empty()) listed.push_back(description);
    has_null = has_null || description == "NULL" || description.rfind("NULL,", 0) == 0;
  }
  const auto& columns = plan.desired.native_partitions.columns;
  const std::string names = sql::column_list(dialect(), columns);
  std::string where;
  if (!listed.empty()) where = " WHERE ((" + names + ") IN (" + sql::join(listed, ", ") + ")) IS NOT TRUE";
  std::vector<Listed> missing;
  for (const Row& row : connection.query("SELECT DISTINCT " + names + " FROM " + dialect().quote(rows) + where)) {
    if (has_null && row.size() == 1 && !row[0]) continue;
    std::vector<std::string> literals;
    for (std::size_t i = 0; i < row.size(); ++i)
      literals.push_back(row[i] ? column_literal(partition_column(plan.desired, columns[i]), *row[i]) : "NULL");
    missing.push_back({"p_" + sql::list_label(row), listed_values(literals)});
  }
  sql::refuse_too_many_partitions(plan.desired.name, missing.size());
  return missing;
}

void add_lists(Connection& connection, const LoadTable& plan, const ObjectName& table, const ObjectName& rows) {
  std::set<std::string> names;
  for (const auto& [name, description] : described_partitions(connection, table)) names.insert(text::ascii_lower(name));
  std::vector<std::string> parts;
  for (const Listed& one : unlisted(connection, plan, table, rows)) {
    std::string name = one.label;
    for (int next = 2; !names.insert(name).second; ++next) name = one.label + "_" + std::to_string(next);
    parts.push_back("PARTITION " + name_of(name) + " VALUES IN " + one.values);
  }
  if (parts.empty()) return;
  if (!alter(connection, plan, table, "ADD PARTITION (" + sql::join(parts, ", ") + ")")) return;
  // Some value is listed already, in words that were not understood: one by one.
  for (const std::string& part : parts) static_cast<void>(alter(connection, plan, table, "ADD PARTITION (" + part + ")"));
}

void add_ranges(Connection& connection, const LoadTable& plan, const ObjectName& table, const ObjectName& rows) {
  const types::Column& column = partition_column(plan.desired, plan.desired.native_partitions.columns.front());
  const auto layout = read_layout(connection, column, table);
  if (layout.empty()) return;
  RangePlan steps(column, layout);
  for (const auto& range : needed_ranges(connection, plan, column, rows)) steps.need(range);
  for (const std::string& change : steps.changes()) static_cast<void>(alter(connection, plan, table, change));
}

/// One load at a time reads a table's layout and changes it.
class LayoutLock {
 public:
  LayoutLock(Connection& connection, const ObjectName& table)
      : connection_(connection), name_(quote_text("syncline_parts_" + sql::target_hash(table))) {
    if (connection_.scalar("SELECT GET_LOCK(" + name_ + ", 60)", Rehearsed::cell("1")) != "1")
      throw ConnectorError(ErrorKind::locked, "another load changes the partitions of `" + types::to_string(table) + "`");
  }
  ~LayoutLock() { static_cast<void>(connection_.attempt("DO RELEASE_LOCK(" + name_ + ")")); }
  LayoutLock(const LayoutLock&) = delete;
  LayoutLock& operator=(const LayoutLock&) = delete;

 private:
  Connection& connection_;
  std::string name_;
};

bool key_spans_partitions(const LoadTable& plan) {
  const auto& columns = plan.desired.native_partitions.columns;
  return std::any_of(columns.begin(), columns.end(), [&](const std::string& column) {
    return std::none_of(plan.key.begin(), plan.key.end(),
                        [&](const std::string& key) { return text::ascii_iequals(key, column); });
  });
}

/// No unique index of a partitioned table tells that two rows have one key in different partitions.
void refuse_repeated_keys(Connection& connection, const LoadTable& plan, const ObjectName& rows) {
  std::vector<std::string> present;
  for (const std::string& name : plan.key) present.push_back(name_of(name) + " IS NOT NULL");
  const std::string columns = sql::column_list(dialect(), plan.key);
  const auto found = connection.scalar("SELECT CONCAT_WS(', ', " + columns + ") FROM " + dialect().quote(rows) + " WHERE " +
                                       sql::join(present, " AND ") + " GROUP BY " + columns + " HAVING COUNT(*) > 1 LIMIT 1");
  if (!found) return;
  throw ConnectorError(ErrorKind::constraint, "key (" + sql::join(plan.key, ", ") + "), value '" +
                                                  text::printable(text::truncate_utf8(*found, 120)) + "'");
}

}  // namespace

std::string partition_clause(const types::TableSchema& schema) {
  using Kind = NativePartitions::Kind;
  const NativePartitions& partitions = schema.native_partitions;
  if (partitions.kind == Kind::none) return {};
  if (partitions.kind == Kind::native) return " " + partitions.text;
  if (partitions.kind == Kind::list) {
    const std::vector<std::string> nulls(partitions.columns.size(), "NULL");
    return " PARTITION BY LIST COLUMNS (" + sql::column_list(dialect(), partitions.columns) + ") (PARTITION `p_null` VALUES IN " +
           listed_values(nulls) + ")";
  }
  const types::Column& column = partition_column(schema, partitions.columns.front());
  const std::string name = name_of(column.name);
  const std::string by = by_seconds(column) ? "RANGE (UNIX_TIMESTAMP(" + name + "))" : "RANGE COLUMNS (" + name + ")";
  return " PARTITION BY " + by + " (" + less_than("p_first", column, least_of(column)) + ")";
}

void add_missing_partitions(Connection& connection, const LoadTable& plan, const ObjectName& table, const ObjectName& rows) {
  if (!plan.desired.native_partitions.grow()) return;
  const LayoutLock lock(connection, table);
  if (plan.desired.native_partitions.kind == NativePartitions::Kind::list) {
    add_lists(connection, plan, table, rows);
  } else {
    add_ranges(connection, plan, table, rows);
  }
}

std::string in_staged_ranges(Connection& connection, const LoadTable& plan, const ObjectName& rows) {
  const types::Column& column = *plan.desired.find_column(plan.partition_columns.front());
  auto ranges = ranges_of(connection, *plan.partition_ranges, column, rows);
  for (sql::PartitionRange& range : ranges) {
    if (range.from) range.from = std::max(*range.from, least_of(column));
    if (range.to && *range.to >= end_of(column)) range.to.reset();
  }
  const std::string name = name_of(column.name);
  std::string where = sql::replaced_ranges(name, ranges, [&](std::int64_t bound) {
    const std::string text = sql::bound_text(column, bound);
    return is_date(column) || is_clock(column) ? quote_text(text) : text;
  });
  const std::string homeless = name + " IS NULL OR NOT " + has_range(column);
  if (connection.scalar("SELECT 1 FROM " + dialect().quote(rows) + " WHERE " + homeless + " LIMIT 1"))
    where += (where.empty() ? "" : " OR ") + homeless;
  return where;
}

void fill_partitions(Connection& connection, StagedTable& table) {
  const LoadTable& plan = *table.plan;
  if (plan.mode == types::WriteMode::upsert && key_spans_partitions(plan)) refuse_repeated_keys(connection, plan, table.arrival);
  add_missing_partitions(connection, plan, table.staging, table.arrival);
  failpoint("partitions.before");
  const std::string columns = sql::column_list(dialect(), table.encoder.column_names());
  connection.execute("INSERT INTO " + dialect().quote(table.staging) + " (" + columns + ") SELECT " + columns + " FROM " +
                     dialect().quote(table.arrival));
  const auto moved = std::stoull(connection.scalar("SELECT ROW_COUNT()").value_or("0"));
  if (moved != table.reported) {
    throw ConnectorError(ErrorKind::protocol, text::grouped(moved) + " of " + text::grouped(table.reported) + " rows of `" +
                                                  types::to_string(plan.desired.name) + "` came into its partitions");
  }
  connection.execute(drop_tables({table.arrival}));
}

}  // namespace syncline::connectors::mysql

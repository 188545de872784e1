#include "connectors/postgres/partitions.h"

#include <algorithm>
#include <set>

#include "connectors/postgres/ddl.h"
#include "connectors/postgres/dialect.h"
#include "connectors/postgres/error_map.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/partition_range.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::postgres {
namespace {

using types::NativePartitions;
using types::ObjectName;

constexpr int kNameTries = 20;

/// A partition that rows need.
struct Needed {
  std::string label;
  std::string bounds;  ///< `FOR VALUES …`, `DEFAULT`
  std::string probe;   ///< a literal that it takes; empty: the default partition
};

const types::Column& partition_column(const LoadTable& table) {
  const std::string& name = table.desired.native_partitions.columns.front();
  if (const types::Column* column = table.desired.find_column(name)) return *column;
  throw ConnectorError(ErrorKind::drift, types::to_string(table.desired.name) + " has no partition column `" + name + "`");
}

bool is_instant(const types::Column& column) {
  return column.logical.kind == types::TypeKind::timestamp;
}

std::string bound_literal(const types::Column& column, std::int64_t bound) {
  return quote_text(sql::bound_text(column, bound) + (is_instant(column) ? "+00" : ""));
}

sql::NumberLimits limits_of(const types::Column& column) {
  if (column.native.words == "smallint") return {INT16_MIN, INT16_MAX};
  if (column.native.words == "integer") return {INT32_MIN, INT32_MAX};
  return {};
}

/// What a row's value measures, NULL where no range can hold it: NULL, an infinity, a date beyond the calendar of ranges.
std::string measure_text(const NativePartitions& partitions, const types::Column& column) {
  const std::string name = dialect().quote(std::string_view(column.name));
  const std::string part = types::cell_kind(column.logical) == types::CellKind::date ? "" : "::numeric";
  const std::string known = "CASE WHEN " + name + " >= '0001-01-01' AND " + name + " < '10000-01-01' THEN ";
  switch (sql::measure_of(partitions)) {
    case sql::PartitionMeasure::months:
      return known + "(extract(year FROM " + name + ") * 12 + extract(month FROM " + name + ") - 1)::bigint END";
    case sql::PartitionMeasure::days:
      if (part.empty()) return known + "(" + name + " - DATE '1970-01-01')::bigint END";
      return known + "floor(extract(epoch FROM " + name + ")" + part + " / 86400)::bigint END";
    case sql::PartitionMeasure::hours:
      return known + "floor(extract(epoch FROM " + name + ")" + part + " / 3600)::bigint END";
    case sql::PartitionMeasure::values:
      break;
  }
  return sql::one_number_of_range(partitions, name + "::bigint");
}

std::string range_bounds(const types::Column& column, const sql::PartitionRange& range) {
  return "FOR VALUES FROM (" + (range.from ? bound_literal(column, *range.from) : "MINVALUE") + ") TO (" +
         (range.to ? bound_literal(column, *range.to) : "MAXVALUE") + ")";
}

struct StagedRanges {
  std::vector<sql::PartitionRange> ranges;
  bool homeless = false;  ///< rows that no range holds
};

StagedRanges ranges_of(Session& session, const NativePartitions& partitions, const types::Column& column,
                       const ObjectName& rows) {
  const Result result = session.run("SELECT DISTINCT " + measure_text(partitions, column) + " FROM " + dialect().quote(rows));
  std::vector<std::int64_t> measures;
  StagedRanges found;
  for (int row = 0; row < result.rows(); ++row) {
    found.homeless = found.homeless || result.null(row, 0);
    if (!result.null(row, 0)) measures.push_back(result.number(row, 0));
  }
  found.ranges = sql::partition_ranges(partitions, column, measures, limits_of(column));
  return found;
}

std::vector<Needed> needed_ranges(Session& session, const LoadTable& table, const ObjectName& rows) {
  const types::Column& column = partition_column(table);
  const StagedRanges found = ranges_of(session, table.desired.native_partitions, column, rows);
  const std::int64_t least = limits_of(column).least;
  std::vector<Needed> needed;
  for (const sql::PartitionRange& range : found.ranges)
    needed.push_back({"p" + range.label, range_bounds(column, range), bound_literal(column, range.from.value_or(least))});
  if (found.homeless) needed.push_back({"default", "DEFAULT", ""});
  return needed;
}

std::vector<Needed> needed_lists(Session& session, const LoadTable& table, const ObjectName& rows) {
  const std::string name = dialect().quote(std::string_view(partition_column(table).name));
  const Result result = session.run("SELECT v::text, quote_nullable(v::text) FROM (SELECT DISTINCT " + name + " AS v FROM " +
                                    dialect().quote(rows) + ") AS listed ORDER BY 1");
  std::vector<Needed> needed;
  for (int row = 0; row < result.rows(); ++row) {
    const auto value = result.null(row, 0) ? std::nullopt : std::optional(result.text(row, 0));
    const std::string literal = result.text(row, 1);
    needed.push_back({"p_" + sql::list_label({value}), "FOR VALUES IN (" + literal + ")", literal});
  }
  return needed;
}

std::vector<Needed> needed_partitions(Session& session, const LoadTable& table, const ObjectName& rows) {
  if (!table.desired.native_partitions.grow()) return {};
  const bool range = table.desired.native_partitions.kind == NativePartitions::Kind::range;
  std::vector<Needed> needed = range ? needed_ranges(session, table, rows) : needed_lists(session, table, rows);
  sql::refuse_too_many_partitions(table.desired.name, needed.size());
  return needed;
}

/// Names that are free in the schema, as near to the wanted ones as possible.
std::vector<std::string> free_names(Session& session, const std::string& schema, std::vector<std::string> wanted) {
  const Result result = session.query(
      "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1", {schema});
  std::set<std::string> taken;
  for (int row = 0; row < result.rows(); ++row) taken.insert(result.text(row, 0));
  for (std::string& name : wanted) {
    const std::string first = name;
    for (int next = 2; !taken.insert(name).second; ++next) name = fitted_name(first + "_" + std::to_string(next));
  }
  return wanted;
}

std::string final_name(const ObjectName& root, const std::string& label) {
  return fitted_name(root.table + "_" + label);
}

ConnectorError without_home(const StatementError& error, const LoadTable& table) {
  ConnectorError named(ErrorKind::constraint, "a row has no partition in " + types::to_string(table.desired.name) +
                                                  (error.detail.empty() ? "" : " (" + error.detail + ")"));
  named.sqlstate = error.sqlstate;
  named.statement = error.statement;
  named.help = "make a partition for it, or a DEFAULT one";
  return named;
}

std::string insert_statement(const LoadTable& table, const ObjectName& root, const ObjectName& rows) {
  const std::string columns = sql::column_list(dialect(), sql::load_column_names(table));
  return "INSERT INTO " + dialect().quote(root) + " (" + columns + ") OVERRIDING SYSTEM VALUE SELECT " + columns + " FROM " +
         dialect().quote(rows);
}

/// Those that no partition of the live root takes, the default one left aside.
std::vector<Needed> uncovered(Session& session, const LoadTable& table, std::vector<Needed> needed) {
  if (needed.empty()) return needed;
  const std::string root = dialect().quote(table.desired.name);
  const Result present = session.query(
      "SELECT pg_get_partition_constraintdef(c.oid), pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT' FROM pg_inherits i "
      "JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass($1)",
      {root}, look_it_up());
  std::vector<std::string> taken;
  bool has_default = false;
  for (int row = 0; row < present.rows(); ++row) {
    has_default = has_default || present.truth(row, 1);
    if (!present.truth(row, 1) && !present.null(row, 0)) taken.push_back("(" + present.text(row, 0) + ")");
  }
  if (has_default)
    needed.erase(std::remove_if(needed.begin(), needed.end(), [](const Needed& one) { return one.probe.empty(); }), needed.end());
  if (taken.empty() || needed.empty()) return needed;
  const types::Column& column = partition_column(table);
  std::vector<std::string> probes;
  for (std::size_t i = 0; i < needed.size(); ++i) {
    if (needed[i].probe.empty()) continue;
    probes.push_back("(" + std::to_string(i) + ", " + needed[i].probe + "::" + column.native.text + ")");
  }
  std::set<std::size_t> missing;
  for (std::size_t i = 0; i < needed.size(); ++i) {
    if (needed[i].probe.empty()) missing.insert(i);
  }
  if (!probes.empty()) {
    const Result found =
        session.run("SELECT probe.number FROM (VALUES " + sql::join(probes, ", ") + ") AS probe (number, " +
                    dialect().quote(std::string_view(column.name)) + ") WHERE (" + sql::join(taken, " OR ") + ") IS NOT TRUE");
    for (int row = 0; row < found.rows(); ++row) missing.insert(static_cast<std::size_t>(found.number(row, 0)));
  }
  std::vector<Needed> left;
  for (const std::size_t at : missing) left.push_back(std::move(needed[at]));
  return left;
}

/// A table like the root, then attached: readers of other partitions go on. False when the name is taken.
bool attach(Session& session, const LoadTable& table, const Needed& needed, const std::string& name) {
  const std::string root = dialect().quote(table.desired.name);
  const std::string part = dialect().quote(ObjectName{table.desired.name.container, name});
  session.run("SAVEPOINT before_partition");
  try {
    session.run("CREATE TABLE " + part + " (LIKE " + root + " INCLUDING ALL EXCLUDING IDENTITY); ALTER TABLE " + root +
                " ATTACH PARTITION " + part + " " + needed.bounds);
  } catch (const ConnectorError& error) {
    const bool taken = error.sqlstate == "42P07";
    // 42P17: a partition that people made takes a part of this range. 23514: the default one holds such rows already.
    const bool covered = error.sqlstate == "42P17" || error.sqlstate == "23514";
    if (!taken && !covered) throw;
    session.run("ROLLBACK TO SAVEPOINT before_partition; RELEASE SAVEPOINT before_partition");
    return covered;
  }
  session.run("RELEASE SAVEPOINT before_partition");
  return true;
}

}  // namespace

std::vector<StagedPartition> fill_partitions(Session& session, const LoadTable& table, const ObjectName& root,
                                             const ObjectName& rows, bool own, std::uint64_t count) {
  const std::vector<Needed> needed = needed_partitions(session, table, rows);
  std::vector<StagedPartition> made;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < needed.size(); ++i)
    names.push_back(own ? final_name(root, needed[i].label) : root.table + "_p" + std::to_string(i));
  if (own) names = free_names(session, root.container, std::move(names));
  for (std::size_t i = 0; i < needed.size(); ++i) {
    session.run("CREATE TABLE " + dialect().quote(ObjectName{root.container, names[i]}) + " PARTITION OF " +
                dialect().quote(root) + " " + needed[i].bounds);
    made.push_back({names[i], needed[i].label});
  }
  failpoint("partitions.before");
  try {
    const std::uint64_t moved = session.run(insert_statement(table, root, rows)).affected();
    if (moved != count) {
      throw ConnectorError(ErrorKind::protocol, text::grouped(moved) + " of " + text::grouped(count) + " rows of " +
                                                    types::to_string(table.desired.name) + " came into its partitions");
    }
  } catch (const StatementError& error) {
    if (error.sqlstate == "23514" && error.primary.rfind("no partition of relation", 0) == 0) throw without_home(error, table);
    throw;
  }
  return made;
}

void rename_partitions(Session& session, const ObjectName& root, const std::vector<StagedPartition>& partitions) {
  if (partitions.empty()) return;
  std::vector<std::string> names;
  for (const StagedPartition& one : partitions) names.push_back(final_name(root, one.label));
  names = free_names(session, root.container, std::move(names));
  std::vector<std::string> statements;
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    statements.push_back("ALTER TABLE " + dialect().quote(ObjectName{root.container, partitions[i].made}) + " RENAME TO " +
                         dialect().quote(std::string_view(names[i])));
  }
  session.run(sql::join(statements, "; "));
  const Result indexes = session.query(
      "SELECT ci.relname, cp.relname, cr.relname FROM pg_index rx JOIN pg_class cr ON cr.oid = rx.indexrelid "
      "JOIN pg_inherits i ON i.inhparent = cr.oid JOIN pg_class ci ON ci.oid = i.inhrelid "
      "JOIN pg_index x ON x.indexrelid = ci.oid JOIN pg_class cp ON cp.oid = x.indrelid "
      "WHERE rx.indrelid = to_regclass($1) AND ci.relname LIKE 'syncline\\_%' ORDER BY 2, 3",
      {dialect().quote(root)});
  if (indexes.rows() == 0) return;
  std::vector<std::string> wanted;
  for (int row = 0; row < indexes.rows(); ++row) {
    const std::string own = indexes.text(row, 2);
    const std::string head = root.table + "_";
    wanted.push_back(fitted_name(indexes.text(row, 1) + "_" + (own.rfind(head, 0) == 0 ? own.substr(head.size()) : own)));
  }
  wanted = free_names(session, root.container, std::move(wanted));
  statements.clear();
  for (int row = 0; row < indexes.rows(); ++row) {
    statements.push_back("ALTER INDEX " + dialect().quote(ObjectName{root.container, indexes.text(row, 0)}) + " RENAME TO " +
                         dialect().quote(std::string_view(wanted[static_cast<std::size_t>(row)])));
  }
  session.run(sql::join(statements, "; "));
}

void add_missing_partitions(Session& session, const LoadTable& table, const ObjectName& rows) {
  for (const Needed& needed : uncovered(session, table, needed_partitions(session, table, rows))) {
    const std::string first = final_name(table.desired.name, needed.label);
    bool done = attach(session, table, needed, first);
    for (int next = 2; !done && next < kNameTries; ++next)
      done = attach(session, table, needed, fitted_name(first + "_" + std::to_string(next)));
    if (!done) throw ConnectorError(ErrorKind::drift, "the names `" + first + "` … are taken: no partition could be made");
  }
}

std::string in_staged_ranges(Session& session, const LoadTable& table, const ObjectName& rows) {
  const types::Column& column = *table.desired.find_column(table.partition_columns.front());
  const StagedRanges found = ranges_of(session, *table.partition_ranges, column, rows);
  std::string where = sql::replaced_ranges(dialect().quote(std::string_view(column.name)), found.ranges,
                                           [&](std::int64_t bound) { return bound_literal(column, bound); });
  if (found.homeless) where += (where.empty() ? "(" : " OR (") + measure_text(*table.partition_ranges, column) + ") IS NULL";
  return where;
}

bool key_spans_partitions(const LoadTable& table) {
  const auto& columns = table.desired.native_partitions.columns;
  return std::any_of(columns.begin(), columns.end(), [&](const std::string& column) {
    return std::find(table.key.begin(), table.key.end(), column) == table.key.end();
  });
}

void refuse_repeated_keys(Session& session, const LoadTable& table, const ObjectName& rows) {
  std::vector<std::string> present;
  std::vector<std::string> shown;
  for (const std::string& name : table.key) {
    const std::string column = dialect().quote(std::string_view(name));
    present.push_back(column + " IS NOT NULL");
    shown.push_back(column + "::text");
  }
  const std::string columns = sql::column_list(dialect(), table.key);
  const Result found =
      session.run("SELECT concat_ws(', ', " + sql::join(shown, ", ") + ") FROM " + dialect().quote(rows) + " WHERE " +
                  sql::join(present, " AND ") + " GROUP BY " + columns + " HAVING count(*) > 1 LIMIT 1");
  if (found.rows() == 0) return;
  throw ConnectorError(ErrorKind::constraint, "key (" + sql::join(table.key, ", ") + "), value '" +
                                                  text::printable(text::truncate_utf8(found.text(0, 0), 120)) + "'");
}

}  // namespace syncline::connectors::postgres

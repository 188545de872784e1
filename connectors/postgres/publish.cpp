#include "connectors/postgres/publish.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "connectors/postgres/catalogue.h"
#include "connectors/postgres/ddl.h"
#include "connectors/postgres/dialect.h"
#include "connectors/postgres/partitions.h"
#include "connectors/postgres/refused_rows.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/newest.h"
#include "connectors/sql/partition.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/expr/row_key.h"

namespace syncline::connectors::postgres {
namespace {

using Clock = std::chrono::steady_clock;

std::string q(const types::ObjectName& name) {
  return dialect().quote(name);
}

std::string columns_of(const LoadTable& load) {
  return sql::column_list(dialect(), sql::load_column_names(load));
}

bool replaces(const Piece& piece) {
  return piece.load->existing && piece.publish() == types::Publish::rename;
}
/// Its columns change: nobody may look meanwhile.
bool alters(const Piece& piece) {
  return !piece.load->add_columns.empty() || !piece.load->widen_columns.empty();
}
bool clears(const Piece& piece) {
  if (!piece.load->existing) return false;
  return replaces(piece) || piece.publish() == types::Publish::in_place || piece.publish() == types::Publish::partition;
}

std::string oids_of(const std::vector<Piece>& pieces, bool (*chosen)(const Piece&)) {
  std::vector<std::string> oids;
  for (const Piece& piece : pieces) {
    if (chosen(piece)) oids.push_back(std::to_string(piece.load->existing->object_id));
  }
  return array_parameter(oids);
}

/// Of the existing tables that are dropped.
std::string replaced_oids(const std::vector<Piece>& pieces) {
  return oids_of(pieces, replaces);
}
/// Of the existing tables whose rows are replaced.
std::string cleared_oids(const std::vector<Piece>& pieces) {
  return oids_of(pieces, clears);
}

bool has_foreign_dependents(const Piece& piece) {
  for (const types::Dependent& dependent : piece.load->existing->dependents) {
    if (dependent.kind == "foreign key") return true;
  }
  return false;
}

std::chrono::milliseconds jitter(std::chrono::milliseconds base) {
  static thread_local std::minstd_rand random{std::random_device{}()};
  return base + std::chrono::milliseconds(random() % 200);
}

bool is_key(const LoadTable& load, const std::string& name) {
  return std::find(load.key.begin(), load.key.end(), name) != load.key.end();
}

/// Not of the key, and GENERATED ALWAYS in the table that is there.
bool keeps_identity(const LoadTable& load, const std::string& name) {
  const types::Column* live = load.existing ? load.existing->find_column(name) : nullptr;
  return live != nullptr && live->identity_always && !is_key(load, name);
}

types::CellKind key_kind(const LoadTable& load, const std::string& name) {
  const types::Column* column = load.desired.find_column(name);
  return column != nullptr ? types::cell_kind(column->logical) : types::CellKind::text;
}

std::string own_columns(const LoadTable& load, const std::string& prefix) {
  std::vector<std::string> items;
  for (const std::string& name : sql::load_column_names(load)) items.push_back(prefix + dialect().quote(name));
  return sql::join(items, ", ");
}

std::string insert_text(const Piece& piece) {
  return "INSERT INTO " + q(piece.load->desired.name) + " (" + columns_of(*piece.load) + ") OVERRIDING SYSTEM VALUE SELECT " +
         own_columns(*piece.load, "s.") + " FROM " + q(piece.staging) + " s";
}

/// What rises as rows arrive. In the transaction that made the table every row goes to its end; later, COPY fills gaps that
/// earlier rows left, and a column counts.
std::string arrival_of(const Piece& piece) {
  return piece.numbered ? dialect().quote(sql::arrival_column(*piece.load)) : "ctid";
}

}  // namespace

Publisher::Waited Publisher::older_snapshot(const std::string& last_commit) {
  const Result result = session_.query(
      "SELECT pid, coalesce(usename::text, 'unknown'), coalesce(application_name, ''), "
      "coalesce(extract(epoch FROM now() - xact_start)::bigint, -1) FROM pg_stat_activity "
      "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL AND application_name NOT IN "
      "($2, $3) "
      "AND age(backend_xmin) > age((($1::bigint) % 4294967296)::text::xid) ORDER BY age(backend_xmin) DESC LIMIT 1",
      {last_commit, loader_application(run_id_), reader_application()});
  if (result.rows() == 0) return {};
  std::string who = "session " + result.text(0, 0) + " of " + result.text(0, 1);
  if (!result.text(0, 2).empty()) who += " (" + result.text(0, 2) + ")";
  if (result.number(0, 3) >= 0) who += ", open for " + result.text(0, 3) + " s";
  return {who, false};
}

std::vector<std::string> Publisher::wait_for_older_snapshots(const std::vector<Piece>& pieces, const std::string& last_commit) {
  std::vector<std::string> notes;
  for (const Piece& piece : pieces) {
    if (!replaces(piece)) continue;
    const auto deadline = Clock::now() + piece.load->swap_timeout;
    Waited waited = older_snapshot(last_commit);
    while (!waited.over && Clock::now() < deadline) {
      std::this_thread::sleep_for(jitter(std::chrono::milliseconds(50)));
      waited = older_snapshot(last_commit);
    }
    if (waited.over) continue;
    const std::string name = types::to_string(piece.load->desired.name);
    if (piece.load->older_snapshots == types::OnOlderSnapshots::fail) {
      ConnectorError error(ErrorKind::locked, "the swap of " + name + " is blocked by an older snapshot: " + waited.who);
      error.help = "end that session, or let ERRORS (older_snapshots = warn) swap all the same";
      throw error;
    }
    notes.push_back(name + ": swapped although an older snapshot exists, which will see the table empty: " + waited.who);
  }
  return notes;
}

void Publisher::publish(std::vector<Piece>& pieces) {
  take_locks(pieces);
  keep_rights(pieces);
  swap(pieces);
  for (Piece& piece : pieces) {
    if (piece.publish() != types::Publish::rename) fill(piece);
    position_identities(piece);
    if (piece.publish() == types::Publish::rename) piece.published = piece.rows.reported;
  }
  if (records_) record(pieces);
}

void Publisher::take_locks(const std::vector<Piece>& pieces) {
  bool any = false;
  auto timeout = std::chrono::seconds(0);
  for (const Piece& piece : pieces) {
    any = any || piece.load->existing.has_value();
    timeout = std::max(timeout, piece.load->swap_timeout);
  }
  if (!any) return;
  const auto deadline = Clock::now() + timeout;
  session_.run("SET LOCAL lock_timeout = '2s'; SAVEPOINT before_swap");
  for (;;) {
    try {
      lock_and_detach(pieces);
      break;
    } catch (ConnectorError& error) {
      const bool waits = error.kind == ErrorKind::locked || error.sqlstate == "40P01";
      if (!waits) throw;
      session_.run("ROLLBACK TO SAVEPOINT before_swap");
      if (Clock::now() < deadline) {
        std::this_thread::sleep_for(jitter(std::chrono::milliseconds(100)));
        continue;
      }
      ConnectorError blocked(ErrorKind::locked, "the swap is blocked: " + holders(pieces));
      blocked.sqlstate = error.sqlstate;
      blocked.help = "end the session that holds the table, or run again when it is free";
      throw blocked;
    }
  }
  session_.run("RELEASE SAVEPOINT before_swap; SET LOCAL lock_timeout = 0");
}

std::string Publisher::holders(const std::vector<Piece>& pieces) {
  std::vector<std::string> oids;
  for (const Piece& piece : pieces) {
    if (piece.load->existing) oids.push_back(std::to_string(piece.load->existing->object_id));
  }
  const Result result = session_.query(
      "SELECT DISTINCT l.relation::regclass::text, l.pid, coalesce(a.usename::text, 'unknown'), coalesce(a.application_name, '') "
      "FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid "
      "WHERE l.locktype = 'relation' AND l.granted AND l.relation = ANY($1::oid[]) AND l.pid <> pg_backend_pid() LIMIT 3",
      {array_parameter(oids)});
  std::string text;
  for (int row = 0; row < result.rows(); ++row) {
    if (!text.empty()) text += "; ";
    text += "session " + result.text(row, 1) + " of " + result.text(row, 2);
    if (!result.text(row, 3).empty()) text += " (" + result.text(row, 3) + ")";
    text += " holds " + result.text(row, 0);
  }
  return text.empty() ? "a session that is gone by now held the table" : text;
}

void Publisher::lock_and_detach(const std::vector<Piece>& pieces) {
  std::vector<std::string> exclusive;
  std::vector<std::string> shared;
  for (const Piece& piece : pieces) {
    if (!piece.load->existing) continue;
    // A lock that is raised later would wait without end, and could meet another one that is.
    (replaces(piece) || alters(piece) ? exclusive : shared).push_back(q(piece.load->desired.name));
  }
  // Dropping a foreign key locks both its tables: two swaps at once could deadlock, and PostgreSQL may pick a reader as the
  // victim.
  if (!read_touching_keys(session_, cleared_oids(pieces), "true").empty()) {
    session_.run("SELECT pg_advisory_xact_lock(hashtext('syncline'), hashtext('swap'))");
  }
  if (!exclusive.empty()) session_.run("LOCK TABLE " + sql::join(exclusive, ", ") + " IN ACCESS EXCLUSIVE MODE");
  if (!shared.empty()) session_.run("LOCK TABLE " + sql::join(shared, ", ") + " IN SHARE ROW EXCLUSIVE MODE");
  check_unchanged(pieces);
  detach_foreign_keys(pieces);
  for (const Piece& piece : pieces) {
    if (piece.load->existing && !replaces(piece)) add_missing_partitions(session_, *piece.load, piece.staging);
  }
}

void Publisher::check_unchanged(const std::vector<Piece>& pieces) {
  std::vector<types::ObjectName> names;
  std::vector<std::string> oids;
  for (const Piece& piece : pieces) {
    if (!piece.load->existing || piece.load->existing->object_id == 0) continue;
    names.push_back(piece.load->desired.name);
    oids.push_back(std::to_string(piece.load->existing->object_id));
  }
  const Result result = session_.query(
      "SELECT w.c, w.n FROM unnest($1::text[], $2::text[], $3::bigint[]) AS w(c, n, o) WHERE NOT EXISTS (SELECT 1 FROM pg_class "
      "t "
      "JOIN pg_namespace s ON s.oid = t.relnamespace WHERE t.oid::bigint = w.o AND t.relname = w.n AND s.nspname = w.c)",
      {containers_parameter(names), tables_parameter(names), array_parameter(oids)});
  if (result.rows() == 0) return;
  throw ConnectorError(ErrorKind::drift, types::to_string(types::ObjectName{result.text(0, 0), result.text(0, 1)}) +
                                             " is no longer the table that was planned");
}

void Publisher::detach_foreign_keys(const std::vector<Piece>& pieces) {
  // Without records: a table that is replaced has no dependents but tables of its own sync, as the planner made sure.
  const std::string managed = records_ ? "EXISTS (SELECT 1 FROM " + meta_.target + " m WHERE m.object_id = c.conrelid::bigint)"
                                       : "c.confrelid = ANY('" + replaced_oids(pieces) + "'::oid[])";
  std::vector<std::string> drops;
  for (const TouchingKey& touching : read_touching_keys(session_, cleared_oids(pieces), managed)) {
    if (records_) record_foreign_key(touching.child, touching.key);
    drops.push_back("ALTER TABLE " + q(touching.child) + " DROP CONSTRAINT " + dialect().quote(touching.key.name));
  }
  if (!drops.empty()) session_.run(sql::join(drops, "; "));
}

void Publisher::record_foreign_key(const types::ObjectName& child, const types::ForeignKey& key) {
  // A table of its own: the child's row in the target table is locked for as long as the child loads.
  session_.query("INSERT INTO " + meta_.key +
                     " (container, \"table\", name, definition) VALUES ($1, $2, $3, $4) "
                     "ON CONFLICT (container, \"table\", name) DO UPDATE SET definition = EXCLUDED.definition",
                 {child.container, child.table, key.name, foreign_key_json(key)});
}

void Publisher::keep_rights(const std::vector<Piece>& pieces) {
  std::vector<std::string> oids;
  std::vector<std::string> staging;
  for (const Piece& piece : pieces) {
    if (!replaces(piece)) continue;
    oids.push_back(std::to_string(piece.load->existing->object_id));
    staging.push_back(q(piece.staging));
  }
  if (oids.empty()) return;
  const Result result = session_.query(kept_rights_query(), {array_parameter(oids), array_parameter(staging)}, look_it_up());
  std::vector<std::string> statements;
  for (int row = 0; row < result.rows(); ++row) statements.push_back(result.text(row, 0));
  if (!statements.empty()) session_.run(sql::join(statements, "; "));
}

void Publisher::swap(const std::vector<Piece>& pieces) {
  std::vector<std::string> statements;
  for (const Piece& piece : pieces) {
    if (replaces(piece)) statements.push_back("DROP TABLE " + q(piece.load->desired.name));
  }
  for (const Piece& piece : pieces) {
    if (piece.direct || piece.publish() != types::Publish::rename) continue;
    for (std::string& rename : rename_to_target(piece.load->desired, piece.staging)) statements.push_back(std::move(rename));
  }
  if (!statements.empty()) session_.run(sql::join(statements, "; "));
  if (Rehearsal* rehearsal = session_.rehearsal()) {
    for (const Piece& piece : pieces) {
      if (piece.publish() == types::Publish::rename) rehearsal->replaced(piece.load->desired.name);
    }
  }
  for (const Piece& piece : pieces) {
    if (!piece.direct) rename_partitions(session_, piece.load->desired.name, piece.partitions);
  }
}

void Publisher::fill(Piece& piece) {
  try {
    move_rows(piece);
  } catch (const StatementError& error) {
    throw with_duplicate_named(error);
  }
  session_.run("DROP TABLE " + q(piece.staging));
}

void Publisher::move_rows(Piece& piece) {
  if (piece.publish() == types::Publish::in_place || piece.publish() == types::Publish::partition) {
    replace_rows(piece);
  } else if (piece.publish() == types::Publish::merge) {
    add_columns(piece, false);
    merge_rows(piece);
    add_columns(piece, true);
  } else {
    add_columns(piece, false);
    insert_rows(piece);
    add_columns(piece, true);
  }
}

void Publisher::add_columns(const Piece& piece, bool required) {
  std::vector<std::string> statements;
  for (const int index : piece.load->add_columns) {
    const types::Column& column = piece.load->desired.columns[static_cast<std::size_t>(index)];
    const std::string table = q(piece.load->desired.name);
    if (!required) {
      statements.push_back(add_column(piece.load->desired.name, column));
    } else if (!column.nullable) {
      statements.push_back("ALTER TABLE " + table + " ALTER COLUMN " + dialect().quote(column.name) + " SET NOT NULL");
    }
  }
  for (const int index : piece.load->widen_columns) {
    if (!required)
      statements.push_back(widen_column(piece.load->desired.name, piece.load->desired.columns[static_cast<std::size_t>(index)]));
  }
  if (!statements.empty()) session_.run(sql::join(statements, "; "));
}

void Publisher::replace_rows(Piece& piece) {
  add_columns(piece, false);
  const std::vector<std::string> deletes = this->deletes(piece);
  if (deletes.empty() || !has_foreign_dependents(piece)) {
    for (const std::string& statement : deletes) session_.run(statement);
    insert_rows(piece);
  } else {
    refuse_active_references(session_, piece.load->existing->object_id, types::to_string(piece.load->desired.name));
    replace_at_once(piece, deletes);
  }
  add_columns(piece, true);
}

std::vector<std::string> Publisher::deletes(const Piece& piece) {
  const LoadTable& load = *piece.load;
  const std::string target = q(load.desired.name);
  if (piece.publish() == types::Publish::in_place) return {"DELETE FROM " + target};
  if (!load.partition_values.empty()) {
    return {"DELETE FROM " + target + " WHERE " +
            sql::fixed_partition(dialect(), load, session_.spec().timezone, column_literal)};
  }
  if (load.partition_ranges) {
    const std::string rows = in_staged_ranges(session_, load, piece.staging);
    return rows.empty() ? std::vector<std::string>() : std::vector<std::string>{"DELETE FROM " + target + " WHERE " + rows};
  }
  // IS NOT DISTINCT FROM cannot be hashed: only partitions with a NULL are looked up by it.
  const std::string columns = sql::column_list(dialect(), load.partition_columns);
  const std::string staged = "(SELECT DISTINCT " + columns + " FROM " + q(piece.staging);
  std::vector<std::string> statements{"DELETE FROM " + target + " t USING " + staged + ") p WHERE " +
                                      sql::same_partition(dialect(), load, "t", "=", "p")};
  const std::string nulls = sql::null_partition(dialect(), load);
  if (!nulls.empty() && session_.run("SELECT 1 FROM " + q(piece.staging) + " WHERE " + nulls + " LIMIT 1").rows() > 0) {
    statements.push_back("DELETE FROM " + target + " t USING " + staged + " WHERE " + nulls + ") p WHERE " +
                         sql::same_partition(dialect(), load, "t", "IS NOT DISTINCT FROM", "p"));
  }
  return statements;
}

/// One statement: references from others are checked at its end, when the rows are back.
void Publisher::replace_at_once(Piece& piece, const std::vector<std::string>& deletes) {
  std::vector<std::string> gone;
  std::vector<std::string> done;
  for (std::size_t i = 0; i < deletes.size(); ++i) {
    const std::string name = "gone" + std::to_string(i);
    gone.push_back(name + " AS (" + deletes[i] + " RETURNING 1)");
    done.push_back("(SELECT count(*) FROM " + name + ") >= 0");
  }
  const Result result =
      session_.run("WITH " + sql::join(gone, ", ") + " " + insert_text(piece) + " WHERE " + sql::join(done, " AND "));
  piece.published = result.affected();
}

void Publisher::insert_rows(Piece& piece) {
  piece.published = session_.run(insert_text(piece)).affected();
}

/// PostgreSQL lets nobody change the value of a GENERATED ALWAYS identity column: rows that are there keep theirs, which must be
/// the source's already. Anything else would leave the target unlike its source without a word.
void Publisher::refuse_changed_identities(const Piece& piece) {
  const LoadTable& load = *piece.load;
  std::vector<std::string> same_key;
  std::vector<std::string> shown;
  for (const std::string& name : load.key) {
    const std::string column = dialect().quote(name);
    same_key.push_back("t." + column + " = s." + column);
    shown.push_back("s." + column + "::text");
  }
  for (const std::string& name : sql::load_column_names(load)) {
    if (!keeps_identity(load, name)) continue;
    const std::string column = dialect().quote(name);
    const Result result = session_.run("SELECT " + sql::join(shown, ", ") + " FROM " + q(load.desired.name) + " t JOIN " +
                                       q(piece.staging) + " s ON " + sql::join(same_key, " AND ") + " WHERE t." + column +
                                       " IS DISTINCT FROM s." + column + " LIMIT 1");
    if (result.rows() == 0) continue;
    std::string row;
    for (std::size_t i = 0; i < load.key.size(); ++i)
      expr::append_key_part(row, load.key[i], key_kind(load, load.key[i]), result.text(0, static_cast<int>(i)));
    ConnectorError error(ErrorKind::unsupported, "the identity column `" + name + "` of " + types::to_string(load.desired.name) +
                                                     " is GENERATED ALWAYS, so its values cannot be changed, and the source has "
                                                     "another one (row " +
                                                     row + ")");
    error.help = "leave the column out with COLUMNS (EXCLUDE " + name + "), or let the target take it: ALTER TABLE " +
                 q(load.desired.name) + " ALTER COLUMN " + column + " SET GENERATED BY DEFAULT";
    throw error;
  }
}

void Publisher::merge_rows(Piece& piece) {
  const LoadTable& load = *piece.load;
  keep_newest(piece);
  refuse_changed_identities(piece);
  if (key_spans_partitions(load)) return merge_across_partitions(piece);
  std::vector<std::string> sets;
  for (const std::string& name : sql::load_column_names(load)) {
    if (is_key(load, name) || keeps_identity(load, name)) continue;
    sets.push_back(dialect().quote(name) + " = EXCLUDED." + dialect().quote(name));
  }
  const std::string action = sets.empty() ? "DO NOTHING" : "DO UPDATE SET " + sql::join(sets, ", ");
  const Result result =
      session_.run(insert_text(piece) + " ON CONFLICT (" + sql::column_list(dialect(), load.key) + ") " + action);
  piece.published = result.affected();
}

/// Without a unique index on the key: rows that are there change, moving between partitions where they must; the others come in.
/// The table is locked against other writers.
void Publisher::merge_across_partitions(Piece& piece) {
  const LoadTable& load = *piece.load;
  std::vector<std::string> same_key;
  std::vector<std::string> sets;
  for (const std::string& name : load.key) {
    const std::string column = dialect().quote(name);
    same_key.push_back("t." + column + " = s." + column);
  }
  for (const std::string& name : sql::load_column_names(load)) {
    if (is_key(load, name) || keeps_identity(load, name)) continue;
    sets.push_back(dialect().quote(name) + " = s." + dialect().quote(name));
  }
  const std::string target = q(load.desired.name) + " t";
  const std::string same = sql::join(same_key, " AND ");
  std::uint64_t changed = 0;
  if (!sets.empty()) {
    changed =
        session_.run("UPDATE " + target + " SET " + sql::join(sets, ", ") + " FROM " + q(piece.staging) + " s WHERE " + same)
            .affected();
  }
  piece.published =
      changed +
      session_.run(insert_text(piece) + " WHERE NOT EXISTS (SELECT 1 FROM " + target + " WHERE " + same + ")").affected();
}

/// ON CONFLICT takes a row once: of several with one key only the newest stays in staging.
void Publisher::keep_newest(const Piece& piece) {
  const std::string staging = q(piece.staging);
  if (session_.run(sql::repeated_key(dialect(), *piece.load, staging)).rows() == 0) return;
  const std::string arrival = arrival_of(piece);
  session_.run("DELETE FROM " + staging + " WHERE " + arrival + " IN (" +
               sql::older_rows(dialect(), *piece.load, staging, arrival, "DESC NULLS LAST") + ")");
}

void Publisher::position_identities(const Piece& piece) {
  const types::TableSchema& desired = piece.load->desired;
  const std::string next = std::to_string(desired.next_identity.value_or(1) - 1);
  for (const types::Column& column : desired.columns) {
    if (!is_identity(column)) continue;
    const std::string table = q(desired.name);
    const std::string name = dialect().quote(column.name);
    const std::string sequence = "pg_get_serial_sequence(" + quote_text(table) + ", " + quote_text(column.name) + ")";
    session_.run("SELECT setval(s.name::regclass, greatest(s.top, " + next +
                 ", coalesce(pg_sequence_last_value(s.name::regclass), 0))) FROM (SELECT " + sequence +
                 " AS name, coalesce(max(" + name + "), 0)::bigint AS top FROM " + table +
                 ") s WHERE s.name IS NOT NULL AND greatest(s.top, " + next + ") >= 1");
  }
}

void Publisher::record(const std::vector<Piece>& pieces) {
  std::vector<Finished> finished;
  for (const Piece& piece : pieces) {
    finished.push_back(
        {piece.load->desired.name, piece.load->epoch, static_cast<std::int64_t>(piece.rows.reported), piece.load->ours});
  }
  record_finished(session_, meta_, finished);
  failpoint("progress.before");
  for (const Piece& piece : pieces) record_progress(session_, meta_, *piece.load);
}

}  // namespace syncline::connectors::postgres

#include "connectors/postgres/loader.h"

#include <libpq-fe.h>

#include <thread>

#include "connectors/api/row_names.h"
#include "connectors/postgres/ddl.h"
#include "connectors/postgres/dialect.h"
#include "connectors/postgres/publish.h"
#include "connectors/postgres/refused_rows.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/progress.h"
#include "connectors/sql/staging_name.h"
#include "stdlib/base/failpoint.h"

namespace syncline::connectors::postgres {
namespace {

constexpr int kPublishTries = 5;

std::string copy_statement(const Piece& piece, bool binary, bool freeze) {
  const std::string format = binary ? "FORMAT binary" : "FORMAT text";
  return "COPY " + dialect().quote(piece.arrival) + " (" + sql::column_list(dialect(), sql::load_column_names(*piece.load)) +
         ") FROM STDIN (" + format + (freeze ? ", FREEZE true)" : ")");
}

std::vector<types::ObjectName> names_of(const std::vector<Piece>& pieces) {
  std::vector<types::ObjectName> names;
  for (const Piece& piece : pieces) names.push_back(piece.load->desired.name);
  return names;
}

std::string epochs_of(const std::vector<Piece>& pieces) {
  std::vector<std::string> epochs;
  for (const Piece& piece : pieces) epochs.push_back(std::to_string(piece.load->epoch));
  return array_parameter(epochs);
}

std::string script(const std::vector<std::string>& statements) {
  return sql::join(statements, ";\n");
}

/// An older snapshot would find the partitions empty, so their rows are committed before the swap, which waits for it.
bool swaps_partitions(const LoadTable& table) {
  return table.existing && table.publish == types::Publish::rename &&
         table.desired.native_partitions.kind != types::NativePartitions::Kind::none;
}

/// Comments that people put on the old table stay when the plan has none of its own.
types::TableSchema with_kept_comments(const LoadTable& load) {
  types::TableSchema schema = load.desired;
  if (!load.existing) return schema;
  if (schema.comment.empty()) schema.comment = load.existing->comment;
  for (types::Column& column : schema.columns) {
    const types::Column* old = load.existing->find_column(column.name);
    if (column.comment.empty() && old != nullptr) column.comment = old->comment;
  }
  return schema;
}

}  // namespace

PostgresLoader::PostgresLoader(const ConnectionSpec& spec, const RunIdentity& run)
    : spec_(spec), run_(run), meta_(spec.state_schema) {
  connect();
}

void PostgresLoader::connect() {
  session_ = std::make_unique<Session>(spec_, Role::target, loader_application(run_.run_id));
}

void PostgresLoader::begin_unit(const std::vector<const LoadTable*>& tables) {
  sql::require_place_for_progress(spec_, tables);
  if (!session_->alive()) connect();
  pieces_.clear();
  policy_uses_.clear();
  chunked_ = false;
  joined_ = false;
  for (const LoadTable* table : tables)
    chunked_ = chunked_ || table->staging == types::Staging::chunked || swaps_partitions(*table);
  for (const LoadTable* table : tables) pieces_.push_back(piece_of(*table));
  if (!chunked_) session_->run("BEGIN");
  check_fence(chunked_ ? chunk_lock() : "FOR UPDATE OF t");
}

Piece PostgresLoader::piece_of(const LoadTable& table) const {
  Piece piece;
  piece.load = &table;
  piece.direct = !chunked_ && !table.existing;
  piece.staging = table.desired.name;
  piece.numbered = chunked_ && piece.publish() == types::Publish::merge;
  if (!piece.direct) piece.staging.table = sql::staging_name(table);
  piece.arrival = piece.staging;
  if (piece.partitioned()) piece.arrival.table = sql::rows_name(table);
  return piece;
}

void PostgresLoader::join(const LoadTable& table, int session) {
  if (!session_->alive()) connect();
  policy_uses_.clear();
  chunked_ = true;
  joined_ = true;
  others_ = {};
  pieces_.clear();
  pieces_.push_back(piece_of(table));
  current_ = 0;
  chunk_ = session * sql::kChunksOfSession;
  ready_for_rows();
}

void PostgresLoader::joined(const StagedRows& rows) {
  others_.sent += rows.sent;
  others_.reported += rows.reported;
}

/// Loads that share the table's row look at it only: one that publishes holds it until all its rows are moved. Their own
/// publishing locks it.
const char* PostgresLoader::chunk_lock() const {
  return pieces_.front().load->part > 0 ? "" : "FOR SHARE OF t";
}

void PostgresLoader::check_fence(const std::string& lock) {
  if (!fenced()) return;
  const std::vector<types::ObjectName> names = names_of(pieces_);
  Rehearsed ours;
  ours.rows.assign(pieces_.size(), {"1"});
  const Result result =
      session_->query("SELECT 1 FROM " + meta_.target +
                          " t JOIN unnest($1::text[], $2::text[], $3::bigint[]) AS w(c, n, e) ON t.container = "
                          "w.c AND t.\"table\" = w.n AND t.epoch = w.e "
                          "WHERE t.run_id = $4 " +
                          lock,
                      {containers_parameter(names), tables_parameter(names), epochs_of(pieces_), run_.run_id}, ours);
  if (result.rows() == static_cast<int>(pieces_.size())) return;
  throw ConnectorError(ErrorKind::fenced, "another run took over " + types::to_string(names.front()) +
                                              (names.size() > 1 ? " and its unit" : "") + "; this one stopped before writing");
}

void PostgresLoader::open(std::size_t table) {
  current_ = table;
  Piece& piece = current();
  piece.rows = {};
  others_ = {};
  chunk_ = 0;
  const std::string create = piece.publish() == types::Publish::rename && !piece.partitioned()
                                 ? create_table(piece.load->desired, {piece.staging, piece.direct})
                                 : create_plain_staging(*piece.load, piece.arrival, piece.numbered);
  session_->run(create);
  ready_for_rows();
}

void PostgresLoader::ready_for_rows() {
  const LoadTable& load = *current().load;
  encoder_ = std::make_unique<CopyEncoder>(load, static_cast<CopySink&>(*this));
  sent_keys_.reset();
  if (encoder_->server_judges()) sent_keys_.emplace(target_row_key(load));
  if (chunked_) {
    begin_chunk();
  } else {
    start_copy();
  }
}

void PostgresLoader::begin_chunk() {
  session_->run("BEGIN");
  check_fence(chunk_lock());
  chunk_bytes_ = 0;
  start_copy();
}

void PostgresLoader::start_copy() {
  session_->start_copy(copy_statement(current(), encoder_->binary(), !chunked_), true);
  if (session_->rehearsal() != nullptr) session_->note("the rows follow in the stream of the statement");
  copying_ = true;
  encoder_->begin();
}

void PostgresLoader::write(const types::Batch& batch) {
  if (sent_keys_) sent_keys_->remember(batch, current().rows.sent);
  if (batch.relay) {
    encoder_->write_relay(batch);
    current().rows.sent += batch.relay_rows;
  } else {
    encoder_->write(batch);
    current().rows.sent += batch.rows();
  }
  if (!chunked_ || chunk_bytes_ < current().load->batch_bytes) return;
  end_chunk();
  begin_chunk();
}

void PostgresLoader::send(const char* data, std::size_t size) {
  chunk_bytes_ += size;
  if (session_->rehearsal() != nullptr) return;
  // The server speaks during COPY only to say that it failed: no point in sending the rest. (TLS may speak for itself.)
  if (PQsslInUse(session_->raw()) == 0 && session_->wait_readable(std::chrono::milliseconds(0))) end_broken_copy();
  if (PQputCopyData(session_->raw(), data, static_cast<int>(size)) != 1) session_->fail(nullptr, "COPY");
}

void PostgresLoader::end_broken_copy() {
  copying_ = false;
  PQputCopyEnd(session_->raw(), "stopped by the server");
  finish_copy();
  throw ConnectorError(ErrorKind::protocol, "PostgreSQL ended a COPY before its end");
}

void PostgresLoader::end_copy() {
  encoder_->end();
  copying_ = false;
  if (session_->rehearsal() == nullptr && PQputCopyEnd(session_->raw(), nullptr) != 1) session_->fail(nullptr, "COPY");
  current().rows.reported += finish_copy();
}

std::uint64_t PostgresLoader::finish_copy() {
  try {
    return session_->finish_copy();
  } catch (const StatementError& error) {
    refuse_row(error);
  }
}

void PostgresLoader::refuse_row(const StatementError& error) {
  const std::optional<CopyPlace> place = copy_place(error.context, current().arrival.table, *current().load);
  if (!place) throw StatementError(error);
  const std::uint64_t row = current().rows.reported + place->row;
  const std::string name = sent_keys_ ? sent_keys_->name_of(row) : expr::row_number(row);
  if (std::optional<expr::ValueError> value = refused_value(error, place->column)) {
    value->row_key = name;
    throw expr::ValueError(*value);
  }
  ConnectorError named(error.kind, std::string(error.what()) + " (row " + name + ")");
  named.sqlstate = error.sqlstate;
  named.statement = error.statement;
  named.help = error.help;
  throw ConnectorError(named);
}

void PostgresLoader::end_chunk() {
  const std::uint64_t before = current().rows.reported;
  end_copy();
  failpoint("load.chunk");
  if (fenced()) {
    const LoadTable& load = *current().load;
    session_->query(
        "INSERT INTO " + meta_.chunk + " (container, \"table\", epoch, chunk, rows, bytes) VALUES ($1, $2, $3, $4, $5, $6)",
        {load.desired.name.container, load.desired.name.table, std::to_string(load.epoch),
         std::to_string(sql::ledger_number(load, ++chunk_)), std::to_string(current().rows.reported - before),
         std::to_string(chunk_bytes_)});
  }
  session_->run("COMMIT");
}

StagedRows PostgresLoader::close() {
  if (chunked_) {
    end_chunk();
    if (!joined_) last_commit_ = session_->run("SELECT txid_current()", answer_cell("0")).text(0, 0);
  } else {
    end_copy();
    failpoint("load.chunk");
  }
  collect_policy_uses();
  Piece& piece = current();
  piece.rows.sent += others_.sent;
  piece.rows.reported += others_.reported;
  if (!joined_ && piece.load->verify != types::Verify::none) {
    piece.rows.counted = session_->run("SELECT count(*) FROM " + dialect().quote(piece.arrival)).number(0, 0);
  }
  return piece.rows;
}

void PostgresLoader::collect_policy_uses() {
  for (const ColumnEncoding& column : encoder_->columns()) {
    if (column.stripped > 0) policy_uses_.emplace_back(column.name, column.stripped);
  }
  encoder_.reset();
}

void PostgresLoader::build(std::size_t table) {
  Piece& piece = pieces_.at(table);
  if (piece.publish() != types::Publish::rename) return;
  if (!piece.partitioned()) return build_keys(piece);
  if (chunked_) {
    session_->run("BEGIN");
    check_fence(chunk_lock());
  }
  make_partitions(piece);
  build_keys(piece);
  if (!chunked_) return;
  session_->run("COMMIT");
  last_commit_ = session_->run("SELECT txid_current()", answer_cell("0")).text(0, 0);
}

void PostgresLoader::make_partitions(Piece& piece) {
  if (piece.load->mode == types::WriteMode::upsert && key_spans_partitions(*piece.load))
    refuse_repeated_keys(*session_, *piece.load, piece.arrival);
  session_->run(create_table(piece.load->desired, {piece.staging, piece.direct}));
  piece.partitions = fill_partitions(*session_, *piece.load, piece.staging, piece.arrival, piece.direct, piece.rows.reported);
  session_->run("DROP TABLE " + dialect().quote(piece.arrival));
}

void PostgresLoader::build_keys(const Piece& piece) {
  const types::TableSchema schema = with_kept_comments(*piece.load);
  std::vector<std::string> statements = create_keys(schema, {piece.staging, piece.direct});
  for (std::string& comment : create_comments(schema, piece.staging)) statements.push_back(std::move(comment));
  if (statements.empty()) return;
  try {
    session_->run(script(statements));
  } catch (const StatementError& error) {
    throw with_duplicate_named(error);
  }
}

std::vector<std::string> PostgresLoader::publish() {
  Publisher publisher(*session_, meta_, fenced(), run_.run_id);
  std::vector<std::string> notes;
  if (!chunked_) {
    publisher.publish(pieces_);
    commit_published();
    failpoint("swap.after");
    return notes;
  }
  notes = publisher.wait_for_older_snapshots(pieces_, last_commit_);
  for (int attempt = 1;; ++attempt) {
    try {
      session_->run("BEGIN");
      check_fence("FOR UPDATE OF t");
      publisher.publish(pieces_);
      break;
    } catch (const ConnectorError& error) {
      if (error.kind != ErrorKind::transient || attempt >= kPublishTries || !session_->alive()) throw;
      session_->run("ROLLBACK");
      std::this_thread::sleep_for(std::chrono::milliseconds(100 * attempt + run_.pid % 97));
    }
  }
  commit_published();
  failpoint("swap.after");
  return notes;
}

void PostgresLoader::commit_published() {
  const int backend = session_->backend_pid();
  try {
    session_->run("COMMIT");
  } catch (ConnectorError& error) {
    if (session_->alive()) throw;
    const std::optional<bool> published = outcome_of_lost_commit(backend);
    if (published == true) return;
    error.in_doubt = !published;
    throw;
  }
}

/// Nothing when the server cannot be asked, or when nothing there tells.
std::optional<bool> PostgresLoader::outcome_of_lost_commit(int backend) noexcept {
  try {
    connect();
    if (!end_backend(backend)) return std::nullopt;
    return was_published();
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

/// Only when the old backend is gone is its transaction decided.
bool PostgresLoader::end_backend(int backend) {
  for (int i = 0; i < 50; ++i) {
    const Result left =
        session_->query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1::int AND application_name = $2",
                        {std::to_string(backend), loader_application(run_.run_id)});
    if (left.rows() == 0) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

std::optional<bool> PostgresLoader::was_published() {
  if (!fenced()) {
    for (const Piece& piece : pieces_) {
      if (piece.publish() != types::Publish::rename) return std::nullopt;
    }
    return was_swapped();
  }
  // The table's row cannot tell loads that share its epoch apart.
  if (pieces_.front().load->part > 0) return has_progress(*session_, meta_, *pieces_.front().load);
  const std::vector<types::ObjectName> names = names_of(pieces_);
  const Result result = session_->query("SELECT 1 FROM " + meta_.target +
                                            " t JOIN unnest($1::text[], $2::text[], $3::bigint[]) AS w(c, n, e) ON t.container = "
                                            "w.c AND t.\"table\" = w.n AND t.epoch = w.e "
                                            "WHERE t.phase = 'done'",
                                        {containers_parameter(names), tables_parameter(names), epochs_of(pieces_)});
  return result.rows() == static_cast<int>(pieces_.size());
}

/// Whether other tables than those that were planned bear the names now.
bool PostgresLoader::was_swapped() {
  const std::vector<types::ObjectName> names = names_of(pieces_);
  std::vector<std::string> old;
  for (const Piece& piece : pieces_) old.push_back(std::to_string(piece.load->existing ? piece.load->existing->object_id : 0));
  const Result result = session_->query(
      "SELECT 1 FROM unnest($1::text[], $2::text[], $3::bigint[]) AS w(c, n, o) JOIN pg_namespace s ON s.nspname = w.c "
      "JOIN pg_class t ON t.relnamespace = s.oid AND t.relname = w.n WHERE t.oid::bigint <> w.o",
      {containers_parameter(names), tables_parameter(names), array_parameter(old)});
  return result.rows() == static_cast<int>(pieces_.size());
}

void PostgresLoader::abort() noexcept {
  try {
    if (!session_->alive()) return;
    if (copying_) {
      copying_ = false;
      PQputCopyEnd(session_->raw(), "stopped");
      while (PGresult* rest = PQgetResult(session_->raw())) PQclear(rest);
    }
    if (session_->in_transaction()) session_->run("ROLLBACK");
    if (chunked_ && !joined_) drop_staging();
  } catch (const std::exception&) {
    // What stays is dropped by the next run, which knows the epoch as dead.
  }
  encoder_.reset();
}

void PostgresLoader::drop_staging() {
  failpoint("cleanup.before");
  std::vector<std::string> statements;
  for (const Piece& piece : pieces_) {
    if (!piece.direct) statements.push_back("DROP TABLE IF EXISTS " + dialect().quote(piece.staging));
    if (piece.arrival != piece.staging) statements.push_back("DROP TABLE IF EXISTS " + dialect().quote(piece.arrival));
  }
  if (!statements.empty()) session_->run(script(statements));
}

void PostgresLoader::cancel() noexcept {
  session_->cancel();
}

}  // namespace syncline::connectors::postgres

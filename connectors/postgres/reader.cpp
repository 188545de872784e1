#include "connectors/postgres/reader.h"

#include <libpq-fe.h>
#include <sys/ioctl.h>

#include "connectors/api/row_names.h"
#include "connectors/postgres/dialect.h"
#include "connectors/postgres/key_ranges.h"
#include "connectors/postgres/postgres.h"
#include "connectors/sql/greatest_row.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/native_binds.h"
#include "stdlib/base/text.h"
#include "stdlib/expr/row_key.h"

namespace syncline::connectors::postgres {
namespace {

/// Compression makes values at most 255 times smaller: no value of 8 MB fits.
constexpr std::size_t kLittleOutside = kLargeRow / 256;

std::vector<Decoding> decodings(const std::vector<types::Column>& columns) {
  std::vector<Decoding> result;
  for (const SelectedColumn& selected : select_columns(columns)) result.push_back(selected.decoding);
  return result;
}

std::string select_text(const ReadRequest& request, bool paged) {
  std::vector<std::string> items;
  for (const types::Column& column : request.columns) {
    items.push_back(request.relay ? dialect().quote(column.name) : select_column(column).sql);
  }
  for (std::size_t i = 0; paged && i < request.key.size(); ++i)
    items.push_back(dialect().quote(request.key[i]) + "::pg_catalog.text");
  return "SELECT " + sql::join(items, ", ") + " FROM " + dialect().quote(request.table) + " AS source_row";
}

std::vector<std::string> source_columns(const std::vector<std::string>& names) {
  std::vector<std::string> columns;
  for (const std::string& name : names) columns.push_back("source_row." + dialect().quote(name));
  return columns;
}

/// The key comparison behind the last row: quoted values without a type take the column's own.
std::string after_key(const std::vector<std::string>& key, const std::vector<std::string>& values) {
  std::vector<SqlText> texts;
  for (const std::string& value : values) texts.push_back({quote_text(value), {}});
  return sql::keyset_after(source_columns(key), texts).text;
}

}  // namespace

std::string condition_text(const Condition& condition, const std::string& naive_timezone) {
  std::vector<std::string> parts;
  if (condition.portable) parts.push_back("(" + dialect().condition(*condition.portable, naive_timezone).text + ")");
  if (!condition.native.empty()) {
    const auto spell = [](const types::Value& value) { return SqlText{dialect().literal(value), {}}; };
    parts.push_back("(" + sql::substitute_binds(condition.native, condition.native_binds, postgres_engine().lexical, spell).text +
                    ")");
  }
  return sql::join(parts, " AND ");
}

CopyReader::CopyReader(std::unique_ptr<Session> session, const ReadRequest& request, GiveBack give_back)
    : session_(std::move(session)),
      request_(sql::settled(request)),
      give_back_(std::move(give_back)),
      paged_(request_.page_size > 0 && !request_.key.empty() && !request_.relay),
      decoder_(decodings(request_.columns), paged_ ? request_.key.size() : 0),
      select_(select_text(request_, paged_)) {}

CopyReader::~CopyReader() {
  if (complete_ && !large_ && session_ && session_->alive()) give_back_(std::move(session_));
}

std::string CopyReader::where() const {
  if (one_row()) {
    return sql::greatest_row(source_columns(request_.greatest_by), condition_text(request_.filter, request_.naive_timezone));
  }
  if (!row_apart_.empty()) return " WHERE source_row.ctid = " + quote_text(row_apart_) + "::pg_catalog.tid";
  std::vector<std::string> parts;
  if (std::string filter = condition_text(request_.filter, request_.naive_timezone); !filter.empty())
    parts.push_back(std::move(filter));
  if (std::string range = sql::range_condition(request_.range, cut_columns(request_.range.order)); !range.empty())
    parts.push_back("(" + range + ")");
  if (!behind_.empty()) parts.push_back("(" + behind_ + ")");
  if (!apart_.empty()) parts.push_back(sizes_ + " <= " + std::to_string(kLargeRow));
  return parts.empty() ? "" : " WHERE " + sql::join(parts, " AND ");
}

std::string CopyReader::query() const {
  std::string text = select_ + where();
  if (paged_)
    text += " ORDER BY " + sql::join(source_columns(request_.key), ", ") + " LIMIT " + std::to_string(request_.page_size);
  return text;
}

std::string CopyReader::statement() const {
  return "COPY (" + query() + ") TO STDOUT (FORMAT binary)";
}

void CopyReader::start() {
  if (!started_ && !one_row()) look_for_large_rows();
  if (started_ && !paged_) next_row_apart();
  if (started_ && paged_) behind_ = after_key(request_.key, decoder_.last_key());
  const std::string text = statement();
  decoder_.restart();
  statement_rows_ = 0;
  session_->start_copy(text, false);
  started_ = true;
  running_ = true;
}

bool CopyReader::next(types::Batch& batch) {
  batch.reset(request_.columns.size());
  batch.heap.trim(4 * request_.batch_bytes);
  batch.relay = request_.relay;
  batch.relay_rows = 0;
  while (!complete_ && batch.byte_size() < request_.batch_bytes) {
    if (!running_) start();
    if (!take_message(batch)) end_of_statement();
  }
  return batch.rows() > 0 || batch.relay_rows > 0;
}

bool CopyReader::take_message(types::Batch& batch) {
  if (session_->rehearsal() != nullptr) return false;
  for (;;) {
    char* data = nullptr;
    const int size = PQgetCopyData(session_->raw(), &data, 1);
    if (size > 0) {
      const std::unique_ptr<char, decltype(&PQfreemem)> owner(data, &PQfreemem);
      arrived_ = 0;
      consume(data, static_cast<std::size_t>(size), batch);
      return true;
    }
    if (size == -1) return false;
    if (size == -2) session_->fail(nullptr, select_);
    wait();
  }
}

void CopyReader::consume(char* data, std::size_t size, types::Batch& batch) {
  if (size > request_.max_row_bytes) refuse_large_row(data, size);
  const std::size_t before = batch.rows();
  std::size_t count = 0;
  if (request_.relay) {
    count = decoder_.relay(data, size, batch);
    batch.relay_rows += count;
  } else {
    decoder_.decode(data, size, batch);
    count = batch.rows() - before;
  }
  rows_ += count;
  statement_rows_ += count;
}

void CopyReader::refuse_large_row(char* data, std::size_t size) {
  // Relayed cells are in the server's own formats: the row is named by its number.
  const expr::RowKey key = request_.relay ? expr::RowKey() : source_row_key(request_);
  std::vector<std::size_t> wanted;
  for (const expr::RowKey::Part& part : key.parts()) wanted.push_back(part.cell);
  types::Batch sketched;
  sketched.reset(request_.columns.size());
  const std::size_t largest = decoder_.sketch(data, size, wanted, sketched);
  expr::ValueError error(expr::ValueProblem::row_too_large, request_.columns[largest].name,
                         "the row has " + text::human_bytes(size));
  error.row_key = key.of(sketched, 0);
  throw expr::ValueError(error);
}

void CopyReader::wait() {
  // A scan may look for its first row for long; keepalives notice a dead server meanwhile. Once rows flow, silence counts.
  const auto patience = std::chrono::milliseconds(session_->spec().stall_timeout);
  while (!session_->wait_readable(patience)) {
    if (statement_rows_ == 0) continue;
    throw ConnectorError(ErrorKind::transient, "PostgreSQL sent nothing for " +
                                                   std::to_string(session_->spec().stall_timeout.count()) + " s while reading " +
                                                   types::to_string(request_.table));
  }
  expect_large_row();
  if (PQconsumeInput(session_->raw()) == 0) session_->fail(nullptr, select_);
}

/// Sizes of values outside the row are known without reading them; there is nothing to ask where next to nothing is outside.
/// Large rows of a plain table are read one by one, behind all others: libpq would take several of them at once. Elsewhere the
/// whole table is read in the turn for large rows.
void CopyReader::look_for_large_rows() {
  std::vector<std::string> sizes;
  for (const types::Column& column : request_.columns) {
    if (!types::on_heap(types::cell_kind(column.logical))) continue;
    const std::string name = "source_row." + dialect().quote(column.name);
    const std::string& words = column.native.words;
    const bool plain = words == "bytea" || words == "text" || words == "character varying" || words == "varchar";
    sizes.push_back("COALESCE(" + (plain ? "octet_length(" : std::string("pg_column_size(")) + name + "), 0)::bigint");
  }
  if (sizes.empty()) return;
  sizes_ = "(" + sql::join(sizes, " + ") + ")";
  const std::string table = dialect().quote(request_.table);
  Rehearsed little;
  little.rows.push_back({"t", "t"});
  const Result kind = session_->run(
      "SELECT c.relkind = 'r', c.relkind = 'r' AND pg_relation_size(c.reltoastrelid) <= " + std::to_string(kLittleOutside) +
          " FROM pg_class AS c WHERE c.oid = " + quote_text(table) + "::regclass",
      look_it_up(little));
  if (kind.text(0, 1) == "t") return;
  const std::string from = " FROM " + table + " AS source_row" + where();
  if (kind.text(0, 0) != "t" || paged_) {
    const Result largest = session_->run("SELECT COALESCE(max(" + sizes_ + "), 0)" + from);
    if (static_cast<std::size_t>(largest.number(0, 0)) > kLargeRow) take_turn();
    return;
  }
  const std::string large = sizes_ + " > " + std::to_string(kLargeRow);
  const Result rows = session_->run("SELECT source_row.ctid" + from + (where().empty() ? " WHERE " : " AND ") + large);
  for (int row = 0; row < rows.rows(); ++row) apart_.push_back(rows.text(row, 0));
}

void CopyReader::next_row_apart() {
  take_turn();
  row_apart_ = std::move(apart_.back());
  apart_.pop_back();
}

void CopyReader::take_turn() {
  if (large_ || request_.large_rows == nullptr) return;
  large_ = true;
  if (!request_.large_rows->take(LargeRowTurn::Hold::reader)) {
    throw ConnectorError(ErrorKind::cancelled, "the read was cancelled");
  }
}

/// For types whose size in the table says little (json, arrays). libpq hands a row over when it is whole. Before it takes more of
/// a row that is becoming large, it must be this reader's turn.
void CopyReader::expect_large_row() {
  int unread = 0;
  if (::ioctl(PQsocket(session_->raw()), FIONREAD, &unread) == 0) arrived_ += static_cast<std::size_t>(unread);
  if (arrived_ > kLargeRow) take_turn();
}

void CopyReader::end_of_statement() {
  running_ = false;
  const std::uint64_t reported = session_->finish_copy();
  if (reported != statement_rows_) {
    throw ConnectorError(ErrorKind::protocol, "PostgreSQL reported " + std::to_string(reported) + " rows of " +
                                                  types::to_string(request_.table) + " but sent " +
                                                  std::to_string(statement_rows_));
  }
  complete_ = paged_ ? statement_rows_ < static_cast<std::uint64_t>(request_.page_size) : apart_.empty();
  if (paged_ && session_->rehearsal() != nullptr) rehearse_next_page();
}

void CopyReader::rehearse_next_page() {
  std::vector<SqlText> last;
  for (const std::string& name : request_.key) last.push_back({"@last_" + name, {}});
  behind_ = sql::keyset_after(source_columns(request_.key), last).text;
  session_->start_copy(statement(), false);
  session_->note("each page behind the first; @last_… stands for the key of the last row before it");
}

void CopyReader::cancel() noexcept {
  if (session_) session_->cancel();
}

}  // namespace syncline::connectors::postgres

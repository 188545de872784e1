#include "connectors/sqlite/reader.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <optional>

#include "connectors/sql/greatest_row.h"
#include "connectors/sql/lists.h"
#include "connectors/sqlite/condition.h"
#include "connectors/sqlite/decoder.h"
#include "connectors/sqlite/dialect.h"
#include "connectors/sqlite/key_ranges.h"
#include "connectors/sqlite/relay.h"
#include "connectors/sqlite/sqlite.h"
#include "stdlib/expr/row_key.h"

namespace syncline::connectors::sqlite {
namespace {

struct FreeValue {
  void operator()(sqlite3_value* value) const { sqlite3_value_free(value); }
};
using KeptValue = std::unique_ptr<sqlite3_value, FreeValue>;

struct CloseBlob {
  void operator()(sqlite3_blob* blob) const { sqlite3_blob_close(blob); }
};

constexpr std::size_t kSmallestLimit = 1U << 20U;

/// The name under which the rowid can be asked for, or nothing (views, WITHOUT ROWID, all three names taken).
std::string rowid_name(const Database& database, const std::string& table) {
  Statement kind = database.prepare("SELECT type, wr FROM pragma_table_list WHERE schema = 'main' AND name = ? COLLATE NOCASE");
  kind.bind(1, std::string_view(table));
  if (!kind.step() || kind.text(0) != "table" || kind.integer(1) != 0) return {};
  Statement taken = database.prepare("SELECT 1 FROM pragma_table_xinfo(?) WHERE name = ? COLLATE NOCASE");
  for (const std::string_view name : {"rowid", "_rowid_", "oid"}) {
    taken.reset();
    taken.bind(1, std::string_view(table));
    taken.bind(2, name);
    if (!taken.step()) return std::string(name);
  }
  return {};
}

class SqliteReader final : public Reader {
 public:
  SqliteReader(Database& database, const ReadRequest& request, std::function<void()> done)
      : database_(database), request_(sql::settled(request)), done_(std::move(done)) {
    prepare_decoders();
    prepare_columns();
    prepare_filter();
    limit_values(value_limit());
    start_page();
  }
  ~SqliteReader() override {
    statement_.reset();
    limit_values(std::numeric_limits<int>::max());
    if (done_) done_();
  }
  SqliteReader(const SqliteReader&) = delete;
  SqliteReader& operator=(const SqliteReader&) = delete;

  [[nodiscard]] std::string first() const { return sqlite3_sql(statement_->handle()); }

  bool next(types::Batch& batch) override {
    batch.reset(request_.relay ? 0 : request_.columns.size());
    batch.heap.clear();
    batch.relay = request_.relay;
    batch.relay_rows = 0;
    while (!finished_ && batch.byte_size() < request_.batch_bytes) take_row(batch);
    return !finished_ || batch.rows() > 0 || batch.relay_rows > 0;
  }

  [[nodiscard]] std::uint64_t rows() const override { return rows_; }

  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> policy_uses() const override {
    std::vector<std::pair<std::string, std::uint64_t>> uses;
    for (const auto& decoder : decoders_) {
      if (decoder.policy_uses() > 0) uses.emplace_back(decoder.name(), decoder.policy_uses());
    }
    return uses;
  }

  void cancel() noexcept override {
    cancelled_.store(true, std::memory_order_relaxed);
    database_.interrupt();
  }

 private:
  void prepare_decoders() {
    int index = 0;
    for (const auto& column : request_.columns) decoders_.emplace_back(column, index++, request_.policies);
  }

  /// Behind the columns asked for: what pages, error messages and a new start behind a row need.
  void prepare_columns() {
    select_ = sql::column_list(dialect(), request_.columns);
    nothing_ = sql::join(std::vector<std::string>(request_.columns.size(), "NULL"), ", ");
    std::string more;
    if (!request_.key.empty()) more += ", " + sql::column_list(dialect(), request_.key);
    if (!paged() && !one_row()) rowid_ = rowid_name(database_, request_.table.table);
    if (!rowid_.empty()) more += ", " + rowid_;
    select_ += more;
    nothing_ += more;
  }

  /// A range of the rowid is walked along it; what another range finds are rowids, as with a filter.
  void prepare_filter() {
    filter_ = filter_text(request_);
    const KeyOrder& order = request_.range.order;
    const std::string range = sql::range_condition(request_.range, cut_columns(order));
    if (range.empty()) return;
    if (order.columns.size() == 1 && order.columns[0].auto_increment && !rowid_.empty()) {
      rowid_range_ = "(" + range + ")";
    } else {
      filter_.text = filter_.text.empty() ? "(" + range + ")" : "(" + filter_.text + ") AND (" + range + ")";
    }
  }

  [[nodiscard]] bool paged() const { return request_.page_size > 0 && !request_.key.empty(); }
  [[nodiscard]] bool one_row() const { return !request_.greatest_by.empty(); }

  void start_page() {
    if (one_row()) return start_greatest();
    rowid_.empty() ? start_key_page() : start_behind(select_, false);
  }

  void start_greatest() {
    std::vector<std::string> columns;
    for (const auto& name : request_.greatest_by) columns.push_back(order_of(name));
    const std::string from = " FROM " + quote(request_.table.table);
    statement_.emplace(database_.prepare("SELECT " + select_ + from + sql::greatest_row(columns, filter_.text)));
    bind_page();
  }

  /// The column as conditions compare it.
  [[nodiscard]] std::string order_of(const std::string& name) const {
    for (const types::Column& column : request_.columns) {
      if (column.name == name) return ordered_column(quote(name), column.logical);
    }
    return quote(name);
  }

  /// SQLite refuses a value above the limit before it takes memory for it. A row that stops there is read alone, in its turn.
  void limit_values(std::size_t bytes) { sqlite3_limit(database_.handle(), SQLITE_LIMIT_LENGTH, static_cast<int>(bytes)); }

  /// Small enough that all values of a row are no large row, as far as their number allows.
  [[nodiscard]] std::size_t value_limit() const {
    if (rowid_.empty()) return request_.max_row_bytes;
    const auto sized = [](const types::Column& column) { return types::on_heap(types::cell_kind(column.logical)); };
    const auto values = std::count_if(request_.columns.begin(), request_.columns.end(), sized);
    return std::max(kLargeRow / std::max<std::size_t>(1, static_cast<std::size_t>(values)), kSmallestLimit);
  }

  /// Rows behind the last one in the order of the rowid, which is that of the file. What a filter finds are rowids: SQLite would
  /// sort whole rows where it uses an index for it.
  void start_behind(const std::string& columns, bool one_row) {
    const std::string table = " FROM " + quote(request_.table.table);
    std::vector<std::string> conditions;
    if (!filter_.text.empty()) conditions.push_back(rowid_ + " IN (SELECT " + rowid_ + table + " WHERE " + filter_.text + ")");
    if (!rowid_range_.empty()) conditions.push_back(rowid_range_);
    if (last_rowid_) conditions.push_back(rowid_ + " > ?");
    std::string text = "SELECT " + columns + table;
    if (!conditions.empty()) text += " WHERE " + sql::join(conditions, " AND ");
    text += " ORDER BY " + rowid_ + (one_row ? " LIMIT 1" : "");
    statement_.emplace(database_.prepare(text));
    int parameter = 1;
    for (const auto& value : filter_.binds) statement_->bind(parameter++, value);
    if (last_rowid_) statement_->bind(parameter, *last_rowid_);
  }

  /// `behind`: the key of the last row of the page before, as SQL; empty: the first page.
  [[nodiscard]] std::string key_page_text(const std::vector<SqlText>& behind) const {
    std::vector<std::string> conditions;
    if (!filter_.text.empty()) conditions.push_back(filter_.text);
    std::vector<std::string> key;
    for (const auto& name : request_.key) key.push_back(quote(name));
    if (!behind.empty()) conditions.push_back("(" + sql::keyset_after(key, behind).text + ")");
    std::string text = "SELECT " + select_ + " FROM " + quote(request_.table.table);
    if (!conditions.empty()) text += " WHERE " + sql::join(conditions, " AND ");
    if (paged()) text += " ORDER BY " + sql::join(key, ", ") + " LIMIT " + std::to_string(request_.page_size);
    return text;
  }

  void rehearse_next_page() const {
    std::vector<SqlText> last;
    for (const auto& name : request_.key) last.push_back({"@last_" + name, {}});
    std::vector<std::string> binds;
    for (const auto& value : filter_.binds) binds.push_back(dialect().literal(value));
    database_.rehearse_unsent(key_page_text(last), std::move(binds),
                              "each page behind the first; @last_… stands for the key of the last row before it");
  }

  void start_key_page() {
    statement_.emplace(database_.prepare(key_page_text(std::vector<SqlText>(page_end_.size(), SqlText{"?", {}}))));
    bind_page();
    page_rows_ = 0;
  }

  void bind_page() {
    int parameter = 1;
    for (const auto& value : filter_.binds) statement_->bind(parameter++, value);
    for (std::size_t last = 0; last < page_end_.size(); ++last) {
      for (std::size_t i = 0; i <= last; ++i) sqlite3_bind_value(statement_->handle(), parameter++, page_end_[i].get());
    }
  }

  void take_row(types::Batch& batch) {
    if (cancelled_.load(std::memory_order_relaxed)) throw ConnectorError(ErrorKind::cancelled, "the read was cancelled");
    const Step found = step();
    if (found == Step::end) return end_page();
    if (found == Step::too_large) return take_large_row(batch);
    append_row(batch);
    if (rowid_.empty()) return;
    last_rowid_ = statement_->integer(rowid_place());
    // SQLite keeps the values of the last row of each column: a new start gives their memory back.
    if (row_bytes_ > value_limit()) start_behind(select_, false);
  }

  enum class Step : std::uint8_t { row, end, too_large };
  Step step() {
    try {
      return statement_->step() ? Step::row : Step::end;
    } catch (const ConnectorError& error) {
      if ((error.native_code & 0xff) != SQLITE_TOOBIG) throw;
      return Step::too_large;
    }
  }

  void take_large_row(types::Batch& batch) {
    // A filter may have stopped at the value as well, and would again for each row: it gets the turn for as long as it reads.
    const auto hold = filter_.text.empty() ? LargeRowTurn::Hold::row : LargeRowTurn::Hold::reader;
    if (request_.large_rows != nullptr && !request_.large_rows->take(hold)) {
      throw ConnectorError(ErrorKind::cancelled, "the read was cancelled");
    }
    limit_values(request_.max_row_bytes);
    check_size_of_next();
    start_behind(select_, true);
    if (step() != Step::row) refuse_large_row("");
    append_row(batch);
    last_rowid_ = statement_->integer(rowid_place());
    if (filter_.text.empty()) limit_values(value_limit());
    start_behind(select_, false);
  }

  /// Refuses the next row by name when it is above max_row, without reading its values.
  void check_size_of_next() {
    if (rowid_.empty()) refuse_large_row("");
    start_behind(nothing_, true);
    if (step() != Step::row) refuse_large_row("");
    const std::int64_t rowid = statement_->integer(rowid_place());
    std::size_t bytes = 0;
    std::size_t most = 0;
    std::string largest;
    for (const auto& column : request_.columns) {
      const std::size_t size = stored_bytes(column.name, rowid);
      bytes += size;
      if (size > most) largest = column.name;
      most = std::max(most, size);
    }
    if (bytes > request_.max_row_bytes) refuse_large_row(largest);
  }

  /// 0 for what is neither text nor a blob.
  [[nodiscard]] std::size_t stored_bytes(const std::string& column, std::int64_t rowid) const {
    sqlite3_blob* opened = nullptr;
    const int code =
        sqlite3_blob_open(database_.handle(), "main", request_.table.table.c_str(), column.c_str(), rowid, 0, &opened);
    const std::unique_ptr<sqlite3_blob, CloseBlob> blob(opened);
    return code == SQLITE_OK ? static_cast<std::size_t>(sqlite3_blob_bytes(opened)) : 0;
  }

  [[noreturn]] void refuse_large_row(const std::string& column) {
    fail(expr::ValueProblem::row_too_large, column, "the row is larger than max_row");
  }

  void append_row(types::Batch& batch) {
    const auto before = batch.heap.size();
    if (request_.relay) {
      relay::append_row(statement_->handle(), static_cast<int>(request_.columns.size()), batch);
    } else {
      decode_row(batch);
    }
    row_bytes_ = batch.heap.size() - before;
    if (row_bytes_ > request_.max_row_bytes) refuse_large_row(largest_column());
    ++rows_;
    if (++page_rows_ == request_.page_size && paged()) keep_page_end();
  }

  void decode_row(types::Batch& batch) {
    const auto row = batch.add_row();
    auto* slots = batch.slots(row);
    auto* nulls = batch.nulls(row);
    for (std::size_t i = 0; i < decoders_.size(); ++i) {
      try {
        decoders_[i].decode(statement_->handle(), batch, slots[i], nulls[i]);
      } catch (const CellProblem& problem) {
        fail(problem.problem, decoders_[i].name(), problem.detail);
      }
    }
  }

  void keep_page_end() {
    page_end_.clear();
    const int first = static_cast<int>(request_.columns.size());
    for (std::size_t i = 0; i < request_.key.size(); ++i) {
      page_end_.emplace_back(sqlite3_value_dup(sqlite3_column_value(statement_->handle(), first + static_cast<int>(i))));
    }
  }

  void end_page() {
    if (!paged() || page_rows_ < request_.page_size) {
      if (paged() && database_.rehearsed()) rehearse_next_page();
      finished_ = true;
      return;
    }
    start_page();
  }

  [[nodiscard]] int rowid_place() const { return static_cast<int>(request_.columns.size() + request_.key.size()); }

  [[noreturn]] void fail(expr::ValueProblem problem, const std::string& column, const std::string& detail) {
    expr::ValueError error(problem, column, detail);
    const int first = static_cast<int>(request_.columns.size());
    if (!rowid_.empty() && request_.key.empty()) error.row_key = "rowid=" + statement_->text(first);
    for (std::size_t i = 0; i < request_.key.size(); ++i) {
      const std::string& name = request_.key[i];
      expr::append_key_part(error.row_key, name, kind_of(name), statement_->text(first + static_cast<int>(i)));
    }
    throw error;
  }

  [[nodiscard]] types::CellKind kind_of(const std::string& name) const {
    for (const types::Column& column : request_.columns) {
      if (column.name == name) return types::cell_kind(column.logical);
    }
    return types::CellKind::text;
  }

  /// Of the current row.
  [[nodiscard]] const std::string& largest_column() const {
    const auto bytes = [&](std::size_t column) { return sqlite3_column_bytes(statement_->handle(), static_cast<int>(column)); };
    std::size_t largest = 0;
    for (std::size_t i = 1; i < request_.columns.size(); ++i) largest = bytes(i) > bytes(largest) ? i : largest;
    return request_.columns.at(largest).name;
  }

  Database& database_;
  ReadRequest request_;
  std::function<void()> done_;
  std::vector<ColumnDecoder> decoders_;
  std::string select_;
  std::string nothing_;  ///< like select_, without the values of the columns
  SqlText filter_;
  std::string rowid_range_;  ///< empty: all
  std::string rowid_;        ///< its name; empty: none, or not used
  std::optional<std::int64_t> last_rowid_;
  std::size_t row_bytes_ = 0;
  std::optional<Statement> statement_;
  std::vector<KeptValue> page_end_;
  std::int64_t page_rows_ = 0;
  std::uint64_t rows_ = 0;
  bool finished_ = false;
  std::atomic<bool> cancelled_{false};
};

}  // namespace

std::unique_ptr<Reader> make_reader(Database& database, const ReadRequest& request, std::function<void()> done) {
  return std::make_unique<SqliteReader>(database, request, std::move(done));
}

std::string first_statement(Database& database, const ReadRequest& request) {
  return SqliteReader(database, request, nullptr).first();
}

}  // namespace syncline::connectors::sqlite

#include "connectors/mysql/reader.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "connectors/mysql/dialect.h"
#include "connectors/mysql/errors.h"
#include "connectors/mysql/functions.h"
#include "connectors/mysql/key_ranges.h"
#include "connectors/mysql/mysql.h"
#include "connectors/mysql/row_buffers.h"
#include "connectors/mysql/row_size.h"
#include "connectors/mysql/type_text.h"
#include "connectors/sql/greatest_row.h"
#include "connectors/sql/lists.h"
#include "stdlib/base/text.h"
#include "stdlib/expr/row_key.h"

namespace syncline::connectors::mysql {
namespace {

constexpr std::size_t kKeptHeapFactor = 8;

/// A key column of a paged read: what to select, how to compare it with the last value.
struct PageKey {
  std::string column;     ///< SQL
  std::string parameter;  ///< "?", or a cast around it
  RowBuffers::Extra kind = RowBuffers::Extra::bytes;
  bool is_unsigned = false;
};

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

PageKey page_key(const types::Column& column) {
  const auto& words = column.native.words;
  PageKey key;
  key.column = dialect().quote(std::string_view(column.name));
  key.parameter = "?";
  const auto first = words.substr(0, words.find(' '));
  if (ends_with(first, "int") || first == "year") {
    key.kind = RowBuffers::Extra::number;
    key.is_unsigned = ends_with(words, "unsigned");
  } else if (first == "enum" || first == "set" || first == "bit") {  // Ordered by number, so compared by number.
    key.column += "+0";
    key.kind = RowBuffers::Extra::number;
    key.is_unsigned = true;
  } else if (first == "float" || first == "double") {
    key.kind = RowBuffers::Extra::real;
  } else if (first == "decimal") {
    key.parameter = "CAST(? AS DECIMAL(" + std::to_string(argument(column.native, 0, 10)) + ", " +
                    std::to_string(argument(column.native, 1, 0)) + "))";
  } else if (is_binary_type(first)) {
    key.parameter = "CAST(? AS BINARY)";
  }
  return key;
}

class MysqlReader final : public Reader {
 public:
  MysqlReader(Connection& connection, const ReadRequest& request, std::function<void()> give_back)
      : connection_(connection),
        request_(sql::settled(request)),
        give_back_(std::move(give_back)),
        buffers_(request_.columns, request_.key, request_.policies, request_.max_row_bytes) {
    if (request_.page_size > 0) plan_pages();
    filter_ = filter_text(request_);
    range_ = sql::range_condition(request_.range, cut_columns(request_.range.order));
  }

  ~MysqlReader() override {
    if (statement_ && !complete_) connection_.kill_query();
    statement_.reset();
    if (give_back_) give_back_();
  }

  SqlText first() { return {statement_text(false), filter_.binds}; }

  bool next(types::Batch& batch) override {
    batch.reset(request_.columns.size());
    batch.heap.trim(request_.batch_bytes * kKeptHeapFactor);
    if (connection_.rehearsal() != nullptr && !complete_) rehearse();
    while (!complete_ && batch.byte_size() < request_.batch_bytes) {
      if (!open_) start();
      fetch(batch);
    }
    return batch.rows() > 0;
  }

  [[nodiscard]] std::uint64_t rows() const override { return rows_; }
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> policy_uses() const override { return buffers_.policy_uses(); }
  void cancel() noexcept override {
    cancelled_ = true;
    connection_.kill_query();
  }

 private:
  void fetch(types::Batch& batch) {
    const ArrivingRow row(request_.large_rows);
    const int status = mysql_stmt_fetch(statement_.get());
    if (row.refused()) throw ConnectorError(ErrorKind::cancelled, "the read was cancelled");
    if (status == MYSQL_NO_DATA) return end_of_statement();
    if (status != 0 && status != MYSQL_DATA_TRUNCATED) fail();
    buffers_.append(statement_.get(), batch);
    if (row.large()) forget_row(connection_.handle());
    ++rows_;
    ++page_rows_;
  }

  void plan_pages() {
    for (const auto& name : request_.key) {
      const auto column =
          std::find_if(request_.columns.begin(), request_.columns.end(), [&](const auto& c) { return c.name == name; });
      if (column == request_.columns.end()) {
        page_keys_.clear();
        return;
      }
      page_keys_.push_back(page_key(*column));
    }
    for (const auto& key : page_keys_) buffers_.add_extra(key.kind, key.is_unsigned);
  }

  [[nodiscard]] bool paged() const { return !page_keys_.empty(); }

  /// The statement of the first page, or of a later one; `page_order_` then says which key stands behind each `?` of the bound.
  std::string statement_text(bool later) {
    auto list = buffers_.select_list();
    std::vector<std::string> columns;
    std::vector<SqlText> values;
    for (const auto& key : page_keys_) {
      list.push_back(key.column);
      columns.push_back(key.column);
      values.push_back({key.parameter, {static_cast<std::int64_t>(values.size())}});
    }
    std::string text = "SELECT " + sql::join(list, ", ") + " FROM " + dialect().quote(request_.table);
    if (!request_.greatest_by.empty()) return text + sql::greatest_row(greatest_columns(), filter_.text);
    std::vector<std::string> conditions;
    if (!filter_.text.empty()) conditions.push_back(filter_.text);
    if (!range_.empty()) conditions.push_back("(" + range_ + ")");
    text += index_hint();
    page_order_.clear();
    if (later) {
      const auto bound = sql::keyset_after(columns, values);
      conditions.push_back("(" + bound.text + ")");
      for (const auto& index : bound.binds) page_order_.push_back(static_cast<std::size_t>(std::get<std::int64_t>(index)));
    }
    if (!conditions.empty()) text += " WHERE " + sql::join(conditions, " AND ");
    if (paged()) text += " ORDER BY " + sql::join(columns, ", ") + " LIMIT " + std::to_string(request_.page_size);
    return text;
  }

  /// Whole tables come in the order of the primary key, not of a smaller index that happens to hold all columns; a large range of
  /// it is read along it, not by a scan of the whole table.
  [[nodiscard]] std::string index_hint() const {
    if (!filter_.text.empty()) return {};
    if (!range_.empty()) return request_.range.order.primary ? " FORCE INDEX (PRIMARY)" : "";
    return !paged() && !request_.key.empty() ? " USE INDEX ()" : "";
  }

  /// As conditions compare them: ENUM and SET would be ordered by number.
  [[nodiscard]] std::vector<std::string> greatest_columns() const {
    std::vector<std::string> columns;
    for (const auto& name : request_.greatest_by) {
      const auto column =
          std::find_if(request_.columns.begin(), request_.columns.end(), [&](const auto& c) { return c.name == name; });
      const auto words = column == request_.columns.end() ? std::string() : column->native.words;
      const auto quoted = dialect().quote(std::string_view(name));
      columns.push_back(words == "enum" || words == "set" ? "CONCAT(" + quoted + ")" : quoted);
    }
    return columns;
  }

  /// The statements of a whole read, without rows.
  void rehearse() {
    complete_ = true;
    std::vector<std::string> binds;
    for (const auto& value : filter_.binds) binds.push_back(dialect().literal(value));
    connection_.rehearse(statement_text(false), binds);
    if (!paged()) return;
    const auto text = statement_text(true);
    for (const auto index : page_order_) binds.push_back("@last_" + request_.key[index]);
    connection_.rehearse(text, binds);
    connection_.note("each page behind the first; @last_… stands for the key of the last row before it");
  }

  void prepare(bool later) {
    text_ = statement_text(later);
    statement_.reset(mysql_stmt_init(connection_.handle()));
    if (!statement_) throw ConnectorError(ErrorKind::full, "not enough memory to read " + types::to_string(request_.table));
    if (mysql_stmt_prepare(statement_.get(), text_.data(), static_cast<unsigned long>(text_.size())) != 0) fail();
  }

  void bind_parameters() {
    parameters_.clear();
    for (auto& value : filter_.binds) {
      auto& bytes = std::get<std::string>(value);
      MYSQL_BIND bind;
      std::memset(&bind, 0, sizeof bind);
      bind.buffer_type = MYSQL_TYPE_STRING;
      bind.buffer = bytes.data();
      bind.buffer_length = bytes.size();
      parameters_.push_back(bind);
    }
    for (const auto index : page_order_) {
      parameters_.push_back(buffers_.extra_parameter(index));
      if (parameters_.back().buffer_type == MYSQL_TYPE_BLOB) parameters_.back().buffer_type = MYSQL_TYPE_STRING;
    }
    if (mysql_stmt_param_count(statement_.get()) != parameters_.size()) {
      throw ConnectorError(ErrorKind::protocol, "the server counts other parameters than the statement has");
    }
    if (!parameters_.empty() && mysql_stmt_bind_param(statement_.get(), parameters_.data()) != 0) fail();
  }

  void start() {
    if (cancelled_) throw ConnectorError(ErrorKind::cancelled, "the read was cancelled");
    if (!statement_) {
      prepare(false);
    } else if (pages_ == 1) {
      prepare(true);
    }
    bind_parameters();
    if (mysql_stmt_execute(statement_.get()) != 0) fail();
    buffers_.bind(statement_.get());
    page_rows_ = 0;
    ++pages_;
    open_ = true;
  }

  void end_of_statement() {
    open_ = false;
    complete_ = !paged() || page_rows_ < request_.page_size;
    if (!complete_) mysql_stmt_free_result(statement_.get());
  }

  /// The library cuts the connection at a row above its packet limit and calls that a lost one: ask the server which it was.
  void refuse_large_row() {
    std::vector<std::string> names;
    std::vector<std::string> sizes;
    for (const auto& column : request_.columns) {
      if (!is_long_type(column.native.words)) continue;
      names.push_back(column.name);
      sizes.push_back("COALESCE(LENGTH(" + dialect().quote(std::string_view(column.name)) + "), 0)");
    }
    if (sizes.empty()) return;
    const auto selected = sql::join(sizes, ", ") + (request_.key.empty() ? "" : ", ") + sql::column_list(dialect(), request_.key);
    Rows rows;
    try {
      Connection other(connection_.spec(), Role::catalogue);
      rows = other.query("SELECT " + selected + " FROM " + dialect().quote(request_.table) + " WHERE " + sql::join(sizes, " + ") +
                         " > " + std::to_string(request_.max_row_bytes) + " LIMIT 1");
    } catch (const ConnectorError&) {
      return;  // Really lost, then.
    }
    if (!rows.empty()) throw_large_row(names, rows.front());
  }

  /// `row`: the bytes of each long column, then the key.
  [[noreturn]] void throw_large_row(const std::vector<std::string>& names, const Row& row) const {
    std::size_t largest = 0;
    const auto bytes = [&](std::size_t column) { return std::stoull(row[column].value_or("0")); };
    for (std::size_t i = 1; i < names.size(); ++i) largest = bytes(i) > bytes(largest) ? i : largest;
    expr::ValueError error(expr::ValueProblem::row_too_large, names[largest],
                           "a row has more than " + text::human_bytes(request_.max_row_bytes));
    for (std::size_t i = 0; i < request_.key.size(); ++i) {
      const auto column = std::find_if(request_.columns.begin(), request_.columns.end(),
                                       [&](const auto& candidate) { return candidate.name == request_.key[i]; });
      if (column == request_.columns.end()) continue;
      expr::append_key_part(error.row_key, column->name, types::cell_kind(column->logical), row[names.size() + i].value_or(""));
    }
    throw expr::ValueError(error);
  }

  [[noreturn]] void fail() {
    complete_ = true;
    MYSQL_STMT* statement = statement_.get();
    auto error = mysql_stmt_errno(statement) != 0
                     ? make_error(mysql_stmt_errno(statement), mysql_stmt_sqlstate(statement), mysql_stmt_error(statement), text_)
                     : connection_.failure(text_);
    if (cancelled_) error.kind = ErrorKind::cancelled;
    if (error.native_code == 2020 || (error.native_code == 2013 && !cancelled_)) refuse_large_row();
    throw ConnectorError(error);
  }

  Connection& connection_;
  ReadRequest request_;
  std::function<void()> give_back_;
  RowBuffers buffers_;
  SqlText filter_;
  std::string range_;  ///< condition; empty: the whole table
  std::vector<PageKey> page_keys_;
  std::vector<std::size_t> page_order_;
  std::vector<MYSQL_BIND> parameters_;
  Statement statement_;
  std::string text_;
  std::uint64_t rows_ = 0;
  std::int64_t page_rows_ = 0;
  std::uint64_t pages_ = 0;
  bool open_ = false;
  bool complete_ = false;
  std::atomic<bool> cancelled_{false};
};

}  // namespace

std::unique_ptr<Reader> make_reader(Connection& connection, const ReadRequest& request, std::function<void()> give_back) {
  return std::make_unique<MysqlReader>(connection, request, std::move(give_back));
}

SqlText first_statement(Connection& connection, const ReadRequest& request) {
  return MysqlReader(connection, request, nullptr).first();
}

}  // namespace syncline::connectors::mysql

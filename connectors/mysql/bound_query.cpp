#include "connectors/mysql/bound_query.h"

#include <cstring>

#include "connectors/mysql/dialect.h"
#include "connectors/mysql/errors.h"

namespace syncline::connectors::mysql {
namespace {

class BoundQuery {
 public:
  BoundQuery(Connection& connection, const std::string& sql) : sql_(sql), owner_(mysql_stmt_init(connection.handle())) {
    if (!owner_) throw ConnectorError(ErrorKind::full, "not enough memory for a statement");
    check(mysql_stmt_prepare(owner_.get(), sql.data(), static_cast<unsigned long>(sql.size())) != 0);
  }

  void execute(std::vector<types::Value>& values) {
    std::vector<MYSQL_BIND> parameters(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      auto& text = std::get<std::string>(values[i]);
      std::memset(&parameters[i], 0, sizeof(MYSQL_BIND));
      parameters[i].buffer_type = MYSQL_TYPE_STRING;
      parameters[i].buffer = text.data();
      parameters[i].buffer_length = text.size();
    }
    if (mysql_stmt_param_count(owner_.get()) != parameters.size())
      throw ConnectorError(ErrorKind::protocol, "the server counts other parameters than the statement has");
    if (!parameters.empty()) check(mysql_stmt_bind_param(owner_.get(), parameters.data()) != 0);
    check(mysql_stmt_execute(owner_.get()) != 0);
  }

  BoundRows fetch() {
    BoundRows found;
    const Result described(mysql_stmt_result_metadata(owner_.get()));
    if (!described) return found;
    const unsigned columns = mysql_num_fields(described.get());
    for (unsigned i = 0; i < columns; ++i) found.names.emplace_back(mysql_fetch_field_direct(described.get(), i)->name);
    std::vector<MYSQL_BIND> cells(columns);
    std::vector<unsigned long> lengths(columns);
    // Flag may be bool, whose vector has no addresses.
    const auto null_flags = std::make_unique<Flag[]>(columns);
    for (unsigned i = 0; i < columns; ++i) {
      std::memset(&cells[i], 0, sizeof(MYSQL_BIND));
      cells[i].buffer_type = MYSQL_TYPE_STRING;
      cells[i].length = &lengths[i];
      cells[i].is_null = &null_flags[i];
    }
    check(mysql_stmt_bind_result(owner_.get(), cells.data()) != 0);
    for (int status = fetch_row(); status != MYSQL_NO_DATA; status = fetch_row()) {
      Row& row = found.rows.emplace_back(columns);
      for (unsigned i = 0; i < columns; ++i) {
        if (!null_flags[i]) row[i] = cell(i, lengths[i]);
      }
    }
    return found;
  }

 private:
  int fetch_row() {
    const int status = mysql_stmt_fetch(owner_.get());
    check(status != 0 && status != MYSQL_DATA_TRUNCATED && status != MYSQL_NO_DATA);
    return status;
  }

  std::string cell(unsigned column, unsigned long length) {
    std::string text(length, '\0');
    MYSQL_BIND bind;
    std::memset(&bind, 0, sizeof bind);
    bind.buffer_type = MYSQL_TYPE_STRING;
    bind.buffer = text.data();
    bind.buffer_length = text.size();
    if (!text.empty()) check(mysql_stmt_fetch_column(owner_.get(), &bind, column, 0) != 0);
    return text;
  }

  void check(bool failed) {
    MYSQL_STMT* statement = owner_.get();
    if (failed) throw make_error(mysql_stmt_errno(statement), mysql_stmt_sqlstate(statement), mysql_stmt_error(statement), sql_);
  }

  const std::string& sql_;
  Statement owner_;
};

}  // namespace

BoundRows query_with(Connection& connection, const std::string& sql, std::vector<types::Value> values) {
  if (connection.rehearsal() != nullptr) {
    std::vector<std::string> literals;
    for (const types::Value& value : values) literals.push_back(dialect().literal(value));
    connection.rehearse(sql, literals);
    return {};
  }
  BoundQuery query(connection, sql);
  query.execute(values);
  return query.fetch();
}

void prepare_only(Connection& connection, const std::string& sql) {
  const BoundQuery prepared(connection, sql);
}

}  // namespace syncline::connectors::mysql

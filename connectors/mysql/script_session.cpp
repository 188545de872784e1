#include "connectors/mysql/script_session.h"

#include <cstring>

#include "connectors/mysql/client.h"
#include "connectors/mysql/dialect.h"
#include "connectors/mysql/errors.h"
#include "connectors/mysql/mysql.h"
#include "connectors/sql/native_binds.h"

namespace syncline::connectors::mysql {
namespace {

std::uint64_t touched(my_ulonglong rows) {
  return rows == static_cast<my_ulonglong>(-1) ? 0 : rows;
}

class MysqlScriptSession final : public ScriptSession {
 public:
  explicit MysqlScriptSession(const ConnectionSpec& spec) : connection_(spec, Role::state) {
    connection_.execute("SET SESSION autocommit = 1");
    // Where the connection names a database that is there, unqualified names mean it.
    if (!spec.database.empty()) static_cast<void>(connection_.attempt("USE " + dialect().quote(std::string_view(spec.database))));
  }

  std::uint64_t execute(const ScriptStatement& statement) override {
    const auto spell = [](const types::Value& value) {
      if (std::holds_alternative<std::string>(value)) return SqlText{"?", {value}};
      return SqlText{dialect().literal(value), {}};
    };
    const SqlText text = sql::script_text(statement, mysql_engine().lexical, dialect(), spell);
    return text.binds.empty() ? execute_text(text.text) : execute_prepared(text);
  }

  void cancel() noexcept override { connection_.kill_query(); }

 private:
  /// Not every statement can be prepared.
  std::uint64_t execute_text(const std::string& text) {
    if (connection_.rehearsal() != nullptr) {
      connection_.rehearse(text);
      return 0;
    }
    MYSQL* mysql = connection_.handle();
    if (mysql_real_query(mysql, text.data(), static_cast<unsigned long>(text.size())) != 0) throw connection_.failure(text);
    std::uint64_t rows = 0;
    for (;;) {
      const Result result(mysql_store_result(mysql));
      if (!result && mysql_field_count(mysql) != 0) throw connection_.failure(text);
      if (!result) rows += touched(mysql_affected_rows(mysql));
      const int more = mysql_next_result(mysql);
      if (more < 0) return rows;
      if (more > 0) throw connection_.failure(text);
    }
  }

  std::uint64_t execute_prepared(const SqlText& text) {
    if (connection_.rehearsal() != nullptr) {
      std::vector<std::string> literals;
      for (const types::Value& bind : text.binds) literals.push_back(dialect().literal(bind));
      connection_.rehearse(text.text, literals);
      return 0;
    }
    const Statement prepared(mysql_stmt_init(connection_.handle()));
    if (!prepared) throw ConnectorError(ErrorKind::full, "not enough memory for a statement");
    const auto fail = [&]() -> ConnectorError {
      return make_error(mysql_stmt_errno(prepared.get()), mysql_stmt_sqlstate(prepared.get()), mysql_stmt_error(prepared.get()),
                        text.text);
    };
    if (mysql_stmt_prepare(prepared.get(), text.text.data(), static_cast<unsigned long>(text.text.size())) != 0) throw fail();
    std::vector<std::string> values;
    for (const types::Value& bind : text.binds) values.push_back(std::get<std::string>(bind));
    std::vector<MYSQL_BIND> binds(values.size());
    for (std::size_t at = 0; at < values.size(); ++at) {
      std::memset(&binds[at], 0, sizeof binds[at]);
      binds[at].buffer_type = MYSQL_TYPE_STRING;
      binds[at].buffer = values[at].data();
      binds[at].buffer_length = values[at].size();
    }
    if (mysql_stmt_param_count(prepared.get()) != binds.size())
      throw ConnectorError(ErrorKind::protocol, "the server counts other parameters than the statement has");
    if (mysql_stmt_bind_param(prepared.get(), binds.data()) != 0 || mysql_stmt_execute(prepared.get()) != 0) throw fail();
    std::uint64_t rows = 0;
    for (;;) {
      const bool returns_rows = mysql_stmt_field_count(prepared.get()) != 0;
      if (!returns_rows) rows += touched(mysql_stmt_affected_rows(prepared.get()));
      mysql_stmt_free_result(prepared.get());
      const int more = mysql_stmt_next_result(prepared.get());
      if (more < 0) return rows;
      if (more > 0) throw fail();
    }
  }

  Connection connection_;
};

}  // namespace

std::unique_ptr<ScriptSession> make_script_session(const ConnectionSpec& spec) {
  return std::make_unique<MysqlScriptSession>(spec);
}

}  // namespace syncline::connectors::mysql

#include "plain.h"

#include <libpq-fe.h>
#include <mysql.h>
#include <sqlite3.h>

#include <stdexcept>

namespace syncline::conformance {
namespace {

void add_cell(std::string& out, int column, const char* text, std::size_t size) {
  if (column > 0) out += '|';
  if (text == nullptr) {
    out += '~';
  } else {
    out.append(text, size);
  }
}

class PlainMysql final : public Plain {
 public:
  explicit PlainMysql(const connectors::ConnectionSpec& spec) : session_(mysql_init(nullptr)) {
    mysql_options(session_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_options(session_, MYSQL_INIT_COMMAND, "SET time_zone = '+00:00', sql_mode = ''");
#ifdef MARIADB_BASE_VERSION
    char no = 0;  // From 3.4 on the library asks for a certificate by itself; the test servers have none.
    mysql_options(session_, MYSQL_OPT_SSL_ENFORCE, &no);
    mysql_options(session_, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &no);
#endif
    const std::string password(spec.password.reveal());
    if (mysql_real_connect(session_, spec.host.c_str(), spec.user.c_str(), password.c_str(), nullptr,
                           static_cast<unsigned>(spec.port), nullptr, 0) == nullptr) {
      throw std::runtime_error(mysql_error(session_));
    }
  }
  ~PlainMysql() override {
    mysql_close(session_);
  }
  PlainMysql(const PlainMysql&) = delete;
  PlainMysql& operator=(const PlainMysql&) = delete;

  std::string operator()(const std::string& sql) override {
    if (mysql_real_query(session_, sql.data(), sql.size()) != 0) throw std::runtime_error(mysql_error(session_));
    std::string out;
    MYSQL_RES* result = mysql_store_result(session_);
    if (result == nullptr) return out;
    const int columns = static_cast<int>(mysql_num_fields(result));
    bool first = true;
    while (MYSQL_ROW row = mysql_fetch_row(result)) {
      if (!first) out += '\n';
      first = false;
      const unsigned long* lengths = mysql_fetch_lengths(result);
      for (int i = 0; i < columns; ++i) add_cell(out, i, row[i], lengths[i]);
    }
    mysql_free_result(result);
    return out;
  }

 private:
  MYSQL* session_;
};

class PlainPostgres final : public Plain {
 public:
  explicit PlainPostgres(const connectors::ConnectionSpec& spec) {
    const std::string target = "host=" + spec.host + " port=" + std::to_string(spec.port) + " user=" + spec.user +
                               " dbname=" + spec.database + " options='-c TimeZone=UTC -c client_min_messages=error'";
    session_ = PQconnectdb(target.c_str());
    if (PQstatus(session_) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(session_));
  }
  ~PlainPostgres() override { PQfinish(session_); }
  PlainPostgres(const PlainPostgres&) = delete;
  PlainPostgres& operator=(const PlainPostgres&) = delete;

  std::string operator()(const std::string& sql) override {
    PGresult* result = PQexec(session_, sql.c_str());
    const auto status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
      const std::string message = PQresultErrorMessage(result);
      PQclear(result);
      throw std::runtime_error(message);
    }
    std::string out;
    for (int row = 0; row < PQntuples(result); ++row) {
      if (row > 0) out += '\n';
      for (int i = 0; i < PQnfields(result); ++i) {
        const bool null = PQgetisnull(result, row, i) != 0;
        add_cell(out, i, null ? nullptr : PQgetvalue(result, row, i), static_cast<std::size_t>(PQgetlength(result, row, i)));
      }
    }
    PQclear(result);
    return out;
  }

 private:
  PGconn* session_ = nullptr;
};

class PlainSqlite final : public Plain {
 public:
  explicit PlainSqlite(const connectors::ConnectionSpec& spec) {
    if (sqlite3_open(spec.path.c_str(), &database_) != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(database_));
    sqlite3_busy_timeout(database_, 2000);
  }
  ~PlainSqlite() override { sqlite3_close_v2(database_); }
  PlainSqlite(const PlainSqlite&) = delete;
  PlainSqlite& operator=(const PlainSqlite&) = delete;

  std::string operator()(const std::string& sql) override {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(database_));
    std::string out;
    bool first = true;
    int state = sqlite3_step(statement);
    for (; state == SQLITE_ROW; state = sqlite3_step(statement)) {
      if (!first) out += '\n';
      first = false;
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* text = static_cast<const char*>(sqlite3_column_blob(statement, i));
        const bool null = sqlite3_column_type(statement, i) == SQLITE_NULL;
        add_cell(out, i, null ? nullptr : (text == nullptr ? "" : text),
                 static_cast<std::size_t>(sqlite3_column_bytes(statement, i)));
      }
    }
    const std::string message = sqlite3_errmsg(database_);
    sqlite3_finalize(statement);
    if (state != SQLITE_DONE) throw std::runtime_error(message);
    return out;
  }

 private:
  sqlite3* database_ = nullptr;
};

}  // namespace

std::unique_ptr<Plain> open_plain(const connectors::ConnectionSpec& spec) {
  if (spec.engine == "mysql") return std::make_unique<PlainMysql>(spec);
  if (spec.engine == "postgres") return std::make_unique<PlainPostgres>(spec);
  if (spec.engine == "sqlite") return std::make_unique<PlainSqlite>(spec);
  throw std::runtime_error("tests/conformance/plain.cpp has no client for " + spec.engine);
}

}  // namespace syncline::conformance

#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/api/connector.h"

namespace syncline::connectors::sqlite {

/// A prepared statement. Columns and parameters as in SQLite: columns from 0, parameters from 1.
class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql, bool persistent = false);
  /// True: a row is there. False: done. Throws ConnectorError.
  bool step();
  void reset();
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, double value);
  void bind(int parameter, std::string_view text);      ///< copied
  void bind(int parameter, const types::Value& value);  ///< dates and instants as canonical text
  void bind_null(int parameter);
  [[nodiscard]] std::string text(int column) const;  ///< empty for NULL
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] sqlite3_stmt* handle() const { return statement_.get(); }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

enum class Access : std::uint8_t {
  source,     ///< SQLITE_OPEN_READONLY, query_only
  catalogue,  ///< of a target: may roll back a hot journal, else query_only; a missing file reads as an empty database
  target,     ///< reads and writes, makes the file when it is missing
};

/// One connection (SQLITE_OPEN_NOMUTEX: one thread, `interrupt` from any). Errors of opening say what to do about them.
class Database {
 public:
  Database(const ConnectionSpec& spec, Access access);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void execute(std::string_view sql);
  [[nodiscard]] Statement prepare(std::string_view sql, bool persistent = false) const { return {database_, sql, persistent}; }
  [[nodiscard]] std::int64_t integer(std::string_view sql) const;
  [[nodiscard]] std::string text(std::string_view sql) const;
  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }
  void rollback() noexcept;
  void interrupt() noexcept { sqlite3_interrupt(database_); }
  /// How long a statement waits for the locks of others.
  void wait_for_locks(std::chrono::seconds timeout) { sqlite3_busy_timeout(database_, static_cast<int>(timeout.count() * 1000)); }
  [[nodiscard]] sqlite3* handle() const { return database_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool rehearsed() const { return rehearsal_ != nullptr; }
  /// In a rehearsal: a statement that waits for rows, which there are none of. `binds`: literals; `note`: for people.
  void rehearse_unsent(const std::string& sql, std::vector<std::string> binds, const std::string& note) const;

 private:
  void open(const ConnectionSpec& spec, Access access);
  void prepare_session(Access access);
  void first_read();
  void write_down();
  static int on_statement(unsigned event, void* self, void* statement, void* text);

  sqlite3* database_ = nullptr;
  std::string path_;
  std::shared_ptr<Rehearsal> rehearsal_;
  int rehearsed_session_ = 0;
  const char* purpose_ = "";
};

/// The table, index or whatever of this name (ASCII case-insensitive, as SQLite compares names); empty when there is none.
std::string actual_table_name(const Database& database, std::string_view name);

[[noreturn]] void throw_error(sqlite3* database, int code, std::string_view statement);
/// An identifier in double quotes; ConnectorError(unsupported) for NUL or invalid UTF-8.
std::string quote(std::string_view identifier);

}  // namespace syncline::connectors::sqlite

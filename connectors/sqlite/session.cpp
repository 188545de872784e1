#include "connectors/sqlite/session.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "connectors/sql/lists.h"
#include "connectors/sqlite/functions.h"
#include "stdlib/base/text.h"
#include "stdlib/types/calendar.h"

namespace syncline::connectors::sqlite {
namespace {

constexpr std::chrono::seconds kLockWait{30};
constexpr int kDirtyBytes =
    24 << 20;  // transactions below this stay in the page cache, so readers are not locked out before commit
constexpr int kCacheBytes = 16 << 20;

ErrorKind kind_of(int code, std::string_view message, bool disk_full) {
  if (disk_full) return ErrorKind::full;
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorKind::locked;
    case SQLITE_INTERRUPT:
      return ErrorKind::cancelled;
    case SQLITE_FULL:
      return ErrorKind::full;
    case SQLITE_CONSTRAINT:
      return code == SQLITE_CONSTRAINT_DATATYPE ? ErrorKind::value : ErrorKind::constraint;
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
      return ErrorKind::permission;
    case SQLITE_CANTOPEN:
      return ErrorKind::unreachable;
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
      return ErrorKind::value;
    case SQLITE_SCHEMA:
      return ErrorKind::drift;
    case SQLITE_ERROR:
      if (message.find("no such table") != std::string_view::npos) return ErrorKind::missing;
      if (message.find("no such column") != std::string_view::npos || message.find("has no column") != std::string_view::npos) {
        return ErrorKind::drift;
      }
      if (message.find(kValueRefused) != std::string_view::npos) return ErrorKind::value;
      return ErrorKind::protocol;
    default:
      return ErrorKind::protocol;
  }
}

bool exists(const std::string& path, off_t at_least = 0) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && info.st_size >= at_least;
}

std::string directory_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

/// A failed first read, told as what it means and what to do.
[[noreturn]] void explain_open(const std::string& path, int code, const std::string& message) {
  ConnectorError error(ErrorKind::unreachable, "the SQLite file `" + text::printable(path) + "` cannot be read: " + message);
  error.native_code = code;
  if ((code & 0xff) == SQLITE_BUSY) error.kind = ErrorKind::locked;
  if (code == SQLITE_READONLY_ROLLBACK ||
      (exists(path + "-journal", 1) && code != SQLITE_NOTADB && error.kind != ErrorKind::locked)) {
    error = ConnectorError(ErrorKind::setup, "the SQLite file `" + text::printable(path) +
                                                 "` has a hot journal: a program that was writing to it did not finish");
    error.help = "open it once with a program that may write to it (for example: sqlite3 FILE .tables), then run again";
  } else if ((code & 0xff) == SQLITE_READONLY ||
             ((code & 0xff) == SQLITE_CANTOPEN && ::access(directory_of(path).c_str(), W_OK) != 0)) {
    error = ConnectorError(ErrorKind::setup, "the SQLite file `" + text::printable(path) +
                                                 "` is in WAL mode and its folder is not writable, so SQLite cannot read it");
    error.help = "give write rights on the folder, or switch the file to journal_mode=DELETE";
  } else if (code == SQLITE_NOTADB) {
    error = ConnectorError(ErrorKind::unreachable, "`" + text::printable(path) + "` is not a SQLite database");
  }
  throw error;
}

}  // namespace

void throw_error(sqlite3* database, int code, std::string_view statement) {
  const std::string message = database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
  const bool disk_full = (code & 0xff) == SQLITE_IOERR && database != nullptr && sqlite3_system_errno(database) == ENOSPC;
  const auto kind = kind_of(code, message, disk_full);
  std::string said = message;
  if (kind == ErrorKind::locked) said = "another program holds a lock on the SQLite file (" + message + ")";
  if (kind == ErrorKind::full) said = "no space left for the SQLite file (" + message + ")";
  ConnectorError error(kind, text::printable(said));
  error.native_code = code;
  error.statement = statement;
  throw error;
}

std::string quote(std::string_view identifier) {
  if (identifier.find('\0') != std::string_view::npos || !text::valid_utf8(identifier)) {
    throw ConnectorError(ErrorKind::unsupported, "SQLite cannot hold the name `" + text::printable(identifier) + "`");
  }
  return sql::quoted(identifier, '"');
}

Statement::Statement(sqlite3* database, std::string_view sql, bool persistent) {
  sqlite3_stmt* made = nullptr;
  const int code = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()),
                                      persistent ? SQLITE_PREPARE_PERSISTENT : 0, &made, nullptr);
  statement_.reset(made);
  if (code != SQLITE_OK) throw_error(database, sqlite3_extended_errcode(database), sql);
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3* database = sqlite3_db_handle(statement_.get());
  const char* sql = sqlite3_sql(statement_.get());
  throw_error(database, sqlite3_extended_errcode(database), sql == nullptr ? "" : sql);
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
}
void Statement::bind(int parameter, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), parameter, value);
}
void Statement::bind(int parameter, double value) {
  sqlite3_bind_double(statement_.get(), parameter, value);
}
void Statement::bind(int parameter, std::string_view text) {
  sqlite3_bind_text(statement_.get(), parameter, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}
void Statement::bind_null(int parameter) {
  sqlite3_bind_null(statement_.get(), parameter);
}

void Statement::bind(int parameter, const types::Value& value) {
  if (types::is_null(value)) {
    bind_null(parameter);
  } else if (const auto* truth = std::get_if<bool>(&value)) {
    bind(parameter, static_cast<std::int64_t>(*truth));
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    bind(parameter, *number);
  } else if (const auto* string = std::get_if<std::string>(&value)) {
    bind(parameter, std::string_view(*string));
  } else {
    bind(parameter, std::string_view(types::to_text(value)));
  }
}

std::string Statement::text(int column) const {
  const auto* bytes = sqlite3_column_text(statement_.get(), column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}
std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

Database::Database(const ConnectionSpec& spec, Access access)
    : path_(spec.path), rehearsal_(spec.rehearsal), purpose_(access == Access::target ? "writes" : "reads rows") {
  try {
    open(spec, access);
    if (rehearsal_) write_down();
    prepare_session(access);
  } catch (...) {
    sqlite3_close_v2(database_);
    throw;
  }
}

Database::~Database() {
  sqlite3_close_v2(database_);
}

void Database::open(const ConnectionSpec& spec, Access access) {
  if (access == Access::target && !spec.allow_writes) {
    throw ConnectorError(ErrorKind::setup, "the connection `" + spec.name + "` does not allow writes (allow_writes = true)");
  }
  const bool there = exists(path_);
  if (!there && (access == Access::source || !std::filesystem::is_directory(directory_of(path_)))) {
    throw ConnectorError(ErrorKind::unreachable, "there is no SQLite file `" + text::printable(path_) + "`");
  }
  const bool empty = !there && access == Access::catalogue;
  int flags = SQLITE_OPEN_NOMUTEX;
  if (access == Access::source) flags |= SQLITE_OPEN_READONLY;
  if (access == Access::catalogue) flags |= empty ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
  if (access == Access::target) flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(empty ? ":memory:" : path_.c_str(), &database_, flags, nullptr);
  if (code != SQLITE_OK) explain_open(path_, sqlite3_extended_errcode(database_), sqlite3_errmsg(database_));
}

void Database::prepare_session(Access access) {
  sqlite3_extended_result_codes(database_, 1);
  wait_for_locks(kLockWait);
  first_read();
  execute("PRAGMA foreign_keys=OFF");
  execute("PRAGMA trusted_schema=OFF");
  if (access != Access::target) {
    execute("PRAGMA query_only=ON");
    execute("PRAGMA case_sensitive_like=ON");
    register_condition_functions(database_);
    return;
  }
  execute("PRAGMA legacy_alter_table=ON");
  const auto page = integer("PRAGMA page_size");
  execute("PRAGMA cache_size=" + std::to_string(kCacheBytes / page));
  // SQLite also takes the number's lowest byte as the switch: a multiple of 256 would forbid spilling altogether.
  execute("PRAGMA cache_spill=" + std::to_string((kDirtyBytes / page) | 1));
}

/// A rehearsal runs its statements, in a file of its own without rows (stand_in.h).
void Database::write_down() {
  rehearsed_session_ = rehearsal_->open_session();
  sqlite3_trace_v2(database_, SQLITE_TRACE_STMT, on_statement, this);
}

int Database::on_statement(unsigned /*event*/, void* self, void* statement, void* text) {
  const auto* database = static_cast<const Database*>(self);
  const std::string_view sent = static_cast<const char*>(text);
  if (sent.substr(0, 2) == "--") return 0;  // a trigger begins
  const auto is_placeholder = [&](int parameter) {
    const char* name = sqlite3_bind_parameter_name(static_cast<sqlite3_stmt*>(statement), parameter);
    return name != nullptr && *name == '@';
  };
  bool placeholders = false;
  for (int i = sqlite3_bind_parameter_count(static_cast<sqlite3_stmt*>(statement)); i > 0; --i)
    placeholders = placeholders || is_placeholder(i);
  char* expanded = placeholders ? nullptr : sqlite3_expanded_sql(static_cast<sqlite3_stmt*>(statement));
  const std::string shown = expanded == nullptr ? std::string(sent) : std::string(expanded);
  sqlite3_free(expanded);
  const auto has = [&](const char* word) { return sent.find(word) != std::string_view::npos; };
  const bool question = has("sqlite_schema") || has("pragma_") || sent.substr(0, 18) == "SELECT max(rowid) " ||
                        sent == "PRAGMA page_size" || sent == "PRAGMA journal_mode";
  database->rehearsal_->sent(database->rehearsed_session_, database->purpose_, shown, {}, question);
  if (has("syncline_micros("))
    database->rehearsal_->note(database->rehearsed_session_,
                               "syncline_micros: a function of Syncline's own sessions, microseconds since 2000-01-01 00:00 UTC");
  return 0;
}

void Database::rehearse_unsent(const std::string& sql, std::vector<std::string> binds, const std::string& note) const {
  if (!rehearsal_) return;
  rehearsal_->sent(rehearsed_session_, purpose_, sql, std::move(binds), false);
  rehearsal_->note(rehearsed_session_, note);
}

void Database::first_read() {
  const int code = sqlite3_exec(database_, "SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) explain_open(path_, sqlite3_extended_errcode(database_), sqlite3_errmsg(database_));
}

void Database::execute(std::string_view sql) {
  Statement statement(database_, sql);
  while (statement.step()) {
  }
}

std::int64_t Database::integer(std::string_view sql) const {
  Statement statement(database_, sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::string Database::text(std::string_view sql) const {
  Statement statement(database_, sql);
  return statement.step() ? statement.text(0) : std::string();
}

void Database::rollback() noexcept {
  if (database_ != nullptr && in_transaction()) sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
}

std::string actual_table_name(const Database& database, std::string_view name) {
  Statement statement =
      database.prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE");
  statement.bind(1, name);
  return statement.step() ? statement.text(0) : std::string();
}

}  // namespace syncline::connectors::sqlite

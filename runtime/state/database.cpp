#include "runtime/state/database.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "runtime/state/history.h"
#include "runtime_state_sql.h"

namespace syncline::state {
namespace {

constexpr int kSchemaVersion = 2;
constexpr int kBusyMilliseconds = 5000;

[[noreturn]] void fail(sqlite3* database) {
  throw StateError(sqlite3_errmsg(database));
}
[[noreturn]] void fail_errno() {
  throw StateError(std::generic_category().message(errno));
}

void make_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) fail_errno();
}

/// Made here rather than by SQLite, so that nobody else can read it from the first moment. WAL files take over its mode.
void make_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) fail_errno();
  ::close(descriptor);
}

void prepare(sqlite3* database) {
  sqlite3_busy_timeout(database, kBusyMilliseconds);
  execute(database,
          "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;");
  Statement version(database, "PRAGMA user_version");
  version.step();
  const std::int64_t found = version.integer(0);
  if (found > kSchemaVersion) throw StateError("it was written by a newer Syncline (schema " + std::to_string(found) + ")");
  if (found == kSchemaVersion) return;
  execute(database, "BEGIN IMMEDIATE");
  for (const auto& file : sql::kFiles) execute(database, std::string(file.text));
  execute(database, "COMMIT");
}

}  // namespace

Statement::Statement(sqlite3* database, const char* sql) : database_(database) {
  sqlite3_stmt* handle = nullptr;
  if (sqlite3_prepare_v2(database, sql, -1, &handle, nullptr) != SQLITE_OK) fail(database);
  handle_.reset(handle);
}

void Statement::checked(int code) const {
  if (code != SQLITE_OK) fail(database_);
}

Statement& Statement::bind(std::string_view text) {
  checked(
      sqlite3_bind_text64(handle_.get(), next_++, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind(std::int64_t number) {
  checked(sqlite3_bind_int64(handle_.get(), next_++, number));
  return *this;
}

Statement& Statement::bind(double number) {
  checked(sqlite3_bind_double(handle_.get(), next_++, number));
  return *this;
}

Statement& Statement::bind_or_null(std::string_view text) {
  if (!text.empty()) return bind(text);
  checked(sqlite3_bind_null(handle_.get(), next_++));
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code != SQLITE_ROW && code != SQLITE_DONE) fail(database_);
  return code == SQLITE_ROW;
}

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  const int size = sqlite3_column_bytes(handle_.get(), column);
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(size));
}

void execute(sqlite3* database, const std::string& sql) {
  if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(database);
}

Database open_state(const std::string& folder) {
  make_folder(folder);
  const std::string path = folder + "/state.db";
  make_file(path);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, nullptr);
  Database database(handle);
  if (code != SQLITE_OK) fail(handle);
  prepare(handle);
  return database;
}

}  // namespace syncline::state

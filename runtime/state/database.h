#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

/// SQLite's C handles as values. Private to runtime/state.
namespace syncline::state {

struct CloseDatabase {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
struct FinishStatement {
  void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

/// A prepared statement. Binds in order, from 1; columns from 0. Throws StateError.
class Statement {
 public:
  Statement(sqlite3* database, const char* sql);
  Statement& bind(std::string_view text);
  Statement& bind(std::int64_t number);
  Statement& bind(double number);
  Statement& bind_or_null(std::string_view text);  ///< empty: NULL
  /// True: a row is there. False: done.
  bool step();
  [[nodiscard]] std::string text(int column) const;  ///< NULL: empty
  [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }
  [[nodiscard]] double real(int column) const { return sqlite3_column_double(handle_.get(), column); }

 private:
  void checked(int code) const;
  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, FinishStatement> handle_;
  int next_ = 1;
};

/// Runs statements without results. Throws StateError.
void execute(sqlite3* database, const std::string& sql);
/// `<folder>/state.db` with this project's schema. Throws StateError.
Database open_state(const std::string& folder);

}  // namespace syncline::state

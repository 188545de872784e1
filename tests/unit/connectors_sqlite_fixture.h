#pragma once
#include <sqlite3.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "connectors/api/connector.h"
#include "connectors/sqlite/sqlite.h"

/// A temporary folder with SQLite files, and a second opinion on what is in them: plain sqlite3 calls.
namespace syncline::test {

class SqliteFiles {
 public:
  SqliteFiles() {
    char name[] = "/tmp/syncline_sqlite_XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  ~SqliteFiles() { std::filesystem::remove_all(folder_); }
  SqliteFiles(const SqliteFiles&) = delete;
  SqliteFiles& operator=(const SqliteFiles&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  [[nodiscard]] connectors::ConnectionSpec spec(const std::string& name, bool writable = false) const {
    connectors::ConnectionSpec spec;
    spec.name = name;
    spec.engine = "sqlite";
    spec.path = path(name);
    spec.allow_writes = writable;
    return spec;
  }

 private:
  std::string folder_;
};

/// Runs statements; rows come back as `a|b`, one per line, NULL as `~`, blobs as x'..' through quote().
class Plain {
 public:
  explicit Plain(const std::string& path, int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) {
    if (sqlite3_open_v2(path.c_str(), &database_, flags, nullptr) != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(database_));
    sqlite3_busy_timeout(database_, 2000);
  }
  ~Plain() { sqlite3_close_v2(database_); }
  Plain(const Plain&) = delete;
  Plain& operator=(const Plain&) = delete;

  std::string operator()(const std::string& sql) {
    std::string out;
    char* message = nullptr;
    const auto row = [](void* to, int count, char** cells, char**) {
      auto& text = *static_cast<std::string*>(to);
      if (!text.empty()) text += '\n';
      for (int i = 0; i < count; ++i) text += std::string(i == 0 ? "" : "|") + (cells[i] == nullptr ? "~" : cells[i]);
      return 0;
    };
    if (sqlite3_exec(database_, sql.c_str(), row, &out, &message) != SQLITE_OK) {
      const std::string error = message;
      sqlite3_free(message);
      throw std::runtime_error(error);
    }
    return out;
  }

 private:
  sqlite3* database_ = nullptr;
};

inline types::Column column(const std::string& name, const std::string& declared, types::LogicalType logical,
                            bool nullable = true) {
  types::Column out;
  out.name = name;
  out.native.text = declared;
  for (const char c : declared.substr(0, declared.find('(')))
    out.native.words += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  out.logical = std::move(logical);
  out.nullable = nullable;
  return out;
}

inline types::LogicalType logical(types::TypeKind kind, int scale = -1, int precision = -1, std::int64_t length = -1) {
  types::LogicalType type;
  type.kind = kind;
  type.scale = scale;
  type.precision = precision;
  type.length = length;
  return type;
}

inline connectors::RunIdentity run_identity(const std::string& id = "01RUN") {
  return {id, "sync", "host", ::getpid(), "2026-11-20 00:00:00Z"};
}

/// Cells for one row of a batch.
class RowBuilder {
 public:
  explicit RowBuilder(types::Batch& batch) : batch_(batch), row_(batch.add_row()) {}
  RowBuilder& slot(std::int64_t value) { return raw(static_cast<std::uint64_t>(value)); }
  RowBuilder& raw(std::uint64_t value) {
    batch_.nulls(row_)[at_] = 0;
    batch_.slots(row_)[at_++] = value;
    return *this;
  }
  RowBuilder& number(double value) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return raw(bits);
  }
  RowBuilder& text(std::string_view value) {
    const auto offset = batch_.heap.size();
    if (!value.empty()) batch_.heap.append(value);
    return raw(types::Batch::heap_slot(offset, value.size()));
  }
  RowBuilder& null() {
    batch_.nulls(row_)[at_++] = 1;
    return *this;
  }

 private:
  types::Batch& batch_;
  std::size_t row_;
  std::size_t at_ = 0;
};

}  // namespace syncline::test

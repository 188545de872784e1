#include "connectors/sqlite/stand_in.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include "connectors/sql/lists.h"
#include "connectors/sql/staging_name.h"
#include "connectors/sqlite/ddl.h"
#include "connectors/sqlite/index_text.h"
#include "connectors/sqlite/session.h"

namespace syncline::connectors::sqlite {
namespace {

namespace fs = std::filesystem;

/// A folder of its own, gone with this object.
class Folder {
 public:
  Folder() : path_((fs::temp_directory_path() / "syncline-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr)
      throw ConnectorError(ErrorKind::setup, "cannot make a temporary folder: " + std::string(std::strerror(errno)));
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file() const { return path_ + "/stand-in.db"; }

 private:
  std::string path_;
};

/// What cannot be made here (a module that is missing) is left out.
void try_to(Database& database, const std::string& statement) {
  try {
    database.execute(statement);
  } catch (const ConnectorError&) {
  }
}

void copy_rows(const Database& from, Database& to, const std::string& table) {
  if (actual_table_name(from, table).empty()) return;
  Statement row = from.prepare("SELECT * FROM " + quote(table));
  const int columns = sqlite3_column_count(row.handle());
  while (row.step()) {
    Statement copy =
        to.prepare("INSERT INTO " + quote(table) + " VALUES (" + sql::placeholders(static_cast<std::size_t>(columns)) + ")");
    for (int i = 0; i < columns; ++i) sqlite3_bind_value(copy.handle(), i + 1, sqlite3_column_value(row.handle(), i));
    copy.step();
  }
}

void copy_shape(const ConnectionSpec& original, Database& to) {
  const Database from(original, original.allow_writes ? Access::catalogue : Access::source);
  to.execute("PRAGMA page_size=" + std::to_string(from.integer("PRAGMA page_size")));
  Statement made = from.prepare(
      "SELECT sql, tbl_name FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!' "
      "ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 WHEN 'view' THEN 3 ELSE 4 END, rowid");
  while (made.step()) {
    if (!sql::parse_staging_name(made.text(1))) try_to(to, made.text(0));
  }
  copy_rows(from, to, "syncline_progress");
  copy_rows(from, to, "syncline_target");
  if (!actual_table_name(to, "syncline_target").empty()) to.execute("UPDATE syncline_target SET epoch = 0");
  if (from.text("PRAGMA journal_mode") == "wal") to.execute("PRAGMA journal_mode=WAL");
}

void make_tables(Database& to, const std::vector<types::TableSchema>& tables) {
  for (const types::TableSchema& table : tables) {
    to.execute(create_table(table, table.name.table));
    for (const types::Index& index : table.indexes)
      try_to(to, create_index(index, free_index_name(to, index.name), table.name.table));
  }
}

}  // namespace

std::shared_ptr<void> make_stand_in(ConnectionSpec& spec, const std::vector<types::TableSchema>& tables) {
  auto folder = std::make_shared<Folder>();
  ConnectionSpec original = spec;
  original.rehearsal = nullptr;
  ConnectionSpec made = original;
  made.path = folder->file();
  made.allow_writes = true;
  Database to(made, Access::target);
  if (spec.rehearsal->asks() && fs::exists(original.path)) {
    copy_shape(original, to);
  } else {
    make_tables(to, tables);
  }
  spec.path = made.path;
  return folder;
}

}  // namespace syncline::connectors::sqlite

#include "connectors/sqlite/introspector.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "connectors/sqlite/catalogue.h"
#include "connectors/sqlite/session.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::sqlite {
namespace {

class SqliteIntrospector final : public Introspector {
 public:
  explicit SqliteIntrospector(const ConnectionSpec& spec)
      : database_(spec, spec.allow_writes ? Access::catalogue : Access::source) {}

  ServerInfo server() override {
    ServerInfo info;
    info.product = "SQLite";
    info.version = sqlite3_libversion();
    info.version_number = sqlite3_libversion_number();
    info.table_case = NameCase::insensitive;
    info.column_case = NameCase::insensitive;
    return info;
  }

  std::vector<std::string> containers() override { return {}; }
  std::vector<ListedObject> list(const std::vector<std::string>& /*containers*/) override { return list_objects(database_); }
  std::vector<types::TableSchema> describe(const std::vector<types::ObjectName>& names) override {
    return describe_tables(database_, names);
  }

  std::vector<MissingRight> missing_write_rights(const std::vector<std::string>& /*containers*/) override {
    const std::string& path = database_.path();
    const auto parent = std::filesystem::path(path).parent_path();
    const std::string folder = parent.empty() ? "." : parent.string();
    std::vector<MissingRight> missing;
    if (::access(path.c_str(), F_OK) == 0 && ::access(path.c_str(), W_OK) != 0) {
      missing.push_back({{}, "write to the file", "chmod u+w '" + text::printable(path) + "'"});
    }
    if (::access(folder.c_str(), W_OK) != 0) {
      missing.push_back({{}, "write to the folder", "chmod u+w '" + text::printable(folder) + "'"});
    }
    return missing;
  }

  bool hold_mark(std::uint64_t /*mark*/) override { return false; }
  bool sees_mark(std::uint64_t /*mark*/) override { return false; }

  std::string place() override {
    struct stat info {};
    if (::stat(database_.path().c_str(), &info) != 0) return {};
    return std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino);
  }

 private:
  Database database_;
};

}  // namespace

std::unique_ptr<Introspector> make_introspector(const ConnectionSpec& spec) {
  return std::make_unique<SqliteIntrospector>(spec);
}

}  // namespace syncline::connectors::sqlite

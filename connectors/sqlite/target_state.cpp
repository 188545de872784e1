#include "connectors/sqlite/target_state.h"

#include <sys/stat.h>

#include <optional>

#include "connectors/sql/staging_name.h"
#include "connectors/sqlite/ddl.h"
#include "connectors/sqlite/index_text.h"
#include "connectors/sqlite/meta.h"
#include "connectors/sqlite/references.h"
#include "connectors/sqlite/run_lock.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::sqlite {
namespace {

/// BEGIN IMMEDIATE … COMMIT around `work`; rolled back when it throws.
template <class Work>
void in_transaction(Database& database, Work work) {
  database.execute("BEGIN IMMEDIATE");
  try {
    work();
    database.execute("COMMIT");
  } catch (...) {
    database.rollback();
    throw;
  }
}

class SqliteTargetState final : public TargetState {
 public:
  explicit SqliteTargetState(const ConnectionSpec& spec) : spec_(spec) {
    if (!spec.allow_writes) {
      throw ConnectorError(ErrorKind::setup, "the connection `" + spec.name + "` does not allow writes (allow_writes = true)");
    }
  }
  ~SqliteTargetState() override { end(); }
  SqliteTargetState(const SqliteTargetState&) = delete;
  SqliteTargetState& operator=(const SqliteTargetState&) = delete;

  std::vector<ManagedTable> managed(const std::vector<types::ObjectName>& tables) override {
    std::vector<ManagedTable> out;
    struct stat info {};
    if (::stat(spec_.path.c_str(), &info) != 0) return out;
    Database& database = open();
    if (!meta::tables_exist(database)) return out;
    for (const auto& table : tables) {
      if (auto found = meta::find(database, table.table)) out.push_back(std::move(*found));
    }
    return out;
  }

  std::vector<types::Progress> progress(const std::vector<std::string>& syncs) override {
    struct stat info {};
    if (::stat(spec_.path.c_str(), &info) != 0) return {};
    return meta::progress(open(), syncs);
  }

  std::vector<types::KnownTable> known_tables(const std::vector<std::string>& syncs) override {
    struct stat info {};
    if (::stat(spec_.path.c_str(), &info) != 0) return {};
    return meta::known_tables(open(), syncs);
  }

  void remember(const std::vector<types::KnownTable>& entries, const std::vector<types::KnownTable>& forgotten) override {
    Database& database = open();
    in_transaction(database, [&] { meta::remember(database, entries, forgotten); });
  }

  void begin_run(const RunIdentity& run, std::chrono::seconds wait) override {
    lock_.acquire(spec_.path, run, wait);
    run_id_ = run.run_id;
    Database& database = open();
    in_transaction(database, [&] {
      meta::create_tables(database);
      database.execute("DELETE FROM syncline_chunk");
    });
    drop_staging(database);
  }

  std::vector<std::int64_t> take_epochs(const std::vector<types::ObjectName>& tables, const std::string& plan_hash) override {
    Database& database = open();
    std::vector<std::int64_t> epochs;
    in_transaction(database, [&] {
      for (const auto& table : tables) {
        epochs.push_back(meta::next_epoch(database, table.table, run_id_, plan_hash));
        meta::clear_ledger(database, table.table);
      }
    });
    for (const auto& table : tables) drop_staging(database, sql::target_hash(table));
    return epochs;
  }

  void create_containers(const std::vector<std::string>& containers) override {
    if (!containers.empty()) throw ConnectorError(ErrorKind::unsupported, "SQLite has no schemas: a file is one database");
  }

  void adopt(const std::vector<types::TableSchema>& tables) override {
    Database& database = open();
    in_transaction(database, [&] {
      for (const auto& table : tables) meta::record(database, table.name.table, "adopted", -1);
    });
  }

  ForeignKeyResult add_foreign_key(const ForeignKeyToAdd& key) override {
    failpoint("foreign_keys.before");
    return check_reference(open(), key);
  }

  std::vector<std::pair<ForeignKeyToAdd, ForeignKeyResult>> check_foreign_keys(
      const std::vector<types::ObjectName>& tables) override {
    failpoint("foreign_keys.before");
    return check_references(open(), tables);
  }

  void apply_schema(const LoadTable& table) override {
    Database& database = open();
    const std::string& name = table.desired.name.table;
    in_transaction(database, [&] {
      const bool there = !actual_table_name(database, name).empty();
      if (there) {
        for (const int index : table.add_columns) {
          database.execute(add_column(table.desired, table.desired.columns.at(static_cast<std::size_t>(index)), name));
        }
      } else {
        database.execute(create_table(table.desired, name));
        for (const auto& index : table.desired.indexes) {
          database.execute(create_index(index, free_index_name(database, index.name), name));
        }
      }
      if (!there || meta::find(database, name).has_value()) meta::record(database, name, "schema", there ? -1 : 0);
    });
  }

  void end_run() noexcept override { end(); }

 private:
  Database& open() {
    if (!database_.has_value()) database_.emplace(spec_, Access::target);
    return *database_;
  }

  void end() noexcept {
    try {
      if (database_.has_value() && lock_.held()) {
        database_->rollback();
        drop_staging(*database_);
      }
    } catch (const std::exception&) {
      // What could not be dropped now is dropped when the next run begins.
    }
    database_.reset();
    lock_.release();
  }

  ConnectionSpec spec_;
  std::string run_id_;
  RunLock lock_;
  std::optional<Database> database_;
};

}  // namespace

void drop_staging(Database& database, const std::string& hash) {
  std::vector<std::string> names;
  {
    Statement row =
        database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'syncline!_%' ESCAPE '!'");
    while (row.step()) {
      const auto staging = sql::parse_staging_name(row.text(0));
      if (staging.has_value() && (hash.empty() || staging->hash == hash)) names.push_back(row.text(0));
    }
  }
  if (names.empty()) return;
  failpoint("cleanup.before");
  for (const auto& name : names) database.execute("DROP TABLE " + quote(name));
}

std::unique_ptr<TargetState> make_target_state(const ConnectionSpec& spec) {
  return std::make_unique<SqliteTargetState>(spec);
}

}  // namespace syncline::connectors::sqlite

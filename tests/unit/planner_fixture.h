#pragma once
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compiler/analyze/analyze.h"
#include "compiler/plan/print.h"
#include "compiler/planner/planner.h"
#include "compiler/planner/type_rules.h"

/// Catalogues in memory and one-line schemas for tests of the planner.
namespace planner_test {

using namespace syncline;

inline connectors::EngineInfo engine(const std::string& name) {
  connectors::EngineInfo info{};
  info.built = info.can_be_source = info.can_be_target = true;
  connectors::Capabilities can{};
  can.comments = can.identity_on_integers_only = can.shared_snapshots = true;
  can.keyset_pages = can.typed_foreign_keys = can.deferrable_foreign_keys = can.widens_columns = true;
  can.tables_per_transaction = 50;
  using connectors::SettingType;
  info.settings = {{"host", SettingType::string},          {"user", SettingType::string},
                   {"database", SettingType::string},      {"path", SettingType::string},
                   {"allow_writes", SettingType::boolean}, {"max_connections", SettingType::integer}};
  if (name == "mysql") {
    info.name = "mysql";
    info.least_versions = {{"MariaDB", {100205, "10.2.5"}, {100205, "10.2.5"}}, {"MySQL", {50700, "5.7"}, {80000, "8.0"}}};
    info.levels = {"database", "table"};
    can.max_identifier_characters = 64;
    can.column_case = connectors::NameCase::insensitive;
    can.index_names_per_table = can.unsigned_integers = true;
    can.deferrable_foreign_keys = false;
    can.max_key_bytes = 3072;
    can.zero_dates = can.upsert_by_any_unique_key = true;
    can.list_partition_columns = 16;
    can.max_row_bytes = 65535;
  } else if (name == "postgres") {
    info.name = "postgres";
    info.levels = {"schema", "table"};
    info.default_container = "public";
    info.least_versions = {{"PostgreSQL", {120000, "12"}, {120000, "12"}}};
    can.max_identifier_bytes = 63;
    can.transactional_ddl = can.text_in_keys = can.relays = true;
    can.named_enum_types = can.enum_by_check = true;
    can.list_partition_columns = 1;
    can.partitions_by_any_type = can.foreign_keys_of_partitions = true;
  } else {
    info.name = "sqlite";
    info.levels = {"table"};
    can.table_case = can.column_case = connectors::NameCase::insensitive;
    can.transactional_ddl = can.text_in_keys = can.foreign_keys_inline = can.relays = true;
    can.max_parallel_loads = 1;
    can.comments = can.typed_foreign_keys = can.widens_columns = false;
  }
  info.capabilities = can;
  return info;
}

class Engines : public connectors::Registry {
 public:
  const connectors::EngineInfo* find(std::string_view name) const override {
    static const connectors::EngineInfo mysql = engine("mysql"), postgres = engine("postgres"), sqlite = engine("sqlite");
    return name == "mysql" ? &mysql : name == "postgres" ? &postgres : name == "sqlite" ? &sqlite : nullptr;
  }
  const connectors::Connector* connector(std::string_view) const override { return nullptr; }
  std::vector<std::string> names() const override { return {"mysql", "postgres", "sqlite"}; }
};

/// A column from `"id bigint unsigned"`; NOT NULL with a `!` behind the name: `"id! bigint"`.
inline types::Column column(const std::string& text) {
  types::Column made;
  const std::size_t space = text.find(' ');
  made.name = text.substr(0, space);
  if (made.name.back() == '!') {
    made.name.pop_back();
    made.nullable = false;
  }
  made.native = planner::parse_native(text.substr(space + 1));
  return made;
}

struct TableBuilder {
  types::TableSchema schema;
  TableBuilder(const std::string& container, const std::string& table, const std::vector<std::string>& columns) {
    schema.name = {container, table};
    schema.row_estimate = 100;
    schema.byte_estimate = 10000;
    for (const std::string& text : columns) {
      schema.columns.push_back(column(text));
      schema.columns.back().ordinal = static_cast<int>(schema.columns.size());
    }
  }
  TableBuilder& key(const std::vector<std::string>& columns) {
    schema.primary_key = {"PRIMARY", columns};
    return *this;
  }
  TableBuilder& counting(const std::string& name) {
    at(name).auto_increment = true;
    return *this;
  }
  TableBuilder& index(const std::string& name, const std::vector<std::string>& columns, bool unique = false) {
    types::Index made;
    made.name = name;
    made.unique = unique;
    made.method = "btree";
    for (const std::string& one : columns) made.columns.push_back({one, false, 0});
    schema.indexes.push_back(made);
    return *this;
  }
  TableBuilder& refers(const std::string& name, const std::string& child, const types::ObjectName& parent,
                       const std::string& referenced) {
    types::ForeignKey made;
    made.name = name;
    made.columns = {child};
    made.referenced = parent;
    made.referenced_columns = {referenced};
    schema.foreign_keys.push_back(made);
    return *this;
  }
  TableBuilder& literal(const std::string& name, const std::string& text) {
    at(name).default_value = {types::ColumnDefault::Kind::literal, text, -1};
    return *this;
  }
  types::Column& at(const std::string& name) {
    for (types::Column& one : schema.columns) {
      if (one.name == name) return one;
    }
    throw std::logic_error("no column " + name);
  }
  operator types::TableSchema() const { return schema; }
};

class FakeCatalog : public catalog::Catalog {
 public:
  explicit FakeCatalog(const std::string& engine_name) {
    info.product = engine_name == "mysql" ? "MariaDB" : engine_name;
    const connectors::EngineInfo* engine_info = Engines().find(engine_name);
    info.table_case = engine_info->capabilities.table_case;
    info.column_case = engine_info->capabilities.column_case;
    if (engine_name == "mysql") info.text_collation = "utf8mb4_nopad_bin";
    if (engine_name == "postgres") names_of_containers = {"public"};
  }
  const connectors::ServerInfo& server() override { return info; }
  const std::vector<std::string>& containers() override { return names_of_containers; }
  const std::vector<connectors::ListedObject>& objects() override {
    by_name = listed;
    std::sort(by_name.begin(), by_name.end(), [](const auto& one, const auto& other) { return one.name < other.name; });
    return by_name;
  }
  std::vector<types::TableSchema> describe(const std::vector<types::ObjectName>& wanted) override {
    ++describes;
    std::vector<types::TableSchema> found;
    for (const types::ObjectName& name : wanted) {
      for (const types::TableSchema& table : tables) {
        if (table.name == name) found.push_back(table);
      }
    }
    return found;
  }
  std::vector<connectors::MissingRight> missing_write_rights(const std::vector<std::string>&) override { return missing; }
  std::vector<Managed> managed(const std::vector<types::ObjectName>&) override { return ours; }
  std::vector<types::Progress> progress(const std::vector<std::string>&) override { return reached; }
  std::vector<types::KnownTable> known_tables(const std::vector<std::string>&) override { return known_before; }

  void add(const types::TableSchema& table) {
    tables.push_back(table);
    listed.push_back({table.name, connectors::ObjectKind::table, true});
    for (const std::string& known : names_of_containers) {
      if (known == table.name.container) return;
    }
    if (!table.name.container.empty()) names_of_containers.push_back(table.name.container);
  }
  void add_managed(const types::TableSchema& table) {
    add(table);
    ours.push_back({table.name, types::column_fingerprint(table), 0, 1});
  }

  connectors::ServerInfo info;
  std::vector<std::string> names_of_containers;
  std::vector<connectors::ListedObject> listed;
  std::vector<connectors::ListedObject> by_name;  ///< what was asked last
  std::vector<types::TableSchema> tables;
  std::vector<connectors::MissingRight> missing;
  std::vector<Managed> ours;
  std::vector<types::Progress> reached;
  std::vector<types::KnownTable> known_before;
  int describes = 0;
};

class FakeProvider : public catalog::CatalogProvider {
 public:
  catalog::Catalog& catalog(const std::string& connection) override {
    if (connection == unreachable) throw catalog::Unavailable{connection, false, "connection refused", "start the server"};
    return *catalogs.at(connection);
  }
  bool same_server(const std::string& one, const std::string& other) override { return one == other || all_same; }
  std::map<std::string, std::unique_ptr<FakeCatalog>> catalogs;
  std::string unreachable;
  bool all_same = false;
};

/// One source `src`, one target `dst`, and a script of one or more SYNCs between them.
class Bench {
 public:
  Bench(std::string source_engine, std::string target_engine) : from_(std::move(source_engine)), to_(std::move(target_engine)) {
    provider.catalogs["src"] = std::make_unique<FakeCatalog>(from_);
    provider.catalogs["dst"] = std::make_unique<FakeCatalog>(to_);
    static int counter = 0;
    folder_ = std::filesystem::temp_directory_path() /
              ("syncline_planner_" + std::to_string(::getpid()) + "_" + std::to_string(counter++));
    std::filesystem::create_directories(folder_);
  }
  ~Bench() { std::filesystem::remove_all(folder_); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  FakeCatalog& source() { return *provider.catalogs.at("src"); }
  FakeCatalog& target() { return *provider.catalogs.at("dst"); }

  /// Plans `clauses` as `SYNC job FROM src TABLES (tables) INTO dst clauses`.
  plan::Plan plan(const std::string& tables, const std::string& clauses, const std::string& more = {}) {
    return script("SYNC job FROM src TABLES (" + tables + ") INTO dst " + clauses + ";\n" + more);
  }
  plan::Plan script(const std::string& text) {
    const std::filesystem::path file = folder_ / "test.sync";
    std::ofstream(file) << "SET language = 1;\n"
                        << connection("src", from_, source_settings) << connection("dst", to_, target_settings) << text;
    options.paths = {file.string()};
    options.project_folder = folder_.string();
    result = std::make_unique<compiler::Result>();
    unit_ = std::make_unique<bound::Unit>(analyze::bind(options, registry, *result));
    return planner::make_plan(*unit_, registry, provider, options, result->sink);
  }

  /// Codes of the script's findings, in order.
  std::string codes() const { return codes_of(result->sink.all()); }
  static std::string codes_of(const std::vector<diag::Diagnostic>& findings) {
    std::string text;
    for (const diag::Diagnostic& found : findings) text += (text.empty() ? "" : " ") + std::string(diag::info(found.code).text);
    return text;
  }

  FakeProvider provider;
  Engines registry;
  compiler::Options options;
  std::unique_ptr<compiler::Result> result;
  std::string source_settings, target_settings;

 private:
  static std::string connection(const std::string& name, const std::string& engine_name, const std::string& more) {
    const std::string place = engine_name == "sqlite" ? "path = '/tmp/none.db'" : "host = 'localhost', user = 'u'";
    const std::string database = engine_name == "postgres" ? ", database = 'd'" : "";
    return "CONNECTION " + name + " TYPE " + engine_name + " (" + place + database +
           (name == "dst" ? ", allow_writes = true" : "") + more + ");\n";
  }

  std::string from_, to_;
  std::filesystem::path folder_;
  std::unique_ptr<bound::Unit> unit_;
};

inline const plan::Table& only(const plan::Plan& plan) {
  return plan.syncs.at(0).tables.at(0);
}
inline const plan::Table& table(const plan::Plan& plan, const std::string& source) {
  for (const plan::Table& one : plan.syncs.at(0).tables) {
    if (one.source.table == source) return one;
  }
  throw std::logic_error("no table " + source);
}
inline const types::Column& target_column(const plan::Table& table, std::string_view name) {
  const types::Column* found = table.target_schema.find_column(name);
  if (!found) throw std::logic_error("no column " + std::string(name));
  return *found;
}
inline const plan::ColumnMapping& mapping(const plan::Table& table, std::string_view target) {
  for (const plan::ColumnMapping& one : table.columns) {
    if (one.recipe.target_column == target) return one;
  }
  throw std::logic_error("no mapping " + std::string(target));
}
inline bool says(const plan::Table& table, const std::string& part) {
  for (const std::string& reason : table.reasons) {
    if (reason.find(part) != std::string::npos) return true;
  }
  return false;
}

}  // namespace planner_test

#include "lab.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "connectors/api/registry.h"

namespace syncline::conformance {
namespace {

using connectors::ConnectionSpec;

std::map<std::string, std::string> server_settings() {
  const char* folder = std::getenv("SYNCLINE_SERVERS");
  if (folder == nullptr)
    throw std::runtime_error("SYNCLINE_SERVERS is not set: start tests/support/servers.sh and point it there");
  std::ifstream file(std::string(folder) + "/env");
  std::map<std::string, std::string> settings;
  for (std::string line; std::getline(file, line);) settings[line.substr(0, line.find('='))] = line.substr(line.find('=') + 1);
  return settings;
}

std::string unique_name() {
  static int number = 0;
  return "conformance_" + std::to_string(::getpid()) + "_" + std::to_string(++number);
}

ConnectionSpec spec_of(const std::string& engine) {
  ConnectionSpec spec;
  spec.name = "lab";
  spec.engine = engine;
  spec.host = "127.0.0.1";
  spec.tls = connectors::Tls::off;
  spec.allow_writes = true;
  return spec;
}

/// One database for all cases, dropped when the process ends: a new one for each would take longer than the case.
class PostgresDatabase {
 public:
  PostgresDatabase() : admin_(spec_of("postgres")), name_(unique_name()) {
    admin_.port = std::stoi(server_settings()["PG_PORT"]);
    admin_.user = "postgres";
    admin_.database = "postgres";
    (*open_plain(admin_))("CREATE DATABASE " + name_);
  }
  ~PostgresDatabase() {
    try {
      (*open_plain(admin_))("DROP DATABASE " + name_ + " WITH (FORCE)");
    } catch (const std::exception&) {  // The server is a private one and goes away itself.
    }
  }
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;
  [[nodiscard]] ConnectionSpec spec() const {
    ConnectionSpec spec = admin_;
    spec.database = name_;
    return spec;
  }

 private:
  ConnectionSpec admin_;
  std::string name_;
};

ConnectionSpec mysql_spec() {
  auto settings = server_settings();
  ConnectionSpec spec = spec_of("mysql");
  spec.port = std::stoi(settings["MY_PORT"]);
  spec.user = "tester";
  spec.password = Secret(settings["MY_PASSWORD"]);
  return spec;
}

ConnectionSpec sqlite_spec() {
  ConnectionSpec spec = spec_of("sqlite");
  const auto folder = std::filesystem::temp_directory_path() / unique_name();
  std::filesystem::create_directory(folder);
  spec.path = folder / "lab.db";
  return spec;
}

ConnectionSpec lab_spec(const std::string& engine) {
  if (engine == "mysql") return mysql_spec();
  if (engine == "sqlite") return sqlite_spec();
  static const PostgresDatabase database;
  return database.spec();
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

}  // namespace

Lab::Lab(const std::string& engine)
    : data(engine_data(engine)), connector(*connectors::default_registry().connector(engine)), spec(lab_spec(engine)) {
  plain_ = open_plain(spec);
  if (!connector.info().has_container()) return;
  container = unique_name();
  spec.state_schema = container + "_meta";
  plain(connector.dialect().create_container(container));
  const std::string drop = engine == "mysql" ? "DROP DATABASE IF EXISTS " : "DROP SCHEMA IF EXISTS ";
  for (const auto& name : {container, spec.state_schema})
    undo_.push_back(drop + connector.dialect().quote(std::string_view(name)) + (engine == "mysql" ? "" : " CASCADE"));
}

Lab::~Lab() {
  for (const auto& statement : undo_) {
    try {
      plain(statement);
    } catch (const std::exception& error) {
      BOOST_ERROR(std::string("cannot clean up: ") + error.what());
    }
  }
  plain_.reset();
  if (!spec.path.empty()) std::filesystem::remove_all(std::filesystem::path(spec.path).parent_path());
}

ConnectionSpec Lab::source_spec() const {
  ConnectionSpec source = spec;
  source.allow_writes = false;
  return source;
}

types::TableSchema Lab::describe(const std::string& table) const {
  auto found = connector.open_introspector(spec)->describe({name(table)});
  BOOST_REQUIRE_MESSAGE(found.size() == 1U, "there is no table " << table);
  return found.front();
}

bool Lab::exists(const std::string& table) const {
  return !connector.open_introspector(spec)->describe({name(table)}).empty();
}

std::string Lab::catalogue() const {
  const auto introspector = connector.open_introspector(spec);
  std::vector<types::ObjectName> names;
  std::string out;
  const auto listed = introspector->list(container.empty() ? std::vector<std::string>{} : std::vector<std::string>{container});
  for (const auto& object : listed) {
    if (object.kind == connectors::ObjectKind::table) names.push_back(object.name);
    if (object.kind != connectors::ObjectKind::table) out += "other " + object.name.table + "\n";
  }
  std::sort(names.begin(), names.end());
  for (const auto& schema : introspector->describe(names)) out += types::to_text(schema) + "\n";
  return out;
}

std::string Lab::content(const std::string& table, const std::string& columns) {
  return plain("SELECT " + columns + " FROM " + quoted(table) + " ORDER BY 1");
}

std::string Lab::filled(const std::string& question) const {
  const auto state = connector.dialect().quote(std::string_view(spec.state_schema));
  return replaced(replaced(question, "{container}", container), "{state}", state);
}

std::string Lab::ask(const std::string& question) {
  return plain(filled(question));
}

std::string Lab::leftovers() {
  return ask(data.own_tables);
}

types::TableSchema people(const Lab& lab, const std::string& table) {
  using types::TypeKind;
  types::TableSchema schema;
  schema.name = lab.name(table);
  schema.columns = {column("id", lab.data.id, logical(TypeKind::bigint), false),
                    column("name", lab.data.text, logical(TypeKind::string)),
                    column("amount", lab.data.decimal, logical(TypeKind::decimal, 20, 5))};
  schema.primary_key.columns = {"id"};
  types::Index index;
  index.name = table + "_name";
  index.columns = {{"name", false, 0}};
  schema.indexes = {index};
  return schema;
}

Rows people_rows(int from, int to, const std::string& prefix) {
  Rows rows;
  for (int i = from; i < to; ++i) rows.push_back({std::to_string(i), prefix + std::to_string(i), std::to_string(i) + ".50000"});
  return rows;
}

std::string people_text(int from, int to, const std::string& prefix) {
  std::string out = to_text(people_rows(from, to, prefix));
  if (!out.empty()) out.pop_back();
  return out;
}

connectors::RunIdentity identity(const std::string& id) {
  char host[256] = {};
  ::gethostname(host, sizeof host - 1);
  return {id, "conformance", host, ::getpid(), "2026-11-20 00:00:00Z"};
}

Run::Run(Lab& lab, const std::string& id, std::chrono::seconds wait) : lab_(lab), identity_(identity(id)) {
  state = lab.connector.open_target_state(lab.spec);
  state->begin_run(identity_, wait);
  loader = lab.connector.open_loader(lab.spec, identity_);
}

Run::~Run() {
  loader.reset();
  state->end_run();
}

connectors::LoadTable Run::plan(const types::TableSchema& desired, types::Publish publish, types::Staging staging) {
  connectors::LoadTable table;
  table.desired = desired;
  auto live = lab_.connector.open_introspector(lab_.spec)->describe({desired.name});
  if (!live.empty()) table.existing = live.front();
  for (std::size_t i = 0; i < desired.columns.size(); ++i) table.load_columns.push_back(static_cast<int>(i));
  table.publish = publish;
  table.staging = staging;
  table.mode = publish == types::Publish::insert      ? types::WriteMode::append
               : publish == types::Publish::merge     ? types::WriteMode::upsert
               : publish == types::Publish::in_place  ? types::WriteMode::truncate
               : publish == types::Publish::partition ? types::WriteMode::overwrite_partition
                                                      : types::WriteMode::recreate;
  if (publish == types::Publish::merge) table.key = desired.primary_key.columns;
  table.swap_timeout = std::chrono::seconds(2);
  table.epoch = state->take_epochs({desired.name}, "plan").at(0);
  return table;
}

/// A loader keeps pointers to its tables until it publishes or aborts, and a test's table dies before its run.
template <class Work>
auto aborting(connectors::Loader& loader, const Work& work) {
  try {
    return work();
  } catch (...) {
    loader.abort();
    throw;
  }
}

connectors::StagedRows Run::fill(const connectors::LoadTable& table, std::size_t index, const Rows& rows) {
  loader->open(index);
  std::vector<types::LogicalType> types;
  for (const int at : table.load_columns) types.push_back(table.desired.columns[static_cast<std::size_t>(at)].logical);
  types::Batch batch;
  for (const std::size_t half : {std::size_t{0}, std::size_t{1}}) {
    batch.reset(types.size());
    const std::size_t middle = rows.size() / 2;
    for (std::size_t i = half == 0 ? 0 : middle; i < (half == 0 ? middle : rows.size()); ++i) add_row(batch, types, rows[i]);
    loader->write(batch);
  }
  const auto staged = loader->close();
  loader->build(index);
  return staged;
}

connectors::StagedRows Run::stage(connectors::LoadTable& table, const Rows& rows) {
  return aborting(*loader, [&] {
    loader->begin_unit({&table});
    return fill(table, 0, rows);
  });
}

connectors::StagedRows Run::load(connectors::LoadTable& table, const Rows& rows) {
  const auto staged = stage(table, rows);
  return aborting(*loader, [&] {
    loader->publish();
    return staged;
  });
}

void load(Lab& lab, const types::TableSchema& desired, const Rows& rows, types::Publish publish, types::Staging staging) {
  Run run(lab);
  auto table = run.plan(desired, publish, staging);
  run.load(table, rows);
}

connectors::ReadRequest request(const types::TableSchema& schema) {
  connectors::ReadRequest out;
  out.table = schema.name;
  out.columns = schema.columns;
  out.key = schema.primary_key.columns;
  return out;
}

Rows read(connectors::Reader& reader, const connectors::ReadRequest& request) {
  Rows rows;
  types::Batch batch;
  while (reader.next(batch)) {
    for (std::size_t at = 0; at < batch.rows(); ++at) {
      Row& row = rows.emplace_back();
      for (std::size_t i = 0; i < batch.columns(); ++i) {
        row.push_back(batch.nulls(at)[i] != 0 ? Cell() : cell_text(request.columns[i].logical, batch.slots(at)[i], batch));
      }
    }
  }
  return rows;
}

Rows read(Lab& lab, const connectors::ReadRequest& request) {
  connectors::SnapshotRequest wanted;
  wanted.tables = {request.table};
  const auto snapshot = lab.connector.open_snapshot(lab.source_spec(), wanted);
  const auto reader = snapshot->open_reader(request);
  return read(*reader, request);
}

connectors::ConnectorError failure(const std::function<void()>& work, ErrorKind kind) {
  try {
    work();
  } catch (const connectors::ConnectorError& error) {
    BOOST_TEST((error.kind == kind), connectors::to_string(error.kind)
                                         << " instead of " << connectors::to_string(kind) << ": " << error.what());
    return error;
  } catch (const expr::ValueError& error) {
    BOOST_ERROR(std::string("a value error instead of a connector's: ") + error.what());
    return {kind, error.what()};
  }
  BOOST_ERROR(std::string("no error; expected ") + connectors::to_string(kind));
  return {kind, ""};
}

expr::ValueError value_failure(const std::function<void()>& work) {
  try {
    work();
  } catch (const expr::ValueError& error) {
    return error;
  } catch (const connectors::ConnectorError& error) {
    BOOST_ERROR(std::string("a connector's error instead of one about a value: ") + error.what());
    return {expr::ValueProblem::evaluation, "", ""};
  }
  BOOST_ERROR("no error; expected one about a value");
  return {expr::ValueProblem::evaluation, "", ""};
}

}  // namespace syncline::conformance

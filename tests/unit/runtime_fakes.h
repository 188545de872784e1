#pragma once
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "compiler/plan/plan.h"
#include "connectors/api/connector.h"
#include "connectors/api/registry.h"
#include "runtime/exec/run.h"

/// In-memory source and target for tests of the runtime: tables hold n rows of one bigint column.
namespace fakes {

using namespace syncline;
using connectors::ConnectorError;
using connectors::ErrorKind;

/// What the databases hold, what is to fail, and what was asked. Shared by all sessions.
struct World {
  std::map<std::string, std::uint64_t> source;          ///< table -> rows
  std::map<std::string, std::uint64_t> target;          ///< table -> rows
  std::map<std::string, std::deque<ErrorKind>> errors;  ///< "write orders" -> thrown at the next hits
  bool in_doubt = false;                                ///< the injected errors leave open whether the work was done
  std::map<std::string, int> always;                    ///< "write orders" -> ErrorKind as int, at every hit
  std::map<std::string, std::int64_t> miscount;         ///< table -> added to what staging counts
  std::map<std::string, std::uint64_t> orphans;         ///< foreign key -> orphans
  std::set<std::string> endless;                        ///< tables whose reader hangs until it is cancelled
  std::map<std::string, std::int64_t> managed_rows;
  std::function<void(const std::string&)> on_call;
  int snapshot_sessions = 8;
  int free_connections = 0;

  void call(const std::string& what) {
    std::function<void(const std::string&)> told;
    {
      const std::lock_guard lock(mutex);
      calls.push_back(what);
      told = on_call;
    }
    if (told) told(what);
    fail(what);
  }
  [[nodiscard]] std::size_t count(const std::string& beginning) {
    const std::lock_guard lock(mutex);
    std::size_t found = 0;
    for (const auto& call : calls) found += call.rfind(beginning, 0) == 0 ? 1 : 0;
    return found;
  }
  std::mutex mutex;
  std::vector<std::string> calls;

 private:
  void fail(const std::string& what) {
    const std::lock_guard lock(mutex);
    const auto once = errors.find(what);
    if (once != errors.end() && !once->second.empty()) {
      const ErrorKind kind = once->second.front();
      once->second.pop_front();
      ConnectorError error(kind, "injected at " + what);
      error.in_doubt = in_doubt;
      throw ConnectorError(error);
    }
    const auto each = always.find(what);
    if (each != always.end()) throw ConnectorError(static_cast<ErrorKind>(each->second), "injected at " + what);
  }
};

constexpr std::uint64_t kBatchRows = 100;

class Reader : public connectors::Reader {
 public:
  Reader(World& world, const connectors::ReadRequest& request)
      : world_(world), table_(request.table.table), first_(number(request.range.after, 0)), at_(first_) {
    last_ = number(request.range.up_to, world.source.at(table_));
  }
  bool next(types::Batch& batch) override {
    world_.call("next " + table_);
    while (world_.endless.count(table_) != 0 && !cancelled_) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    if (cancelled_) throw ConnectorError(ErrorKind::cancelled, "cancelled");
    batch.reset(1);
    while (at_ < last_ && batch.rows() < kBatchRows) {
      const std::size_t row = batch.add_row();
      batch.slots(row)[0] = ++at_;
      batch.nulls(row)[0] = 0;
    }
    return batch.rows() > 0;
  }
  [[nodiscard]] std::uint64_t rows() const override { return at_ - first_; }
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> policy_uses() const override { return {}; }
  void cancel() noexcept override { cancelled_ = true; }

 private:
  static std::uint64_t number(const connectors::KeyPosition& position, std::uint64_t none) {
    return position.empty() ? none : std::stoull(position[0]);
  }
  World& world_;
  std::string table_;
  std::uint64_t first_;
  std::uint64_t at_;
  std::uint64_t last_ = 0;
  std::atomic<bool> cancelled_{false};
};

class Snapshot : public connectors::Snapshot {
 public:
  explicit Snapshot(World& world) : world_(world) {}
  [[nodiscard]] int sessions() const override { return world_.snapshot_sessions; }
  std::unique_ptr<connectors::Reader> open_reader(const connectors::ReadRequest& request) override {
    world_.call("read " + request.table.table);
    return std::make_unique<Reader>(world_, request);
  }
  std::vector<connectors::KeyPosition> cut(const connectors::ReadRequest& request, const connectors::CutRequest& cut) override {
    world_.call("cut " + request.table.table);
    const auto ranges = static_cast<std::uint64_t>(cut.ranges);
    std::vector<connectors::KeyPosition> positions;
    for (std::uint64_t at = 1; at < ranges; ++at)
      positions.push_back({std::to_string(world_.source.at(request.table.table) * at / ranges)});
    return positions;
  }
  [[nodiscard]] std::string description() const override { return "fake"; }

 private:
  World& world_;
};

class Loader : public connectors::Loader {
 public:
  explicit Loader(World& world) : world_(world) {}
  void begin_unit(const std::vector<const connectors::LoadTable*>& tables) override {
    begin_quietly(tables);
    world_.call("begin " + names());
  }
  void open(std::size_t table) override {
    at_ = table;
    world_.call("open " + name(table));
  }
  void join(const connectors::LoadTable& table, int session) override {
    begin_quietly({&table});
    world_.call("join " + name(0) + " " + std::to_string(session));
  }
  void joined(const connectors::StagedRows& rows) override { staged_[at_] += rows.sent; }
  void write(const types::Batch& batch) override {
    world_.call("write " + name(at_));
    staged_[at_] += batch.rows();
  }
  connectors::StagedRows close() override {
    world_.call("close " + name(at_));
    const auto wrong = world_.miscount.find(name(at_));
    const std::int64_t counted = static_cast<std::int64_t>(staged_[at_]) + (wrong == world_.miscount.end() ? 0 : wrong->second);
    return {staged_[at_], staged_[at_], counted};
  }
  void build(std::size_t table) override { world_.call("build " + name(table)); }
  std::vector<std::string> publish() override {
    world_.call("publish " + names());
    const std::lock_guard lock(world_.mutex);
    for (std::size_t at = 0; at < tables_.size(); ++at) world_.target[name(at)] = staged_[at];
    return {};
  }
  void abort() noexcept override { world_.call("abort " + names()); }
  [[nodiscard]] std::uint64_t published_rows(std::size_t table) const override { return staged_[table]; }
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> policy_uses() const override { return {}; }
  void cancel() noexcept override { world_.call("cancel"); }

 private:
  void begin_quietly(const std::vector<const connectors::LoadTable*>& tables) {
    tables_ = tables;
    staged_.assign(tables.size(), 0);
    at_ = 0;
  }
  [[nodiscard]] std::string name(std::size_t table) const { return tables_[table]->desired.name.table; }
  [[nodiscard]] std::string names() const {
    std::string out;
    for (std::size_t at = 0; at < tables_.size(); ++at) {
      out += (at == 0 ? "" : ",") + name(at);
      for (const auto& progress : tables_[at]->progress) out += "@" + std::to_string(progress.lower);
    }
    return out;
  }
  World& world_;
  std::vector<const connectors::LoadTable*> tables_;
  std::vector<std::uint64_t> staged_;
  std::size_t at_ = 0;
};

class State : public connectors::TargetState {
 public:
  explicit State(World& world) : world_(world) {}
  std::vector<connectors::ManagedTable> managed(const std::vector<types::ObjectName>& tables) override {
    std::vector<connectors::ManagedTable> found;
    for (const auto& name : tables) {
      const auto rows = world_.managed_rows.find(name.table);
      if (rows == world_.managed_rows.end()) continue;
      connectors::ManagedTable row;
      row.name = name;
      row.rows = rows->second;
      found.push_back(row);
    }
    return found;
  }
  void begin_run(const connectors::RunIdentity& run, std::chrono::seconds) override { world_.call("begin_run " + run.run_id); }
  std::vector<std::int64_t> take_epochs(const std::vector<types::ObjectName>& tables, const std::string&) override {
    world_.call("take_epochs");
    std::vector<std::int64_t> made;
    for (std::size_t at = 0; at < tables.size(); ++at) made.push_back(++epoch_);
    return made;
  }
  void create_containers(const std::vector<std::string>& containers) override { world_.call("create " + containers.front()); }
  void adopt(const std::vector<types::TableSchema>& tables) override { world_.call("adopt " + tables.front().name.table); }
  connectors::ForeignKeyResult add_foreign_key(const connectors::ForeignKeyToAdd& key) override {
    world_.call("foreign_key " + key.key.name);
    const auto found = world_.orphans.find(key.key.name);
    if (found == world_.orphans.end()) return {};
    return {connectors::ForeignKeyResult::Kind::orphans, found->second, {"user_id=17"}};
  }
  std::vector<std::pair<connectors::ForeignKeyToAdd, connectors::ForeignKeyResult>> check_foreign_keys(
      const std::vector<types::ObjectName>&) override {
    return {};
  }
  void apply_schema(const connectors::LoadTable& table) override { world_.call("schema " + table.desired.name.table); }
  void end_run() noexcept override { world_.call("end_run"); }

 private:
  World& world_;
  std::int64_t epoch_ = 0;
};

class Introspector : public connectors::Introspector {
 public:
  explicit Introspector(World& world) : world_(world) {}
  connectors::ServerInfo server() override {
    connectors::ServerInfo info;
    info.product = "Fake";
    info.free_connections = world_.free_connections;
    return info;
  }
  std::vector<std::string> containers() override { return {"shop"}; }
  std::vector<connectors::ListedObject> list(const std::vector<std::string>&) override {
    world_.call("list");
    std::vector<connectors::ListedObject> found;
    for (const auto& [table, rows] : world_.source) found.push_back({{"shop", table}, connectors::ObjectKind::table, true});
    return found;
  }
  std::vector<types::TableSchema> describe(const std::vector<types::ObjectName>& names) override {
    world_.call("describe");
    std::vector<types::TableSchema> found;
    for (const auto& name : names) {
      if (world_.source.count(name.table) == 0) continue;
      types::TableSchema schema;
      schema.name = name;
      found.push_back(schema);
    }
    return found;
  }
  std::vector<connectors::MissingRight> missing_write_rights(const std::vector<std::string>&) override { return {}; }
  bool hold_mark(std::uint64_t mark) override {
    mark_ = mark;
    return true;
  }
  bool sees_mark(std::uint64_t mark) override { return mark_ == mark; }
  std::string place() override { return ""; }

 private:
  static inline std::uint64_t mark_ = 0;
  World& world_;
};

class ScriptSession : public connectors::ScriptSession {
 public:
  explicit ScriptSession(World& world) : world_(world) {}
  std::uint64_t execute(const connectors::ScriptStatement& statement) override {
    std::string what = "hook " + statement.text;
    for (const auto& [name, value] : statement.binds) what += " " + types::to_text(value);
    for (const auto& [name, table] : statement.objects) what += " in " + table.table;
    world_.call(what);
    return 1;
  }
  void cancel() noexcept override { world_.call("cancel hook"); }

 private:
  World& world_;
};

class Connector : public connectors::Connector {
 public:
  explicit Connector(World& world) : world_(world), info_() {
    info_.name = "fake";
    info_.built = true;
    info_.capabilities.tables_per_transaction = 50;
  }
  [[nodiscard]] const connectors::EngineInfo& info() const override { return info_; }
  [[nodiscard]] const connectors::Dialect& dialect() const override { throw std::logic_error("the fake has no dialect"); }
  [[nodiscard]] std::unique_ptr<connectors::Introspector> open_introspector(
      const connectors::ConnectionSpec& spec) const override {
    world_.call("introspect " + spec.name);
    return std::make_unique<Introspector>(world_);
  }
  [[nodiscard]] std::unique_ptr<connectors::Snapshot> open_snapshot(const connectors::ConnectionSpec&,
                                                                    const connectors::SnapshotRequest&) const override {
    world_.call("snapshot");
    return std::make_unique<Snapshot>(world_);
  }
  [[nodiscard]] std::unique_ptr<connectors::TargetState> open_target_state(const connectors::ConnectionSpec&) const override {
    world_.call("open_state");
    return std::make_unique<State>(world_);
  }
  [[nodiscard]] std::unique_ptr<connectors::Loader> open_loader(const connectors::ConnectionSpec&,
                                                                const connectors::RunIdentity&) const override {
    world_.call("open_loader");
    return std::make_unique<Loader>(world_);
  }
  [[nodiscard]] std::unique_ptr<connectors::ScriptSession> open_script_session(const connectors::ConnectionSpec&) const override {
    return std::make_unique<ScriptSession>(world_);
  }
  connectors::EngineInfo& engine() { return info_; }

 private:
  World& world_;
  connectors::EngineInfo info_;
};

class Registry : public connectors::Registry {
 public:
  explicit Registry(World& world) : connector_(world) {}
  [[nodiscard]] const connectors::EngineInfo* find(std::string_view) const override { return &connector_.info(); }
  [[nodiscard]] const connectors::Connector* connector(std::string_view) const override { return &connector_; }
  [[nodiscard]] std::vector<std::string> names() const override { return {"fake"}; }
  connectors::Capabilities& capabilities() { return connector_.engine().capabilities; }

 private:
  Connector connector_;
};

/// A plan of one sync over every table of the world's source.
inline plan::Table table(const std::string& name) {
  plan::Table made;
  made.loads.emplace_back();
  made.address = "shop/shop." + name;
  made.source = {"shop", name};
  made.target = {"dw", name};
  made.errors.retry_delay = std::chrono::seconds(0);
  types::Column column;
  column.name = "id";
  column.logical.kind = types::TypeKind::bigint;
  made.read_columns = {column};
  made.target_schema.name = made.target;
  made.target_schema.columns = {column};
  made.load_columns = {0};
  plan::ColumnMapping mapping;
  mapping.recipe.kind = expr::ColumnRecipe::Kind::pass;
  mapping.recipe.source = 0;
  mapping.recipe.target_column = "id";
  mapping.recipe.from = mapping.recipe.to = column.logical;
  made.columns = {mapping};
  return made;
}

inline plan::Plan plan_of(const World& world) {
  plan::Plan made;
  made.connections["shop"] = {"shop", "fake", {{"host", "localhost"}}, {}};
  made.connections["dw"] = {"dw", "fake", {{"host", "localhost"}, {"allow_writes", "true"}}, {}};
  plan::Sync sync;
  sync.name = "shop";
  sync.source_connection = "shop";
  sync.target_connection = "dw";
  for (const auto& [name, rows] : world.source) sync.tables.push_back(table(name));
  made.syncs.push_back(sync);
  return made;
}

/// Remembers what the run said.
class Listener : public observe::RunObserver {
 public:
  void run_started(const std::string&, std::size_t) override {}
  void table_changed(const observe::TableProgress& table) override {
    states.push_back(table.address + " " + observe::to_string(table.state));
  }
  void tick(const std::vector<observe::TableProgress>&, std::size_t, std::size_t, std::size_t) override { ++ticks; }
  void note(const std::string& line) override { notes.push_back(line); }
  void run_finished(const observe::RunSummary&) override { ++finished; }
  std::vector<std::string> states, notes;
  int ticks = 0, finished = 0;
};

}  // namespace fakes

#include "connectors/mysql/target_state.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "connectors/mysql/catalogue.h"
#include "connectors/mysql/client.h"
#include "connectors/mysql/ddl.h"
#include "connectors/mysql/dialect.h"
#include "connectors/mysql/meta.h"
#include "connectors/mysql/orphans.h"
#include "connectors/mysql/run_lock.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/rehearsed_fingerprint.h"
#include "connectors/sql/staging_name.h"
#include "stdlib/base/failpoint.h"
#include "stdlib/base/text.h"

namespace syncline::connectors::mysql {
namespace {

using types::ObjectName;

/// What the meta rows say of a target whose swap was announced and never closed.
struct OpenSwap {
  ObjectName target;
  std::int64_t epoch = 0;
};

class MysqlTargetState final : public TargetState {
 public:
  explicit MysqlTargetState(const ConnectionSpec& spec) : connection_(spec, Role::state), meta_(connection_) {}
  ~MysqlTargetState() override { end_run(); }

  std::vector<ManagedTable> managed(const std::vector<ObjectName>& tables) override {
    std::vector<ManagedTable> found;
    if (!meta_.enabled() || tables.empty() || !has_table("syncline_target")) return found;
    const Rows rows = connection_.query(
        "SELECT container, table_name, column_fingerprint, epoch, row_count, foreign_keys, pending_epoch, pending_fingerprint, "
        "pending_rows "
        "FROM " +
        meta_.table("target") + " WHERE " + name_condition("container", "table_name", tables));
    const auto open = finished_swaps(rows);
    for (const Row& row : rows) {
      ManagedTable table;
      table.name = {row[0].value_or(""), row[1].value_or("")};
      const bool swapped = open.count(table.name) > 0;
      table.column_fingerprint = row[swapped ? 7 : 2].value_or("");
      // Without an epoch it speaks of a change in place (Meta::announce_change).
      if (!row[6]) table.altered_fingerprint = row[7].value_or("");
      table.epoch = std::stoll(row[3].value_or("0"));
      table.rows = std::stoll(row[swapped ? 8 : 4].value_or("-1"));
      if (row[5]) table.foreign_keys = foreign_keys_from_json(*row[5]);
      if (!table.column_fingerprint.empty()) found.push_back(std::move(table));
    }
    return found;
  }

  std::vector<types::Progress> progress(const std::vector<std::string>& syncs) override {
    if (!meta_.enabled() || !has_table("syncline_progress")) return {};
    auto recorded = meta_.progress().recorded(syncs);
    auto announced = swapped_progress();
    announced.erase(
        std::remove_if(announced.begin(), announced.end(),
                       [&](const auto& one) { return std::find(syncs.begin(), syncs.end(), one.record.sync) == syncs.end(); }),
        announced.end());
    return with_announced(std::move(recorded), announced);
  }

  std::vector<types::KnownTable> known_tables(const std::vector<std::string>& syncs) override {
    if (!meta_.enabled() || !has_table("syncline_known")) return {};
    return meta_.known_tables(syncs);
  }

  void remember(const std::vector<types::KnownTable>& entries, const std::vector<types::KnownTable>& forgotten) override {
    if (meta_.enabled()) meta_.remember(entries, forgotten);
  }

  void begin_run(const RunIdentity& run, std::chrono::seconds wait) override {
    meta_.create();
    take_run_lock(connection_, meta_, run, wait);
    run_id_ = run.run_id;
    locked_ = true;
    if (meta_.enabled()) close_open_swaps();
  }

  std::vector<std::int64_t> take_epochs(const std::vector<ObjectName>& tables, const std::string& plan_hash) override {
    if (tables.empty()) return {};
    if (!meta_.enabled()) return take_local_epochs(tables);
    std::string statement = "INSERT INTO " + meta_.table("target") + " (container, table_name, epoch, run_id, plan_hash) VALUES ";
    for (const auto& table : tables) {
      statement += std::string(&table == tables.data() ? "" : ", ") + "(" + quote_text(table.container) + ", " +
                   quote_text(table.table) + ", 1, " + quote_text(run_id_) + ", " + quote_text(plan_hash) + ")";
    }
    connection_.execute(statement + " ON DUPLICATE KEY UPDATE epoch = epoch + 1, phase = 'new', run_id = " + quote_text(run_id_));
    const Rows rows = connection_.query("SELECT container, table_name, epoch FROM " + meta_.table("target") + " WHERE " +
                                            name_condition("container", "table_name", tables),
                                        rehearsed_epochs(tables));
    std::map<ObjectName, std::int64_t> epochs;
    for (const Row& row : rows) epochs[{row[0].value_or(""), row[1].value_or("")}] = std::stoll(row[2].value_or("0"));
    std::vector<std::int64_t> taken;
    for (const auto& table : tables) taken.push_back(epochs.at(table));
    connection_.execute("DELETE FROM " + meta_.table("chunk") + " WHERE " + name_condition("container", "table_name", tables));
    drop_dead_staging();
    return taken;
  }

  void create_containers(const std::vector<std::string>& containers) override {
    std::set<std::string> there;
    for (const Row& row : connection_.look("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA"))
      there.insert(row[0].value_or(""));
    for (const auto& container : containers) {
      if (there.count(container) > 0) continue;
      const auto failed = connection_.attempt(dialect().create_container(container) + " COLLATE " + connection_.text_collation());
      if (failed && failed->native_code != 1007) throw ConnectorError(*failed);
    }
  }

  void adopt(const std::vector<types::TableSchema>& tables) override {
    if (tables.empty() || !meta_.enabled()) return;
    std::string statement =
        "INSERT INTO " + meta_.table("target") + " (container, table_name, epoch, run_id, phase, column_fingerprint) VALUES ";
    for (const auto& table : tables) {
      statement += std::string(&table == tables.data() ? "" : ", ") + "(" + quote_text(table.name.container) + ", " +
                   quote_text(table.name.table) + ", 0, " + quote_text(run_id_) + ", 'adopted', " +
                   quote_text(types::column_fingerprint(table)) + ")";
    }
    connection_.execute(statement +
                        " ON DUPLICATE KEY UPDATE column_fingerprint = VALUES(column_fingerprint), pending_epoch = NULL");
  }

  ForeignKeyResult add_foreign_key(const ForeignKeyToAdd& wanted) override {
    failpoint("foreign_keys.before");
    ForeignKeyResult result;
    std::set<std::string> names;
    const bool replaced = connection_.rehearsal() != nullptr && connection_.rehearsal()->is_replaced(wanted.table);
    for (const auto& [table, key] : replaced ? std::vector<ForeignKeyOf>() : held_keys(connection_, {wanted.table})) {
      names.insert(text::ascii_lower(key.name));
      if (same_reference(key, wanted.key)) {
        result.kind = ForeignKeyResult::Kind::present;
        return result;
      }
    }
    auto found = find_orphans(connection_, wanted.table, wanted.key);
    if (found.count > 0) {
      result.kind = ForeignKeyResult::Kind::orphans;
      result.orphans = found.count;
      result.sample = std::move(found.sample);
      return result;
    }
    connection_.execute(
        "SET SESSION foreign_key_checks = 0");  // In place, without copying the table: the rows were checked above.
    const auto failed = connection_.attempt(mysql::add_foreign_key(wanted.table, wanted.key, free_name(wanted)));
    connection_.execute("SET SESSION foreign_key_checks = 1");
    if (failed) throw ConnectorError(*failed);
    return result;
  }

  std::vector<std::pair<ForeignKeyToAdd, ForeignKeyResult>> check_foreign_keys(
      const std::vector<ObjectName>& /*tables*/) override {
    return {};
  }

  void apply_schema(const LoadTable& table) override {
    const auto& name = table.desired.name;
    if (table.existing) {
      meta_.change_live(table, {name.container, sql::staging_name(table.epoch, name)});
    } else {
      connection_.execute(create_table(table.desired, name, Keys::all, connection_.text_collation()));
    }
    const auto live = described(connection_, table.desired);
    if (live.empty()) throw ConnectorError(ErrorKind::missing, "`" + types::to_string(name) + "` is not there after it was made");
    meta_.record_done(table,
                      connection_.rehearsal() != nullptr ? sql::kRehearsedFingerprint : types::column_fingerprint(live.front()),
                      table.existing ? static_cast<std::uint64_t>(std::max<std::int64_t>(live.front().row_estimate, 0)) : 0);
  }

  void end_run() noexcept override {
    if (!locked_) return;
    locked_ = false;
    try {
      run_id_.clear();  // Nothing of this run is alive any more.
      drop_dead_staging();
      if (meta_.enabled()) connection_.execute("DELETE FROM " + meta_.table("session"));
    } catch (const std::exception&) {  // The next run does it.
    }
    release_run_lock(connection_, meta_);
  }

 private:
  bool has_table(const char* meta_table) {
    return !connection_
                .look("SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = " +
                      quote_text(connection_.spec().state_schema) + " AND TABLE_NAME = " + quote_text(meta_table))
                .empty();
  }

  Rehearsed rehearsed_epochs(const std::vector<ObjectName>& tables) const {
    Rehearsed epochs;
    if (connection_.rehearsal() == nullptr) return epochs;
    const auto epoch = std::to_string(connection_.rehearsal()->next_epoch());
    for (const auto& table : tables) epochs.answer.push_back({table.container, table.table, epoch});
    return epochs;
  }

  /// Targets and epochs of the swaps that were announced and never closed, in the columns that `finished_swaps` reads.
  Rows open_swaps() {
    return connection_.query("SELECT container, table_name, NULL, NULL, NULL, NULL, pending_epoch FROM " + meta_.table("target") +
                             " WHERE pending_epoch IS NOT NULL");
  }

  /// Announced progress whose RENAME went through while nobody could record it.
  std::vector<AnnouncedProgress> swapped_progress() {
    auto announced = meta_.progress().announced();
    if (announced.empty()) return announced;
    const Rows rows = open_swaps();
    std::set<std::pair<ObjectName, std::int64_t>> swapped;
    const auto finished = finished_swaps(rows);
    for (const Row& row : rows) {
      const ObjectName target{row[0].value_or(""), row[1].value_or("")};
      if (finished.count(target) > 0) swapped.insert({target, std::stoll(row[6].value_or("0"))});
    }
    const auto other = [&](const auto& one) { return swapped.count({one.record.target, one.epoch}) == 0; };
    announced.erase(std::remove_if(announced.begin(), announced.end(), other), announced.end());
    return announced;
  }

  /// Targets among `rows` whose announced RENAME went through: their staging is gone under its own name.
  std::set<ObjectName> finished_swaps(const Rows& rows) {
    std::vector<ObjectName> stagings;
    std::map<ObjectName, ObjectName> targets;
    for (const Row& row : rows) {
      if (!row[6]) continue;
      const ObjectName target{row[0].value_or(""), row[1].value_or("")};
      const ObjectName staging{target.container, sql::staging_name(std::stoll(*row[6]), target)};
      stagings.push_back(staging);
      targets[staging] = target;
    }
    std::set<ObjectName> finished;
    for (const auto& entry : targets) finished.insert(entry.second);
    if (stagings.empty()) return finished;
    for (const Row& row : connection_.query("SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE " +
                                            name_condition("TABLE_SCHEMA", "TABLE_NAME", stagings))) {
      finished.erase(targets.at({row[0].value_or(""), row[1].value_or("")}));
    }
    return finished;
  }

  /// A run died between announcing a swap and recording it: the catalogue tells which way it went.
  void close_open_swaps() {
    connection_.execute("START TRANSACTION");
    meta_.progress().settle(swapped_progress());
    meta_.progress().drop_announced();
    for (const auto& table : finished_swaps(open_swaps())) {
      connection_.execute(
          "UPDATE " + meta_.table("target") +
          " SET column_fingerprint = pending_fingerprint, row_count = pending_rows, phase = 'done', pending_epoch = NULL WHERE " +
          Meta::is_table(table));
    }
    connection_.execute("UPDATE " + meta_.table("target") +
                        " SET pending_epoch = NULL, phase = 'new' WHERE pending_epoch IS NOT NULL");
    connection_.execute("COMMIT");
  }

  /// The targets whose staging we may drop, each with the epoch of this run that is under way, if any.
  std::map<ObjectName, std::optional<std::int64_t>> own_targets() {
    std::map<ObjectName, std::optional<std::int64_t>> targets;
    if (!meta_.enabled()) {
      for (const auto& [target, epoch] : local_epochs_) targets[target] = run_id_.empty() ? std::nullopt : std::optional(epoch);
      return targets;
    }
    for (const Row& row : connection_.query("SELECT container, table_name, epoch, run_id FROM " + meta_.table("target"))) {
      auto& epoch = targets[{row[0].value_or(""), row[1].value_or("")}];
      if (!run_id_.empty() && row[3] == run_id_) epoch = std::stoll(row[2].value_or("0"));
    }
    return targets;
  }

  /// Staging and replaced tables of our targets, unless they belong to a load of this run that is under way.
  void drop_dead_staging() {
    std::map<std::pair<std::string, std::string>, std::optional<std::int64_t>> ours;
    std::set<std::string> containers;
    for (const auto& [target, epoch] : own_targets()) {
      ours[{target.container, sql::target_hash(target)}] = epoch;
      containers.insert(target.container);
    }
    if (ours.empty()) return;
    std::vector<ObjectName> dead;
    for (const Row& row : connection_.query(
             "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_NAME LIKE 'syncline\\_%' AND " +
             value_condition("TABLE_SCHEMA", {containers.begin(), containers.end()}))) {
      const auto name = sql::parse_staging_name(row[1].value_or(""));
      if (!name) continue;
      const auto own = ours.find({row[0].value_or(""), name->hash});
      if (own == ours.end() || own->second == name->epoch) continue;
      dead.push_back({row[0].value_or(""), row[1].value_or("")});
    }
    if (dead.empty()) return;
    connection_.execute("SET SESSION foreign_key_checks = 0");
    connection_.execute(drop_tables(dead));
    connection_.execute("SET SESSION foreign_key_checks = 1");
  }

  /// Without meta tables: the clock, which never goes back as far as two runs.
  std::vector<std::int64_t> take_local_epochs(const std::vector<ObjectName>& tables) {
    std::int64_t now =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    if (connection_.rehearsal() != nullptr) now = connection_.rehearsal()->next_epoch();
    for (const auto& table : tables) local_epochs_[table] = now;
    drop_dead_staging();
    return std::vector<std::int64_t>(tables.size(), now);
  }

  static bool same_reference(const types::ForeignKey& a, const types::ForeignKey& b) {
    const auto same = [](const std::vector<std::string>& x, const std::vector<std::string>& y) {
      return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                        [](const auto& l, const auto& r) { return text::ascii_iequals(l, r); });
    };
    return a.referenced == b.referenced && same(a.columns, b.columns) && same(a.referenced_columns, b.referenced_columns);
  }

  /// InnoDB wants foreign key names unique per database; other engines do not.
  std::string free_name(const ForeignKeyToAdd& wanted) {
    if (wanted.key.name.empty()) return {};
    const bool taken =
        connection_
            .scalar("SELECT 1 FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = " +
                        quote_text(wanted.table.container) + " AND CONSTRAINT_NAME = " + quote_text(wanted.key.name) + " LIMIT 1",
                    {{}, true})
            .has_value();
    if (!taken) return wanted.key.name;
    const auto longer = wanted.table.table + "_" + wanted.key.name;
    return longer.size() <= 64 ? longer : std::string();
  }

  Connection connection_;
  Meta meta_;
  std::string run_id_;
  std::map<ObjectName, std::int64_t> local_epochs_;  ///< what this run loads, where no table records it
  bool locked_ = false;
};

}  // namespace

std::unique_ptr<TargetState> make_target_state(const ConnectionSpec& spec) {
  return std::make_unique<MysqlTargetState>(spec);
}

}  // namespace syncline::connectors::mysql

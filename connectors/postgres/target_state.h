#pragma once
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "connectors/api/target.h"
#include "connectors/postgres/meta.h"
#include "connectors/postgres/session.h"

namespace syncline::connectors::postgres {

/// The run's state in one PostgreSQL database: run lock, epochs, containers, foreign keys.
class PostgresTargetState final : public TargetState {
 public:
  explicit PostgresTargetState(const ConnectionSpec& spec);
  ~PostgresTargetState() override;
  std::vector<ManagedTable> managed(const std::vector<types::ObjectName>& tables) override;
  std::vector<types::Progress> progress(const std::vector<std::string>& syncs) override;
  std::vector<types::KnownTable> known_tables(const std::vector<std::string>& syncs) override;
  void remember(const std::vector<types::KnownTable>& entries, const std::vector<types::KnownTable>& forgotten) override;
  void begin_run(const RunIdentity& run, std::chrono::seconds wait) override;
  std::vector<std::int64_t> take_epochs(const std::vector<types::ObjectName>& tables, const std::string& plan_hash) override;
  void create_containers(const std::vector<std::string>& containers) override;
  void adopt(const std::vector<types::TableSchema>& tables) override;
  ForeignKeyResult add_foreign_key(const ForeignKeyToAdd& key) override;
  std::vector<std::pair<ForeignKeyToAdd, ForeignKeyResult>> check_foreign_keys(
      const std::vector<types::ObjectName>& tables) override;
  void apply_schema(const LoadTable& table) override;
  void end_run() noexcept override;

 private:
  [[nodiscard]] bool recorded() const { return session_.spec().state_in_target; }
  bool has_table(const std::string& meta_table);
  Rehearsed rehearsed_epochs(const std::vector<types::ObjectName>& tables);
  void make_meta();
  void take_lock(const RunIdentity& run, std::chrono::seconds wait);
  bool try_lock();
  void write_owner(const RunIdentity& run);
  std::string end_dead_owner(const RunIdentity& run);
  void end_sessions_of(const std::string& run_id);
  /// Target hash and epoch of what this run loads.
  [[nodiscard]] std::set<std::pair<std::string, std::int64_t>> living();
  void drop_dead_staging();
  void restore_other_foreign_keys();
  std::vector<ForeignKeyToAdd> dropped_keys();
  void forget_foreign_key(const ForeignKeyToAdd& key);
  bool is_partitioned(const types::ObjectName& table);
  bool foreign_key_present(const ForeignKeyToAdd& key);
  ForeignKeyResult count_orphans(const ForeignKeyToAdd& key);

  Session session_;
  MetaTables meta_;
  std::string run_id_;
  std::map<std::string, std::int64_t> local_epochs_;  ///< by target hash; what this run loads, where no table records it
  bool running_ = false;
};

}  // namespace syncline::connectors::postgres

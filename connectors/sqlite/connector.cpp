#include "connectors/sqlite/dialect.h"
#include "connectors/sqlite/examiner.h"
#include "connectors/sqlite/horizon.h"
#include "connectors/sqlite/introspector.h"
#include "connectors/sqlite/loader.h"
#include "connectors/sqlite/script_session.h"
#include "connectors/sqlite/snapshot.h"
#include "connectors/sqlite/sqlite.h"
#include "connectors/sqlite/stand_in.h"
#include "connectors/sqlite/target_state.h"

namespace syncline::connectors {
namespace {

class SqliteConnector final : public Connector {
 public:
  [[nodiscard]] const EngineInfo& info() const override { return sqlite_engine(); }
  [[nodiscard]] const Dialect& dialect() const override { return sqlite::dialect(); }
  [[nodiscard]] std::unique_ptr<Introspector> open_introspector(const ConnectionSpec& spec) const override {
    return sqlite::make_introspector(spec);
  }
  [[nodiscard]] std::unique_ptr<Snapshot> open_snapshot(const ConnectionSpec& spec,
                                                        const SnapshotRequest& request) const override {
    return sqlite::make_snapshot(spec, request);
  }
  [[nodiscard]] std::unique_ptr<Horizon> open_horizon(const ConnectionSpec& spec) const override {
    return sqlite::make_horizon(spec);
  }
  [[nodiscard]] std::unique_ptr<Examiner> open_examiner(const ConnectionSpec& spec) const override {
    return sqlite::make_examiner(spec);
  }
  [[nodiscard]] std::unique_ptr<TargetState> open_target_state(const ConnectionSpec& spec) const override {
    return sqlite::make_target_state(spec);
  }
  [[nodiscard]] std::unique_ptr<ScriptSession> open_script_session(const ConnectionSpec& spec) const override {
    return sqlite::make_script_session(spec);
  }
  [[nodiscard]] std::unique_ptr<Loader> open_loader(const ConnectionSpec& spec, const RunIdentity& /*run*/) const override {
    return sqlite::make_loader(spec);
  }
  [[nodiscard]] std::shared_ptr<void> stand_in(ConnectionSpec& spec,
                                               const std::vector<types::TableSchema>& tables) const override {
    return sqlite::make_stand_in(spec, tables);
  }
};

}  // namespace

const Connector& sqlite_connector() {
  static const SqliteConnector connector;
  return connector;
}

}  // namespace syncline::connectors

#include "connectors/mysql/dialect.h"
#include "connectors/mysql/examiner.h"
#include "connectors/mysql/horizon.h"
#include "connectors/mysql/introspector.h"
#include "connectors/mysql/loader.h"
#include "connectors/mysql/mysql.h"
#include "connectors/mysql/script_session.h"
#include "connectors/mysql/snapshot.h"
#include "connectors/mysql/target_state.h"

namespace syncline::connectors {
namespace {

class MysqlConnector final : public Connector {
 public:
  [[nodiscard]] const EngineInfo& info() const override { return mysql_engine(); }
  [[nodiscard]] const Dialect& dialect() const override { return mysql::dialect(); }
  [[nodiscard]] std::unique_ptr<Introspector> open_introspector(const ConnectionSpec& spec) const override {
    return mysql::make_introspector(spec);
  }
  [[nodiscard]] std::unique_ptr<Snapshot> open_snapshot(const ConnectionSpec& spec,
                                                        const SnapshotRequest& request) const override {
    return mysql::make_snapshot(spec, request);
  }
  [[nodiscard]] std::unique_ptr<Horizon> open_horizon(const ConnectionSpec& spec) const override {
    return mysql::make_horizon(spec);
  }
  [[nodiscard]] std::unique_ptr<Examiner> open_examiner(const ConnectionSpec& spec) const override {
    return mysql::make_examiner(spec);
  }
  [[nodiscard]] std::unique_ptr<TargetState> open_target_state(const ConnectionSpec& spec) const override {
    return mysql::make_target_state(spec);
  }
  [[nodiscard]] std::unique_ptr<ScriptSession> open_script_session(const ConnectionSpec& spec) const override {
    return mysql::make_script_session(spec);
  }
  [[nodiscard]] std::unique_ptr<Loader> open_loader(const ConnectionSpec& spec, const RunIdentity& run) const override {
    return mysql::make_loader(spec, run);
  }
};

}  // namespace

const Connector& mysql_connector() {
  static const MysqlConnector connector;
  return connector;
}

}  // namespace syncline::connectors

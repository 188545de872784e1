#include "connectors/postgres/dialect.h"
#include "connectors/postgres/examiner.h"
#include "connectors/postgres/horizon.h"
#include "connectors/postgres/introspector.h"
#include "connectors/postgres/loader.h"
#include "connectors/postgres/postgres.h"
#include "connectors/postgres/script_session.h"
#include "connectors/postgres/snapshot.h"
#include "connectors/postgres/target_state.h"

namespace syncline::connectors {
namespace {

class PostgresConnector final : public Connector {
 public:
  PostgresConnector() { postgres::clear_environment(); }
  [[nodiscard]] const EngineInfo& info() const override { return postgres_engine(); }
  [[nodiscard]] const Dialect& dialect() const override { return postgres::dialect(); }
  [[nodiscard]] std::unique_ptr<Introspector> open_introspector(const ConnectionSpec& spec) const override {
    return std::make_unique<postgres::PostgresIntrospector>(spec);
  }
  [[nodiscard]] std::unique_ptr<Snapshot> open_snapshot(const ConnectionSpec& spec,
                                                        const SnapshotRequest& request) const override {
    return std::make_unique<postgres::ExportedSnapshot>(spec, request);
  }
  [[nodiscard]] std::unique_ptr<Horizon> open_horizon(const ConnectionSpec& spec) const override {
    return postgres::make_horizon(spec);
  }
  [[nodiscard]] std::unique_ptr<Examiner> open_examiner(const ConnectionSpec& spec) const override {
    return postgres::make_examiner(spec);
  }
  [[nodiscard]] std::unique_ptr<TargetState> open_target_state(const ConnectionSpec& spec) const override {
    return std::make_unique<postgres::PostgresTargetState>(spec);
  }
  [[nodiscard]] std::unique_ptr<ScriptSession> open_script_session(const ConnectionSpec& spec) const override {
    return postgres::make_script_session(spec);
  }
  [[nodiscard]] std::unique_ptr<Loader> open_loader(const ConnectionSpec& spec, const RunIdentity& run) const override {
    return std::make_unique<postgres::PostgresLoader>(spec, run);
  }
};

}  // namespace

const Connector& postgres_connector() {
  static const PostgresConnector connector;
  return connector;
}

}  // namespace syncline::connectors

#include "runtime/rehearse/ends.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "runtime/rehearse/rehearsed_sessions.h"

namespace syncline::rehearse {
namespace {

using connectors::ConnectionSpec;

/// Of the target, which a rehearsal may have made only on paper.
class PlannedTables final : public connectors::Introspector {
 public:
  PlannedTables(connectors::ServerInfo server, const types::TableSchema& made) : server_(std::move(server)), made_(made) {}
  connectors::ServerInfo server() override { return server_; }
  std::vector<std::string> containers() override { return {}; }
  std::vector<connectors::ListedObject> list(const std::vector<std::string>& /*containers*/) override { return {}; }
  std::vector<types::TableSchema> describe(const std::vector<types::ObjectName>& names) override {
    const bool asked = std::find(names.begin(), names.end(), made_.name) != names.end();
    return asked ? std::vector<types::TableSchema>{made_} : std::vector<types::TableSchema>();
  }
  std::vector<connectors::MissingRight> missing_write_rights(const std::vector<std::string>& /*containers*/) override {
    return {};
  }
  bool hold_mark(std::uint64_t /*mark*/) override { return false; }
  bool sees_mark(std::uint64_t /*mark*/) override { return false; }
  std::string place() override { return {}; }

 private:
  connectors::ServerInfo server_;
  types::TableSchema made_;
};

class RehearsedConnector final : public connectors::Connector {
 public:
  RehearsedConnector(const connectors::Connector& real, std::shared_ptr<connectors::Transcript> transcript, bool asks,
                     std::vector<End> ends, Assumptions assumed)
      : real_(real), transcript_(std::move(transcript)), asks_(asks), ends_(std::move(ends)), assumed_(std::move(assumed)) {}

  [[nodiscard]] const connectors::EngineInfo& info() const override { return real_.info(); }
  [[nodiscard]] const connectors::Dialect& dialect() const override { return real_.dialect(); }

  [[nodiscard]] std::unique_ptr<connectors::Introspector> open_introspector(const ConnectionSpec& spec) const override {
    connectors::ServerInfo server = end_of(spec).server;
    if (asks_) server = real_.open_introspector(spec)->server();
    return std::make_unique<PlannedTables>(std::move(server), assumed_.made);
  }
  [[nodiscard]] std::unique_ptr<connectors::Snapshot> open_snapshot(const ConnectionSpec& spec,
                                                                    const connectors::SnapshotRequest& request) const override {
    transcript_->begin_load();
    return wrap(real_.open_snapshot(rehearsed(spec), request), place_of(spec));
  }
  [[nodiscard]] std::unique_ptr<connectors::Horizon> open_horizon(const ConnectionSpec& spec) const override {
    transcript_->begin_load();
    return wrap(real_.open_horizon(rehearsed(spec)), place_of(spec));
  }
  [[nodiscard]] std::unique_ptr<connectors::TargetState> open_target_state(const ConnectionSpec& spec) const override {
    return real_.open_target_state(rehearsed(spec));
  }
  [[nodiscard]] std::unique_ptr<connectors::ScriptSession> open_script_session(const ConnectionSpec& spec) const override {
    return real_.open_script_session(rehearsed(spec));
  }
  [[nodiscard]] std::unique_ptr<connectors::Loader> open_loader(const ConnectionSpec& spec,
                                                                const connectors::RunIdentity& run) const override {
    return wrap(real_.open_loader(rehearsed(spec), run), place_of(spec));
  }

 private:
  struct Prepared {
    ConnectionSpec spec;
    std::shared_ptr<void> stand_in;
  };

  [[nodiscard]] const End& end_of(const ConnectionSpec& spec) const {
    const auto found = std::find_if(ends_.begin(), ends_.end(), [&](const End& end) { return end.connection == spec.name; });
    return found == ends_.end() ? ends_.front() : *found;
  }
  [[nodiscard]] Place place_of(const ConnectionSpec& spec) const {
    return {spec.name, end_of(spec).of_source, *transcript_, assumed_};
  }

  /// The connection with its rehearsal, made once.
  [[nodiscard]] ConnectionSpec rehearsed(const ConnectionSpec& spec) const {
    const std::lock_guard lock(mutex_);
    const auto known = prepared_.find(spec.name);
    if (known != prepared_.end()) return known->second.spec;
    const End& end = end_of(spec);
    Prepared made{spec, nullptr};
    made.spec.allow_writes = made.spec.allow_writes || !end.of_source;
    made.spec.rehearsal = std::make_shared<connectors::Rehearsal>(transcript_, spec.name, end.of_source, asks_, end.server);
    made.stand_in = real_.stand_in(made.spec, end.tables);
    return prepared_.emplace(spec.name, std::move(made)).first->second.spec;
  }

  const connectors::Connector& real_;
  std::shared_ptr<connectors::Transcript> transcript_;
  bool asks_;
  std::vector<End> ends_;
  Assumptions assumed_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Prepared> prepared_;
};

}  // namespace

RehearsalRegistry::RehearsalRegistry(const connectors::Registry& real, std::shared_ptr<connectors::Transcript> transcript,
                                     bool asks, std::vector<End> ends, Assumptions assumed)
    : real_(real) {
  for (const std::string& name : real.names()) {
    if (const connectors::Connector* connector = real.connector(name))
      connectors_[name] = std::make_unique<RehearsedConnector>(*connector, transcript, asks, ends, assumed);
  }
}

RehearsalRegistry::~RehearsalRegistry() = default;

const connectors::Connector* RehearsalRegistry::connector(std::string_view engine) const {
  const auto found = connectors_.find(engine);
  return found == connectors_.end() ? nullptr : found->second.get();
}

}  // namespace syncline::rehearse

#pragma once
#include <chrono>
#include <memory>
#include <thread>

#include "connectors/api/connector.h"

namespace syncline::exec {

/// The run's state in one target, with its lock. A session that gets lost is opened again and takes the lock again. One thread.
class StateSession {
 public:
  StateSession(const connectors::Connector& connector, const connectors::ConnectionSpec& spec, connectors::RunIdentity identity,
               std::chrono::seconds wait)
      : connector_(connector), spec_(spec), identity_(std::move(identity)), wait_(wait) {}
  ~StateSession() { end(); }
  StateSession(const StateSession&) = delete;
  StateSession& operator=(const StateSession&) = delete;

  /// Opens the session and takes the lock. Throws ConnectorError.
  void begin();
  /// Does `work(TargetState&)`, again after transient errors (`work` must be repeatable). Throws ConnectorError.
  template <class Work>
  auto with(const Work& work) {
    for (int tried = 1;; ++tried) {
      try {
        if (!state_) begin();
        return work(*state_);
      } catch (const connectors::ConnectorError& error) {
        if (!worth_another(error, tried)) throw;
      }
    }
  }
  void end() noexcept;
  /// Another run held the lock when this one came: what was planned before may be out of date.
  [[nodiscard]] bool waited() const { return waited_; }
  /// False with `state = local`.
  [[nodiscard]] bool in_target() const { return spec_.state_in_target; }
  [[nodiscard]] const connectors::RunIdentity& identity() const { return identity_; }

 private:
  void open(std::chrono::seconds wait);
  /// After a transient error: drops the session when it is dead, waits a moment, says whether to try again. A living session is
  /// kept: ending it would end the run for its loaders.
  bool worth_another(const connectors::ConnectorError& error, int tried);

  const connectors::Connector& connector_;
  const connectors::ConnectionSpec& spec_;
  connectors::RunIdentity identity_;
  std::chrono::seconds wait_;
  bool waited_ = false;
  std::unique_ptr<connectors::TargetState> state_;
};

}  // namespace syncline::exec

#pragma once
#include <string>
#include <vector>

#include "runtime/exec/run_context.h"
#include "runtime/exec/state_session.h"
#include "runtime/exec/table_job.h"

namespace syncline::exec {

class Hooks;

/// Everything of a run that goes into one target connection: lock, containers, epochs, loads, foreign keys, unlock.
class TargetRun {
 public:
  TargetRun(RunContext& context, std::string connection, std::vector<TableJob*> jobs);
  /// Throws nothing: every failure is on the board.
  void execute() noexcept;

 private:
  bool stopped_before();
  void prepare();
  void prepare_sources();
  void create_and_adopt(StateSession& state);
  void take_epochs(StateSession& state);
  void remember_target_rows(connectors::TargetState& state);
  void apply_schemas(StateSession& state, Hooks& hooks);
  void load(StateSession& state, Hooks& hooks);
  void execute_with_state();
  void refuse(const std::string& connection, diag::Diagnostic diagnostic, const std::vector<TableJob*>& jobs);
  void refuse_all(const connectors::ConnectorError& error);
  [[nodiscard]] std::vector<TableJob*> waiting(bool schema_only) const;

  RunContext& context_;
  std::string connection_;
  std::vector<TableJob*> jobs_;
  const connectors::Connector* connector_ = nullptr;
  connectors::ConnectionSpec spec_;
};

}  // namespace syncline::exec

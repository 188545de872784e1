#pragma once
#include <optional>
#include <string>
#include <vector>

#include "connectors/api/connector.h"
#include "runtime/exec/run_context.h"
#include "runtime/exec/table_job.h"

namespace syncline::exec {

/// The script's own statements on one target (BEFORE, AFTER). Each list has a session of its own; each statement runs once, again
/// only when the server has rolled it back in favour of others. Throws nothing: a failure is a diagnostic. Thread-safe.
class Hooks {
 public:
  Hooks(RunContext& context, const connectors::Connector& connector, const connectors::ConnectionSpec& spec)
      : context_(context), connector_(connector), spec_(spec) {}

  /// BEFORE TABLE of one load, unless an earlier try has done it.
  std::optional<diag::Diagnostic> before_table(TableJob& job, int attempt, const Watch* watch);
  /// AFTER TABLE of a load that is published. Adds to `notes` what was done.
  std::optional<diag::Diagnostic> after_table(const TableJob& job, int attempt, const Watch* watch,
                                              std::vector<std::string>& notes);

  /// BEFORE RUN of the syncs of these jobs; those of a sync whose hook failed are skipped and taken out.
  void before_run(std::vector<TableJob*>& jobs);
  /// AFTER RUN of each sync whose tables are all done.
  void after_run(const std::vector<TableJob*>& jobs);

 private:
  struct Call {
    const std::vector<plan::Hook>& hooks;
    const plan::Sync& sync;
    const TableJob* job;  ///< null: of the run
    expr::Environment environment;
    const Watch* watch;
  };
  std::optional<diag::Diagnostic> run(const Call& call, std::vector<std::string>& notes);
  std::uint64_t execute(connectors::ScriptSession& session, const plan::Hook& hook, const Call& call);
  [[nodiscard]] diag::Diagnostic failed(const plan::Hook& hook, const Call& call, const std::string& why,
                                        const connectors::ConnectorError* error) const;
  [[nodiscard]] expr::Environment of_run(const std::vector<TableJob*>& jobs, const plan::Sync& sync) const;
  [[nodiscard]] bool all_done(const plan::Sync& sync) const;

  RunContext& context_;
  const connectors::Connector& connector_;
  const connectors::ConnectionSpec& spec_;
};

}  // namespace syncline::exec

#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "compiler/diag/diagnostic.h"
#include "compiler/plan/plan.h"
#include "connectors/api/registry.h"
#include "connectors/api/rehearsal.h"

/// What a run would send for one table, statement by statement: the run itself, over sessions that write down instead of sending.
namespace syncline::rehearse {

struct Options {
  std::int64_t started_at = 0;  ///< microseconds since 2000-01-01 UTC
  bool adopt = false;           ///< as run --adopt
  /// Questions to the catalogues are asked (read-only); else nothing is connected to, and secrets are not needed.
  bool asks = true;
  std::map<std::string, connectors::ServerInfo> servers;  ///< by connection, where they are not asked
};

/// The statements of one table of a sync, in order.
struct Rehearsed {
  std::vector<connectors::RehearsedStatement> statements;
  std::vector<diag::Diagnostic> errors;  ///< why the run would stop
};

/// Writes nothing to source or target. `sync` and `table` are of `plan`.
Rehearsed rehearse(const plan::Plan& plan, const plan::Sync& sync, const plan::Table& table, const connectors::Registry& registry,
                   const Options& options);

}  // namespace syncline::rehearse

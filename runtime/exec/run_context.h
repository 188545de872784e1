#pragma once
#include <map>
#include <vector>

#include "runtime/exec/board.h"
#include "runtime/exec/run.h"
#include "runtime/exec/sources.h"
#include "stdlib/expr/evaluate.h"

namespace syncline::exec {

/// What every part of a run shares. The last three are written by the run's own thread only.
struct RunContext {
  const plan::Plan& plan;
  const connectors::Registry& registry;
  const RunOptions& options;
  Interrupt& interrupt;
  Board& board;
  const expr::Environment& environment;  ///< parameters of the run
  Sources& sources;
  const std::map<const plan::Sync*, std::vector<TableId>>& tables_of;  ///< all loads of a sync, on the board
  bool unreachable = false;
  bool refused = false;
  std::string stop_reason;  ///< not empty: `on_table_failure = stop` has struck
};

/// Sessions we may hold: the plan's limit, but never more than half of what the server would still take (DECISIONS 35).
int allowed_sessions(const connectors::Connector& connector, const connectors::ConnectionSpec& spec, int limit);

}  // namespace syncline::exec

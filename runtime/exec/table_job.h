#pragma once
#include <chrono>
#include <optional>
#include <vector>

#include "compiler/plan/plan.h"
#include "connectors/api/connector.h"
#include "runtime/exec/board.h"
#include "runtime/exec/failures.h"
#include "runtime/exec/watch.h"
#include "stdlib/expr/evaluate.h"

namespace syncline::exec {

/// One load of one table in this run: its plan, and what connectors are asked.
struct TableJob {
  TableId id = 0;
  const plan::Sync* sync = nullptr;
  const plan::Table* plan = nullptr;
  const plan::Load* step = nullptr;  ///< null: LOAD SCHEMA
  TableJob* next = nullptr;          ///< the load of the same table that follows; null: none
  bool follows = false;              ///< an earlier load of the table comes first
  expr::Environment instance;        ///< parameters with those of the load's instance, in the clock of its schedule
  expr::ExprPtr filter;              ///< portable part of the condition, before an increment narrows it
  connectors::ReadRequest read;
  connectors::LoadTable load;
  std::int64_t target_rows = -1;  ///< of the last finished load, -1: unknown or none
  bool prepared = false;          ///< its BEFORE hooks have run
  bool committed = false;
  bool untouched = false;  ///< done, because there was nothing to read: its columns are as they were
  /// MERGE SHARDS: what each source table of the group reads; all of it goes into this job's one load. Empty: `read` is all.
  std::vector<TableJob> members;
  bool reads = true;  ///< a member: it has rows for this load
};

/// Tables that are loaded in one session and published in one step.
struct Unit {
  std::vector<TableJob*> tables;  ///< of one sync and one snapshot group
  int attempt = 1;                ///< ERRORS (retries) counts these
  int redo = 0;                   ///< immediate repetitions of this attempt
  std::chrono::steady_clock::time_point not_before{};
};

/// Why a unit was not published. The target's content is as before, unless `in_doubt`.
struct UnitFailure {
  diag::Diagnostic diagnostic;
  std::optional<connectors::ErrorKind> kind;  ///< of a connector's error
  Stop stopped = Stop::none;
  Side side = Side::target;
  std::size_t table = 0;   ///< index in the unit: where it happened
  bool overtaken = false;  ///< a load that comes before it was not there: read again, which counts as no attempt
  bool in_doubt = false;   ///< lost while publishing rows that a repetition would add again
};

}  // namespace syncline::exec

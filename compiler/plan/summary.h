#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "compiler/plan/plan.h"
#include "stdlib/expr/evaluate.h"

namespace syncline::plan {

/// How many tables get which action, and the warnings and errors of all.
struct Summary {
  std::map<Action, std::size_t> actions;
  std::size_t tables = 0;
  std::size_t errors = 0;
  std::size_t warnings = 0;
  bool adoption = false;  ///< some table needs --adopt
};
Summary summarize(const Plan& plan);

/// Whether a run of this plan would write anything. LOAD SCHEMA onto a table that has all columns would not.
bool has_changes(const Plan& plan);

/// "3 to create, 2 to replace, 1 blocked"; "nothing to do".
std::string counts_text(const Summary& summary);

/// "1 table", "3 tables".
std::string counted(std::uint64_t count, std::string_view singular);

/// "SY5016 index `x` of `t` is left out: …".
std::string finding_text(const diag::Diagnostic& finding);

/// The source of a table: "shop.orders", or "shop.orders_0 and 3 more" of a shard group.
std::string source_text(const Table& table);

/// Where the rows of a table go and how: "create, about 1,234 rows, in one transaction".
std::string way_text(const Table& table);

/// "2026-11-19 00:00 → 2026-11-20 00:00 Asia/Shanghai": the window of a load, in the clock of its schedule.
std::string window_text(const Load& load);
/// What stands behind the unit's address for one instance of several: "@2026-11-20T00:30"; empty for a load without a window.
std::string instance_text(const Load& load);

/// "BEFORE TABLE ON TARGET: DELETE FROM {target.table} WHERE ds = :ds": on one line.
std::string hook_text(const Hook& hook);

/// What to do where increments along a column read the whole table.
std::string index_help(const std::string& column);

/// `run` with the values of one load: :scheduled_at, :window_start, :window_end, :bizdate, in the clock of its schedule.
expr::Environment instance_environment(expr::Environment run, const Load& load);

/// `mysql:shop`, or the engine alone when the connection is not in the plan.
std::string connection_text(const Plan& plan, const std::string& connection);

}  // namespace syncline::plan

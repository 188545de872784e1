#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "compiler/plan/plan.h"

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

/// Where the rows of a table go and how: "create, about 1,234 rows, in one transaction".
std::string way_text(const Table& table);

/// `mysql:shop`, or the engine alone when the connection is not in the plan.
std::string connection_text(const Plan& plan, const std::string& connection);

}  // namespace syncline::plan

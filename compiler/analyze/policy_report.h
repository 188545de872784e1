#pragma once
#include "compiler/analyze/analyze.h"
#include "compiler/policy_report.h"

namespace syncline::analyze {

/// The policy of `table` in each sync of the unit that copies it; SY1026 when none does.
std::vector<compiler::TablePolicy> policies_of(const bound::Unit& unit, const std::string& table, compiler::Result& result);

/// What a clause that replaces others as a whole says behind its keyword, on one line: "FULL WRITE RECREATE".
std::string clause_text(const ast::Clause& clause);

/// Keys of LIMITS or ERRORS in their order, with what they are when nobody sets them: "page_size", "none".
struct OptionDefault {
  std::string key;
  std::string value;
};
std::vector<OptionDefault> option_defaults(ast::ClauseKind group);

}  // namespace syncline::analyze

#pragma once
#include "compiler/analyze/context.h"

/// Keys of LIMITS and ERRORS (LANGUAGE 2.7, DECISIONS 20): one table of names, types and what each sets.
namespace syncline::analyze {

/// Sets one key of `policy` with its origin; SY1017, SY1018. A key without effect in this version joins `not_built`.
void apply_option(bound::Policy& policy, ast::ClauseKind group, const ast::Setting& setting, const std::string& level,
                  diag::Sink& sink);

}  // namespace syncline::analyze

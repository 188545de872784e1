#pragma once
#include <string>
#include <vector>

#include "compiler/analyze/context.h"

/// One clause over a policy: replace, or merge by key (LANGUAGE 2.2).
namespace syncline::analyze {

/// `clause` has its templates expanded and its settings resolved. `level` names where it stands: "DEFAULTS", "SYNC".
void apply_clause(bound::Policy& policy, const ast::Clause& clause, const std::string& level, diag::Sink& sink);

/// A BEFORE or AFTER clause.
bound::Hook hook_of(const ast::Clause& clause, const bound::Origin& origin);

/// What a clause sets, one key per thing that a later level may set again: "LOAD", "LIMITS page_size", "COLUMNS note MASK".
std::vector<std::string> keys_of(const ast::Clause& clause);

/// Replaces the entries of `key`.
void set_not_built(bound::Policy& policy, const std::string& key, std::vector<bound::NotBuilt> entries);

/// Clauses whose parts merge by key; all others replace.
bool merges(ast::ClauseKind kind);

}  // namespace syncline::analyze

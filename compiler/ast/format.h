#pragma once
#include <string>

#include "compiler/ast/statement.h"

namespace syncline::ast {

/// The canonical form (LANGUAGE 2.7 fmt): clause order of the grammar, 120 columns, upper keywords, no alignment, a trailing
/// comma forces one item per line, comments stay where they were. Idempotent. Only for scripts that parsed without errors.
std::string format(const Script& script, const source::SourceSet& sources);

}  // namespace syncline::ast

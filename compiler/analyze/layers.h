#pragma once
#include <string>
#include <vector>

#include "compiler/analyze/context.h"

/// Clauses of a sync from its lowest level to its highest: DEFAULTS, USING, the body.
namespace syncline::analyze {

/// A clause with templates expanded and `:name` settings resolved, and the level it stands on.
struct Layer {
  ast::Clause clause;
  std::string level;
};

/// DEFAULTS, then the templates that `clauses` uses, then `clauses` themselves as `level`. SY1001, SY1024, SY1025.
std::vector<Layer> layers_of(Context& context, const std::vector<ast::Clause>& clauses, const std::string& level);
/// The same without DEFAULTS: for OVERRIDE.
std::vector<Layer> override_layers(Context& context, const std::vector<ast::Clause>& clauses, const std::string& level);
/// Clauses that may not stand in DEFAULTS, TEMPLATE or OVERRIDE (SY1028); one clause in two DEFAULTS (SY0004).
void check_places(Context& context);

}  // namespace syncline::analyze

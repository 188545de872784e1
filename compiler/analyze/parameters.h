#pragma once
#include <string_view>

#include "compiler/analyze/context.h"

namespace syncline::analyze {

/// :started_at, :run_id and the other names that need no PARAM.
bool is_predeclared(std::string_view name);
std::vector<std::string> predeclared_names();
/// Those that each instance of a schedule has its own value of: :scheduled_at, :bizdate, :window_start, :window_end.
bool is_instance_name(std::string_view name);
/// The typed reference: type and phase; a constant (phase run) where `unit.parameters` already holds its value. Null: no such
/// name.
expr::ExprPtr predeclared(std::string_view name, const bound::Unit* unit);

/// SY1021 at a `:name`, with the closest name of `known` (without colons) as a fix.
diag::Diagnostic unknown_parameter(std::string_view name, const source::Span& span, std::vector<std::string> known);

/// env:NAME or file:PATH. Anything else is reported (SY6006, and `vault:` joins `not_built`).
bool check_secret(const ast::Secret& secret, std::vector<bound::NotBuilt>& not_built, diag::Sink& sink);

/// Parameters that have neither default nor --param value (SY1022); for compile().
void require_values(const bound::Unit& unit, diag::Sink& sink);

}  // namespace syncline::analyze

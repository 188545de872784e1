#pragma once
#include <cstdint>

#include "compiler/diag/diagnostic.h"
#include "compiler/plan/plan.h"
#include "connectors/api/registry.h"

namespace syncline::examine {

/// What the sources of a plan with specimens (check --online) say of the statements that would read their tables: SY8006, SY8007,
/// SY8008, SY9321. They are parsed and planned there, nothing is executed. A connection that fails is asked no more.
/// `started_at`: now, microseconds since 2000-01-01 UTC.
void examine_sources(const plan::Plan& plan, const connectors::Registry& registry, std::int64_t started_at, diag::Sink& sink);

}  // namespace syncline::examine

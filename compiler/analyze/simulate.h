#pragma once
#include "compiler/analyze/analyze.h"
#include "compiler/simulation.h"

namespace syncline::analyze {

/// The instances that each sync's schedule asks for on the days `options.from` to `options.to`, both included, by the sync's
/// zone.
std::vector<compiler::Simulation> simulate(const bound::Unit& unit, const compiler::Options& options);

}  // namespace syncline::analyze

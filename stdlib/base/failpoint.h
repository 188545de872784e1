#pragma once
#include <stdexcept>
#include <string_view>

namespace syncline {

/// Thrown by a failpoint armed with `error`.
struct FailpointError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A named place where a test may make the process die, fail or stall. Armed by the environment:
/// `SYNCLINE_FAILPOINTS="swap.before=kill@3;load.chunk=error;index.before=stall(5)"` (action at the n-th hit, default 1).
/// Costs one relaxed load when nothing is armed. Names in use: tests/faults/README.md.
void failpoint(std::string_view name);
/// Arms these instead of what is armed, counting hits from now: for tests within one process. Empty: none.
void arm_failpoints(std::string_view list);

}  // namespace syncline

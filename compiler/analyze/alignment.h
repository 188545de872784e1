#pragma once
#include "compiler/analyze/analyze.h"

namespace syncline::analyze {

/// The alignment proof (LANGUAGE 2.6, codes SY4xxx): evaluates every instance of the four years from `options.started_at` and
/// reports what windows, conditions, partitions and schedules do to rows, each with a date on which it happens.
void check_alignment(const bound::Unit& unit, const compiler::Options& options, compiler::Result& result);

/// Its part about triggers: clock times and days that do not come (SY4011), syncs that start together (SY4010).
void check_schedules(const bound::Unit& unit, const compiler::Options& options, compiler::Result& result);

/// The span that is proved.
schedule::Window proved_span(const compiler::Options& options);

}  // namespace syncline::analyze

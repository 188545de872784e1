#pragma once
#include "compiler/analyze/context.h"

/// Rules that can never act, as far as patterns alone decide (no catalogue): SY7005 (OVERRIDE), SY7006 (EXCEPT), SY7007
/// (COLUMNS); and tables named in full that two equal OVERRIDEs set (SY1014).
namespace syncline::analyze {

void check_rule_coverage(Context& context, const bound::Sync& sync);

}  // namespace syncline::analyze

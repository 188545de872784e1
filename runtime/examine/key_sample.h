#pragma once
#include <cstdint>
#include <optional>

#include "compiler/plan/plan.h"

namespace syncline::examine {

/// The condition of an increment by key without a watermark: a short stretch where the keys end, as increments read it. No value
/// is asked of a database. Null: a column has no such values.
expr::ExprPtr key_sample(const plan::KeyIncrement& key, bool with_nulls, std::int64_t now);

}  // namespace syncline::examine

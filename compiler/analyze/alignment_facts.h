#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/analyze/stretches.h"
#include "stdlib/types/schema.h"

/// What four years of instances show about windows and partitions: facts without a script's words. LANGUAGE 2.6.
namespace syncline::analyze {

struct PartitionValue {
  std::string column;
  expr::ExprPtr value;  ///< null: derived from each row by `unit`
  std::optional<schedule::Unit> unit;
};

/// What is evaluated for every instance.
struct Subject {
  std::string zone;
  const types::Zone* clock = nullptr;
  std::string schedules;                          ///< their names: equal ones have equal instances
  std::span<const schedule::Instance> instances;  ///< in order
  TypedBounds bounds;
  std::vector<PartitionValue> partitions;
  std::optional<types::NativePartitions>
      ranges;  ///< of the bounded column, which rows replace whole: OVERWRITE PARTITION by RANGE
};

/// Two instances of which the second is the next one, or meets the first one in a partition.
struct Pair {
  schedule::Instance first, second;
  Stretch read_first, read_second;
};

/// Rows of `read` that go where `value` names `unit`.
struct Misplaced {
  schedule::Instance instance;
  Stretch read;
  std::string column, value;
  bool varies = false;  ///< by how much differs from instance to instance
};

/// An instance whose stretch begins or ends within a unit of a partition that each row names itself.
struct OffBoundary {
  schedule::Instance instance;
  Stretch read;
  std::string column;
  schedule::Unit unit = schedule::Unit::day;
};

/// An instance that reads a part of a range only, by the zone's clock.
struct OffRange {
  schedule::Instance instance;
  Stretch read;
};

struct Facts {
  bool timed = true;  ///< the bounds are times
  std::optional<Pair> gap, overlap;
  std::optional<Pair> touch;             ///< both include the instant where they meet
  std::optional<Pair> shared_partition;  ///< all values that are known per run are equal
  std::optional<Pair> shared_bizdate;    ///< equal :bizdate, other windows
  std::optional<Misplaced> misplaced;
  std::optional<OffBoundary> off_boundary;
  std::optional<OffRange> off_range;
  bool lower_is_window = true;  ///< lower bound = :window_start, always
  bool upper_is_window = true;  ///< upper bound = :window_end, always
  bool by_row = false;          ///< some partition value comes from each row
  bool windows_meet = true;     ///< the windows themselves do
};

/// Throws expr::EvaluationError when a value cannot be known before the run.
Facts facts_of(const Subject& subject);

}  // namespace syncline::analyze

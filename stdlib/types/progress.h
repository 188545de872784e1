#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "stdlib/types/load.h"
#include "stdlib/types/schema.h"

namespace syncline::types {

/// How far the loads of one unit have come. Kept in the target and written in the transaction that publishes the rows it speaks
/// of, so that rows and progress never part (RELIABILITY B10). A unit is one source table of one sync into one target table.
/// Identity of a record: sync, unit, target, phase, lower, upper; one written again replaces the older.
struct Progress {
  Phase phase = Phase::full;
  std::string sync;
  std::string unit;  ///< the source table: "shop.orders"
  ObjectName target;
  /// Instants, microseconds since 2000-01-01 UTC. full: the hand-over, which is the start of the first window, and 0; window: its
  /// start and its end (exclusive); key: 0 and 0.
  std::int64_t lower = 0;
  std::int64_t upper = 0;
  std::vector<std::string> key_columns;  ///< phase key, and full where a key increment follows: the columns of `watermark`
  /// Every row up to here (included) is in the target. Each value as the canonical text of its column (types::to_text of the
  /// value; naive times as they are, instants in UTC). Empty: no row yet.
  std::vector<std::string> watermark;
  std::string run_id;  ///< of the run that did it
  std::int64_t rows = 0;
  bool operator==(const Progress&) const = default;
};

}  // namespace syncline::types

#pragma once
#include <string>

#include "stdlib/types/schema.h"

namespace syncline::types {

/// One entry of a sync's list of known tables, kept in its target: what the source looked like when the table was last copied.
/// Identity: sync and source. The entry without a source table stands for the sync itself: that the list has been begun.
struct KnownTable {
  std::string sync;
  ObjectName source;
  ObjectName target;
  /// Text of the planner, opaque to connectors: the columns that were copied; of the sync itself, its TABLES.
  std::string shape;
  std::string run_id;  ///< of the run that wrote it
  bool operator==(const KnownTable&) const = default;
};

}  // namespace syncline::types

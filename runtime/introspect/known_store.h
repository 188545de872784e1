#pragma once
#include <string>
#include <vector>

#include "stdlib/types/known_table.h"

namespace syncline::introspect {

/// The lists of known tables of targets that hold no state (`state = local`). One thread.
class KnownStore {
 public:
  virtual ~KnownStore() = default;
  /// Empty where nothing was written yet, and where it cannot be read.
  virtual std::vector<types::KnownTable> known_tables(const std::vector<std::string>& syncs) = 0;
  /// All or none. Throws std::runtime_error.
  virtual void remember(const std::vector<types::KnownTable>& entries, const std::vector<types::KnownTable>& forgotten) = 0;
};

}  // namespace syncline::introspect

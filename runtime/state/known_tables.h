#pragma once
#include <string>

#include "runtime/introspect/known_store.h"

namespace syncline::state {

/// The lists of known tables in `<folder>/state.db`, for targets that hold no state of their own. The file is opened, and made,
/// when there is something to write.
class LocalKnownTables : public introspect::KnownStore {
 public:
  explicit LocalKnownTables(std::string folder) : folder_(std::move(folder)) {}
  std::vector<types::KnownTable> known_tables(const std::vector<std::string>& syncs) override;
  void remember(const std::vector<types::KnownTable>& entries, const std::vector<types::KnownTable>& forgotten) override;

 private:
  std::string folder_;
};

}  // namespace syncline::state

#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "connectors/mysql/client.h"
#include "stdlib/types/schema.h"

namespace syncline::connectors::mysql {

struct Orphans {
  std::uint64_t count = 0;
  std::vector<std::string> sample;  ///< "user_id=17"
};

/// Rows of `table` whose reference has no parent. NULL in any referencing column: no reference.
Orphans find_orphans(Connection& connection, const types::ObjectName& table, const types::ForeignKey& key);

}  // namespace syncline::connectors::mysql

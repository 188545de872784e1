#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/api/target.h"
#include "connectors/sqlite/session.h"

namespace syncline::connectors::sqlite {

/// A filled staging table that is about to become visible.
struct Staged {
  const LoadTable* table = nullptr;
  std::string staging;
  types::Publish how = types::Publish::rename;  ///< `rename` also where the target is not there yet
  std::uint64_t rows = 0;
};

/// Makes one staged table visible inside the open transaction and records it in the meta row. Triggers of a replaced table do not
/// fire and are kept; those of a table that is added to do. `zone`: of naive dates and times. Returns the rows that SQLite says
/// were touched.
std::uint64_t publish_table(Database& database, const Staged& staged, std::string_view zone);

}  // namespace syncline::connectors::sqlite

#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "stdlib/types/schema.h"
#include "stdlib/types/value.h"

namespace syncline::connectors {

/// A statement that a script brings along (a hook), in the engine's SQL; fenced: one statement, no comment.
struct ScriptStatement {
  std::string text;                                                ///< with `:name` and `{target.table}` as written
  std::vector<std::pair<std::string, types::Value>> binds;         ///< `:name` in `text` -> value
  std::vector<std::pair<std::string, types::ObjectName>> objects;  ///< `target.table` -> the name that stands there, quoted
};

/// A session of a target for such statements; each is a transaction of its own unless it opens one. One thread; `cancel` from
/// any. Throws ConnectorError.
class ScriptSession {
 public:
  virtual ~ScriptSession() = default;
  /// Rows that the server says it touched; 0 where it does not say. Rows that the statement returns are thrown away.
  virtual std::uint64_t execute(const ScriptStatement& statement) = 0;
  virtual void cancel() noexcept = 0;
};

}  // namespace syncline::connectors

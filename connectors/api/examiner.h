#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "connectors/api/source.h"

namespace syncline::connectors {

/// How a server would find the rows of a read, by its own planner.
struct AccessPath {
  bool whole_table = false;  ///< it looks at every row of the table, or of those partitions of it that remain
  std::int64_t rows = -1;    ///< how many these are by its estimate; -1: it does not say
  std::string remedy;        ///< what helps where an index on the column does not; empty: an index does
};

/// The clock by which a server fills in times where a statement leaves that to it.
struct ServerClock {
  std::string zone;                   ///< as the server calls it: "Europe/Berlin", "SYSTEM (CET)"
  std::vector<std::int64_t> offsets;  ///< to UTC in microseconds, at each of the instants that were asked for
};

/// Asks a source what it makes of the statements that read it. They are parsed and planned, never executed; no row is read. One
/// session that cannot write, one thread. All throw ConnectorError.
class Examiner {
 public:
  virtual ~Examiner() = default;
  /// Has the server parse the first statement that a reader of `request` would send; throws as it would refuse it there.
  virtual void prepare(const ReadRequest& request) = 0;
  /// How the server would carry that statement out.
  virtual AccessPath plan(const ReadRequest& request) = 0;
  /// Instants are microseconds since 2000-01-01 UTC. Nothing: the engine keeps no clock of its own.
  virtual std::optional<ServerClock> clock(const std::vector<std::int64_t>& instants) = 0;
};

}  // namespace syncline::connectors

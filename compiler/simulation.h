#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What `simulate` shows: the instances of a sync between two days, by evaluation alone.
namespace syncline::compiler {

/// Instants are microseconds since 2000-01-01 UTC.
struct SimulatedInstance {
  std::int64_t scheduled_at = 0;
  std::int64_t window_start = 0;
  std::int64_t window_end = 0;
  std::string bizdate;
  std::vector<std::string> partitions;  ///< in the order of Simulation::partitions; empty text: each row names its own
  std::optional<std::int64_t> reads_from, reads_to;  ///< of the bounded column; nothing: open, or not known before the run
};

struct Simulation {
  std::string sync;
  std::string schedule;  ///< "nightly", "nightly, hourly", "MANUAL", "ONCE"
  std::string zone;
  std::vector<std::string> tables;      ///< patterns as written, EXCEPT ones with that word
  std::string column;                   ///< bounded by the window; empty: none
  std::vector<std::string> partitions;  ///< columns
  std::vector<SimulatedInstance> instances;
};

}  // namespace syncline::compiler

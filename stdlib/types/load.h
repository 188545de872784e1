#pragma once
#include <cstdint>

/// The choices of a load that script, plan and connectors share. Every one is taken in the planner.
namespace syncline::types {

enum class WriteMode : std::uint8_t { recreate, truncate, append, upsert, overwrite_partition };
/// All rows of the table are replaced, whatever happens to the table itself.
constexpr bool replaces_rows(WriteMode mode) {
  return mode == WriteMode::recreate || mode == WriteMode::truncate;
}

/// How staged rows become visible. In every case in one step: readers see the old or the new content.
enum class Publish : std::uint8_t {
  rename,     ///< staging takes the target's name (old one dropped), indexes built on staging before
  in_place,   ///< DELETE + INSERT … SELECT from staging in one transaction: the target has dependents, or the engine prefers it
  insert,     ///< INSERT … SELECT from staging (append)
  merge,      ///< upsert by key from staging
  partition,  ///< DELETE of the assigned partitions + INSERT … SELECT from staging in one transaction
};

/// How rows get into staging.
enum class Staging : std::uint8_t {
  one_transaction,  ///< staging is created, filled, built and published in one transaction (tables that fit)
  chunked,          ///< chunks of batch_size bytes, each one transaction with its ledger row
};

/// What a load of a table is for. A table without increments has full loads only.
enum class Phase : std::uint8_t {
  full,    ///< all rows that pass FILTER (and lie below the hand-over, where increments follow)
  window,  ///< the rows of one data window
  key,     ///< the rows behind the greatest key that was copied
};

/// What a load makes forget of the recorded progress of its unit, before its own is recorded.
enum class Forget : std::uint8_t {
  nothing,
  reached,     ///< the full copy and how far keys came; rows of windows stay in the table, so do their records
  everything,  ///< the table's rows are replaced or there was none
};

enum class Verify : std::uint8_t { none, count, checksum };
enum class Consistency : std::uint8_t { chunk, table, sync };
enum class OnOlderSnapshots : std::uint8_t { warn, fail };

/// What to do with a value the target cannot hold. `fail` always is the default; each other use is counted per column.
struct ValuePolicies {
  bool zero_dates_null = false;
  bool nul_text_strip = false;
  bool non_finite_null = false;
  bool invalid_enum_null = false;
  bool keep_zero_dates = false;  ///< both ends hold them: they travel packed (calendar.h, PartialDate); never set by a script
};

const char* to_string(WriteMode mode);
const char* to_string(Publish publish);
const char* to_string(Staging staging);
const char* to_string(Phase phase);
const char* to_string(Verify verify);
const char* to_string(Consistency consistency);

}  // namespace syncline::types

#pragma once
#include <optional>
#include <string>

#include "connectors/api/target.h"
#include "connectors/mysql/row_encoder.h"

namespace syncline::connectors::mysql {

/// One table of a unit on its way: staging's name, what was sent, how it will be published.
struct StagedTable {
  StagedTable(const LoadTable& load, bool stores_minus_zero);

  const LoadTable* plan;
  types::ObjectName staging;
  types::ObjectName old;
  types::ObjectName arrival;  ///< where LOAD DATA puts rows: staging; a plain table before it where staging has partitions
  bool renames = true;        ///< staging takes the target's name; also when the plan would copy but there is no target yet
  bool keeps_keys = false;    ///< staging is a LIKE copy of the existing table: its indexes are there from the start
  bool partitioned = false;   ///< rows arrive in a plain table and move on into staging's partitions when all are there
  bool created = false;
  bool swapped = false;  ///< the RENAME went through: staging is the live table
  RowEncoder encoder;
  std::uint64_t sent = 0;
  std::uint64_t reported = 0;
  std::uint64_t chunks = 0;
  std::uint64_t outdated = 0;  ///< rows that a newer one of the same key took the place of
  std::uint64_t published = 0;
  std::string fingerprint;  ///< of the table that publish leaves
};

/// Statements that make staging (and, for tables that are copied into, add the planned columns to the target first).
std::vector<std::string> staging_statements(const StagedTable& table, const std::string& text_collation);

}  // namespace syncline::connectors::mysql

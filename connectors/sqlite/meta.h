#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "connectors/api/target.h"
#include "connectors/sqlite/session.h"

/// The tables that Syncline keeps in a SQLite target: `syncline_target` (one row per target table: epoch, phase, what we made),
/// `syncline_chunk` (the ledger of a load that is under way), `syncline_progress` (how far increments have come) and
/// `syncline_known` (the tables that syncs know).
namespace syncline::connectors::sqlite::meta {

void create_tables(Database& database);
bool tables_exist(const Database& database);

std::optional<ManagedTable> find(const Database& database, const std::string& table);
/// Raises and returns the epoch of a table and records who loads it.
std::int64_t next_epoch(Database& database, const std::string& table, const std::string& run_id, const std::string& plan_hash);
/// ErrorKind::fenced when the table's epoch is another one: a later run has taken it over.
void check_fence(const Database& database, const std::string& table, std::int64_t epoch);
/// Records the table as it lives now: its column fingerprint and rows (< 0: unknown).
void record(Database& database, const std::string& table, const std::string& phase, std::int64_t rows);

struct Chunk {
  std::string table;
  std::int64_t epoch = 0;
  std::int64_t number = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
};
void record_chunk(Database& database, const Chunk& chunk);
std::uint64_t ledger_rows(const Database& database, const std::string& table, std::int64_t epoch);
void clear_ledger(Database& database, const std::string& table);

/// Records the progress of one published load; first forgets what was recorded of its units where the load says so.
void record_progress(Database& database, const LoadTable& load);
/// Empty when the table is not there yet.
std::vector<types::Progress> progress(const Database& database, const std::vector<std::string>& syncs);

/// Empty when the table is not there yet.
std::vector<types::KnownTable> known_tables(const Database& database, const std::vector<std::string>& syncs);
/// The caller has the transaction.
void remember(Database& database, const std::vector<types::KnownTable>& entries, const std::vector<types::KnownTable>& forgotten);

}  // namespace syncline::connectors::sqlite::meta

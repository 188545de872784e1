#pragma once
#include <optional>
#include <string>
#include <vector>

#include "connectors/api/connector.h"
#include "connectors/postgres/session.h"

/// Syncline's tables in the target: what they are called, how they are made, and the statements that several parts use.
namespace syncline::connectors::postgres {

/// Quoted names of the state tables in one schema.
struct MetaTables {
  explicit MetaTables(const std::string& schema);
  std::string schema;    ///< quoted
  std::string target;    ///< one row per table: epoch, run, phase, fingerprint
  std::string chunk;     ///< one row per committed chunk
  std::string key;       ///< foreign keys that a swap dropped and nobody added again yet
  std::string run;       ///< at most one row: who holds the target
  std::string progress;  ///< how far the increments of each unit have come
  std::string known;     ///< the tables that syncs know
};

std::string create_meta(const MetaTables& meta);
/// `{"shop","shop"}` and `{"users","orders"}`: two array parameters.
std::string containers_parameter(const std::vector<types::ObjectName>& names);
std::string tables_parameter(const std::vector<types::ObjectName>& names);

/// A recorded foreign key as JSON text, and back; nothing for an unreadable text.
std::string foreign_key_json(const types::ForeignKey& key);
std::optional<types::ForeignKey> foreign_key_of_json(const std::string& text);

/// Records what the catalogue now says of these tables (fingerprint, oid) with the rows loaded; phase done.
struct Finished {
  types::ObjectName name;
  std::int64_t epoch = 0;
  std::int64_t rows = -1;
  bool ours = true;  ///< else it stays what it was: somebody else's
};
void record_finished(Session& session, const MetaTables& meta, const std::vector<Finished>& tables);

/// Records the progress of one published load; first forgets what was recorded of its units where the load says so.
void record_progress(Session& session, const MetaTables& meta, const LoadTable& load);
/// Whether the run of this load's progress has recorded it.
bool has_progress(Session& session, const MetaTables& meta, const LoadTable& load);
std::vector<types::Progress> read_progress(Session& session, const MetaTables& meta, const std::vector<std::string>& syncs);

std::vector<types::KnownTable> read_known_tables(Session& session, const MetaTables& meta, const std::vector<std::string>& syncs);
void remember(Session& session, const MetaTables& meta, const std::vector<types::KnownTable>& entries,
              const std::vector<types::KnownTable>& forgotten);

/// What loader sessions of a run are called in pg_stat_activity.
std::string loader_application(const std::string& run_id);

}  // namespace syncline::connectors::postgres

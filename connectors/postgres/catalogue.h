#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "connectors/postgres/session.h"
#include "stdlib/types/schema.h"

/// Catalogue questions, each answered for all tables at once. The session's search_path is pg_catalog and public: names from
/// other schemas come qualified, and the same name always means the same text.
namespace syncline::connectors::postgres {

/// Existing tables among `names`, in their order, with columns, estimates, comments and oids; no keys.
std::vector<types::TableSchema> read_tables(Session& session, const std::vector<types::ObjectName>& names);
/// Adds primary keys, indexes, foreign keys, checks and next identities.
void read_keys(Session& session, std::vector<types::TableSchema>& tables);
/// Adds what stands on the tables. Foreign keys of tables recorded in `state_schema` are ours and no dependents.
void read_dependents(Session& session, std::vector<types::TableSchema>& tables);

/// A foreign key that must go before a table is replaced, and the table that has it.
struct TouchingKey {
  types::ObjectName child;
  types::ForeignKey key;
};
/// Foreign keys of the tables in `oids` (an array parameter), and those of other tables to them as far as `managed` (a condition
/// on `c.conrelid`) holds.
std::vector<TouchingKey> read_touching_keys(Session& session, const std::string& oids, const std::string& managed);
/// $1 oids of old tables, $2 quoted names of the tables that replace them: rows of GRANT and ALTER … OWNER statements.
const char* kept_rights_query();
/// Throws ConnectorError(unsupported) when a foreign key of another table would act (CASCADE, SET NULL, RESTRICT) on a DELETE
/// here.
void refuse_active_references(Session& session, std::uint64_t object_id, const std::string& table);

}  // namespace syncline::connectors::postgres

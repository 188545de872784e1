#pragma once
#include <string>
#include <vector>

#include "connectors/api/introspector.h"
#include "connectors/sqlite/session.h"

/// What a SQLite file says about its tables, read set-wise through the pragma functions.
namespace syncline::connectors::sqlite {

std::vector<ListedObject> list_objects(const Database& database);
/// Schemas of the tables and views that exist among `names` (ASCII case-insensitive), in that order.
std::vector<types::TableSchema> describe_tables(const Database& database, const std::vector<types::ObjectName>& names);

}  // namespace syncline::connectors::sqlite

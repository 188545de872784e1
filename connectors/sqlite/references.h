#pragma once
#include <string>
#include <utility>
#include <vector>

#include "connectors/api/target.h"
#include "connectors/sqlite/session.h"

/// Foreign keys of a SQLite target: declared in CREATE TABLE, checked after the data.
namespace syncline::connectors::sqlite {

/// Rows without a parent among these tables, one entry per foreign key that has some.
std::vector<std::pair<ForeignKeyToAdd, ForeignKeyResult>> check_references(const Database& database,
                                                                           const std::vector<types::ObjectName>& tables);
/// The state of one foreign key that the table declares; ErrorKind::unsupported when it does not.
ForeignKeyResult check_reference(const Database& database, const ForeignKeyToAdd& wanted);

}  // namespace syncline::connectors::sqlite

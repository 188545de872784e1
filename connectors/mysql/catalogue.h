#pragma once
#include <string>
#include <vector>

#include "connectors/mysql/client.h"
#include "stdlib/types/schema.h"

/// Catalogue questions, each one query for any number of tables.
namespace syncline::connectors::mysql {

/// Full schemas of those of `names` that exist, in their order.
std::vector<types::TableSchema> describe_tables(Connection& connection, const std::vector<types::ObjectName>& names);

/// The one table `planned.name` as it is; in a rehearsal, which has not made it, as planned.
std::vector<types::TableSchema> described(Connection& connection, const types::TableSchema& planned);

/// A foreign key with the table that holds it.
struct ForeignKeyOf {
  types::ObjectName table;
  types::ForeignKey key;
};
/// Keys of any table that reference one of `parents`.
std::vector<ForeignKeyOf> referencing_keys(Connection& connection, const std::vector<types::ObjectName>& parents);
/// Keys that these tables hold.
std::vector<ForeignKeyOf> held_keys(Connection& connection, const std::vector<types::ObjectName>& tables);

/// `(schema_column, table_column) IN ((…), …)`, or `FALSE` for no names.
std::string name_condition(const char* schema_column, const char* table_column, const std::vector<types::ObjectName>& names);
/// `column IN (…)`, or `FALSE`.
std::string value_condition(const char* column, const std::vector<std::string>& values);

/// Databases of the server itself.
bool is_system_container(std::string_view container);

}  // namespace syncline::connectors::mysql

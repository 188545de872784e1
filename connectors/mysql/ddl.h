#pragma once
#include <string>
#include <vector>

#include "connectors/api/target.h"

/// DDL text. Everything foreign goes through the dialect's quoting.
namespace syncline::connectors::mysql {

enum class Keys : std::uint8_t { none, primary, all };

/// CREATE TABLE `name` with the columns of `schema`. `collation`: of the table's default, empty: the server's for utf8mb4.
/// Keys::primary also takes the one index that an AUTO_INCREMENT column needs when the primary key does not begin with it.
std::string create_table(const types::TableSchema& schema, const types::ObjectName& name, Keys keys,
                         const std::string& collation);
/// One ALTER TABLE that adds what `create_table` with Keys::primary left out; empty when nothing is left.
std::string add_indexes(const types::TableSchema& schema, const types::ObjectName& name);
/// One ALTER TABLE for what the load adds and widens; empty when there is nothing.
std::string alter_columns(const LoadTable& table, const types::ObjectName& name, const std::string& collation);
std::string add_foreign_key(const types::ObjectName& table, const types::ForeignKey& key, const std::string& name);
std::string rename_tables(const std::vector<std::pair<types::ObjectName, types::ObjectName>>& renames);
/// A value of this column, given as canonical text.
std::string column_literal(const types::Column& column, const std::string& text);
std::string drop_tables(const std::vector<types::ObjectName>& tables);
/// Column definition as it stands in CREATE TABLE.
std::string column_definition(const types::Column& column, bool auto_increment, const std::string& collation);

}  // namespace syncline::connectors::mysql

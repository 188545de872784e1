#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "connectors/api/target.h"
#include "stdlib/types/schema.h"

namespace syncline::connectors::sqlite {

/// `CREATE TABLE` of the whole schema under `name`: columns, NOT NULL, defaults, primary key, foreign keys. No indexes.
std::string create_table(const types::TableSchema& schema, std::string_view name);
/// A staging table of these columns only: types without keys, defaults or NOT NULL.
std::string create_plain_table(const types::TableSchema& schema, const std::vector<int>& columns, std::string_view name);
std::string create_index(const types::Index& index, std::string_view index_name, std::string_view table);
std::string add_column(const types::TableSchema& schema, const types::Column& column, std::string_view table);
/// What a load or LOAD SCHEMA of this table would run, under the target's own name.
std::vector<std::string> load_ddl(const LoadTable& table);

/// A value of this column, given as canonical text, in the form in which the file holds it.
std::string column_literal(const types::Column& column, const std::string& text);
/// `DEFAULT` expression of a column, or empty.
std::string default_text(const types::Column& column);
/// SQL that yields now in the text form of a DATETIME_TEXT(scale) or (`zoned`) TIMESTAMPTZ_TEXT(scale) column.
std::string now_text(int scale, bool zoned);

}  // namespace syncline::connectors::sqlite

#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "connectors/api/target.h"
#include "connectors/postgres/error_map.h"
#include "stdlib/expr/row_transform.h"

/// What PostgreSQL says when it refuses a row, told with the table's own names.
namespace syncline::connectors::postgres {

/// "COPY t, line 3, column c: …" in an error's context, in whatever language.
struct CopyPlace {
  std::uint64_t row = 0;                  ///< of this COPY, from 1
  const types::Column* column = nullptr;  ///< null: none named
};
std::optional<CopyPlace> copy_place(std::string_view context, std::string_view copied_table, const LoadTable& table);

/// The value that a COPY's error is about, with its column, without the row; nothing when it is about no single value.
std::optional<expr::ValueError> refused_value(const StatementError& error, const types::Column* column);

/// "Key (a)=(1) already exists." as "key `uq` (a), value '1'"; the server's words when it says something else.
ConnectorError with_duplicate_named(const StatementError& error);

}  // namespace syncline::connectors::postgres

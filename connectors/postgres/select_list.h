#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "stdlib/types/schema.h"

namespace syncline::connectors::postgres {

/// How the binary value of a selected column becomes a cell.
enum class Decoding : std::uint8_t {
  boolean,
  int2,
  int4,
  int8,
  float4,
  float8,
  numeric,
  text,
  padded_text,
  jsonb,
  uuid,
  bytes,
  bits,
  date,
  time,
  timestamp,
};

/// One selected column: the SQL that makes the server send a type we decode, and how.
struct SelectedColumn {
  std::string sql;
  Decoding decoding = Decoding::text;
};

/// The expression and decoding that give `column` the cell kind of its logical type.
SelectedColumn select_column(const types::Column& column);
std::vector<SelectedColumn> select_columns(const std::vector<types::Column>& columns);

}  // namespace syncline::connectors::postgres

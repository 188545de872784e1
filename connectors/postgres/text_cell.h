#pragma once
#include <string>
#include <string_view>

#include "connectors/postgres/copy_encoder.h"
#include "stdlib/types/batch.h"

namespace syncline::connectors::postgres {

/// Appends a cell as PostgreSQL's input functions read it (not yet escaped for COPY).
void append_input_text(std::string& out, const ColumnEncoding& column, const types::Batch& batch, std::uint64_t slot);
/// Appends `value` escaped for COPY's text format.
void append_escaped(types::Buffer& out, std::string_view value);
/// `["a",null]` as `{"a",NULL}`. Throws ValueError for anything but a JSON array.
std::string array_literal(std::string_view json, const std::string& column);
/// `a,b` as `{"a","b"}`.
std::string set_literal(std::string_view labels);

}  // namespace syncline::connectors::postgres

#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "stdlib/types/batch.h"

/// PostgreSQL's binary numeric against canonical decimal text (CellKind::decimal).
namespace syncline::connectors::postgres {

/// Appends canonical text of a binary numeric to `out`. False when the bytes are no numeric.
bool append_numeric_text(types::Buffer& out, const char* data, std::size_t size);

/// Bytes that `write_numeric` may need at most for this text.
inline std::size_t numeric_bound(std::size_t text_size) {
  return 16 + text_size;
}
/// Writes the binary form of canonical text; returns the bytes written, 0 when the text is not canonical or has more digits than
/// the server takes.
std::size_t write_numeric(char* out, std::string_view text);

}  // namespace syncline::connectors::postgres

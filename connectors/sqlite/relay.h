#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <string_view>

#include "stdlib/types/batch.h"

/// Rows between two SQLite files, with the storage class of every cell kept: a tag byte, then nothing (null), 8 bytes (integer,
/// real), or a 4-byte length and the bytes (text, blob). Native byte order; never leaves the process.
namespace syncline::connectors::sqlite::relay {

void append_row(sqlite3_stmt* row, int columns, types::Batch& batch);
/// Binds the cells of one row to parameters `first`…; the bytes must outlive the step. Returns what follows the row.
const char* bind_row(const char* at, int columns, sqlite3_stmt* statement, int first);

}  // namespace syncline::connectors::sqlite::relay

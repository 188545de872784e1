#include "connectors/sqlite/relay.h"

#include <cstring>

namespace syncline::connectors::sqlite::relay {
namespace {

template <class T>
void put(types::Batch& batch, T value) {
  batch.heap.append(&value, sizeof value);
}

template <class T>
T take(const char*& at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  at += sizeof value;
  return value;
}

void append_bytes(const void* bytes, int size, types::Batch& batch) {
  put(batch, static_cast<std::uint32_t>(size));
  if (size > 0) batch.heap.append(bytes, static_cast<std::size_t>(size));
}

}  // namespace

void append_row(sqlite3_stmt* row, int columns, types::Batch& batch) {
  for (int i = 0; i < columns; ++i) {
    const int storage = sqlite3_column_type(row, i);
    put(batch, static_cast<std::uint8_t>(storage));
    switch (storage) {
      case SQLITE_INTEGER:
        put(batch, sqlite3_column_int64(row, i));
        break;
      case SQLITE_FLOAT:
        put(batch, sqlite3_column_double(row, i));
        break;
      case SQLITE_TEXT:  // as bytes: the text form may copy a large value only to end it with NUL
      case SQLITE_BLOB: {
        const void* bytes = sqlite3_column_blob(row, i);
        append_bytes(bytes, sqlite3_column_bytes(row, i), batch);
        break;
      }
      default:
        break;
    }
  }
  ++batch.relay_rows;
}

const char* bind_row(const char* at, int columns, sqlite3_stmt* statement, int first) {
  for (int i = 0; i < columns; ++i) {
    const int parameter = first + i;
    const auto storage = take<std::uint8_t>(at);
    if (storage == SQLITE_INTEGER) {
      sqlite3_bind_int64(statement, parameter, take<sqlite3_int64>(at));
    } else if (storage == SQLITE_FLOAT) {
      sqlite3_bind_double(statement, parameter, take<double>(at));
    } else if (storage == SQLITE_NULL) {
      sqlite3_bind_null(statement, parameter);
    } else {
      const auto size = static_cast<int>(take<std::uint32_t>(at));
      if (storage == SQLITE_TEXT) sqlite3_bind_text(statement, parameter, at, size, SQLITE_STATIC);
      if (storage == SQLITE_BLOB) sqlite3_bind_blob(statement, parameter, at, size, SQLITE_STATIC);
      at += size;
    }
  }
  return at;
}

}  // namespace syncline::connectors::sqlite::relay

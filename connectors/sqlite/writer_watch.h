#pragma once
#include <optional>
#include <string>

namespace syncline::connectors::sqlite {

/// A process that holds the right to write to a SQLite file.
struct Writer {
  int pid = 0;  ///< 0: not told (another container or machine)
};

/// Who writes to the database file at this moment; nothing: nobody does. Asks the operating system for locks and takes none.
/// Readers are no writers, this process's own writers are. Throws ConnectorError when the file or its locks cannot be read.
std::optional<Writer> active_writer(const std::string& database_path);

}  // namespace syncline::connectors::sqlite

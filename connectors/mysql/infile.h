#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/mysql/client.h"

namespace syncline::connectors::mysql {

/// LOAD DATA LOCAL from memory. The server may ask for exactly one name, made up for one statement; anything else, files of this
/// machine above all, is refused. Lives as long as its connection is used for loads.
class MemoryInfile {
 public:
  explicit MemoryInfile(Connection& connection);
  ~MemoryInfile();
  MemoryInfile(const MemoryInfile&) = delete;
  MemoryInfile& operator=(const MemoryInfile&) = delete;

  struct Outcome {
    std::uint64_t rows = 0;  ///< affected
    std::uint64_t skipped = 0;
    unsigned warnings = 0;
  };
  /// Loads encoded rows into `table` (SQL) columns `columns` (SQL, comma separated). Throws ConnectorError.
  Outcome load(std::string_view text, const std::string& table, const std::string& columns);

 private:
  static int start(void** state, const char* name, void* self);
  static int read(void* state, char* to, unsigned room);
  static void end(void* state);
  static int error(void* state, char* message, unsigned room);

  Connection& connection_;
  std::string token_;
  std::string_view text_;
};

}  // namespace syncline::connectors::mysql

#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/mysql/client.h"
#include "connectors/mysql/load_fields.h"
#include "connectors/mysql/row_encoder.h"

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
  /// Loads encoded rows into `table` (SQL). Throws ConnectorError.
  /// `large`: cells that stand outside the text, see RowEncoder.
  Outcome load(std::string_view text, const std::vector<LargeCell>& large, const std::string& table, const LoadFields& fields);

 private:
  static int start(void** state, const char* name, void* self);
  static int read(void* state, char* to, unsigned room);
  static void end(void* state);
  static int error(void* state, char* message, unsigned room);

  std::size_t put_text(char* to, std::size_t room);
  std::size_t put_large(char* to, std::size_t room);

  Connection& connection_;
  std::string token_;
  std::string_view text_;
  std::size_t sent_ = 0;          ///< of text_
  std::vector<LargeCell> large_;  ///< still to come; the first one shrinks as it goes
  std::size_t next_large_ = 0;
};

}  // namespace syncline::connectors::mysql

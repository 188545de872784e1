#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "connectors/postgres/select_list.h"
#include "stdlib/types/batch.h"

namespace syncline::connectors::postgres {

/// Rows of a binary COPY stream into batch cells. A message holds whole rows. Throws ConnectorError(protocol) for bytes that are
/// no such stream. The message is the decoder's to use up: the memory of large cells goes back piece by piece while they are
/// copied.
class CopyDecoder {
 public:
  /// `extra`: text columns behind the cells that are not handed over (the page key); their last values are kept.
  CopyDecoder(std::vector<Decoding> columns, std::size_t extra);

  /// A new stream begins: its header is expected.
  void restart() { header_seen_ = false; }
  /// Appends the message's rows to `batch`.
  void decode(char* data, std::size_t size, types::Batch& batch);
  /// Appends the message without header and trailer to `batch.heap`; returns the rows in it.
  std::size_t relay(char* data, std::size_t size, types::Batch& batch);
  /// Of a message that is too large to decode: appends one row with only the cells `wanted` and returns the largest cell's index.
  std::size_t sketch(char* data, std::size_t size, const std::vector<std::size_t>& wanted, types::Batch& batch);
  [[nodiscard]] const std::vector<std::string>& last_key() const { return last_key_; }

 private:
  char* skip_header(char* p, const char* end);
  char* decode_row(char* p, const char* end, types::Batch& batch);
  char* keep_key(char* p, const char* end);
  std::vector<Decoding> columns_;
  std::size_t extra_;
  std::vector<std::string> last_key_;
  bool header_seen_ = false;
};

}  // namespace syncline::connectors::postgres

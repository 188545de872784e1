#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "connectors/api/target.h"
#include "stdlib/expr/row_transform.h"

namespace syncline::connectors::postgres {

/// How a cell is written into a binary COPY stream.
enum class Encoding : std::uint8_t {
  boolean,
  int2,
  int4,
  int8,
  uint2,
  uint4,
  uint8,
  numeric_from_int,
  numeric_from_uint,
  float4,
  float8,
  float4_as_8,
  numeric,
  text,
  jsonb,
  uuid,
  text_array,
  bytes,
  bits,
  date,
  time,
  time_as_interval,
  timestamp,
};

/// Whether a target type has a binary encoding for the cells of a column; nothing: the table goes as text.
struct ColumnEncoding {
  bool binary = false;
  Encoding encoding = Encoding::text;
  types::CellKind kind = types::CellKind::text;
  bool nullable = true;
  bool judged = false;               ///< the server may refuse a value of it
  std::int64_t max_characters = -1;  ///< of varchar(n) and char(n)
  int scale = -1;                    ///< of numeric(p,s)
  bool array = false;                ///< text format: the cell is a JSON array
  bool text_target = false;          ///< text format of a set: 'a,b' instead of {a,b}
  std::string name;
  std::uint64_t stripped = 0;  ///< cells that lost NUL characters by policy
};

ColumnEncoding encoding_of(const types::Column& column);

/// Receives finished bytes of the stream.
class CopySink {
 public:
  virtual ~CopySink() = default;
  virtual void send(const char* data, std::size_t size) = 0;
};

/// Rows of batches into COPY bytes: binary, or text when a column's type has no binary encoding. Throws expr::RowError.
class CopyEncoder {
 public:
  CopyEncoder(const LoadTable& table, CopySink& sink);
  [[nodiscard]] bool binary() const { return binary_; }
  /// Whether the server may refuse a value that this side took: JSON, labels, and whatever travels as text.
  [[nodiscard]] bool server_judges() const;
  /// What the stream starts and ends with.
  void begin();
  void write(const types::Batch& batch);
  void write_relay(const types::Batch& batch);
  void end();
  [[nodiscard]] const std::vector<ColumnEncoding>& columns() const { return columns_; }

 private:
  void write_row(const types::Batch& batch, std::size_t row);
  void put_cell(ColumnEncoding& column, const types::Batch& batch, std::uint64_t slot);
  void put_heap(ColumnEncoding& column, std::string_view value, bool version_byte);
  void put_text(ColumnEncoding& column, std::string_view value, bool version_byte);
  void write_text_row(const types::Batch& batch, std::size_t row);
  void flush();
  void flush_if_full();

  CopySink& sink_;
  std::vector<ColumnEncoding> columns_;
  types::ValuePolicies policies_;
  bool binary_ = true;
  types::Buffer out_;
  std::string scratch_;
};

}  // namespace syncline::connectors::postgres

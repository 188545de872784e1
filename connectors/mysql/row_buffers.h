#pragma once
#include <mysql.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/mysql/client.h"
#include "stdlib/expr/row_transform.h"
#include "stdlib/types/batch.h"
#include "stdlib/types/load.h"
#include "stdlib/types/schema.h"

namespace syncline::connectors::mysql {

/// How a bound column becomes a cell; chosen once per column before the loop.
enum class Decode : std::uint8_t {
  integer,
  boolean,
  boolean_bits,
  f32,
  f64,
  widened,
  decimal,
  text,
  checked_label,
  bytes,
  bits,
  date,
  time,
  timestamp,
};

/// Buffers bound to a prepared statement's result, and the one pass from them into a batch. Values of variable length above the
/// bound buffer are fetched straight into the batch's heap. One thread.
class RowBuffers {
 public:
  RowBuffers(const std::vector<types::Column>& columns, std::vector<std::string> key, types::ValuePolicies policies,
             std::size_t max_row_bytes);

  /// Extra result columns behind the batch's, for paging: fetched as numbers, doubles or bytes.
  enum class Extra : std::uint8_t { number, real, bytes };
  std::size_t add_extra(Extra kind, bool is_unsigned);
  /// A value of an extra column of the row fetched last, as a parameter for the next page. Valid until the next fetch.
  MYSQL_BIND extra_parameter(std::size_t extra);

  /// Columns that the statement selects, as SQL in order, without the extras.
  [[nodiscard]] std::vector<std::string> select_list() const;
  void bind(MYSQL_STMT* statement);
  /// Appends the row that was just fetched. Throws expr::ValueError with the row's key, ConnectorError.
  void append(MYSQL_STMT* statement, types::Batch& batch);
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> policy_uses() const;

 private:
  struct Cell {
    std::string name;
    Decode decode = Decode::text;
    types::CellKind kind = types::CellKind::text;
    std::string select;
    std::unique_ptr<char[]> buffer;  ///< of variable columns
    unsigned long capacity = 0;
    unsigned long length = 0;
    Flag is_null = 0;
    Flag truncated = 0;
    std::int64_t integer = 0;
    double real = 0;
    float single = 0;
    MYSQL_TIME moment{};
    unsigned width = 0;    ///< bits
    int label_index = -1;  ///< place of the column that holds the label's number
    std::uint64_t policy_uses = 0;
  };

  void set_up(Cell& cell, const types::Column& column);
  MYSQL_BIND make_bind(Cell& cell, bool is_unsigned);
  [[nodiscard]] std::string row_key(MYSQL_STMT* statement);
  bool decodes(Cell& cell, MYSQL_STMT* statement, unsigned place, types::Batch& scratch);
  void check_size(MYSQL_STMT* statement);
  /// False: a policy makes the cell null.
  bool decode(Cell& cell, MYSQL_STMT* statement, unsigned place, types::Batch& batch, std::uint64_t& slot);
  bool decode_moment(Cell& cell, std::uint64_t& slot);
  std::string_view bytes_of(Cell& cell, MYSQL_STMT* statement, unsigned place, types::Batch& batch, std::uint64_t& slot);

  std::vector<Cell> cells_;  ///< the batch's columns, then label numbers, then extras
  std::vector<MYSQL_BIND> binds_;
  std::size_t columns_ = 0;
  std::size_t first_extra_ = 0;
  std::vector<std::string> key_;
  types::ValuePolicies policies_;
  std::size_t max_row_bytes_;
};

}  // namespace syncline::connectors::mysql

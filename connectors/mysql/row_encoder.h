#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "connectors/api/target.h"
#include "stdlib/expr/row_transform.h"
#include "stdlib/types/batch.h"

namespace syncline::connectors::mysql {

/// A large cell that was not copied into the encoded text: it belongs at `offset`, and is escaped on its way out.
struct LargeCell {
  std::size_t offset = 0;
  std::string_view bytes;  ///< in the batch's heap
};

/// Rows of a batch as the text that LOAD DATA reads: tab between fields, newline behind rows, backslash escapes, \N for NULL.
/// Bytes go escaped, not encoded; load_fields sees to it that the server keeps them as they are. One thread.
class RowEncoder {
 public:
  /// `stores_minus_zero`: the server tells -0 from 0 in FLOAT and DOUBLE (older MariaDB's LOAD DATA does not).
  RowEncoder(const LoadTable& table, bool stores_minus_zero);

  /// Appends one row. Throws expr::ValueError naming the column for values that the server would change without a word (fractions
  /// cut, NULL made a default) or cannot hold.
  void append(const types::Batch& batch, std::size_t row, types::Buffer& out);
  /// Large cells of the rows appended since `forget_large`, in order. Their batch must live until they are sent.
  [[nodiscard]] const std::vector<LargeCell>& large_cells() const { return large_; }
  void forget_large() { large_.clear(); }
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> policy_uses() const;
  /// Columns in the order of the cells.
  [[nodiscard]] const std::vector<std::string>& column_names() const { return names_; }

 private:
  enum class Encode : std::uint8_t {
    boolean,
    boolean_bit,
    signed_number,
    unsigned_number,
    f32,
    f64,
    decimal,
    escaped,
    bits,
    date,
    time,
    timestamp,
    year,
  };
  struct Column {
    Encode encode = Encode::escaped;
    bool nullable = true;
    int scale = 6;              ///< fraction digits that the column keeps
    bool ends_in_2038 = false;  ///< a TIMESTAMP
    std::int64_t fraction = 1;  ///< microseconds must be a multiple of it
    std::uint64_t policy_uses = 0;
  };
  static Encode choose(const types::Column& column, types::CellKind kind);
  /// False: a policy makes the cell NULL.
  bool encode(Column& column, const std::string& name, std::uint64_t slot, const types::Batch& batch, types::Buffer& out);
  bool non_finite(Column& column, const std::string& name) const;
  void put_null(const Column& column, const std::string& name, types::Buffer& out) const;

  std::vector<Column> columns_;
  std::vector<std::string> names_;
  std::vector<LargeCell> large_;
  types::ValuePolicies policies_;
  bool stores_minus_zero_;
};

/// What follows the backslash when this byte is escaped; 0: it stands for itself.
char escape_of(char byte);

/// NULL as a field.
constexpr std::string_view kNullField = "\\N";
/// Field `field` (from 0) of line `line` (from 1) of encoded text, as it was sent; empty when there is none.
std::string_view raw_field(std::string_view text, std::size_t line, std::size_t field);
std::string unescaped(std::string_view raw);
/// Field `field` (from 0) of line `line` (from 1) of encoded text, unescaped; empty when there is none. For messages.
std::string encoded_field(std::string_view text, std::size_t line, std::size_t field);

}  // namespace syncline::connectors::mysql

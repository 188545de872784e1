#include "connectors/sqlite/decoder.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>

#include "stdlib/base/text.h"
#include "stdlib/types/calendar.h"
#include "stdlib/types/decimal.h"

namespace syncline::connectors::sqlite {
namespace {

using expr::ValueProblem;
using types::Batch;
using types::CellKind;
using types::TypeKind;

[[noreturn]] void refuse(ValueProblem problem, std::string detail) {
  throw CellProblem{problem, std::move(detail)};
}

[[noreturn]] void wrong_class(int storage, const types::LogicalType& type) {
  refuse(ValueProblem::wrong_storage_class,
         std::string("is stored as ") + storage_name(storage) + ", which is no " + to_string(type));
}

std::string_view bytes_of(sqlite3_stmt* row, int index, int storage) {
  const void* bytes = storage == SQLITE_BLOB ? sqlite3_column_blob(row, index) : sqlite3_column_text(row, index);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, index));
  return {size == 0 ? "" : static_cast<const char*>(bytes), size};
}

std::uint64_t to_heap(Batch& batch, std::string_view bytes) {
  const auto offset = batch.heap.size();
  if (!bytes.empty()) batch.heap.append(bytes);
  return Batch::heap_slot(offset, bytes.size());
}

bool ascii(std::string_view bytes) {
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, 8);
    if ((word & 0x8080808080808080U) != 0) return false;
  }
  for (; i < bytes.size(); ++i) {
    if (static_cast<unsigned char>(bytes[i]) >= 0x80) return false;
  }
  return true;
}

std::int64_t characters(std::string_view utf8) {
  std::int64_t count = 0;
  for (const char c : utf8) count += static_cast<int>((static_cast<unsigned char>(c) & 0xc0U) != 0x80U);
  return count;
}

struct Range {
  std::int64_t lowest;
  std::int64_t highest;
};

Range range_of(const types::LogicalType& type) {
  const bool positive = type.is_unsigned;
  switch (type.kind) {
    case TypeKind::boolean:
      return {0, 1};
    case TypeKind::tinyint:
      return positive ? Range{0, UINT8_MAX} : Range{INT8_MIN, INT8_MAX};
    case TypeKind::smallint:
      return positive ? Range{0, UINT16_MAX} : Range{INT16_MIN, INT16_MAX};
    case TypeKind::integer:
      return positive ? Range{0, UINT32_MAX} : Range{INT32_MIN, INT32_MAX};
    default:
      return positive ? Range{0, INT64_MAX} : Range{INT64_MIN, INT64_MAX};
  }
}

/// Whether a decimal text already is canonical, of exactly the column's scale and within its precision; zero goes the long way.
bool as_written_by_us(std::string_view text, const types::LogicalType& type) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  const auto fraction = static_cast<std::size_t>(type.scale < 0 ? 0 : type.scale);
  const auto point = fraction == 0 ? text.size() : text.size() - fraction - 1;
  if (text.size() <= fraction + 1 || text.front() < '1' || text.front() > '9') return false;
  if (static_cast<int>(point + fraction) > type.precision || (fraction > 0 && text[point] != '.')) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i != point && (text[i] < '0' || text[i] > '9')) return false;
  }
  return true;
}

/// Fractional digits beyond the column's scale would be lost on the way.
void check_scale(std::int64_t micros, int scale) {
  static constexpr std::int64_t kUnit[] = {1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};
  if (scale < 0 || scale >= 6 || micros == types::kTimestampInfinity || micros == types::kTimestampMinusInfinity) return;
  if (micros % kUnit[scale] != 0)
    refuse(ValueProblem::scale_lost, "has more than " + std::to_string(scale) + " fractional digits");
}

}  // namespace

/// One decoder per kind of cell; all of this shape so that a column holds a plain pointer.
struct Decoders {
  static std::uint64_t integer(ColumnDecoder& column, sqlite3_stmt* row, int storage, Batch& /*batch*/, std::uint8_t& /*null*/) {
    if (storage != SQLITE_INTEGER) wrong_class(storage, column.type_);
    const std::int64_t value = sqlite3_column_int64(row, column.index_);
    if (value < column.lowest_ || value > column.highest_) {
      const bool truth = column.type_.kind == TypeKind::boolean;
      refuse(truth ? ValueProblem::bad_boolean : ValueProblem::out_of_range, "is not within " + to_string(column.type_));
    }
    return static_cast<std::uint64_t>(value);
  }

  static std::uint64_t unsigned_integer(ColumnDecoder& column, sqlite3_stmt* row, int storage, Batch& batch, std::uint8_t& null) {
    if (storage != SQLITE_TEXT) return integer(column, row, storage, batch, null);
    const auto digits = bytes_of(row, column.index_, storage);
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (problem != std::errc{} || end != digits.data() + digits.size())
      refuse(ValueProblem::not_a_number, "is text that is no number");
    return value;
  }

  static double number(ColumnDecoder& column, sqlite3_stmt* row, int storage) {
    if (storage == SQLITE_FLOAT) return sqlite3_column_double(row, column.index_);
    if (storage != SQLITE_INTEGER) wrong_class(storage, column.type_);
    const std::int64_t whole = sqlite3_column_int64(row, column.index_);
    const auto value = static_cast<double>(whole);
    if (value >= 9223372036854775808.0 || static_cast<std::int64_t>(value) != whole) {
      refuse(ValueProblem::out_of_range, "is an integer that no floating-point number holds exactly");
    }
    return value;
  }

  static std::uint64_t float64(ColumnDecoder& column, sqlite3_stmt* row, int storage, Batch& /*batch*/, std::uint8_t& /*null*/) {
    const double value = number(column, row, storage);
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
  }

  static std::uint64_t float32(ColumnDecoder& column, sqlite3_stmt* row, int storage, Batch& /*batch*/, std::uint8_t& /*null*/) {
    const double value = number(column, row, storage);
    const auto narrow = static_cast<float>(value);
    if (static_cast<double>(narrow) != value && !std::isnan(value)) {
      refuse(ValueProblem::scale_lost, "needs more digits than " + to_string(column.type_) + " has");
    }
    std::uint32_t bits = 0;
    std::memcpy(&bits, &narrow, sizeof bits);
    return bits;
  }

  static std::uint64_t decimal(ColumnDecoder& column, sqlite3_stmt* row, int storage, Batch& batch, std::uint8_t& null) {
    if (storage == SQLITE_TEXT) {
      const auto text = bytes_of(row, column.index_, storage);
      if (as_written_by_us(text, column.type_)) return to_heap(batch, text);
    }
    std::optional<std::string> value;
    if (storage == SQLITE_INTEGER) value = std::to_string(sqlite3_column_int64(row, column.index_));
    if (storage == SQLITE_FLOAT) value = types::decimal::from_double(sqlite3_column_double(row, column.index_));
    if (storage == SQLITE_TEXT) value = types::decimal::parse(bytes_of(row, column.index_, storage));
    if (storage == SQLITE_BLOB) wrong_class(storage, column.type_);
    if (!value.has_value()) refuse(ValueProblem::not_a_number, "is text that is no number");
    if (!types::decimal::finite(*value)) return non_finite(column, *value, batch, null);
    const auto fit = types::decimal::fit(*value, column.type_.precision, column.type_.scale);
    if (fit == types::decimal::Fit::too_large) refuse(ValueProblem::out_of_range, "is not within " + to_string(column.type_));
    if (fit == types::decimal::Fit::scale_lost)
      refuse(ValueProblem::scale_lost, "has more fractional digits than " + to_string(column.type_));
    if (column.type_.precision >= 0) set_scale(*value, column.type_.scale);
    return to_heap(batch, *value);
  }

  static std::uint64_t non_finite(ColumnDecoder& column, const std::string& value, Batch& batch, std::uint8_t& null) {
    if (!column.policies_.non_finite_null) return to_heap(batch, value);
    null = 1;
    ++column.policy_uses_;
    return 0;
  }

  /// Exactly `scale` fractional digits: fit() has made sure that only zeros go or come.
  static void set_scale(std::string& value, int scale) {
    const auto wanted = static_cast<std::size_t>(scale < 0 ? 0 : scale);
    auto point = value.find('.');
    if (point == std::string::npos) {
      if (wanted == 0) return;
      point = value.size();
      value += '.';
    }
    value.resize(point + 1 + wanted, '0');
    if (wanted == 0) value.pop_back();
  }

  static std::uint64_t text(ColumnDecoder& column, sqlite3_stmt* row, int storage, Batch& batch, std::uint8_t& /*null*/) {
    if (storage != SQLITE_TEXT) return other_as_text(column, row, storage, batch);
    const auto value = bytes_of(row, column.index_, storage);
    const bool plain = ascii(value);
    if (!plain && !text::valid_utf8(value)) refuse(ValueProblem::invalid_text, "is text that is not UTF-8");
    const auto most = column.type_.kind == TypeKind::string ? column.type_.length : -1;
    if (most >= 0 && static_cast<std::int64_t>(value.size()) > most && (plain || characters(value) > most)) {
      refuse(ValueProblem::too_long, "has more than " + std::to_string(most) + " characters");
    }
    if (column.policies_.nul_text_strip && value.find('\0') != std::string_view::npos) return stripped(column, value, batch);
    return to_heap(batch, value);
  }

  static std::uint64_t stripped(ColumnDecoder& column, std::string_view value, Batch& batch) {
    const auto offset = batch.heap.size();
    for (const char c : value) {
      if (c != '\0') batch.heap.append(&c, 1);
    }
    ++column.policy_uses_;
    return Batch::heap_slot(offset, batch.heap.size() - offset);
  }

  static std::uint64_t other_as_text(ColumnDecoder& column, sqlite3_stmt* row, int storage, Batch& batch) {
    if (!column.untyped_ || storage == SQLITE_BLOB) wrong_class(storage, column.type_);
    char digits[40];
    std::size_t size = 0;
    if (storage == SQLITE_INTEGER) {
      size = static_cast<std::size_t>(
          std::to_chars(digits, digits + sizeof digits, sqlite3_column_int64(row, column.index_)).ptr - digits);
    } else {
      size = types::decimal::write_double(digits, sqlite3_column_double(row, column.index_));
    }
    return to_heap(batch, {digits, size});
  }

  static std::uint64_t bytes(ColumnDecoder& column, sqlite3_stmt* row, int storage, Batch& batch, std::uint8_t& /*null*/) {
    if (storage != SQLITE_BLOB) wrong_class(storage, column.type_);
    const auto value = bytes_of(row, column.index_, storage);
    if (column.type_.kind == TypeKind::bytes && column.type_.length >= 0 &&
        static_cast<std::int64_t>(value.size()) > column.type_.length) {
      refuse(ValueProblem::too_long, "has more than " + std::to_string(column.type_.length) + " bytes");
    }
    return to_heap(batch, value);
  }

  static std::uint64_t bits(ColumnDecoder& column, sqlite3_stmt* row, int storage, Batch& batch, std::uint8_t& /*null*/) {
    if (storage != SQLITE_TEXT) wrong_class(storage, column.type_);
    const auto value = bytes_of(row, column.index_, storage);
    const auto wanted = static_cast<std::size_t>(column.type_.length < 0 ? 0 : column.type_.length);
    const bool size_fits = column.type_.length < 0 || value.size() == wanted || (column.type_.varying && value.size() < wanted);
    if (!size_fits || value.find_first_not_of("01") != std::string_view::npos)
      refuse(ValueProblem::invalid_text, "is no " + to_string(column.type_));
    return to_heap(batch, value);
  }

  static std::uint64_t calendar(ColumnDecoder& column, std::optional<std::int64_t> value) {
    if (!value.has_value()) refuse(ValueProblem::not_a_date, "is text that is no " + to_string(column.type_));
    return static_cast<std::uint64_t>(*value);
  }

  static std::uint64_t date(ColumnDecoder& column, sqlite3_stmt* row, int storage, Batch& /*batch*/, std::uint8_t& null) {
    if (storage != SQLITE_TEXT) wrong_class(storage, column.type_);
    const auto value = bytes_of(row, column.index_, storage);
    if (zero_date(column, value, null)) return 0;
    return calendar(column, types::parse_date(value));
  }

  static std::uint64_t timestamp(ColumnDecoder& column, sqlite3_stmt* row, int storage, Batch& /*batch*/, std::uint8_t& null) {
    if (storage != SQLITE_TEXT) wrong_class(storage, column.type_);
    const auto value = bytes_of(row, column.index_, storage);
    if (zero_date(column, value, null)) return 0;
    const bool instant = column.type_.kind == TypeKind::timestamp;
    const auto micros = instant ? types::parse_instant(value) : types::parse_timestamp(value);
    if (micros.has_value()) check_scale(*micros, column.type_.scale);
    return calendar(column, micros);
  }

  static bool zero_date(ColumnDecoder& column, std::string_view value, std::uint8_t& null) {
    if (value.size() < 10 || value.substr(0, 4) != "0000" || value.substr(4, 6) != "-00-00") return false;
    if (!column.policies_.zero_dates_null) refuse(ValueProblem::zero_date, "is the zero date");
    null = 1;
    ++column.policy_uses_;
    return true;
  }

  static std::uint64_t time(ColumnDecoder& column, sqlite3_stmt* row, int storage, Batch& /*batch*/, std::uint8_t& /*null*/) {
    if (storage != SQLITE_TEXT) wrong_class(storage, column.type_);
    const auto micros = types::parse_time(bytes_of(row, column.index_, storage));
    if (micros.has_value()) check_scale(*micros, column.type_.scale);
    return calendar(column, micros);
  }
};

ColumnDecoder::ColumnDecoder(const types::Column& column, int index, const types::ValuePolicies& policies)
    : name_(column.name), type_(column.logical), index_(index), untyped_(column.native.words.empty()), policies_(policies) {
  const Range range = range_of(type_);
  lowest_ = range.lowest;
  highest_ = range.highest;
  switch (types::cell_kind(type_)) {
    case CellKind::boolean:
    case CellKind::i64:
      decode_ = Decoders::integer;
      break;
    case CellKind::u64:
      decode_ = Decoders::unsigned_integer;
      break;
    case CellKind::f32:
      decode_ = Decoders::float32;
      break;
    case CellKind::f64:
      decode_ = Decoders::float64;
      break;
    case CellKind::decimal:
      decode_ = Decoders::decimal;
      break;
    case CellKind::text:
    case CellKind::set:
      decode_ = Decoders::text;
      break;
    case CellKind::bytes:
      decode_ = Decoders::bytes;
      break;
    case CellKind::bits:
      decode_ = Decoders::bits;
      break;
    case CellKind::date:
      decode_ = Decoders::date;
      break;
    case CellKind::time:
      decode_ = Decoders::time;
      break;
    case CellKind::timestamp:
      decode_ = Decoders::timestamp;
      break;
  }
}

const char* storage_name(int storage) {
  switch (storage) {
    case SQLITE_INTEGER:
      return "INTEGER";
    case SQLITE_FLOAT:
      return "REAL";
    case SQLITE_TEXT:
      return "TEXT";
    case SQLITE_BLOB:
      return "BLOB";
    default:
      return "NULL";
  }
}

}  // namespace syncline::connectors::sqlite

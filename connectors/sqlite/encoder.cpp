#include "connectors/sqlite/encoder.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "stdlib/types/calendar.h"
#include "stdlib/types/decimal.h"

namespace syncline::connectors::sqlite {
namespace {

using expr::ValueError;
using expr::ValueProblem;
using types::Batch;
using types::CellKind;

void bind_text(sqlite3_stmt* statement, int parameter, const char* text, std::size_t size) {
  sqlite3_bind_text64(statement, parameter, size == 0 ? "" : text, size, SQLITE_STATIC, SQLITE_UTF8);
}

/// Whether a column with numeric affinity would turn this text into a number.
bool looks_numeric(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\n\v\f\r");
  if (begin == std::string_view::npos) return false;
  const auto end = text.find_last_not_of(" \t\n\v\f\r");
  const auto inner = text.substr(begin, end - begin + 1);
  const char first = inner.front();
  const bool may = (first >= '0' && first <= '9') || first == '+' || first == '-' || first == '.';
  return may && inner.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
}

/// Whether a decimal survives as SQLite's number: an integer of 64 bits, or at most 15 significant digits.
bool survives_as_number(std::string_view decimal) {
  if (!types::decimal::finite(decimal)) return false;
  const auto shape = types::decimal::shape(decimal);
  if (shape.zero || shape.highest - shape.lowest < 15) return true;
  return types::decimal::to_int64(decimal).has_value();
}

}  // namespace

/// One encoder per kind of cell; all of this shape so that a column holds a plain pointer.
struct Encoders {
  static void integer(ColumnEncoder& /*column*/, sqlite3_stmt* statement, int parameter, const Batch& /*batch*/,
                      std::uint64_t slot, char* /*scratch*/) {
    sqlite3_bind_int64(statement, parameter, static_cast<std::int64_t>(slot));
  }

  static void unsigned_integer(ColumnEncoder& column, sqlite3_stmt* statement, int parameter, const Batch& /*batch*/,
                               std::uint64_t slot, char* scratch) {
    if (column.affinity_ == Affinity::text) {
      const auto end = std::to_chars(scratch, scratch + ColumnEncoder::kScratch, slot).ptr;
      return bind_text(statement, parameter, scratch, static_cast<std::size_t>(end - scratch));
    }
    if (slot > static_cast<std::uint64_t>(INT64_MAX)) {
      throw ValueError(ValueProblem::out_of_range, column.name_, "is above 9223372036854775807, the largest integer of SQLite");
    }
    sqlite3_bind_int64(statement, parameter, static_cast<std::int64_t>(slot));
  }

  static void real(ColumnEncoder& column, sqlite3_stmt* statement, int parameter, double value) {
    if (std::isnan(value)) return not_a_number(column, statement, parameter);
    if (value == 0.0 && std::signbit(value) && column.affinity_ != Affinity::blob) {
      throw ValueError(ValueProblem::out_of_range, column.name_,
                       "is negative zero, which SQLite stores as 0 (SET the column to itself + 0)");
    }
    sqlite3_bind_double(statement, parameter, value);
  }

  static void not_a_number(ColumnEncoder& column, sqlite3_stmt* statement, int parameter) {
    if (!column.policies_.non_finite_null) {
      throw ValueError(ValueProblem::non_finite, column.name_, "is NaN, which SQLite stores as NULL");
    }
    ++column.policy_uses_;
    sqlite3_bind_null(statement, parameter);
  }

  static void float32(ColumnEncoder& column, sqlite3_stmt* statement, int parameter, const Batch& /*batch*/, std::uint64_t slot,
                      char* /*scratch*/) {
    const auto bits = static_cast<std::uint32_t>(slot);
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    real(column, statement, parameter, value);
  }

  static void float64(ColumnEncoder& column, sqlite3_stmt* statement, int parameter, const Batch& /*batch*/, std::uint64_t slot,
                      char* /*scratch*/) {
    double value = 0;
    std::memcpy(&value, &slot, sizeof value);
    real(column, statement, parameter, value);
  }

  static void decimal(ColumnEncoder& column, sqlite3_stmt* statement, int parameter, const Batch& batch, std::uint64_t slot,
                      char* /*scratch*/) {
    const auto value = batch.heap_view(slot);
    if (column.affinity_ != Affinity::text && column.affinity_ != Affinity::blob && !survives_as_number(value)) {
      throw ValueError(ValueProblem::out_of_range, column.name_,
                       "has more digits than a column of this declared type keeps in SQLite");
    }
    bind_text(statement, parameter, value.data(), value.size());
  }

  static void text(ColumnEncoder& /*column*/, sqlite3_stmt* statement, int parameter, const Batch& batch, std::uint64_t slot,
                   char* /*scratch*/) {
    const auto value = batch.heap_view(slot);
    bind_text(statement, parameter, value.data(), value.size());
  }

  /// Text into an existing column that is not declared as text: SQLite would store '0123' as 123.
  static void text_into_number(ColumnEncoder& column, sqlite3_stmt* statement, int parameter, const Batch& batch,
                               std::uint64_t slot, char* /*scratch*/) {
    const auto value = batch.heap_view(slot);
    if (looks_numeric(value)) {
      throw ValueError(ValueProblem::invalid_text, column.name_,
                       "is text that a column of this declared type turns into a number in SQLite");
    }
    bind_text(statement, parameter, value.data(), value.size());
  }

  static void bytes(ColumnEncoder& /*column*/, sqlite3_stmt* statement, int parameter, const Batch& batch, std::uint64_t slot,
                    char* /*scratch*/) {
    const auto value = batch.heap_view(slot);
    sqlite3_bind_blob64(statement, parameter, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC);
  }

  static void date(ColumnEncoder& /*column*/, sqlite3_stmt* statement, int parameter, const Batch& /*batch*/, std::uint64_t slot,
                   char* scratch) {
    bind_text(statement, parameter, scratch, types::write_date(scratch, static_cast<std::int64_t>(slot)));
  }

  static int scale_for(ColumnEncoder& column, std::int64_t micros) {
    static constexpr std::int64_t kUnit[] = {1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};
    const int scale = column.type_.scale < 0 || column.type_.scale > 6 ? 6 : column.type_.scale;
    if (micros % kUnit[scale] != 0) {
      throw ValueError(ValueProblem::scale_lost, column.name_, "has more than " + std::to_string(scale) + " fractional digits");
    }
    return scale;
  }

  static void time(ColumnEncoder& column, sqlite3_stmt* statement, int parameter, const Batch& /*batch*/, std::uint64_t slot,
                   char* scratch) {
    const auto micros = static_cast<std::int64_t>(slot);
    bind_text(statement, parameter, scratch, types::write_time(scratch, micros, scale_for(column, micros)));
  }

  static std::size_t write_moment(ColumnEncoder& column, std::int64_t micros, char* scratch, bool& bounded) {
    bounded = micros != types::kTimestampInfinity && micros != types::kTimestampMinusInfinity;
    return types::write_timestamp(scratch, micros, bounded ? scale_for(column, micros) : 0);
  }

  static void timestamp_local(ColumnEncoder& column, sqlite3_stmt* statement, int parameter, const Batch& /*batch*/,
                              std::uint64_t slot, char* scratch) {
    bool bounded = true;
    bind_text(statement, parameter, scratch, write_moment(column, static_cast<std::int64_t>(slot), scratch, bounded));
  }

  static void instant(ColumnEncoder& column, sqlite3_stmt* statement, int parameter, const Batch& /*batch*/, std::uint64_t slot,
                      char* scratch) {
    bool bounded = true;
    std::size_t size = write_moment(column, static_cast<std::int64_t>(slot), scratch, bounded);
    if (bounded) scratch[size++] = 'Z';
    bind_text(statement, parameter, scratch, size);
  }
};

ColumnEncoder::ColumnEncoder(const types::Column& column, const types::ValuePolicies& policies)
    : name_(column.name), type_(column.logical), affinity_(affinity(column.native.text)), policies_(policies) {
  const bool keeps_text = affinity_ == Affinity::text || affinity_ == Affinity::blob;
  switch (types::cell_kind(type_)) {
    case CellKind::boolean:
    case CellKind::i64:
      bind_ = Encoders::integer;
      break;
    case CellKind::u64:
      bind_ = Encoders::unsigned_integer;
      break;
    case CellKind::f32:
      bind_ = Encoders::float32;
      break;
    case CellKind::f64:
      bind_ = Encoders::float64;
      break;
    case CellKind::decimal:
      bind_ = Encoders::decimal;
      break;
    case CellKind::text:
    case CellKind::set:
    case CellKind::bits:
      bind_ = keeps_text ? Encoders::text : Encoders::text_into_number;
      break;
    case CellKind::bytes:
      bind_ = Encoders::bytes;
      break;
    case CellKind::date:
      bind_ = Encoders::date;
      break;
    case CellKind::time:
      bind_ = Encoders::time;
      break;
    case CellKind::timestamp:
      bind_ = type_.kind == types::TypeKind::timestamp ? Encoders::instant : Encoders::timestamp_local;
      break;
  }
}

}  // namespace syncline::connectors::sqlite

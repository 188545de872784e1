#include "connectors/postgres/copy_encoder.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "connectors/postgres/numeric.h"
#include "connectors/postgres/text_cell.h"
#include "connectors/postgres/wire.h"
#include "stdlib/expr/row_key.h"
#include "stdlib/types/calendar.h"

namespace syncline::connectors::postgres {
namespace {

using expr::ValueError;
using expr::ValueProblem;
using types::CellKind;

constexpr std::size_t kFlushAt = 128U << 10U;
constexpr std::size_t kSlice = 1U << 20U;
constexpr std::size_t kFixedCell = 32;
constexpr char kHeader[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";  // signature, flags, extension; the closing NUL belongs to them
constexpr std::size_t kHeaderSize = 19;
constexpr std::uint32_t kTextOid = 25;

[[noreturn]] void refuse(ValueProblem problem, const ColumnEncoding& column, std::string detail) {
  throw ValueError(problem, column.name, std::move(detail));
}

bool one_of(const std::string& word, std::initializer_list<const char*> words) {
  for (const char* candidate : words) {
    if (word == candidate) return true;
  }
  return false;
}

struct Choice {
  bool found;
  Encoding encoding;
};
constexpr Choice kNone{false, Encoding::text};
Choice pick(Encoding encoding) {
  return {true, encoding};
}

Choice choose_integer(const std::string& words, bool is_unsigned) {
  if (one_of(words, {"bigint", "int8"})) return pick(is_unsigned ? Encoding::uint8 : Encoding::int8);
  if (one_of(words, {"integer", "int", "int4"})) return pick(is_unsigned ? Encoding::uint4 : Encoding::int4);
  if (one_of(words, {"smallint", "int2"})) return pick(is_unsigned ? Encoding::uint2 : Encoding::int2);
  if (one_of(words, {"numeric", "decimal"})) return pick(is_unsigned ? Encoding::numeric_from_uint : Encoding::numeric_from_int);
  return kNone;
}

Choice choose_text(const std::string& words) {
  if (one_of(words, {"text", "character varying", "varchar", "character", "char", "bpchar", "json", "enum"}))
    return pick(Encoding::text);
  if (words == "jsonb") return pick(Encoding::jsonb);
  if (words == "uuid") return pick(Encoding::uuid);
  return kNone;
}

Choice choose(CellKind kind, const std::string& words) {
  switch (kind) {
    case CellKind::boolean:
      return one_of(words, {"boolean", "bool"}) ? pick(Encoding::boolean) : kNone;
    case CellKind::i64:
      return choose_integer(words, false);
    case CellKind::u64:
      return choose_integer(words, true);
    case CellKind::f32:
      if (one_of(words, {"real", "float4"})) return pick(Encoding::float4);
      return one_of(words, {"double precision", "float8"}) ? pick(Encoding::float4_as_8) : kNone;
    case CellKind::f64:
      return one_of(words, {"double precision", "float8"}) ? pick(Encoding::float8) : kNone;
    case CellKind::decimal:
      return one_of(words, {"numeric", "decimal"}) ? pick(Encoding::numeric) : kNone;
    case CellKind::text:
      return choose_text(words);
    case CellKind::set:
      return words == "text[]" ? pick(Encoding::text_array) : choose_text(words);
    case CellKind::bytes:
      return words == "bytea" ? pick(Encoding::bytes) : kNone;
    case CellKind::bits:
      return one_of(words, {"bit", "bit varying", "varbit"}) ? pick(Encoding::bits) : kNone;
    case CellKind::date:
      return words == "date" ? pick(Encoding::date) : kNone;
    case CellKind::time:
      if (words == "interval") return pick(Encoding::time_as_interval);
      return one_of(words, {"time", "time without time zone"}) ? pick(Encoding::time) : kNone;
    case CellKind::timestamp:
      return one_of(words, {"timestamp", "timestamptz", "timestamp without time zone", "timestamp with time zone"})
                 ? pick(Encoding::timestamp)
                 : kNone;
  }
  return kNone;
}

std::int64_t argument(const types::Column& column, std::size_t place) {
  if (column.native.arguments.size() <= place) return -1;
  return std::strtoll(column.native.arguments[place].c_str(), nullptr, 10);
}

std::int64_t in_range(const ColumnEncoding& column, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value < low || value > high) refuse(ValueProblem::out_of_range, column, "the number does not fit the target's type");
  return value;
}

std::uint64_t in_range(const ColumnEncoding& column, std::uint64_t value, std::uint64_t high) {
  if (value > high) refuse(ValueProblem::out_of_range, column, "the number does not fit the target's type");
  return value;
}

char* put_integer_numeric(char* p, std::uint64_t magnitude, bool negative) {
  char text[24];
  char* at = text + sizeof text;
  do {
    *--at = static_cast<char>('0' + magnitude % 10);
    magnitude /= 10;
  } while (magnitude != 0);
  if (negative) *--at = '-';
  const std::size_t size = write_numeric(p + 4, {at, static_cast<std::size_t>(text + sizeof text - at)});
  wire::put32(p, static_cast<std::uint32_t>(size));
  return p + 4 + size;
}

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

char* put_uuid(char* p, const ColumnEncoding& column, std::string_view text) {
  p = wire::put32(p, 16);
  int digits = 0;
  int high = 0;
  for (const char c : text) {
    if (c == '-') continue;
    const int value = hex_value(c);
    if (value < 0 || digits == 32) refuse(ValueProblem::invalid_text, column, "the text is no UUID");
    if (digits++ % 2 == 0) {
      high = value * 16;
    } else {
      *p++ = static_cast<char>(high + value);
    }
  }
  if (digits != 32) refuse(ValueProblem::invalid_text, column, "the text is no UUID");
  return p;
}

void put_bits(types::Buffer& out, std::string_view bits) {
  const std::size_t bytes = (bits.size() + 7) / 8;
  char* p = out.reserve_more(8 + bytes);
  p = wire::put32(p, static_cast<std::uint32_t>(4 + bytes));
  p = wire::put32(p, static_cast<std::uint32_t>(bits.size()));
  std::memset(p, 0, bytes);
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (bits[i] == '1') p[i / 8] = static_cast<char>(static_cast<unsigned char>(p[i / 8]) | 0x80U >> i % 8);
  }
  out.advance(8 + bytes);
}

void put_text_array(types::Buffer& out, std::string_view labels) {
  std::size_t count = labels.empty() ? 0 : 1;
  for (const char c : labels) count += c == ',' ? 1 : 0;
  char* const start = out.reserve_more(32 + labels.size() + count * 4);
  char* p = start + 4;
  p = wire::put32(p, count == 0 ? 0 : 1);
  p = wire::put32(p, 0);
  p = wire::put32(p, kTextOid);
  if (count > 0) {
    p = wire::put32(p, static_cast<std::uint32_t>(count));
    p = wire::put32(p, 1);
  }
  for (std::size_t at = 0; count > 0; --count) {
    const std::size_t comma = std::min(labels.find(',', at), labels.size());
    p = wire::put32(p, static_cast<std::uint32_t>(comma - at));
    std::memcpy(p, labels.data() + at, comma - at);
    p += comma - at;
    at = comma + 1;
  }
  wire::put32(start, static_cast<std::uint32_t>(p - start - 4));
  out.advance(static_cast<std::size_t>(p - start));
}

void check_scale(const ColumnEncoding& column, std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos || text.size() - point - 1 <= static_cast<std::size_t>(column.scale)) return;
  for (const char c : text.substr(point + 1 + static_cast<std::size_t>(column.scale))) {
    if (c != '0') refuse(ValueProblem::scale_lost, column, "the number has more fractional digits than the target keeps");
  }
}

}  // namespace

ColumnEncoding encoding_of(const types::Column& column) {
  ColumnEncoding result;
  result.kind = types::cell_kind(column.logical);
  const std::string& words = column.native.words;
  const Choice choice = choose(result.kind, words);
  result.binary = choice.found;
  result.encoding = choice.encoding;
  result.nullable = column.nullable;
  result.judged = !choice.found || one_of(words, {"json", "jsonb", "enum"});
  result.name = column.name;
  result.array = result.kind == CellKind::text && words.size() > 2 && words.compare(words.size() - 2, 2, "[]") == 0;
  result.text_target = result.kind == CellKind::set && words != "text[]";
  if (one_of(words, {"character varying", "varchar", "character", "char"})) result.max_characters = argument(column, 0);
  if (one_of(words, {"numeric", "decimal"}) && argument(column, 0) >= 0)
    result.scale = static_cast<int>(std::max<std::int64_t>(0, argument(column, 1)));
  return result;
}

CopyEncoder::CopyEncoder(const LoadTable& table, CopySink& sink) : sink_(sink), policies_(table.policies) {
  for (std::size_t cell = 0; cell < table.load_columns.size(); ++cell) {
    const types::Column& column = table.desired.columns[static_cast<std::size_t>(table.load_columns[cell])];
    columns_.push_back(encoding_of(column));
    binary_ = binary_ && columns_.back().binary;
  }
  if (table.relay) binary_ = true;
}

bool CopyEncoder::server_judges() const {
  return std::any_of(columns_.begin(), columns_.end(), [](const ColumnEncoding& column) { return column.judged; });
}

void CopyEncoder::begin() {
  out_.clear();
  if (binary_) out_.append(kHeader, kHeaderSize);
}

void CopyEncoder::end() {
  if (binary_) out_.append("\xFF\xFF", 2);
  flush();
}

void CopyEncoder::flush() {
  for (std::size_t at = 0; at < out_.size(); at += kSlice) sink_.send(out_.data() + at, std::min(kSlice, out_.size() - at));
  out_.clear();
  out_.trim(4 * kFlushAt);
}

void CopyEncoder::flush_if_full() {
  if (out_.size() >= kFlushAt) flush();
}

void CopyEncoder::write_relay(const types::Batch& batch) {
  flush();
  for (std::size_t at = 0; at < batch.heap.size(); at += kSlice) {
    sink_.send(batch.heap.data() + at, std::min(kSlice, batch.heap.size() - at));
  }
}

void CopyEncoder::write(const types::Batch& batch) {
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    try {
      if (binary_) {
        write_row(batch, row);
      } else {
        write_text_row(batch, row);
      }
    } catch (const ValueError& error) {
      throw expr::RowError(error, row);
    }
    flush_if_full();
  }
}

void CopyEncoder::write_row(const types::Batch& batch, std::size_t row) {
  const std::uint64_t* slots = batch.slots(row);
  const std::uint8_t* nulls = batch.nulls(row);
  wire::put16(out_.reserve_more(2), static_cast<std::uint16_t>(columns_.size()));
  out_.advance(2);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (nulls[i] != 0) {
      if (!columns_[i].nullable) refuse(ValueProblem::null_in_not_null, columns_[i], "NULL in a column that takes none");
      wire::put32(out_.reserve_more(4), 0xFFFFFFFFU);
      out_.advance(4);
    } else {
      put_cell(columns_[i], batch, slots[i]);
    }
  }
}

void CopyEncoder::put_cell(ColumnEncoding& column, const types::Batch& batch, std::uint64_t slot) {
  const auto number = static_cast<std::int64_t>(slot);
  char* const start = out_.reserve_more(kFixedCell);
  char* p = start;
  switch (column.encoding) {
    case Encoding::int4:
      p = wire::put32(wire::put32(p, 4), static_cast<std::uint32_t>(in_range(column, number, INT32_MIN, INT32_MAX)));
      break;
    case Encoding::int8:
      p = wire::put64(wire::put32(p, 8), slot);
      break;
    case Encoding::text:
      return put_text(column, batch.heap_view(slot), false);
    case Encoding::numeric: {
      const std::string_view text = batch.heap_view(slot);
      if (column.scale >= 0) check_scale(column, text);
      char* const cell = out_.reserve_more(4 + numeric_bound(text.size()));
      const std::size_t size = write_numeric(cell + 4, text);
      if (size == 0) refuse(ValueProblem::not_a_number, column, "the number has more digits than PostgreSQL keeps");
      wire::put32(cell, static_cast<std::uint32_t>(size));
      out_.advance(4 + size);
      return;
    }
    case Encoding::date:
      p = wire::put32(wire::put32(p, 4), static_cast<std::uint32_t>(in_range(column, number, INT32_MIN, INT32_MAX)));
      break;
    case Encoding::timestamp:
    case Encoding::float8:
      p = wire::put64(wire::put32(p, 8), slot);
      break;
    case Encoding::float4:
      p = wire::put32(wire::put32(p, 4), static_cast<std::uint32_t>(slot));
      break;
    case Encoding::boolean:
      p = wire::put32(p, 1);
      *p++ = slot != 0 ? '\1' : '\0';
      break;
    case Encoding::int2:
      p = wire::put16(wire::put32(p, 2), static_cast<std::uint16_t>(in_range(column, number, INT16_MIN, INT16_MAX)));
      break;
    case Encoding::uint2:
      p = wire::put16(wire::put32(p, 2), static_cast<std::uint16_t>(in_range(column, slot, std::uint64_t{INT16_MAX})));
      break;
    case Encoding::uint4:
      p = wire::put32(wire::put32(p, 4), static_cast<std::uint32_t>(in_range(column, slot, std::uint64_t{INT32_MAX})));
      break;
    case Encoding::uint8:
      p = wire::put64(wire::put32(p, 8), in_range(column, slot, std::uint64_t{INT64_MAX}));
      break;
    case Encoding::numeric_from_int:
      p = put_integer_numeric(p, number < 0 ? 0 - slot : slot, number < 0);
      break;
    case Encoding::numeric_from_uint:
      p = put_integer_numeric(p, slot, false);
      break;
    case Encoding::float4_as_8: {
      const auto bits = static_cast<std::uint32_t>(slot);
      float narrow;
      std::memcpy(&narrow, &bits, sizeof narrow);
      const double wide = narrow;
      std::uint64_t wide_bits;
      std::memcpy(&wide_bits, &wide, sizeof wide_bits);
      p = wire::put64(wire::put32(p, 8), wide_bits);
      break;
    }
    case Encoding::jsonb:
      return put_text(column, batch.heap_view(slot), true);
    case Encoding::uuid:
      p = put_uuid(p, column, batch.heap_view(slot));
      break;
    case Encoding::text_array:
      return put_text_array(out_, batch.heap_view(slot));
    case Encoding::bytes:
      return put_heap(column, batch.heap_view(slot), false);
    case Encoding::bits:
      return put_bits(out_, batch.heap_view(slot));
    case Encoding::time:
      if (number < 0 || number > types::kMicrosPerDay) refuse(ValueProblem::time_range, column, "the time is not within one day");
      p = wire::put64(wire::put32(p, 8), slot);
      break;
    case Encoding::time_as_interval:
      p = wire::put64(wire::put64(wire::put32(p, 16), slot), 0);
      break;
  }
  out_.advance(static_cast<std::size_t>(p - start));
}

void CopyEncoder::put_text(ColumnEncoding& column, std::string_view value, bool version_byte) {
  if (!value.empty() && std::memchr(value.data(), 0, value.size()) != nullptr) {
    if (!policies_.nul_text_strip)
      refuse(ValueProblem::nul_in_text, column, "the text holds a NUL character, which PostgreSQL cannot keep");
    scratch_.clear();
    for (const char c : value) {
      if (c != '\0') scratch_ += c;
    }
    ++column.stripped;
    value = scratch_;
  }
  if (column.max_characters >= 0 && value.size() > static_cast<std::size_t>(column.max_characters) &&
      characters(value) > static_cast<std::size_t>(column.max_characters)) {
    refuse(ValueProblem::too_long, column, "the text has " + std::to_string(characters(value)) + " characters");
  }
  put_heap(column, value, version_byte);
}

void CopyEncoder::put_heap(ColumnEncoding& /*column*/, std::string_view value, bool version_byte) {
  const std::size_t head = version_byte ? 5 : 4;
  const bool large = value.size() > kSlice;
  char* p = out_.reserve_more(head + (large ? 0 : value.size()));
  p = wire::put32(p, static_cast<std::uint32_t>(value.size() + (version_byte ? 1 : 0)));
  if (version_byte) *p++ = '\1';
  if (!large) {
    std::memcpy(p, value.data(), value.size());
    out_.advance(head + value.size());
    return;
  }
  out_.advance(head);
  flush();
  for (std::size_t at = 0; at < value.size(); at += kSlice) sink_.send(value.data() + at, std::min(kSlice, value.size() - at));
}

void CopyEncoder::write_text_row(const types::Batch& batch, std::size_t row) {
  const std::uint64_t* slots = batch.slots(row);
  const std::uint8_t* nulls = batch.nulls(row);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    ColumnEncoding& column = columns_[i];
    if (i > 0) out_.append("\t", 1);
    if (nulls[i] != 0) {
      if (!column.nullable) refuse(ValueProblem::null_in_not_null, column, "NULL in a column that takes none");
      out_.append("\\N", 2);
      continue;
    }
    scratch_.clear();
    append_input_text(scratch_, column, batch, slots[i]);
    if (scratch_.find('\0') != std::string::npos) {
      if (!policies_.nul_text_strip)
        refuse(ValueProblem::nul_in_text, column, "the text holds a NUL character, which PostgreSQL cannot keep");
      scratch_.erase(std::remove(scratch_.begin(), scratch_.end(), '\0'), scratch_.end());
      ++column.stripped;
    }
    if (column.scale >= 0 && column.kind == CellKind::decimal) check_scale(column, scratch_);
    if (column.max_characters >= 0 && characters(scratch_) > static_cast<std::size_t>(column.max_characters)) {
      refuse(ValueProblem::too_long, column, "the text has " + std::to_string(characters(scratch_)) + " characters");
    }
    append_escaped(out_, scratch_);
  }
  out_.append("\n", 1);
}

}  // namespace syncline::connectors::postgres

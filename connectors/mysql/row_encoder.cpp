#include "connectors/mysql/row_encoder.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "connectors/mysql/type_text.h"
#include "stdlib/types/calendar.h"

namespace syncline::connectors::mysql {
namespace {

using expr::ValueError;
using expr::ValueProblem;
using types::Buffer;
using types::CellKind;

/// What follows the backslash for bytes that LOAD DATA takes as its own; 0: the byte stands for itself.
constexpr std::array<char, 256> make_escapes() {
  std::array<char, 256> table{};
  table[0] = '0';
  table['\t'] = 't';
  table['\n'] = 'n';
  table['\\'] = '\\';
  return table;
}
constexpr auto kEscapes = make_escapes();
constexpr std::size_t kLargeCell = 1U << 20U;

void put_escaped(std::string_view bytes, Buffer& out) {
  char* const begin = out.reserve_more(bytes.size() * 2);
  char* to = begin;
  const char* from = bytes.data();
  const char* const end = from + bytes.size();
  while (from < end) {
    const char* stop = from;
    while (stop < end && kEscapes[static_cast<unsigned char>(*stop)] == 0) ++stop;
    std::memcpy(to, from, static_cast<std::size_t>(stop - from));
    to += stop - from;
    if (stop < end) {
      *to++ = '\\';
      *to++ = kEscapes[static_cast<unsigned char>(*stop++)];
    }
    from = stop;
  }
  out.advance(static_cast<std::size_t>(to - begin));
}

template <typename Number>
void put_number(Number value, Buffer& out) {
  char* const to = out.reserve_more(32);
  out.advance(static_cast<std::size_t>(std::to_chars(to, to + 32, value).ptr - to));
}

/// Always four digits: the server reads 0 and 24 as 2000 and 2024.
void put_year(std::int64_t year, const std::string& column, Buffer& out) {
  if (year < 0 || year > 9999) throw ValueError(ValueProblem::out_of_range, column, "no year");
  char* const to = out.reserve_more(4);
  for (int i = 3; i >= 0; --i, year /= 10) to[i] = static_cast<char>('0' + year % 10);
  out.advance(4);
}

void put_bits(std::string_view digits, Buffer& out) {
  std::array<char, 8> bytes{};
  const std::size_t count = (digits.size() + 7) / 8;
  if (count > bytes.size()) throw ValueError(ValueProblem::too_long, "", "more than 64 bits");
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t from_end = digits.size() - 1 - i;
    if (digits[i] == '1')
      bytes[count - 1 - from_end / 8] = static_cast<char>(bytes[count - 1 - from_end / 8] | (1 << (from_end % 8)));
  }
  put_escaped({bytes.data(), count}, out);
}

/// Digits behind the point that are not zero beyond `scale` places.
bool loses_scale(std::string_view decimal, int scale) {
  const auto point = decimal.find('.');
  if (point == std::string_view::npos) return false;
  const auto kept = point + 1 + static_cast<std::size_t>(scale);
  return kept < decimal.size() && decimal.find_first_not_of('0', kept) != std::string_view::npos;
}

constexpr std::int64_t kLargestTime = ((838LL * 60 + 59) * 60 + 59) * 1'000'000 + 999'999;
const std::int64_t kFirstDay = types::days_from_civil(1, 1, 1);
const std::int64_t kLastDay = types::days_from_civil(9999, 12, 31);

// TIMESTAMP's range, and what it means in microseconds since 2000-01-01.
const std::int64_t kFirstStamp = (types::days_from_civil(1970, 1, 1) * 86'400 + 1) * 1'000'000;
const std::int64_t kLastStamp = (types::days_from_civil(1970, 1, 1) * 86'400 + 2'147'483'648) * 1'000'000 - 1;

/// `scale` < 0: a DATE. Always true: the cell is not NULL.
bool put_partial_date(std::int64_t slot, int scale, Buffer& out) {
  const types::PartialDate date = types::unpack_partial_date(slot);
  char* to = out.reserve_more(64);
  auto length = static_cast<std::size_t>(fmt::format_to(to, "{:04}-{:02}-{:02}", date.year, date.month, date.day) - to);
  if (scale >= 0) {
    to[length++] = ' ';
    length += types::write_time(to + length, date.micros_of_day, scale);
  }
  out.advance(length);
  return true;
}

constexpr const char* kMinusZero = "is negative zero, which MySQL stores as 0 (SET the column to itself + 0)";

[[noreturn]] void refuse(ValueProblem problem, const std::string& column, const char* detail) {
  throw ValueError(problem, column, detail);
}

int kept_scale(const types::Column& column) {
  const auto& words = column.native.words;
  if (words == "datetime" || words == "timestamp" || words == "time") return argument(column.native, 0, 0);
  if (words.rfind("decimal", 0) == 0) return argument(column.native, 1, 0);
  return column.logical.scale >= 0 ? column.logical.scale : 30;
}

}  // namespace

char escape_of(char byte) {
  return kEscapes[static_cast<unsigned char>(byte)];
}

RowEncoder::RowEncoder(const LoadTable& table, bool stores_minus_zero)
    : policies_(table.policies), stores_minus_zero_(stores_minus_zero) {
  for (const int index : table.load_columns) {
    const auto& target = table.desired.columns.at(static_cast<std::size_t>(index));
    Column column;
    column.encode = choose(target, types::cell_kind(target.logical));
    column.nullable = target.nullable;
    column.scale = kept_scale(target);
    column.ends_in_2038 = target.native.words == "timestamp";
    for (int digits = column.scale; digits < 6; ++digits) column.fraction *= 10;
    columns_.push_back(column);
    names_.push_back(target.name);
  }
}

RowEncoder::Encode RowEncoder::choose(const types::Column& column, CellKind kind) {
  const bool bit = column.native.words == "bit";
  if (column.native.words == "year" && !types::on_heap(kind)) return Encode::year;
  switch (kind) {
    case CellKind::boolean:
      return bit ? Encode::boolean_bit : Encode::boolean;
    case CellKind::i64:
      return Encode::signed_number;
    case CellKind::u64:
      return Encode::unsigned_number;
    case CellKind::f32:
      return Encode::f32;
    case CellKind::f64:
      return Encode::f64;
    case CellKind::decimal:
      return Encode::decimal;
    case CellKind::bits:
      return bit ? Encode::bits : Encode::escaped;
    case CellKind::date:
      return Encode::date;
    case CellKind::time:
      return Encode::time;
    case CellKind::timestamp:
      return Encode::timestamp;
    case CellKind::text:
    case CellKind::set:
    case CellKind::bytes:
      return Encode::escaped;
  }
  return Encode::escaped;
}

bool RowEncoder::non_finite(Column& column, const std::string& name) const {
  if (!policies_.non_finite_null) refuse(ValueProblem::non_finite, name, "MySQL has neither NaN nor infinities");
  ++column.policy_uses;
  return false;
}

void RowEncoder::put_null(const Column& column, const std::string& name, Buffer& out) const {
  if (!column.nullable) refuse(ValueProblem::null_in_not_null, name, "NULL for a column that is NOT NULL");
  out.append("\\N", 2);
}

bool RowEncoder::encode(Column& column, const std::string& name, std::uint64_t slot, const types::Batch& batch, Buffer& out) {
  const auto number = static_cast<std::int64_t>(slot);
  switch (column.encode) {
    case Encode::boolean:
      out.append(slot != 0 ? "1" : "0", 1);
      return true;
    case Encode::boolean_bit:
      out.append(slot != 0 ? "\1" : "\\0", slot != 0 ? 1 : 2);
      return true;
    case Encode::signed_number:
      put_number(number, out);
      return true;
    case Encode::unsigned_number:
      put_number(slot, out);
      return true;
    case Encode::year:
      put_year(number, name, out);
      return true;
    case Encode::f32: {
      float value = 0;
      const auto bits = static_cast<std::uint32_t>(slot);
      std::memcpy(&value, &bits, sizeof value);
      if (!std::isfinite(value)) return non_finite(column, name);
      if (value == 0 && std::signbit(value) && !stores_minus_zero_) refuse(ValueProblem::out_of_range, name, kMinusZero);
      put_number(static_cast<double>(value), out);  // All digits of the double: the server rounds it back to this very float.
      return true;
    }
    case Encode::f64: {
      double value = 0;
      std::memcpy(&value, &slot, sizeof value);
      if (!std::isfinite(value)) return non_finite(column, name);
      if (value == 0 && std::signbit(value) && !stores_minus_zero_) refuse(ValueProblem::out_of_range, name, kMinusZero);
      put_number(value, out);
      return true;
    }
    case Encode::decimal: {
      const auto text = batch.heap_view(slot);
      if (!text.empty() && (text.back() == 'N' || text.back() == 'y')) return non_finite(column, name);
      if (loses_scale(text, column.scale))
        refuse(ValueProblem::scale_lost, name, "more digits behind the point than the column keeps");
      out.append(text);
      return true;
    }
    case Encode::escaped:
      if (const auto bytes = batch.heap_view(slot); bytes.size() < kLargeCell) {
        put_escaped(bytes, out);
      } else {
        large_.push_back({out.size(), bytes});
      }
      return true;
    case Encode::bits:
      put_bits(batch.heap_view(slot), out);
      return true;
    case Encode::date:
      if (types::is_partial_date(number)) return put_partial_date(number, -1, out);
      if (number < kFirstDay || number > kLastDay)
        refuse(ValueProblem::date_range, name, "MySQL's dates end at 0001-01-01 and 9999-12-31");
      out.advance(types::write_date(out.reserve_more(40), number));
      return true;
    case Encode::time:
      if (number > kLargestTime || number < -kLargestTime) refuse(ValueProblem::time_range, name, "beyond 838:59:59");
      if (number % column.fraction != 0) refuse(ValueProblem::scale_lost, name, "more fraction digits than the column keeps");
      out.advance(types::write_time(out.reserve_more(40), number, column.scale));
      return true;
    case Encode::timestamp:
      if (types::is_partial_date(number)) return put_partial_date(number, column.scale, out);
      if (column.ends_in_2038 && (number < kFirstStamp || number > kLastStamp)) {
        refuse(ValueProblem::out_of_range, name, "a TIMESTAMP holds 1970-01-01 00:00:01 to 2038-01-19 03:14:07");
      }
      if (number < kFirstDay * types::kMicrosPerDay || number >= (kLastDay + 1) * types::kMicrosPerDay) {
        refuse(ValueProblem::date_range, name, "MySQL's dates end at 0001-01-01 and 9999-12-31");
      }
      if (number % column.fraction != 0) refuse(ValueProblem::scale_lost, name, "more fraction digits than the column keeps");
      out.advance(types::write_timestamp(out.reserve_more(40), number, column.scale));
      return true;
  }
  return true;
}

void RowEncoder::append(const types::Batch& batch, std::size_t row, Buffer& out) {
  const std::uint64_t* slots = batch.slots(row);
  const std::uint8_t* nulls = batch.nulls(row);
  const std::size_t count = columns_.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (nulls[i] != 0 || !encode(columns_[i], names_[i], slots[i], batch, out)) put_null(columns_[i], names_[i], out);
    out.append(i + 1 < count ? "\t" : "\n", 1);
  }
  if (count == 0) out.append("\n", 1);
}

std::vector<std::pair<std::string, std::uint64_t>> RowEncoder::policy_uses() const {
  std::vector<std::pair<std::string, std::uint64_t>> uses;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].policy_uses > 0) uses.emplace_back(names_[i], columns_[i].policy_uses);
  }
  return uses;
}

std::string_view raw_field(std::string_view text, std::size_t line, std::size_t field) {
  for (std::size_t i = 1; i < line; ++i) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  for (std::size_t i = 0; i < field; ++i) {
    const auto end = text.find('\t');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\t'));
}

std::string unescaped(std::string_view raw) {
  std::string out;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    char c = raw[i];
    if (c == '\\' && i + 1 < raw.size()) {
      c = raw[++i];
      if (c == 't') c = '\t';
      if (c == 'n') c = '\n';
      if (c == '0') c = '\0';
    }
    out += c;
  }
  return out;
}

std::string encoded_field(std::string_view text, std::size_t line, std::size_t field) {
  return unescaped(raw_field(text, line, field));
}

}  // namespace syncline::connectors::mysql

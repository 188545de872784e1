#include "connectors/mysql/row_buffers.h"

#include <algorithm>
#include <cstring>

#include "connectors/api/error.h"
#include "connectors/mysql/dialect.h"
#include "connectors/mysql/type_text.h"
#include "stdlib/base/text.h"
#include "stdlib/expr/row_key.h"
#include "stdlib/types/calendar.h"

namespace syncline::connectors::mysql {
namespace {

using types::Batch;
using types::CellKind;

constexpr unsigned long kLargestBound = 16UL << 10U;
constexpr unsigned long kBoundForLong = 4UL << 10U;

/// Bytes to bind for a column of variable length.
unsigned long bound_size(const types::Column& column) {
  const auto& words = column.native.words;
  if (words == "char" || words == "varchar") {
    return std::min<unsigned long>(static_cast<unsigned long>(argument(column.native, 0, 255)) * 4 + 1, kLargestBound);
  }
  if (words == "binary" || words == "varbinary") {
    return std::min<unsigned long>(static_cast<unsigned long>(argument(column.native, 0, 255)) + 1, kLargestBound);
  }
  return is_long_type(words) ? kBoundForLong : 1024;
}

bool has_empty_label(const types::NativeType& type) {
  return std::find(type.arguments.begin(), type.arguments.end(), "''") != type.arguments.end();
}

Decode choose(const types::Column& column, CellKind kind) {
  const auto& words = column.native.words;
  switch (kind) {
    case CellKind::boolean:
      return words == "bit" ? Decode::boolean_bits : Decode::boolean;
    case CellKind::i64:
    case CellKind::u64:
      return Decode::integer;
    case CellKind::f32:
      return Decode::f32;
    case CellKind::f64:
      return words.rfind("float", 0) == 0 ? Decode::widened : Decode::f64;
    case CellKind::decimal:
      return Decode::decimal;
    case CellKind::text:
      return words == "enum" ? Decode::checked_label : Decode::text;
    case CellKind::set:
      return Decode::text;
    case CellKind::bytes:
      return Decode::bytes;
    case CellKind::bits:
      return Decode::bits;
    case CellKind::date:
      return Decode::date;
    case CellKind::time:
      return Decode::time;
    case CellKind::timestamp:
      return Decode::timestamp;
  }
  return Decode::text;
}

std::int64_t clock_micros(const MYSQL_TIME& moment) {
  return ((static_cast<std::int64_t>(moment.hour) * 60 + moment.minute) * 60 + moment.second) * 1'000'000 +
         static_cast<std::int64_t>(moment.second_part);
}

[[noreturn]] void refuse(expr::ValueProblem problem, const std::string& column, const char* detail) {
  throw expr::ValueError(problem, column, detail);
}

/// Leading zeros of ZEROFILL decimals go; anything else is canonical already.
std::string_view canonical_decimal(std::string_view text) {
  while (text.size() > 1 && text[0] == '0' && text[1] != '.') text.remove_prefix(1);
  return text;
}

std::uint64_t put_bits(std::string_view bytes, unsigned width, Batch& batch) {
  const auto offset = batch.heap.size();
  char* out = batch.heap.reserve_more(width);
  for (unsigned i = 0; i < width; ++i) {
    const unsigned from_end = width - 1 - i;
    const unsigned byte = from_end / 8;
    const bool set =
        byte < bytes.size() && ((static_cast<unsigned char>(bytes[bytes.size() - 1 - byte]) >> (from_end % 8)) & 1U) != 0;
    out[i] = set ? '1' : '0';
  }
  batch.heap.advance(width);
  return Batch::heap_slot(offset, width);
}

}  // namespace

RowBuffers::RowBuffers(const std::vector<types::Column>& columns, std::vector<std::string> key, types::ValuePolicies policies,
                       std::size_t max_row_bytes)
    : columns_(columns.size()), key_(std::move(key)), policies_(policies), max_row_bytes_(max_row_bytes) {
  cells_.reserve(columns.size() * 3 + 16);  // Binds point into cells: no growth later.
  binds_.reserve(columns.size() * 3 + 16);
  for (const auto& column : columns) {
    Cell& cell = cells_.emplace_back();
    set_up(cell, column);
    binds_.push_back(make_bind(cell, column.logical.is_unsigned));
  }
  for (std::size_t i = 0; i < columns_; ++i) {
    if (cells_[i].decode != Decode::checked_label || !has_empty_label(columns[i].native)) continue;
    cells_[i].label_index = static_cast<int>(cells_.size());
    Cell& number = cells_.emplace_back();
    number.decode = Decode::integer;
    number.select = cells_[i].select + "+0";
    binds_.push_back(make_bind(number, true));
  }
  first_extra_ = cells_.size();
}

void RowBuffers::set_up(Cell& cell, const types::Column& column) {
  cell.name = column.name;
  cell.kind = types::cell_kind(column.logical);
  cell.decode = choose(column, cell.kind);
  cell.select = dialect().quote(std::string_view(column.name));
  cell.width = static_cast<unsigned>(argument(column.native, 0, 1));
  if (cell.decode == Decode::boolean_bits || cell.decode == Decode::bits) {
    cell.capacity = 16;
  } else if (cell.decode == Decode::decimal) {
    cell.capacity = 96;
  } else if (types::on_heap(cell.kind)) {
    cell.capacity = bound_size(column);
  }
  if (cell.capacity > 0) cell.buffer.reset(new char[cell.capacity]);
}

MYSQL_BIND RowBuffers::make_bind(Cell& cell, bool is_unsigned) {
  MYSQL_BIND bind;
  std::memset(&bind, 0, sizeof bind);
  bind.is_null = &cell.is_null;
  bind.error = &cell.truncated;
  bind.length = &cell.length;
  bind.is_unsigned = static_cast<Flag>(is_unsigned ? 1 : 0);
  switch (cell.decode) {
    case Decode::integer:
    case Decode::boolean:
      bind.buffer_type = MYSQL_TYPE_LONGLONG;
      bind.buffer = &cell.integer;
      return bind;
    case Decode::f32:
    case Decode::widened:
      bind.buffer_type = MYSQL_TYPE_FLOAT;
      bind.buffer = &cell.single;
      return bind;
    case Decode::f64:
      bind.buffer_type = MYSQL_TYPE_DOUBLE;
      bind.buffer = &cell.real;
      return bind;
    case Decode::date:
      bind.buffer_type = MYSQL_TYPE_DATE;
      bind.buffer = &cell.moment;
      return bind;
    case Decode::time:
      bind.buffer_type = MYSQL_TYPE_TIME;
      bind.buffer = &cell.moment;
      return bind;
    case Decode::timestamp:
      bind.buffer_type = MYSQL_TYPE_DATETIME;
      bind.buffer = &cell.moment;
      return bind;
    case Decode::boolean_bits:
    case Decode::bits:
    case Decode::bytes:
      bind.buffer_type = MYSQL_TYPE_BLOB;
      break;
    default:
      bind.buffer_type = MYSQL_TYPE_STRING;
  }
  bind.buffer = cell.buffer.get();
  bind.buffer_length = cell.capacity;
  return bind;
}

std::size_t RowBuffers::add_extra(Extra kind, bool is_unsigned) {
  Cell& cell = cells_.emplace_back();
  cell.decode = kind == Extra::number ? Decode::integer : kind == Extra::real ? Decode::f64 : Decode::bytes;
  if (kind == Extra::bytes) {
    cell.capacity = kLargestBound;
    cell.buffer.reset(new char[cell.capacity]);
  }
  binds_.push_back(make_bind(cell, is_unsigned));
  return cells_.size() - 1 - first_extra_;
}

MYSQL_BIND RowBuffers::extra_parameter(std::size_t extra) {
  Cell& cell = cells_[first_extra_ + extra];
  MYSQL_BIND bind = make_bind(cell, binds_[first_extra_ + extra].is_unsigned != 0);
  bind.buffer_length = cell.length;
  bind.error = nullptr;
  return bind;
}

std::vector<std::string> RowBuffers::select_list() const {
  std::vector<std::string> list;
  for (std::size_t i = 0; i < first_extra_; ++i) list.push_back(cells_[i].select);
  return list;
}

void RowBuffers::bind(MYSQL_STMT* statement) {
  if (mysql_stmt_field_count(statement) != binds_.size()) {
    throw ConnectorError(ErrorKind::protocol, "the server answered with another number of columns than was asked for");
  }
  if (mysql_stmt_bind_result(statement, binds_.data()) != 0)
    throw ConnectorError(ErrorKind::protocol, mysql_stmt_error(statement));
}

void RowBuffers::check_size(MYSQL_STMT* statement) {
  std::size_t bytes = 0;
  const Cell* largest = &cells_.front();
  for (std::size_t i = 0; i < columns_; ++i) {
    if (cells_[i].is_null != 0 || cells_[i].capacity == 0) continue;
    bytes += cells_[i].length;
    if (largest->capacity == 0 || largest->is_null != 0 || cells_[i].length > largest->length) largest = &cells_[i];
  }
  if (bytes <= max_row_bytes_) return;
  expr::ValueError error(expr::ValueProblem::row_too_large, largest->name, "the row has " + text::human_bytes(bytes));
  error.row_key = row_key(statement);
  throw expr::ValueError(error);
}

std::string RowBuffers::row_key(MYSQL_STMT* statement) {
  Batch scratch;
  scratch.reset(columns_);
  const auto row = scratch.add_row();
  std::vector<expr::RowKey::Part> parts;
  for (const auto& name : key_) {
    for (unsigned i = 0; i < columns_; ++i) {
      Cell& cell = cells_[i];
      if (cell.name != name || cell.is_null != 0 || !decodes(cell, statement, i, scratch)) continue;
      scratch.nulls(row)[i] = 0;
      parts.push_back({cell.name, i, cell.kind});
    }
  }
  return expr::RowKey(std::move(parts)).of(scratch, row);
}

bool RowBuffers::decodes(Cell& cell, MYSQL_STMT* statement, unsigned place, Batch& scratch) {
  try {
    return decode(cell, statement, place, scratch, scratch.slots(0)[place]);
  } catch (const expr::ValueError&) {
    return false;
  }
}

void RowBuffers::append(MYSQL_STMT* statement, Batch& batch) {
  bool large = false;
  for (std::size_t i = 0; i < columns_; ++i) large = large || cells_[i].length > kLargestBound;
  if (large) check_size(statement);
  const auto row = batch.add_row();
  std::uint64_t* slots = batch.slots(row);
  std::uint8_t* nulls = batch.nulls(row);
  for (unsigned i = 0; i < columns_; ++i) {
    Cell& cell = cells_[i];
    nulls[i] = 1;
    if (cell.is_null != 0) continue;
    try {
      if (decode(cell, statement, i, batch, slots[i])) nulls[i] = 0;
    } catch (expr::ValueError& error) {
      if (error.row_key.empty()) error.row_key = row_key(statement);
      throw;
    }
  }
}

std::string_view RowBuffers::bytes_of(Cell& cell, MYSQL_STMT* statement, unsigned place, Batch& batch, std::uint64_t& slot) {
  const auto offset = batch.heap.size();
  if (cell.length <= cell.capacity) {
    batch.heap.append(cell.buffer.get(), cell.length);
  } else {
    MYSQL_BIND bind = binds_[place];
    unsigned long length = 0;
    Flag is_null = 0;
    Flag error = 0;
    bind.buffer = batch.heap.reserve_more(cell.length + 1);
    bind.buffer_length = cell.length + 1;
    bind.length = &length;
    bind.is_null = &is_null;
    bind.error = &error;
    if (mysql_stmt_fetch_column(statement, &bind, place, 0) != 0) {
      throw ConnectorError(ErrorKind::protocol, mysql_stmt_error(statement));
    }
    batch.heap.advance(cell.length);
  }
  slot = Batch::heap_slot(offset, cell.length);
  return batch.heap_view(slot);
}

bool RowBuffers::decode_moment(Cell& cell, std::uint64_t& slot) {
  const MYSQL_TIME& moment = cell.moment;
  if (cell.decode == Decode::time) {
    const auto micros = clock_micros(moment) + static_cast<std::int64_t>(moment.day) * types::kMicrosPerDay;
    slot = static_cast<std::uint64_t>(moment.neg != 0 ? -micros : micros);
    return true;
  }
  if (moment.month == 0 || moment.day == 0) {
    if (policies_.keep_zero_dates) {
      slot = static_cast<std::uint64_t>(types::pack_partial_date(
          {static_cast<int>(moment.year), static_cast<int>(moment.month), static_cast<int>(moment.day), clock_micros(moment)}));
      return true;
    }
    if (!policies_.zero_dates_null) refuse(expr::ValueProblem::zero_date, cell.name, "a zero or partial date is no date");
    ++cell.policy_uses;
    return false;
  }
  if (moment.year == 0) refuse(expr::ValueProblem::date_range, cell.name, "the year 0 is no year");
  if (!types::valid_date(moment.year, static_cast<int>(moment.month), static_cast<int>(moment.day))) {
    refuse(expr::ValueProblem::not_a_date, cell.name, "the day does not exist");
  }
  const auto days = types::days_from_civil(moment.year, static_cast<int>(moment.month), static_cast<int>(moment.day));
  slot = static_cast<std::uint64_t>(cell.decode == Decode::date ? days : days * types::kMicrosPerDay + clock_micros(moment));
  return true;
}

bool RowBuffers::decode(Cell& cell, MYSQL_STMT* statement, unsigned place, Batch& batch, std::uint64_t& slot) {
  switch (cell.decode) {
    case Decode::integer:
      slot = static_cast<std::uint64_t>(cell.integer);
      return true;
    case Decode::boolean:
      if (cell.integer != 0 && cell.integer != 1) refuse(expr::ValueProblem::bad_boolean, cell.name, "neither 0 nor 1");
      slot = static_cast<std::uint64_t>(cell.integer);
      return true;
    case Decode::boolean_bits:
      slot = cell.length > 0 && cell.buffer[cell.length - 1] != 0 ? 1 : 0;
      return true;
    case Decode::f32: {
      std::uint32_t bits = 0;
      std::memcpy(&bits, &cell.single, sizeof bits);
      slot = bits;
      return true;
    }
    case Decode::widened:
      cell.real = static_cast<double>(cell.single);
      [[fallthrough]];
    case Decode::f64:
      std::memcpy(&slot, &cell.real, sizeof slot);
      return true;
    case Decode::decimal: {
      const auto text = canonical_decimal({cell.buffer.get(), std::min(cell.length, cell.capacity)});
      slot = Batch::heap_slot(batch.heap.size(), text.size());
      batch.heap.append(text);
      return true;
    }
    case Decode::checked_label: {
      const bool invalid =
          cell.length == 0 && (cell.label_index < 0 || cells_[static_cast<std::size_t>(cell.label_index)].integer == 0);
      if (invalid && !policies_.invalid_enum_null) {
        refuse(expr::ValueProblem::invalid_enum, cell.name, "the value is none of the column's labels (index 0)");
      }
      if (invalid) {
        ++cell.policy_uses;
        return false;
      }
      bytes_of(cell, statement, place, batch, slot);
      return true;
    }
    case Decode::text:
    case Decode::bytes:
      bytes_of(cell, statement, place, batch, slot);
      return true;
    case Decode::bits:
      slot = put_bits({cell.buffer.get(), std::min(cell.length, cell.capacity)}, cell.width, batch);
      return true;
    case Decode::date:
    case Decode::time:
    case Decode::timestamp:
      return decode_moment(cell, slot);
  }
  return true;
}

std::vector<std::pair<std::string, std::uint64_t>> RowBuffers::policy_uses() const {
  std::vector<std::pair<std::string, std::uint64_t>> uses;
  for (std::size_t i = 0; i < columns_; ++i) {
    if (cells_[i].policy_uses > 0) uses.emplace_back(cells_[i].name, cells_[i].policy_uses);
  }
  return uses;
}

}  // namespace syncline::connectors::mysql

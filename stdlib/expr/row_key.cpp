#include "stdlib/expr/row_key.h"

#include <fmt/format.h>

#include <bit>

#include "stdlib/base/text.h"
#include "stdlib/types/calendar.h"

namespace syncline::expr {
namespace {

using types::CellKind;

constexpr std::size_t kShownText = 60;
constexpr std::size_t kShownBytes = 16;
constexpr int kAllDigits = 6;

std::string quoted(std::string_view foreign) {
  const std::string_view shown = text::truncate_utf8(foreign, kShownText);
  return "'" + text::printable(shown) + (shown.size() < foreign.size() ? "…'" : "'");
}

std::string hex(std::string_view bytes) {
  std::string out = "x'";
  for (const char byte : bytes.substr(0, kShownBytes)) out += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return out + (bytes.size() > kShownBytes ? "…'" : "'");
}

/// A cell as append_key_part takes it.
std::string cell_text(CellKind kind, std::uint64_t slot, const types::Batch& batch) {
  const auto number = static_cast<std::int64_t>(slot);
  switch (kind) {
    case CellKind::boolean:
      return slot != 0 ? "true" : "false";
    case CellKind::i64:
      return std::to_string(number);
    case CellKind::u64:
      return std::to_string(slot);
    case CellKind::f32:
      return fmt::format("{}", std::bit_cast<float>(static_cast<std::uint32_t>(slot)));
    case CellKind::f64:
      return fmt::format("{}", std::bit_cast<double>(slot));
    case CellKind::date:
      return types::format_date(number);
    case CellKind::time:
      return types::format_time(number, kAllDigits);
    case CellKind::timestamp:
      return types::format_timestamp(number, kAllDigits);
    default:
      return std::string(batch.heap_view(slot));
  }
}

}  // namespace

void append_key_part(std::string& key, std::string_view column, CellKind kind, std::string_view value) {
  if (!key.empty()) key += ", ";
  key += text::printable(column) + "=";
  if (kind == CellKind::bytes) {
    key += hex(value);
  } else if (kind == CellKind::text || kind == CellKind::set) {
    key += quoted(value);
  } else {
    key += text::printable(text::truncate_utf8(value, kShownText));
  }
}

std::string row_number(std::uint64_t number) {
  return text::grouped(number) + " of the table as read";
}

std::string RowKey::of(const types::Batch& batch, std::size_t row) const {
  std::string key;
  for (const Part& part : parts_) {
    if (batch.nulls(row)[part.cell] != 0) {
      key += (key.empty() ? "" : ", ") + text::printable(part.column) + "=NULL";
    } else {
      append_key_part(key, part.column, part.kind, cell_text(part.kind, batch.slots(row)[part.cell], batch));
    }
  }
  return key;
}

}  // namespace syncline::expr

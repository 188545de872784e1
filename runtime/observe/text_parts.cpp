#include "runtime/observe/text_parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "stdlib/base/text.h"

namespace syncline::observe {
namespace {

/// The table without its sync: "shop_ods/shop.orders" -> "shop.orders".
std::string_view without_sync(std::string_view address) {
  const auto slash = address.find('/');
  return slash == std::string_view::npos ? address : address.substr(slash + 1);
}

std::size_t character_bytes(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte >= 0xf0) return 4;
  if (byte >= 0xe0) return 3;
  return byte >= 0xc0 ? 2 : 1;
}

}  // namespace

Totals totals(const RunSummary& summary) {
  Totals sum;
  for (const auto& table : summary.tables) {
    sum.done += table.state == TableState::done ? 1 : 0;
    sum.failed += table.state == TableState::failed ? 1 : 0;
    sum.skipped += table.state == TableState::skipped ? 1 : 0;
    if (table.state != TableState::done) continue;
    sum.rows += table.rows;
    sum.bytes += table.bytes;
    sum.complaints += table.errors.empty() ? 0 : 1;
  }
  return sum;
}

std::string way(const TableProgress& table) {
  const std::string source = text::printable(without_sync(table.address));
  const std::string target = text::printable(table.target);
  return source == target ? source : source + " → " + target;
}

std::string error_text(const diag::Diagnostic& error, bool color) {
  const std::string code = fmt::format("{}[{}]", diag::to_string(error.severity), diag::info(error.code).text);
  std::string out = fmt::format("{}: {}\n", paint(code, "1;31", color), text::printable(error.message));
  for (const auto& note : error.notes) out += "  = note: " + text::printable(note) + "\n";
  for (const auto& help : error.help) out += "  = help: " + text::printable(help) + "\n";
  return out;
}

std::string counted(std::uint64_t count, std::string_view singular) {
  return fmt::format("{} {}{}", text::grouped(count), singular, count == 1 ? "" : "s");
}

std::string fitted(std::string_view text, std::size_t width) {
  if (text::display_width(text) <= width) return std::string(text);
  std::string out;
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view character = text.substr(at, character_bytes(text[at]));
    used += text::display_width(character);
    if (used + 1 > width) break;
    out += character;
    at += character.size();
  }
  return width == 0 ? std::string() : out + "…";
}

std::string table_text(const std::vector<std::vector<std::string>>& rows, const std::vector<bool>& right) {
  std::vector<std::size_t> widths(right.size(), 0);
  for (const auto& row : rows) {
    for (std::size_t at = 0; at < row.size(); ++at) widths[at] = std::max(widths[at], text::display_width(row[at]));
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t at = 0; at < row.size(); ++at) {
      const std::string padding(widths[at] - text::display_width(row[at]), ' ');
      line += "  " + (right[at] ? padding + row[at] : row[at] + padding);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string paint(std::string_view text, const char* code, bool color) {
  return color ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

}  // namespace syncline::observe

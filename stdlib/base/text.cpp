#include "stdlib/base/text.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace syncline::text {
namespace {

struct Decoded {
  std::int32_t code = -1;  ///< -1: the byte at hand is no UTF-8
  std::size_t length = 1;
};

Decoded decode(std::string_view bytes) {
  utf8proc_int32_t code = -1;
  const auto* start = reinterpret_cast<const utf8proc_uint8_t*>(bytes.data());
  const auto used = utf8proc_iterate(start, static_cast<utf8proc_ssize_t>(bytes.size()), &code);
  if (used <= 0) return {};
  return {code, static_cast<std::size_t>(used)};
}

bool unsafe(std::int32_t code) {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x61c || code == 0x200e || code == 0x200f ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

template <typename Map>
std::string mapped(std::string_view utf8, Map map) {
  std::string out;
  out.reserve(utf8.size());
  while (!utf8.empty()) {
    const auto [code, length] = decode(utf8);
    if (code < 0) {
      out += utf8.front();
    } else {
      utf8proc_uint8_t bytes[4];
      const auto count = utf8proc_encode_char(map(code), bytes);
      out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(count));
    }
    utf8.remove_prefix(length);
  }
  return out;
}

struct DistanceRows {
  std::vector<std::size_t> older, before, row;
};

/// Letters left out, added, replaced, or swapped with their neighbour (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b, DistanceRows& rows) {
  auto& [older, before, row] = rows;
  for (std::vector<std::size_t>* one : {&older, &before, &row}) one->resize(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(older, before);
    std::swap(before, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, before[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], older[j - 2] + 1);
    }
  }
  return row.back();
}

std::size_t common_start(std::string_view a, std::string_view b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

}  // namespace

std::string printable(std::string_view foreign) {
  std::string out;
  out.reserve(foreign.size());
  while (!foreign.empty()) {
    const auto [code, length] = decode(foreign);
    if (code < 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(foreign.front()));
    } else if (unsafe(code)) {
      out += fmt::format("\\u{{{:x}}}", code);
    } else {
      out += foreign.substr(0, length);
    }
    foreign.remove_prefix(length);
  }
  return out;
}

std::size_t display_width(std::string_view utf8) {
  std::size_t width = 0;
  while (!utf8.empty()) {
    const auto [code, length] = decode(utf8);
    width += code < 0 ? 1 : static_cast<std::size_t>(std::max(0, utf8proc_charwidth(code)));
    utf8.remove_prefix(length);
  }
  return width;
}

std::string lower(std::string_view utf8) {
  return mapped(utf8, utf8proc_tolower);
}
std::string upper(std::string_view utf8) {
  return mapped(utf8, utf8proc_toupper);
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool ascii_iequals(std::string_view a, std::string_view b) {
  const auto fold = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return fold(x) == fold(y); });
}

bool valid_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    if (static_cast<unsigned char>(bytes.front()) < 0x80) {
      bytes.remove_prefix(1);
      continue;
    }
    const auto [code, length] = decode(bytes);
    if (code < 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string_view truncate_utf8(std::string_view utf8, std::size_t max_bytes) {
  if (utf8.size() <= max_bytes) return utf8;
  while (max_bytes > 0 && (static_cast<unsigned char>(utf8[max_bytes]) & 0xC0U) == 0x80U) --max_bytes;
  return utf8.substr(0, max_bytes);
}

std::optional<std::string> did_you_mean(std::string_view wrong, const std::vector<std::string>& candidates) {
  const std::string folded = ascii_lower(wrong);
  const std::size_t furthest = std::max<std::size_t>(1, wrong.size() / 3);
  const std::string* found = nullptr;
  std::pair<std::size_t, std::size_t> best;  // distance, letters that the beginnings do not share
  DistanceRows rows;
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(folded.size(), candidate.size());
    if (longer - std::min(folded.size(), candidate.size()) > furthest) continue;
    const std::string other = ascii_lower(candidate);
    const std::size_t distance = edit_distance(folded, other, rows);
    if (distance > furthest || distance >= longer) continue;  // something must be shared
    const std::pair<std::size_t, std::size_t> rank = {distance, longer - common_start(folded, other)};
    if (found != nullptr && rank >= best) continue;
    best = rank;
    found = &candidate;
  }
  if (found == nullptr) return std::nullopt;
  return *found;
}

std::string grouped(std::uint64_t number) {
  auto digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string human_bytes(std::uint64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  auto amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (amount >= 999.95 && unit + 1 < std::size(kUnits)) {
    amount /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

std::string human_duration(double seconds) {
  if (seconds < 59.95) return fmt::format("{:.1f} s", std::max(0.0, seconds));
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string sample_list(const std::vector<std::string>& names, std::size_t shown) {
  const auto count = names.size() <= shown ? names.size() : shown;
  const auto rest = names.size() - count;
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += rest == 0 && i + 1 == count ? " and " : ", ";
    out += "`" + printable(names[i]) + "`";
  }
  if (rest > 0) out += (count == 0 ? "" : " and ") + grouped(rest) + " more";
  return out;
}

}  // namespace syncline::text

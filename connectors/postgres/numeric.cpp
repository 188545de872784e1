#include "connectors/postgres/numeric.h"

#include "connectors/postgres/wire.h"

namespace syncline::connectors::postgres {
namespace {

constexpr std::uint16_t kPositive = 0x0000;
constexpr std::uint16_t kNegative = 0x4000;
constexpr std::uint16_t kNan = 0xC000;
constexpr std::uint16_t kInfinity = 0xD000;
constexpr std::uint16_t kMinusInfinity = 0xF000;
constexpr std::size_t kMaxScale = 16383;
constexpr std::size_t kMaxWhole = 131072;

char* put_group(char* p, unsigned group) {
  p[0] = static_cast<char>('0' + group / 1000);
  p[1] = static_cast<char>('0' + group / 100 % 10);
  p[2] = static_cast<char>('0' + group / 10 % 10);
  p[3] = static_cast<char>('0' + group % 10);
  return p + 4;
}

char* put_first_group(char* p, unsigned group) {
  char digits[4];
  put_group(digits, group);
  int at = 0;
  while (at < 3 && digits[at] == '0') ++at;
  for (; at < 4; ++at) *p++ = digits[at];
  return p;
}

std::size_t write_special(char* out, std::uint16_t sign) {
  char* p = wire::put16(out, 0);
  p = wire::put16(p, 0);
  p = wire::put16(p, sign);
  return static_cast<std::size_t>(wire::put16(p, 0) - out);
}

bool append_special(types::Buffer& out, std::uint16_t sign) {
  if (sign == kNan) out.append("NaN");
  if (sign == kInfinity) out.append("Infinity");
  if (sign == kMinusInfinity) out.append("-Infinity");
  return sign == kNan || sign == kInfinity || sign == kMinusInfinity;
}

/// Up to four digits starting at `at`, `count` of them present, the rest zeros behind.
bool read_group(const char* at, std::size_t count, unsigned& group) {
  static constexpr unsigned kShift[5] = {10000, 1000, 100, 10, 1};
  group = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned digit = static_cast<unsigned>(static_cast<unsigned char>(at[i])) - '0';
    if (digit > 9) return false;
    group = group * 10 + digit;
  }
  group *= kShift[count];
  return true;
}

}  // namespace

bool append_numeric_text(types::Buffer& out, const char* data, std::size_t size) {
  if (size < 8) return false;
  const std::size_t groups = wire::get16(data);
  const int weight = static_cast<std::int16_t>(wire::get16(data + 2));
  const std::uint16_t sign = wire::get16(data + 4);
  const std::size_t scale = wire::get16(data + 6) & 0x3FFFU;
  if (sign != kPositive && sign != kNegative) return append_special(out, sign);
  if (size != 8 + groups * 2) return false;
  const auto group_at = [&](int place) -> unsigned {
    const int index = weight - place;
    return index < 0 || index >= static_cast<int>(groups) ? 0 : wire::get16(data + 8 + index * 2);
  };
  char* const start = out.reserve_more(8 + 4 * static_cast<std::size_t>(weight < 0 ? 1 : weight + 1) + scale + 4);
  char* p = start;
  if (sign == kNegative) *p++ = '-';
  if (weight < 0) *p++ = '0';
  for (int place = weight; place >= 0; --place)
    p = place == weight ? put_first_group(p, group_at(place)) : put_group(p, group_at(place));
  if (scale > 0) {
    *p++ = '.';
    char* const fraction = p;
    for (int place = -1; static_cast<std::size_t>(p - fraction) < scale; --place) p = put_group(p, group_at(place));
    p = fraction + scale;
  }
  out.advance(static_cast<std::size_t>(p - start));
  return true;
}

std::size_t write_numeric(char* out, std::string_view text) {
  std::uint16_t sign = kPositive;
  const char* p = text.data();
  const char* const end = p + text.size();
  if (p < end && *p == '-') {
    sign = kNegative;
    ++p;
  }
  if (p < end && (*p == 'N' || *p == 'I'))
    return write_special(out, *p == 'N' ? kNan : (sign == kNegative ? kMinusInfinity : kInfinity));
  const char* point = p;
  while (point < end && *point != '.') ++point;
  const auto whole = static_cast<std::size_t>(point - p);
  const std::size_t scale = point < end ? static_cast<std::size_t>(end - point - 1) : 0;
  if (whole == 0 || (point < end && scale == 0) || scale > kMaxScale || whole > kMaxWhole) return 0;
  char* digits = out + 8;
  std::size_t groups = 0;
  int weight = static_cast<int>((whole + 3) / 4) - 1;
  const auto add = [&](unsigned group) {
    if (groups == 0 && group == 0) {
      --weight;
      return;
    }
    wire::put16(digits + groups * 2, static_cast<std::uint16_t>(group));
    ++groups;
  };
  unsigned group = 0;
  for (std::size_t left = whole; left > 0;) {
    const std::size_t count = left % 4 == 0 ? 4 : left % 4;
    if (!read_group(p, count, group)) return 0;
    // Only fraction groups are padded behind; a short whole group comes first and is already complete.
    if (count < 4) {
      static constexpr unsigned kUnshift[4] = {1, 1000, 100, 10};
      group /= kUnshift[count];
    }
    add(group);
    p += count;
    left -= count;
  }
  const char* fraction = point + 1;
  for (std::size_t left = scale; left > 0;) {
    const std::size_t count = left < 4 ? left : 4;
    if (!read_group(fraction, count, group)) return 0;
    add(group);
    fraction += count;
    left -= count;
  }
  while (groups > 0 && wire::get16(digits + (groups - 1) * 2) == 0) --groups;
  if (groups == 0) {
    weight = 0;
    sign = kPositive;
  }
  char* head = wire::put16(out, static_cast<std::uint16_t>(groups));
  head = wire::put16(head, static_cast<std::uint16_t>(weight));
  head = wire::put16(head, sign);
  wire::put16(head, static_cast<std::uint16_t>(scale));
  return 8 + groups * 2;
}

}  // namespace syncline::connectors::postgres

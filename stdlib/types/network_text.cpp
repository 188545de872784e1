#include "stdlib/types/network_text.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>

namespace syncline::types {
namespace {

bool hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool mac(std::string_view text) {
  if (text.size() != 17 && text.size() != 23) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (i % 3 == 2 ? text[i] != ':' : !hex_digit(text[i])) return false;
  return true;
}

bool prefix(std::string_view text, int most) {
  int length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  return error == std::errc() && end == text.data() + text.size() && length >= 0 && length <= most;
}

}  // namespace

bool valid_network(std::string_view text) {
  if (mac(text)) return true;
  const auto slash = text.find('/');
  const auto address = text.substr(0, slash);
  char buffer[64] = {};
  if (address.size() >= sizeof buffer || address.find('\0') != std::string_view::npos) return false;
  std::memcpy(buffer, address.data(), address.size());
  unsigned char bytes[16];
  const bool v6 = inet_pton(AF_INET6, buffer, bytes) == 1;
  if (!v6 && inet_pton(AF_INET, buffer, bytes) != 1) return false;
  return slash == std::string_view::npos || prefix(text.substr(slash + 1), v6 ? 128 : 32);
}

}  // namespace syncline::types

#pragma once
#include <string_view>

namespace syncline::types {

/// An IPv4 or IPv6 address with or without prefix length, or a MAC address of 6 or 8 bytes.
bool valid_network(std::string_view text);

}  // namespace syncline::types

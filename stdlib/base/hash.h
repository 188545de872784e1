#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace syncline::hash {

/// 64-bit xxHash (XXH3): fingerprints, never security.
std::uint64_t fast(std::string_view bytes);
/// `fast` as 16 lower-case hex digits.
std::string fast_hex(std::string_view bytes);
/// Lower-case hex digests (OpenSSL libcrypto).
std::string sha256_hex(std::string_view bytes);
std::string md5_hex(std::string_view bytes);
std::uint32_t crc32(std::string_view bytes);

}  // namespace syncline::hash

#pragma once
#include <cstddef>

namespace syncline {

/// Gives the memory behind bytes that nobody will read again back to the system, as far as they fill whole pages. The range stays
/// usable; what it held is gone. For buffers whose owner (a client library) never makes them smaller.
void forget_pages(void* bytes, std::size_t size);

}  // namespace syncline

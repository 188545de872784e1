#include "stdlib/base/pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace syncline {

void forget_pages(void* bytes, std::size_t size) {
  static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto start = reinterpret_cast<std::uintptr_t>(bytes);
  const std::uintptr_t first = (start + page - 1) / page * page;
  const std::uintptr_t last = (start + size) / page * page;
  // Only anonymous memory of this process comes here, where this cannot fail; if it did, the memory would merely stay.
  if (first < last) static_cast<void>(::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED));
}

}  // namespace syncline

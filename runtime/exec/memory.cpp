#include "runtime/exec/memory.h"

#include <malloc.h>

namespace syncline::exec {
namespace {

/// Below the size of a full batch. Fixed, because glibc otherwise raises it to 32 MB after the first large cell, from when on
/// freed cells stay in the arena of the thread that had them: 490 MB were seen for rows of 4 MB.
constexpr int kOwnMapping = 1 << 20;

}  // namespace

void return_large_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, kOwnMapping);
#endif
}

}  // namespace syncline::exec

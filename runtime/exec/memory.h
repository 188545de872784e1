#pragma once

namespace syncline::exec {

/// Makes the process give the memory of large cells back as soon as it is freed. Call once, before threads start.
void return_large_memory();

}  // namespace syncline::exec

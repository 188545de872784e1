#pragma once
#include "connectors/api/registry.h"

namespace syncline::test {

/// The real engines as scripts see them. Their connectors are left out, and with them every client library: `connector()` is
/// null.
const connectors::Registry& engines();

}  // namespace syncline::test

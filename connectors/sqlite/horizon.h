#pragma once
#include <memory>

#include "connectors/api/connector.h"

namespace syncline::connectors::sqlite {

/// Writers of a file come one after the other: nothing is open when nobody holds the right to write.
std::unique_ptr<Horizon> make_horizon(const ConnectionSpec& spec);

}  // namespace syncline::connectors::sqlite

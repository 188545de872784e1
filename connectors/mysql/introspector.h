#pragma once
#include <memory>

#include "connectors/api/connector.h"

namespace syncline::connectors::mysql {

std::unique_ptr<Introspector> make_introspector(const ConnectionSpec& spec);

}  // namespace syncline::connectors::mysql

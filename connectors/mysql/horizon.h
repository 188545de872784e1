#pragma once
#include <memory>

#include "connectors/api/connector.h"

namespace syncline::connectors::mysql {

/// Open transactions of the server, by the lists of InnoDB's transactions and of running statements.
std::unique_ptr<Horizon> make_horizon(const ConnectionSpec& spec);

}  // namespace syncline::connectors::mysql

#pragma once
#include <memory>

#include "connectors/api/connector.h"

namespace syncline::connectors::postgres {

/// Open transactions of the connection's database, by pg_stat_activity.
std::unique_ptr<Horizon> make_horizon(const ConnectionSpec& spec);

}  // namespace syncline::connectors::postgres

#pragma once
#include "connectors/api/connector.h"

namespace syncline::connectors {

const EngineInfo& postgres_engine();
const Connector& postgres_connector();

}  // namespace syncline::connectors

#pragma once
#include "connectors/api/connector.h"

namespace syncline::connectors {

const EngineInfo& mysql_engine();
const Connector& mysql_connector();

}  // namespace syncline::connectors

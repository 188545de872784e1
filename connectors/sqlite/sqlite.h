#pragma once
#include "connectors/api/connector.h"

namespace syncline::connectors {

const EngineInfo& sqlite_engine();
const Connector& sqlite_connector();

}  // namespace syncline::connectors

#pragma once
#include <memory>

#include "connectors/api/connector.h"

namespace syncline::connectors::mysql {

std::unique_ptr<TargetState> make_target_state(const ConnectionSpec& spec);

}  // namespace syncline::connectors::mysql

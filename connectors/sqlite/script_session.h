#pragma once
#include <memory>

#include "connectors/api/connector.h"

namespace syncline::connectors::sqlite {

std::unique_ptr<ScriptSession> make_script_session(const ConnectionSpec& spec);

}  // namespace syncline::connectors::sqlite

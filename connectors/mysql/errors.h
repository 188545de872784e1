#pragma once
#include <string>
#include <string_view>

#include "connectors/api/error.h"

namespace syncline::connectors::mysql {

/// Kind of a server or client error number. `connecting`: before the session stood (1044 is then a refused login).
ErrorKind classify(unsigned code, bool connecting);

/// The exception for a failed call. `statement` is shortened and must hold no values.
ConnectorError make_error(unsigned code, std::string_view sqlstate, std::string_view message, std::string_view statement,
                          bool connecting = false);

}  // namespace syncline::connectors::mysql

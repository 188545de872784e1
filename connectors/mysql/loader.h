#pragma once
#include <memory>

#include "connectors/api/connector.h"

namespace syncline::connectors::mysql {

std::unique_ptr<Loader> make_loader(const ConnectionSpec& spec, const RunIdentity& run);

}  // namespace syncline::connectors::mysql

#pragma once
#include <memory>

#include "connectors/api/connector.h"

namespace syncline::connectors::mysql {

/// Statements of readers, parsed and explained in a read-only session.
std::unique_ptr<Examiner> make_examiner(const ConnectionSpec& spec);

}  // namespace syncline::connectors::mysql

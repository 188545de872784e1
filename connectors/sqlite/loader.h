#pragma once
#include <memory>

#include "connectors/api/connector.h"

namespace syncline::connectors::sqlite {

std::unique_ptr<Loader> make_loader(const ConnectionSpec& spec);

}  // namespace syncline::connectors::sqlite

#pragma once
#include "connectors/api/dialect.h"

namespace syncline::connectors::sqlite {

const Dialect& dialect();

}  // namespace syncline::connectors::sqlite

#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/api/dialect.h"
#include "connectors/api/engine.h"

namespace syncline::connectors::sql {

/// Native text with each `:name` outside strings, quoted names and comments replaced by what `spell` makes of its value (a
/// placeholder with its bind, or a typed literal). `::` is a cast, no name. The text was fenced before (one balanced expression).
/// ConnectorError(unsupported) for a name that has no value.
SqlText substitute_binds(std::string_view native, const std::vector<std::pair<std::string, types::Value>>& binds,
                         const LexicalRules& rules, const std::function<SqlText(const types::Value&)>& spell);

}  // namespace syncline::connectors::sql

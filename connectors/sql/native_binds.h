#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/api/dialect.h"
#include "connectors/api/engine.h"
#include "connectors/api/script_session.h"

namespace syncline::connectors::sql {

/// Native text with each `:name` outside strings, quoted names and comments replaced by what `spell` makes of its value (a
/// placeholder with its bind, or a typed literal). `::` is a cast, no name. The text was fenced before (one balanced expression).
/// ConnectorError(unsupported) for a name that has no value.
SqlText substitute_binds(std::string_view native, const std::vector<std::pair<std::string, types::Value>>& binds,
                         const LexicalRules& rules, const std::function<SqlText(const types::Value&)>& spell);

/// A statement of the script with its binds as `spell` makes them and its objects as `dialect` quotes them.
/// ConnectorError(unsupported) for a name that has no value.
SqlText script_text(const ScriptStatement& statement, const LexicalRules& rules, const Dialect& dialect,
                    const std::function<SqlText(const types::Value&)>& spell);

}  // namespace syncline::connectors::sql

#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "connectors/api/engine.h"

namespace syncline::rehearse {

/// `sql` with the literals `binds` in the places of its `?` or `$1`, as a person can run it. Strings and quoted names stay as
/// they are; there are no comments (native text has none either).
std::string with_binds(std::string_view sql, const std::vector<std::string>& binds, const connectors::LexicalRules& rules);

}  // namespace syncline::rehearse

#pragma once
#include <string_view>

namespace syncline::connectors::postgres {

/// How PostgreSQL spells a function of the language over a column (`{1}`, `{*}` are arguments), or empty.
std::string_view function_spelling(std::string_view function);

}  // namespace syncline::connectors::postgres

#pragma once
#include <string>
#include <string_view>

namespace syncline::parse {

/// `'it''s'` or `"a ""b"""` without its quotes and with single inner ones.
std::string unquoted(std::string_view literal);
/// What stands between the dollars of `$$ … $$` or `$sql$ … $sql$`.
std::string dollar_body(std::string_view literal);
std::string ascii_upper(std::string_view text);
/// In backquotes, one line, at most 40 characters: a piece of script inside a message.
std::string quoted_for_people(std::string_view text);

}  // namespace syncline::parse

#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// JSON as text: read only as far as its validity needs, never re-written.
namespace syncline::types {

/// RFC 8259, any depth up to 10,000, numbers of any length, valid UTF-8.
bool valid_json(std::string_view text);
/// `'"'`, control characters and backslashes escaped, with the quotes around it.
void append_json_string(std::string& out, std::string_view utf8);
/// The members of an array of strings; nothing when the text is anything else.
std::optional<std::vector<std::string>> read_json_strings(std::string_view text);

}  // namespace syncline::types

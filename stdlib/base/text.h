#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::text {

/// Foreign text made safe for a terminal: C0, C1, DEL and bidirectional controls become `\u{..}` escapes,
/// invalid UTF-8 becomes `\x..`. Every name that comes from a catalogue passes through here before a person sees it.
std::string printable(std::string_view foreign);

/// Columns a terminal needs for `utf8` (utf8proc width).
std::size_t display_width(std::string_view utf8);

/// Unicode simple case mappings (utf8proc). Invalid UTF-8 bytes pass unchanged.
std::string lower(std::string_view utf8);
std::string upper(std::string_view utf8);
/// ASCII-only lower case: the rule of SQLite names and of keywords.
std::string ascii_lower(std::string_view text);
bool ascii_iequals(std::string_view a, std::string_view b);

bool valid_utf8(std::string_view bytes);
/// Longest prefix of `utf8` of at most `max_bytes` bytes that ends on a character boundary.
std::string_view truncate_utf8(std::string_view utf8, std::size_t max_bytes);

/// The candidate closest to `wrong` by edit distance, when close enough to be worth saying; the first one wins ties.
std::optional<std::string> did_you_mean(std::string_view wrong, const std::vector<std::string>& candidates);

/// "1", "12", "123,456": thousands separated, for people.
std::string grouped(std::uint64_t number);
/// "9.1 MB", "512 B": decimal units, for people.
std::string human_bytes(std::uint64_t bytes);
/// "3.4 s", "2 min 05 s", "1 h 12 min": for people.
std::string human_duration(double seconds);
/// "`a`, `b` and 3 more": every count has a sample.
std::string sample_list(const std::vector<std::string>& names, std::size_t shown = 3);

}  // namespace syncline::text

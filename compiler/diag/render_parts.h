#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diag/render.h"

/// What the renderers share: texts, places, fingerprints. Everything that comes from outside is printable on return, so no name
/// can end a line, a command or a document.
namespace syncline::diag::parts {

/// Line breaks and tabs become one blank (messages of servers hold them), other controls visible escapes. Valid UTF-8.
std::string one_line(std::string_view text);

/// Notes and help as lines of their own: `note: …`, `found by: …`, `help: …   [fix: …]`.
std::vector<std::string> facts(const Diagnostic& one);

/// The message and its facts, a line each, joined by `separator`.
std::string whole_message(const Diagnostic& one, std::string_view separator);

/// From 1, in code points; the end is the first position behind the span, which may be the first column of the next line.
struct Region {
  source::Position begin, end;
  [[nodiscard]] bool on_one_line() const { return begin.line == end.line; }
};
Region region(const source::Span& span, const source::SourceSet& sources);

/// False for the prelude, the built-in mappings and nowhere.
bool is_file(source::SourceId source, const source::SourceSet& sources);

/// The path to a file with forward slashes, its bytes unchanged: see Report.
std::string path(source::SourceId source, const Report& report);
/// `path` as a URI: percent-encoded and relative, or `file:///…`.
std::string uri(const std::string& path);

/// Where a finding stands in a file: its primary label, else its first one. Null: nowhere.
const Label* place(const Diagnostic& one, const source::SourceSet& sources);

/// For each finding in the order of the sink 16 hex digits, no two equal: of code, file, addresses and the text of its line, so
/// that they stay when lines above come and go, and when a date in the message moves on. Equal ones are counted.
std::vector<std::string> fingerprints(const Report& report);

}  // namespace syncline::diag::parts

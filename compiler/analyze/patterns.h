#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/analyze/context.h"

namespace re2 {
class RE2;
}

/// Name patterns: `shop.*`, `~'(dev_)?shop'.orders`. Regexes are RE2 and match a whole name.
namespace syncline::analyze {

/// The compiled regex, kept for the thread; `ok()` says whether it is one.
const re2::RE2& regex(const std::string& pattern, connectors::NameCase rule);

/// SY1006, SY1007, SY1008 for one segment.
void check_segment(const ast::Segment& segment, diag::Sink& sink);
/// A table pattern of this connection: depth (SY1004) and regexes checked, a leading database that only repeats the connection's
/// is dropped. Nothing after an error.
std::optional<bound::Pattern> table_pattern(const ast::ObjectPattern& written, const bound::Connection& connection,
                                            diag::Sink& sink);

bool segment_matches(const ast::Segment& segment, std::string_view name, connectors::NameCase rule,
                     std::map<std::string, std::string>* captures);
/// False only when no name can match both; two regexes may always meet.
bool may_meet(const ast::Segment& one, const ast::Segment& other);
/// False only when no table can match both.
bool may_meet(const bound::Pattern& one, const bound::Pattern& other);
/// Names of the captures of its regexes.
std::set<std::string> captures_of(const bound::Pattern& pattern);
/// All segments exact.
bool is_exact(const bound::Pattern& pattern);

}  // namespace syncline::analyze

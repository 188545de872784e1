#include "compiler/analyze/patterns.h"

#include <re2/re2.h>
#include <unordered_map>

#include "compiler/bound/expression_text.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

using Segment = ast::Segment;
constexpr std::string_view kMeta = "\\^$.|?*+()[]{}";

/// `user_*` for `user_.*`: a star that repeats a letter, digit or underscore and nothing else regex-like is in the pattern.
std::optional<char> glob_star(const std::string& pattern) {
  if (pattern.find_first_of("\\^$|+()[]{}.") != std::string::npos) return std::nullopt;
  const std::size_t star = pattern.find('*');
  if (star == std::string::npos || star == 0) return std::nullopt;
  return pattern[star - 1];
}

std::string with_dots(const std::string& pattern) {
  std::string result;
  for (const char c : pattern) result += c == '*' ? std::string(".*") : std::string(1, c);
  return result;
}

void report_bad_regex(const Segment& segment, const std::string& error, diag::Sink& sink) {
  auto finding = diag::BadRegex(text::printable(error)).at(segment.span);
  const bool look = segment.text.find("(?=") != std::string::npos || segment.text.find("(?!") != std::string::npos ||
                    segment.text.find("(?<") != std::string::npos;
  if (look) std::move(finding).with_help("RE2 has no look-around: use EXCEPT for \"all but\"; captures are written (?P<name>…)");
  if (!segment.text.empty() && segment.text.front() == '*') {
    const std::string better = "~'" + with_dots(segment.text) + "'";
    std::move(finding)
        .with_help("this looks like a glob: did you mean `" + better + "`?")
        .with_fix({segment.span, better, "write `" + better + "`", true});
  }
  sink.emit(std::move(finding));
}

std::string level_text(const std::vector<std::string_view>& levels) {
  std::string text;
  for (const auto level : levels) text += (text.empty() ? "" : ".") + std::string(level);
  return text;
}

void report_depth(const ast::ObjectPattern& written, const bound::Connection& connection, diag::Sink& sink) {
  const std::size_t count = written.segments.size();
  const std::string parts = std::to_string(count) + (count == 1 ? " part" : " parts");
  sink.emit(diag::PatternDepth(connection.plan.name, connection.plan.engine, level_text(connection.engine->levels), parts)
                .at(written.span)
                .also(connection.span, "declared here"));
}

bool repeats_database(const ast::ObjectPattern& written, const bound::Connection& connection) {
  return written.segments.size() == 3 && connection.engine->levels.size() == 2 && connection.engine->levels[0] == "schema" &&
         written.segments[0].kind == Segment::Kind::exact && written.segments[0].text == connection.database;
}

}  // namespace

const re2::RE2& regex(const std::string& pattern, connectors::NameCase rule) {
  thread_local std::unordered_map<std::string, std::unique_ptr<RE2>> kept;
  const bool sensitive = rule == connectors::NameCase::sensitive;
  auto& entry = kept[(sensitive ? 's' : 'i') + pattern];
  if (!entry) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(sensitive);
    entry = std::make_unique<RE2>(pattern, options);
  }
  return *entry;
}

void check_segment(const Segment& segment, diag::Sink& sink) {
  if (segment.kind != Segment::Kind::regex) return;
  const RE2& compiled = regex(segment.text, connectors::NameCase::sensitive);
  if (!compiled.ok()) return report_bad_regex(segment, compiled.error(), sink);
  if (const auto repeated = glob_star(segment.text)) {
    const std::string better = "~'" + with_dots(segment.text) + "'";
    sink.emit(diag::GlobLooking(segment.text, std::string(1, *repeated) + "*")
                  .at(segment.span)
                  .with_help("did you mean `" + better + "`?")
                  .with_fix({segment.span, better, "write `" + better + "`", true}));
  } else if (segment.text.find_first_of(kMeta) == std::string::npos) {
    sink.emit(diag::PlainRegex(segment.text).at(segment.span).with_help("write the name without `~`"));
  }
}

std::optional<bound::Pattern> table_pattern(const ast::ObjectPattern& written, const bound::Connection& connection,
                                            diag::Sink& sink) {
  bound::Pattern pattern{written.segments, written.span};
  if (repeats_database(written, connection)) {
    pattern.segments.erase(pattern.segments.begin());
  } else if (written.segments.size() != connection.engine->levels.size()) {
    report_depth(written, connection, sink);
    return std::nullopt;
  }
  const std::size_t before = sink.errors();
  for (const Segment& segment : pattern.segments) check_segment(segment, sink);
  if (sink.errors() != before) return std::nullopt;
  return pattern;
}

bool segment_matches(const Segment& segment, std::string_view name, connectors::NameCase rule,
                     std::map<std::string, std::string>* captures) {
  if (segment.kind == Segment::Kind::any) return true;
  if (segment.kind == Segment::Kind::exact) {
    if (rule == connectors::NameCase::sensitive) return segment.text == name;
    return text::lower(segment.text) == text::lower(name);
  }
  const RE2& compiled = regex(segment.text, rule);
  if (!compiled.ok()) return false;
  if (captures == nullptr || compiled.NumberOfCapturingGroups() == 0)
    return RE2::FullMatch(re2::StringPiece(name.data(), name.size()), compiled);
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(compiled.NumberOfCapturingGroups()) + 1);
  const re2::StringPiece subject(name.data(), name.size());
  if (!compiled.Match(subject, 0, subject.size(), RE2::ANCHOR_BOTH, groups.data(), static_cast<int>(groups.size()))) return false;
  for (const auto& [group, number] : compiled.NamedCapturingGroups()) {
    const auto& piece = groups[static_cast<std::size_t>(number)];
    (*captures)[group] = piece.data() == nullptr ? std::string() : std::string(piece.data(), piece.size());
  }
  return true;
}

bool may_meet(const Segment& one, const Segment& other) {
  constexpr auto kLoose = connectors::NameCase::insensitive;
  if (one.kind == Segment::Kind::exact) return segment_matches(other, one.text, kLoose, nullptr);
  if (other.kind == Segment::Kind::exact) return segment_matches(one, other.text, kLoose, nullptr);
  return true;
}

bool may_meet(const bound::Pattern& one, const bound::Pattern& other) {
  for (std::size_t i = 0; i < one.segments.size() && i < other.segments.size(); ++i) {
    if (!may_meet(one.segments[i], other.segments[i])) return false;
  }
  return true;
}

std::set<std::string> captures_of(const bound::Pattern& pattern) {
  std::set<std::string> names;
  for (const Segment& segment : pattern.segments) {
    if (segment.kind != Segment::Kind::regex) continue;
    for (const auto& group : regex(segment.text, connectors::NameCase::sensitive).NamedCapturingGroups())
      names.insert(group.first);
  }
  return names;
}

bool is_exact(const bound::Pattern& pattern) {
  for (const Segment& segment : pattern.segments) {
    if (segment.kind != Segment::Kind::exact) return false;
  }
  return true;
}

bool matches(const bound::Pattern& pattern, const types::ObjectName& table, const connectors::ServerInfo& server,
             std::map<std::string, std::string>* captures) {
  std::map<std::string, std::string> found;
  auto* into = captures != nullptr ? &found : nullptr;
  if (pattern.segments.empty()) return false;
  if (!segment_matches(pattern.segments.back(), table.table, server.table_case, into)) return false;
  if (pattern.segments.size() > 1 &&
      !segment_matches(pattern.segments[pattern.segments.size() - 2], table.container, server.table_case, into))
    return false;
  if (captures != nullptr) captures->insert(found.begin(), found.end());
  return true;
}

bool matches_column(const ast::Segment& pattern, std::string_view column, connectors::NameCase rule) {
  return segment_matches(pattern, column, rule, nullptr);
}

}  // namespace syncline::analyze

#include "compiler/planner/selection.h"

#include <re2/re2.h>
#include <algorithm>

#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

std::vector<std::string> split_levels(const std::string& pattern) {
  std::vector<std::string> levels(1);
  bool quoted = false;
  for (const char c : pattern) {
    if (c == '\'' || c == '"') quoted = !quoted;
    if (c == '.' && !quoted) {
      levels.emplace_back();
    } else if (c != '\'' && c != '"') {
      levels.back() += c;
    }
  }
  return levels;
}

bool is_regex(const std::string& level) {
  return level.rfind('~', 0) == 0;
}

bool level_matches(const std::string& pattern, const std::string& name, connectors::NameCase rule) {
  if (pattern == "*") return true;
  if (is_regex(pattern)) return RE2::FullMatch(name, RE2(pattern.substr(1), RE2::Quiet));
  return fold(pattern, rule) == fold(name, rule);
}

bool matches(const std::string& pattern, const types::ObjectName& name, const connectors::ServerInfo& server) {
  const std::vector<std::string> levels = split_levels(pattern);
  if (!level_matches(levels.back(), name.table, server.table_case)) return false;
  return levels.size() < 2 || level_matches(levels[levels.size() - 2], name.container, server.table_case);
}

/// What RE2 says against the pattern, or empty.
std::string regex_error(const std::string& pattern) {
  for (const std::string& level : split_levels(pattern)) {
    if (!is_regex(level)) continue;
    const RE2 regex(level.substr(1), RE2::Quiet);
    if (!regex.ok()) return regex.error();
  }
  return {};
}

bool selects_any(const std::string& pattern, const SyncWork& sync) {
  return std::any_of(sync.tables.begin(), sync.tables.end(),
                     [&](const Work& work) { return matches(pattern, work.plan.source, sync.source.server); });
}

/// A table that the source has and the script leaves out, in words; or empty.
std::string left_out(const std::string& pattern, const std::vector<SyncWork>& syncs) {
  for (const SyncWork& sync : syncs) {
    for (const types::ObjectName& name : sync.plan.excluded) {
      if (matches(pattern, name, sync.source.server))
        return fmt::format("EXCEPT of sync `{}` takes `{}` out", sync.bound->name, text::printable(types::to_string(name)));
    }
  }
  for (const SyncWork& sync : syncs) {
    for (const plan::TableChange& change : sync.plan.table_changes) {
      if (matches(pattern, change.source, sync.source.server))
        return fmt::format("sync `{}` leaves `{}` out: ON NEW TABLE IGNORE", sync.bound->name,
                           text::printable(types::to_string(change.source)));
    }
  }
  for (const SyncWork& sync : syncs) {
    for (const connectors::ListedObject& object : sync.source.catalog->objects()) {
      if (object.kind == connectors::ObjectKind::table && matches(pattern, object.name, sync.source.server))
        return fmt::format("connection `{}` has `{}`, but TABLES of sync `{}` do not name it", sync.source.connection->plan.name,
                           text::printable(types::to_string(object.name)), sync.bound->name);
    }
  }
  return {};
}

/// Names of all tables, at the depth of the pattern.
std::vector<std::string> candidates(const std::string& pattern, const std::vector<SyncWork>& syncs) {
  const bool deep = split_levels(pattern).size() > 1;
  std::vector<std::string> names;
  for (const SyncWork& sync : syncs) {
    for (const Work& work : sync.tables) names.push_back(deep ? types::to_string(work.plan.source) : work.plan.source.table);
  }
  return names;
}

std::string without_operators(std::string pattern) {
  const auto is_operator = [](char c) { return c == '~' || c == '*' || c == '+' || c == '\'' || c == '"'; };
  for (const char* any : {".*", ".+"}) {
    for (std::size_t at = pattern.find(any); at != std::string::npos; at = pattern.find(any)) pattern.erase(at, 2);
  }
  pattern.erase(std::remove_if(pattern.begin(), pattern.end(), is_operator), pattern.end());
  return pattern;
}

diag::Diagnostic selects_nothing(const std::string& pattern, const std::vector<SyncWork>& syncs) {
  diag::Diagnostic found = diag::SelectMatchesNothing("table:" + pattern);
  if (std::string known = left_out(pattern, syncs); !known.empty()) return std::move(found).with_help(std::move(known));
  const std::vector<std::string> names = candidates(pattern, syncs);
  if (const auto closest = text::did_you_mean(without_operators(pattern), names))
    return std::move(found).with_help("did you mean `" + text::printable(*closest) + "`?");
  return std::move(found).with_help(names.empty() ? "the scripts copy no table"
                                                  : "the scripts copy " + text::printable(text::sample_list(names)));
}

}  // namespace

bool is_selected(const types::ObjectName& name, const std::vector<std::string>& patterns, const connectors::ServerInfo& server) {
  return patterns.empty() || std::any_of(patterns.begin(), patterns.end(),
                                         [&](const std::string& pattern) { return matches(pattern, name, server); });
}

void check_selection(Context& context, const std::vector<SyncWork>& syncs) {
  const bool all_known = syncs.size() == context.unit.syncs.size();
  for (const std::string& pattern : context.unit.select_tables) {
    if (const std::string problem = regex_error(pattern); !problem.empty()) {
      context.script.emit(diag::BadRegex(problem).with_help("after --select or --table: `" + text::printable(pattern) + "`"));
      continue;
    }
    const auto selects = [&](const SyncWork& sync) { return selects_any(pattern, sync); };
    if (all_known && std::none_of(syncs.begin(), syncs.end(), selects)) context.script.emit(selects_nothing(pattern, syncs));
  }
}

}  // namespace syncline::planner

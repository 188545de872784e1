#include <algorithm>

#include "compiler/analyze/overrides.h"
#include "compiler/analyze/patterns.h"
#include "compiler/analyze/policy.h"
#include "compiler/bound/expression_text.h"

namespace syncline::analyze {
namespace {

struct Hit {
  const bound::Override* override_ = nullptr;
  const bound::Pattern* pattern = nullptr;
  bool exact = false;
};

bool applies(const bound::Override& one, const bound::Pattern& pattern, const types::ObjectName& table,
             const connectors::ServerInfo& server) {
  if (one.level == ast::NameLevel::table) return matches(pattern, table, server, nullptr);
  return segment_matches(pattern.segments.back(), table.container, server.table_case, nullptr);
}

/// The best pattern of an override for this table: an exact one, if any.
std::optional<Hit> hit(const bound::Override& one, const types::ObjectName& table, const connectors::ServerInfo& server) {
  std::optional<Hit> best;
  for (const bound::Pattern& pattern : one.patterns) {
    if (best && best->exact) break;
    if (applies(one, pattern, table, server)) best = Hit{&one, &pattern, is_exact(pattern)};
  }
  return best;
}

void report_conflicts(const std::vector<Hit>& equals, const types::ObjectName& table, diag::Sink& sink) {
  std::map<std::string, const Hit*> setters;
  for (const Hit& one : equals) {
    for (const ast::Clause& clause : one.override_->clauses) {
      if (clause.kind == ast::ClauseKind::hook || clause.kind == ast::ClauseKind::using_template) continue;
      for (const std::string& key : keys_of(clause)) {
        const auto [first, fresh] = setters.emplace(key, &one);
        if (fresh || first->second->override_ == one.override_) continue;
        sink.emit(diag::OverridesConflict(bound::to_text(*first->second->pattern), bound::to_text(*one.pattern),
                                          types::to_string(table), key)
                      .at(one.pattern->span)
                      .also(first->second->pattern->span, "sets it too")
                      .with_help(one.exact ? "leave one of them out: both name it in full"
                                           : "make one of them exact: an exact name beats a pattern"));
      }
    }
  }
}

}  // namespace

const char* level_name(ast::NameLevel level) {
  return level == ast::NameLevel::database ? "OVERRIDE … DATABASE"
         : level == ast::NameLevel::schema ? "OVERRIDE … SCHEMA"
                                           : "OVERRIDE … TABLE";
}

bound::Policy policy_of(const bound::Sync& sync, const types::ObjectName& table, const connectors::ServerInfo& server,
                        diag::Sink& sink) {
  std::vector<Hit> hits;
  for (const bound::Override& one : sync.overrides) {
    if (auto found = hit(one, table, server)) hits.push_back(*found);
  }
  const auto rank = [](const Hit& one) { return std::pair(one.override_->level, one.exact); };
  std::stable_sort(hits.begin(), hits.end(), [&](const Hit& a, const Hit& b) { return rank(a) < rank(b); });
  bound::Policy policy = sync.policy;
  diag::Sink reported_before;
  for (std::size_t begin = 0; begin < hits.size();) {
    std::size_t end = begin;
    while (end < hits.size() && rank(hits[end]) == rank(hits[begin])) ++end;
    const std::vector<Hit> equals(hits.begin() + static_cast<std::ptrdiff_t>(begin),
                                  hits.begin() + static_cast<std::ptrdiff_t>(end));
    if (equals.size() > 1) report_conflicts(equals, table, sink);
    for (const Hit& one : equals) {
      for (const ast::Clause& clause : one.override_->clauses)
        apply_clause(policy, clause, level_name(one.override_->level), reported_before);
    }
    begin = end;
  }
  cap_sessions(policy, sync);
  return policy;
}

void cap_sessions(bound::Policy& policy, const bound::Sync& sync) {
  const auto cap = [](int& value, const bound::Connection& connection) {
    if (connection.max_connections > 0) value = std::min(value, connection.max_connections);
  };
  cap(policy.limits.source_connections, *sync.source);
  cap(policy.limits.target_connections, *sync.target);
}

}  // namespace syncline::analyze

#include "compiler/analyze/rule_coverage.h"

#include <algorithm>

#include "compiler/analyze/overrides.h"
#include "compiler/analyze/patterns.h"
#include "compiler/analyze/policy.h"
#include "compiler/bound/expression_text.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

using ast::Segment;
using connectors::NameCase;

/// Every name that `inner` matches is matched by `outer`. False when that is not plain to see.
bool covers(const Segment& outer, const Segment& inner) {
  if (outer.kind == Segment::Kind::any) return true;
  if (inner.kind == Segment::Kind::exact) return segment_matches(outer, inner.text, NameCase::sensitive, nullptr);
  return outer.kind == inner.kind && outer.text == inner.text;
}

bool covers(const bound::Pattern& outer, const bound::Pattern& inner) {
  if (outer.segments.size() != inner.segments.size()) return false;
  for (std::size_t i = 0; i < outer.segments.size(); ++i) {
    if (!covers(outer.segments[i], inner.segments[i])) return false;
  }
  return true;
}

/// What an OVERRIDE names as a pattern over tables: `FOR DATABASE sales` is `sales.*`.
bound::Pattern table_pattern_of(const bound::Override& one, const bound::Pattern& written, std::size_t depth) {
  if (one.level == ast::NameLevel::table) return written;
  bound::Pattern made{{}, written.span};
  Segment any;
  any.kind = Segment::Kind::any;
  made.segments.assign(depth, any);
  if (depth > 1) made.segments[depth - 2] = written.segments.back();
  return made;
}

class Coverage {
 public:
  Coverage(Context& context, const bound::Sync& sync) : context_(context), sync_(sync) {
    server_.table_case = sync.source->engine->capabilities.table_case;
    server_.column_case = sync.source->engine->capabilities.column_case;
    depth_ = sync.source->engine->levels.size();
  }

  void check() {
    excepts();
    column_rules(sync_.policy, [](const bound::BoundColumnRule&) { return true; });
    for (const bound::Override& one : sync_.overrides) {
      named_tables(one);
      override_(one);
      own_columns(one);
    }
  }

 private:
  // --- EXCEPT

  void excepts() {
    if (sync_.include.empty()) return;
    for (std::size_t i = 0; i < sync_.except.size(); ++i) {
      const bound::Pattern& one = sync_.except[i];
      const auto included = [&](const bound::Pattern& include) { return may_meet(one, include); };
      if (std::none_of(sync_.include.begin(), sync_.include.end(), included)) {
        report_except(one, "no other pattern names such a table", nullptr);
        continue;
      }
      for (std::size_t j = 0; j < sync_.except.size(); ++j) {
        const bool same = covers(one, sync_.except[j]);
        if (i == j || !covers(sync_.except[j], one) || (same && i < j)) continue;
        report_except(one, "`" + bound::to_text(sync_.except[j]) + "` does already", &sync_.except[j]);
        break;
      }
    }
  }

  void report_except(const bound::Pattern& one, const std::string& why, const bound::Pattern* other) {
    auto finding = diag::ExceptWithoutEffect(bound::to_text(one), sync_.name, why).at(one.span);
    if (other != nullptr) std::move(finding).also(other->span, "takes them out");
    if (other == nullptr) std::move(finding).also(sync_.tables_span, "TABLES");
    context_.sink.emit(std::move(finding).with_help("leave it out, or correct the name"));
  }

  // --- OVERRIDE

  /// A piece of what an OVERRIDE names within TABLES.
  struct Region {
    bound::Pattern pattern;
    const bound::Pattern* include = nullptr;  ///< the pattern of TABLES that it lies in
  };

  [[nodiscard]] std::vector<Region> regions(const bound::Override& one) const {
    std::vector<Region> list;
    for (const bound::Pattern& written : one.patterns) {
      const bound::Pattern pattern = table_pattern_of(one, written, depth_);
      for (const bound::Pattern& include : sync_.include) {
        if (may_meet(pattern, include)) list.push_back({is_exact(include) ? include : pattern, &include});
      }
    }
    return list;
  }

  /// How closely an OVERRIDE names this region: a higher level wins, then an exact name. Nothing: it may miss some of its tables.
  [[nodiscard]] std::optional<std::pair<ast::NameLevel, bool>> rank(const bound::Override& one, const Region& region) const {
    std::optional<std::pair<ast::NameLevel, bool>> best;
    for (const bound::Pattern& written : one.patterns) {
      const bound::Pattern pattern = table_pattern_of(one, written, depth_);
      if (!covers(pattern, region.pattern) && !covers(pattern, *region.include)) continue;
      const auto here = std::pair(one.level, is_exact(written));
      if (!best || *best < here) best = here;
    }
    return best;
  }

  [[nodiscard]] static const ast::Clause* setter(const bound::Override& one, const std::string& key) {
    for (const ast::Clause& clause : one.clauses) {
      const auto keys = keys_of(clause);
      if (std::find(keys.begin(), keys.end(), key) != keys.end()) return &clause;
    }
    return nullptr;
  }

  struct Winner {
    const bound::Override* override_ = nullptr;
    const ast::Clause* clause = nullptr;
  };

  /// An OVERRIDE that names the whole region more closely and sets the same.
  [[nodiscard]] Winner winner(const bound::Override& one, const Region& region, const std::string& key) const {
    const auto own = rank(one, region);
    for (const bound::Override& other : sync_.overrides) {
      if (&other == &one) continue;
      const ast::Clause* clause = setter(other, key);
      const auto its = clause == nullptr ? std::nullopt : rank(other, region);
      if (its && own && *own < *its) return {&other, clause};
    }
    return {};
  }

  void override_(const bound::Override& one) {
    const std::vector<Region> all = regions(one);
    if (all.empty()) return;
    for (const ast::Clause& clause : one.clauses) {
      for (const std::string& key : keys_of(clause)) {
        if (key == "CREATE WITH PROPERTIES") continue;
        Winner last;
        const bool dead = std::all_of(all.begin(), all.end(), [&](const Region& region) {
          const Winner here = winner(one, region, key);
          if (here.clause != nullptr) last = here;
          return here.clause != nullptr;
        });
        if (!dead) continue;
        std::string names;
        for (const bound::Pattern& pattern : one.patterns) names += (names.empty() ? "" : ", ") + bound::to_text(pattern);
        context_.sink.emit(diag::OverrideWithoutEffect(key, "`" + names + "`")
                               .at(clause.span)
                               .also(last.clause->span, "always wins: its OVERRIDE names the tables more closely")
                               .with_help("leave one of them out"));
      }
    }
  }

  /// Tables that OVERRIDEs and TABLES name in full: what the planner would find for them, found here (SY1014).
  void named_tables(const bound::Override& one) {
    if (one.level != ast::NameLevel::table) return;
    for (const Region& region : regions(one)) {
      if (!is_exact(region.pattern)) continue;
      types::ObjectName name;
      name.table = region.pattern.segments.back().text;
      if (depth_ > 1) name.container = region.pattern.segments[region.pattern.segments.size() - 2].text;
      const auto takes_out = [&](const bound::Pattern& except) { return matches(except, name, server_, nullptr); };
      if (std::any_of(sync_.except.begin(), sync_.except.end(), takes_out)) continue;
      (void)policy_of(sync_, name, server_, context_.sink);
    }
  }

  // --- COLUMNS

  void own_columns(const bound::Override& one) {
    bound::Policy merged = sync_.policy;
    diag::Sink reported_before;
    for (const ast::Clause& clause : one.clauses) apply_clause(merged, clause, level_name(one.level), reported_before);
    column_rules(merged, [&](const bound::BoundColumnRule& rule) { return rule.origin.level == level_name(one.level); });
  }

  /// EXCLUDE comes first, then SET, then MASK; of two rules of one kind the later one decides.
  [[nodiscard]] static bool replaces(const ast::ColumnRule& later, const ast::ColumnRule& rule, bool behind) {
    using Kind = ast::ColumnRule::Kind;
    if (rule.kind == Kind::add || later.kind == Kind::add) return false;
    if (later.kind == Kind::exclude && rule.kind != Kind::exclude) return true;
    if (later.kind == Kind::mask && rule.kind == Kind::set) return true;
    return later.kind == rule.kind && (behind || rule.kind == Kind::exclude);
  }

  template <class Judged>
  void column_rules(const bound::Policy& policy, const Judged& judged) {
    const auto& rules = policy.columns;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (!judged(rules[i])) continue;
      for (std::size_t j = 0; j < rules.size(); ++j) {
        const ast::ColumnRule& rule = rules[i].rule;
        const ast::ColumnRule& other = rules[j].rule;
        if (i == j || !replaces(other, rule, i < j) || !covers(other.columns, rule.columns)) continue;
        if (covers(rule.columns, other.columns)) continue;  // the same columns: SY3018, or levels that replace each other
        const bool out = other.kind == ast::ColumnRule::Kind::exclude;
        context_.sink.emit(
            diag::ColumnRuleWithoutEffect(
                bound::to_text(rule), "`" + bound::to_text(other) + "` " + (out ? "leaves these columns out" : "decides instead"))
                .at(rule.span)
                .also(other.span, out ? "EXCLUDE comes before all other rules" : "decides")
                .with_help("leave one of them out, or make the other pattern narrower"));
        break;
      }
    }
  }

  Context& context_;
  const bound::Sync& sync_;
  connectors::ServerInfo server_;
  std::size_t depth_ = 1;
};

}  // namespace

void check_rule_coverage(Context& context, const bound::Sync& sync) {
  Coverage(context, sync).check();
}

}  // namespace syncline::analyze

#include <algorithm>

#include "compiler/analyze/clause_checks.h"
#include "compiler/analyze/expression_walk.h"
#include "compiler/analyze/layers.h"
#include "compiler/analyze/overrides.h"
#include "compiler/analyze/patterns.h"
#include "compiler/analyze/personal_columns.h"
#include "compiler/analyze/policy.h"
#include "compiler/analyze/rule_coverage.h"
#include "compiler/bound/expression_text.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

using ast::Clause;
using ast::ClauseKind;

const char* level_word(ast::NameLevel level) {
  return level == ast::NameLevel::database ? "DATABASE" : level == ast::NameLevel::schema ? "SCHEMA" : "TABLE";
}

class Binder {
 public:
  Binder(Context& context, const ast::SyncStatement& statement) : context_(context), statement_(statement) {}

  void bind() {
    sync_.name = statement_.name.text;
    sync_.span = statement_.name.span;
    sync_.source = connection(statement_.from, true);
    sync_.target = connection(statement_.into, false);
    if (sync_.source == nullptr || sync_.target == nullptr) return;
    bind_tables();
    bind_policy();
    for (const auto* one : context_.declared.overrides) {
      if (one->sync.text == sync_.name) bind_override(*one);
    }
    check_rule_coverage(context_, sync_);
    check_personal_columns(context_, sync_);
    context_.unit.syncs.push_back(std::move(sync_));
  }

 private:
  const bound::Connection* connection(const ast::Name& name, bool source) {
    context_.used_connections.insert(name.text);
    const auto found = context_.unit.connections.find(name.text);
    if (found == context_.unit.connections.end()) {
      if (context_.declared.connections.count(name.text) == 0)
        report_unknown(context_, "connection", name, names_of(context_.declared.connections));
      return nullptr;
    }
    const bound::Connection& connection = *found->second;
    const bool able = source ? connection.engine->can_be_source : connection.engine->can_be_target;
    if (!able)
      context_.sink.emit(diag::ConnectionRole(name.text, connection.plan.engine, source ? "source" : "target")
                             .at(name.span)
                             .also(connection.span, "declared here"));
    if (!source && !connection.allow_writes && !connection.allow_writes_doubtful) {
      context_.sink.emit(diag::WritesNotAllowed(name.text)
                             .at(name.span, "written to here")
                             .also(connection.span, "declared here")
                             .with_help("add `allow_writes = true` to CONNECTION " + name.text + " if it may be changed"));
    }
    return &connection;
  }

  void bind_tables() {
    for (const ast::TableItem& item : statement_.tables) {
      sync_.tables_span = sync_.tables_span.source == 0 ? item.span : source::join(sync_.tables_span, item.span);
      auto pattern = table_pattern(item.pattern, *sync_.source, context_.sink);
      if (pattern) (item.except ? sync_.except : sync_.include).push_back(std::move(*pattern));
    }
    const bool only_except =
        std::all_of(statement_.tables.begin(), statement_.tables.end(), [](const auto& item) { return item.except; });
    if (only_except) {
      context_.sink.emit(diag::SelectMatchesNothing("TABLES (EXCEPT …)")
                             .at(sync_.tables_span)
                             .with_help("EXCEPT takes tables out of the other patterns: name some first, for example `*`"));
    }
  }

  void bind_policy() {
    const std::size_t before = context_.sink.errors();
    layers_ = layers_of(context_, statement_.clauses, "SYNC");
    const bool complete = context_.sink.errors() == before;
    Place place{sync_, {}, "sync `" + sync_.name + "`"};
    for (const Layer& layer : layers_) {
      apply_clause(sync_.policy, layer.clause, layer.level, context_.sink);
      place.effective[layer.clause.kind] = &layer.clause;
    }
    for (const Layer& layer : layers_) check_clause(context_, place, layer.clause);
    check_together(context_, place, complete);
    check_container(place);
    cap_sessions(sync_.policy, sync_);
  }

  void bind_override(const ast::OverrideStatement& statement) {
    bound::Override made;
    made.level = statement.level;
    made.span = statement.sync.span;
    if (!level_exists(statement)) return;
    for (const ast::ObjectPattern& written : statement.patterns) {
      auto pattern = override_pattern(statement, written);
      if (pattern) made.patterns.push_back(std::move(*pattern));
    }
    const std::vector<Layer> layers = override_layers(context_, statement.clauses, level_name(statement.level));
    check_override(layers);
    for (const Layer& layer : layers) made.clauses.push_back(layer.clause);
    sync_.overrides.push_back(std::move(made));
  }

  void check_override(const std::vector<Layer>& layers) {
    bound::Policy scratch = sync_.policy;
    Place place{sync_, {}, "OVERRIDE of `" + sync_.name + "`"};
    for (const Layer& layer : layers_) place.effective[layer.clause.kind] = &layer.clause;
    for (const Layer& layer : layers) {
      apply_clause(scratch, layer.clause, layer.level, context_.sink);
      place.effective[layer.clause.kind] = &layer.clause;
    }
    for (const Layer& layer : layers) check_clause(context_, place, layer.clause);
    if (!layers.empty()) check_together(context_, place, false);
  }

  bool level_exists(const ast::OverrideStatement& statement) {
    if (statement.level == ast::NameLevel::table) return true;
    const auto& engine = *sync_.source->engine;
    const std::string wanted = text::ascii_lower(level_word(statement.level));
    if (engine.has_container() && engine.levels[engine.levels.size() - 2] == wanted) return true;
    std::string help = "use OVERRIDE … FOR TABLE";
    if (engine.has_container()) help = "use OVERRIDE … FOR " + text::upper(engine.levels[engine.levels.size() - 2]);
    context_.sink.emit(diag::LevelOfOverride(sync_.source->plan.name, engine.name, level_word(statement.level))
                           .at(statement.patterns.front().span)
                           .with_help(help));
    return false;
  }

  std::optional<bound::Pattern> override_pattern(const ast::OverrideStatement& statement, const ast::ObjectPattern& written) {
    std::optional<bound::Pattern> pattern;
    if (statement.level == ast::NameLevel::table) {
      pattern = table_pattern(written, *sync_.source, context_.sink);
    } else {
      pattern = container_pattern(statement, written);
    }
    if (pattern && !can_match(*pattern, statement.level)) {
      report_never_matches(*pattern, written.span);
    }
    return pattern;
  }

  /// Either of the two names may be the misspelt one.
  void report_never_matches(const bound::Pattern& pattern, const source::Span& span) {
    std::map<std::string, source::Span> included;
    for (const bound::Pattern& one : sync_.include) {
      const bool shorter = pattern.segments.size() < one.segments.size();
      included.emplace(shorter ? bound::to_text(bound::Pattern{{one.segments.front()}, one.span}) : bound::to_text(one),
                       one.span);
    }
    std::vector<std::string> names;
    for (const auto& one : included) names.push_back(one.first);
    auto finding = diag::OverrideNeverMatches(bound::to_text(pattern), sync_.name).at(span);
    const auto meant = text::did_you_mean(bound::to_text(pattern), names);
    if (!meant) return context_.sink.emit(std::move(finding).also(sync_.tables_span, "TABLES"));
    context_.sink.emit(std::move(finding)
                           .also(included.at(*meant), "or is this misspelt?")
                           .with_help("did you mean `" + *meant + "`?")
                           .with_fix({span, *meant, "replace with `" + *meant + "`", false}));
  }

  std::optional<bound::Pattern> container_pattern(const ast::OverrideStatement& statement, const ast::ObjectPattern& written) {
    if (written.segments.size() != 1) {
      const std::string level = text::ascii_lower(level_word(statement.level));
      context_.sink.emit(diag::PatternDepth(sync_.source->plan.name, sync_.source->plan.engine, level,
                                            std::to_string(written.segments.size()) + " parts")
                             .at(written.span));
      return std::nullopt;
    }
    check_segment(written.segments.front(), context_.sink);
    return bound::Pattern{written.segments, written.span};
  }

  /// Conservative: false only when no table can be in TABLES and match.
  [[nodiscard]] bool can_match(const bound::Pattern& pattern, ast::NameLevel level) const {
    if (sync_.include.empty()) return true;
    const auto meets = [&](const bound::Pattern& included) {
      if (level != ast::NameLevel::table) return may_meet(pattern.segments.back(), included.segments.front());
      for (std::size_t i = 0; i < pattern.segments.size() && i < included.segments.size(); ++i) {
        if (!may_meet(pattern.segments[i], included.segments[i])) return false;
      }
      return true;
    };
    if (std::none_of(sync_.include.begin(), sync_.include.end(), meets)) return false;
    return level != ast::NameLevel::table || !is_exact(pattern) || !excepted(pattern);
  }

  /// An exact name that EXCEPT takes out in any letter case.
  [[nodiscard]] bool excepted(const bound::Pattern& exact) const {
    return std::any_of(sync_.except.begin(), sync_.except.end(), [&](const bound::Pattern& one) {
      for (std::size_t i = 0; i < exact.segments.size() && i < one.segments.size(); ++i) {
        if (!segment_matches(one.segments[i], exact.segments[i].text, connectors::NameCase::sensitive, nullptr)) return false;
      }
      return true;
    });
  }

  /// SY1011: several containers arrive in one place and no name says from which.
  void check_container(const Place& place) {
    const auto& engine = *sync_.source->engine;
    if (!engine.has_container() || place.effective.count(ClauseKind::merge_shards) != 0) return;
    std::set<std::string> containers;
    for (const bound::Pattern& pattern : sync_.include) {
      if (pattern.segments.front().kind != ast::Segment::Kind::exact) return;
      containers.insert(pattern.segments.front().text);
    }
    if (containers.size() < 2 || keeps_container() || !may_collide()) return;
    const std::string level(engine.levels[engine.levels.size() - 2]);
    context_.sink.emit(diag::ContainerIgnored(sync_.name, containers.size(), level, level)
                           .at(sync_.tables_span)
                           .with_help("for example NAMING (TABLE = source." + level + " || '_' || source.table)"));
  }

  /// Patterns of two containers that share table names: both open, or both the same name. One exact name beside `*` was chosen.
  [[nodiscard]] bool may_collide() const {
    const auto exact = [](const bound::Pattern& one) { return one.segments.back().kind == ast::Segment::Kind::exact; };
    for (const bound::Pattern& one : sync_.include) {
      for (const bound::Pattern& other : sync_.include) {
        if (one.segments.front().text == other.segments.front().text || exact(one) != exact(other)) continue;
        if (may_meet(one.segments.back(), other.segments.back())) return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool keeps_container() const {
    bool container_named = false;
    for (const auto& [level, rule] : sync_.policy.naming) {
      if (mentions_container(*rule.value)) return true;
      container_named = container_named || level != ast::NameLevel::table;
    }
    return !container_named && sync_.target->engine->has_container();
  }

  static bool mentions_container(const ast::Expr& expression) {
    bool found = false;
    walk(expression, [&](const ast::Expr& part) {
      if (part.kind != ast::ExprKind::path || part.path.size() != 2) return;
      const std::string& object = part.path[0].text;
      found =
          found || object == "match" || (object == "source" && part.path[1].text != "table" && part.path[1].text != "connection");
    });
    return found;
  }

  Context& context_;
  const ast::SyncStatement& statement_;
  bound::Sync sync_;
  std::vector<Layer> layers_;
};

}  // namespace

void bind_syncs(Context& context) {
  check_places(context);
  for (const auto& entry : context.declared.syncs) Binder(context, *entry.second.statement).bind();
  for (const auto* one : context.declared.overrides) {
    if (context.declared.syncs.count(one->sync.text) == 0)
      report_unknown(context, "sync", one->sync, names_of(context.declared.syncs));
  }
}

}  // namespace syncline::analyze

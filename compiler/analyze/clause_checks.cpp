#include "compiler/analyze/clause_checks.h"

#include <fmt/format.h>
#include <algorithm>
#include <functional>

#include "compiler/analyze/engines.h"
#include "compiler/analyze/expression_walk.h"
#include "compiler/analyze/native_checks.h"
#include "compiler/analyze/native_partition.h"
#include "compiler/analyze/patterns.h"
#include "compiler/analyze/shards.h"
#include "compiler/bound/expression_text.h"
#include "stdlib/base/text.h"
#include "stdlib/schedule/schedule.h"

namespace syncline::analyze {
namespace {

using ast::Clause;
using ast::ClauseKind;
using ast::LoadPhase;
using Phase = ast::LoadPhase::Kind;

const Clause* clause_of(const Place& place, ClauseKind kind) {
  const auto found = place.effective.find(kind);
  return found == place.effective.end() ? nullptr : found->second;
}

void check_naming(Context& context, const Place& place, const Clause& clause) {
  static const char* const kLevels[] = {"database", "schema", "table"};
  const auto& engine = *place.sync.target->engine;
  for (const auto& item : clause.naming) {
    const char* level = kLevels[static_cast<std::size_t>(item.level)];
    if (std::find(engine.levels.begin(), engine.levels.end(), level) != engine.levels.end()) continue;
    auto finding = diag::NamingLevel(engine.name, level).at(item.span).also(place.sync.target->span, "the target");
    if (engine.has_container())
      std::move(finding).with_help("its tables stand in a " + std::string(engine.levels[engine.levels.size() - 2]));
    else
      std::move(finding).with_help("put it into the name: NAMING (TABLE = 'ods_' || source.table)");
    context.sink.emit(std::move(finding));
  }
}

void check_mapping(Context& context, const Place& place, const Clause& clause) {
  const ast::Name& name = clause.names.front();
  context.used_mappings.insert(name.text);
  const auto found = context.unit.mappings.find(name.text);
  if (found == context.unit.mappings.end())
    return report_unknown(context, "type mapping", name, names_of(context.declared.mappings));
  const bound::TypeMapping& mapping = found->second;
  const std::string& source = place.sync.source->plan.engine;
  const std::string& target = place.sync.target->plan.engine;
  const bool from = mapping.from == source || mapping.from == "logical";
  const bool to = mapping.to == target || mapping.to == "logical";
  const bool known = context.registry.find(mapping.from) != nullptr && context.registry.find(mapping.to) != nullptr;
  if ((from && to) || (!known && mapping.from != "logical" && mapping.to != "logical")) return;
  context.sink.emit(diag::MappingDirection(name.text, mapping.from, mapping.to, source, target)
                        .at(name.span)
                        .also(mapping.span, "declared here"));
}

template <class S>
void check_references(Context& context, const char* kind, const std::vector<ast::Name>& names, const Names<S>& known,
                      std::set<std::string>& used) {
  for (const ast::Name& name : names) {
    used.insert(name.text);
    if (known.count(name.text) == 0) report_unknown(context, kind, name, names_of(known));
  }
}

void check_once(Context& context, const Clause& clause) {
  const types::Zone* zone = types::Zone::find(context.unit.timezone);
  if (clause.text.empty() || zone == nullptr) return;
  try {
    schedule::parse_moment(clause.text, *zone);
  } catch (const schedule::InvalidSchedule&) {
    context.sink.emit(
        diag::SettingType("SCHEDULE ONCE AT", "a moment such as '2026-11-20 01:00'", "`" + text::printable(clause.text) + "`")
            .at(clause.span));
  }
}

std::vector<std::string> texts(const std::vector<std::string_view>& views) {
  return {views.begin(), views.end()};
}

void check_property(Context& context, const connectors::EngineInfo& engine, const ast::Setting& property) {
  const auto known = texts(engine.create_properties);
  if (known.empty() || property.key_is_string || std::find(known.begin(), known.end(), property.key.text) != known.end()) return;
  context.sink.emit(
      diag::UnknownTableProperty(engine.name, property.key.text).at(property.key.span).did_you_mean(property.key.text, known));
}

void check_table_type(Context& context, const connectors::EngineInfo& engine, const ast::CreateItem& item) {
  const auto known = texts(engine.table_types);
  const std::string written = text::ascii_lower(item.name.text);
  if (std::any_of(known.begin(), known.end(), [&](const std::string& one) { return text::ascii_lower(one) == written; })) return;
  const std::string what = known.empty() ? "table types" : "table type `" + item.name.text + "`";
  context.sink.emit(diag::CreateItemUnsupported(engine.name, what).at(item.span).did_you_mean(item.name.text, known));
}

void check_create(Context& context, const Place& place, const ast::CreateItem& item) {
  using Kind = ast::CreateItem::Kind;
  const auto& engine = *place.sync.target->engine;
  const auto refuse = [&](const std::string& what) {
    context.sink.emit(diag::CreateItemUnsupported(engine.name, what).at(item.span));
  };
  switch (item.kind) {
    case Kind::table_type:
      return check_table_type(context, engine, item);
    case Kind::distribute_hash:
    case Kind::distribute_random:
    case Kind::distribute_replicated:
      if (engine.built) refuse("DISTRIBUTE BY");
      return;
    case Kind::order_by:
      if (engine.built) refuse("ORDER BY in CREATE WITH");
      return;
    case Kind::properties:
      if (engine.built && engine.create_properties.empty()) return refuse("PROPERTIES");
      for (const ast::Setting& property : item.properties) check_property(context, engine, property);
      return;
    default:
      return;
  }
}

std::string phase_text(Phase kind) {
  return kind == Phase::full ? "LOAD FULL" : kind == Phase::schema ? "LOAD SCHEMA" : "LOAD INCREMENTAL";
}

void check_phases(Context& context, const Clause& load) {
  const auto& phases = load.phases;
  const bool pair = phases.size() == 2 && phases[0].kind == Phase::full && phases[1].kind == Phase::incremental;
  if (phases.size() != 1 && !pair) context.sink.emit(diag::LoadPhases().at(load.span));
  for (const LoadPhase& phase : phases) {
    if (phase.kind == Phase::schema || phase.write) continue;
    const bool inherits = pair && phase.kind == Phase::full && phases[1].write;
    const char* modes = "add WRITE RECREATE, TRUNCATE, APPEND, UPSERT or OVERWRITE PARTITION";
    context.sink.emit(diag::WriteMissing(phase_text(phase.kind), modes)
                          .at(phase.span)
                          .with_help(inherits ? "each phase says it for itself"
                                              : "it is never assumed, because two of them replace what is there"));
  }
}

void check_increment(Context& context, const Place& place, const LoadPhase& phase) {
  if (phase.kind != Phase::incremental) return;
  const bool recreate = phase.write && phase.write->mode == ast::WriteMode::recreate;
  const bool truncate = phase.write && phase.write->mode == ast::WriteMode::truncate;
  if (recreate || truncate) {
    context.sink.emit(diag::IncrementReplaces(recreate ? "RECREATE" : "TRUNCATE")
                          .at(phase.write->span)
                          .with_help("write it with UPSERT, APPEND or OVERWRITE PARTITION"));
  }
  const auto& settings = place.sync.target->plan.settings;
  const auto state = settings.find("state");
  if (state != settings.end() && state->second == "local") {
    context.sink.emit(diag::ProgressNeedsTarget(place.sync.target->plan.name)
                          .at(phase.span)
                          .also(place.sync.target->span, "says `state = local`")
                          .with_help("leave out `state = local`: the progress of increments is written with their rows"));
  }
}

void check_load(Context& context, const Place& place, const Clause& load) {
  const Clause* partition = clause_of(place, ClauseKind::partition_by);
  for (const LoadPhase& phase : load.phases) {
    const bool overwrite = phase.write && phase.write->mode == ast::WriteMode::overwrite_partition;
    if (overwrite && partition == nullptr) {
      context.sink.emit(diag::OverwriteWithoutPartition()
                            .at(phase.write->span)
                            .with_help("add PARTITION BY, or WRITE TRUNCATE if that is what you want"));
    }
    check_increment(context, place, phase);
    const bool append = phase.write && phase.write->mode == ast::WriteMode::append;
    if (append && phase.lookback && phase.lookback->number != "0") {
      context.sink.emit(diag::LookbackAppend()
                            .at(phase.lookback->span)
                            .also(phase.write->span, "adds them again")
                            .with_help("use WRITE UPSERT"));
    }
  }
}

bool column_known(const LoadPhase& phase) {
  return phase.where && (phase.where->portable || phase.where->covers);
}

void check_pair(Context& context, const Place& place, const Clause& load) {
  if (load.phases.size() != 2) return;
  const LoadPhase& full = load.phases[0];
  const LoadPhase& next = load.phases[1];
  const bool append = next.write && next.write->mode == ast::WriteMode::append;
  if (append && !full.up_to_first_window && next.key.empty()) {
    auto finding = diag::FullThenAppend()
                       .at(next.write->span)
                       .also(full.span, "reads every row")
                       .with_help("add UP TO FIRST WINDOW, or WRITE UPSERT");
    const auto behind = full.span.begin + static_cast<std::uint32_t>(std::string_view("FULL").size());
    if (column_known(next))
      std::move(finding).with_fix({{full.span.source, behind, behind}, " UP TO FIRST WINDOW", "add `UP TO FIRST WINDOW`", true});
    context.sink.emit(std::move(finding));
  }
  if (full.up_to_first_window && !column_known(next)) {
    context.sink.emit(diag::FirstWindowColumn()
                          .at(full.span)
                          .also(next.span, "says no column")
                          .with_help("write the condition portably, or add COVERS"));
  }
  const Clause* schedule = clause_of(place, ClauseKind::schedule);
  if (schedule != nullptr && schedule->word == "ONCE") {
    context.sink.emit(diag::OnceNeverIncrements()
                          .at(schedule->span)
                          .also(next.span, "never reached")
                          .with_help("name a schedule, or leave the phase out"));
  }
}

using VisitColumn = std::function<void(const ast::Name&)>;

void each_column(const ast::Expr& expression, const VisitColumn& visit) {
  walk(expression, [&](const ast::Expr& part) {
    if (part.kind == ast::ExprKind::path && part.path.size() == 1) visit(part.path.front());
  });
}

void each_column(const ast::Condition& condition, const VisitColumn& visit) {
  if (condition.portable) each_column(*condition.portable, visit);
  if (condition.covers) visit(*condition.covers);
}

/// EXCLUDE of a column that KEY or the increments read (SY3008).
void check_excluded(Context& context, const Place& place) {
  const Clause* columns = clause_of(place, ClauseKind::columns);
  if (columns == nullptr) return;
  const auto needed = [&](const ast::Name& name, const char* by) {
    for (const auto& rule : columns->columns) {
      if (rule.kind != ast::ColumnRule::Kind::exclude) continue;
      if (!segment_matches(rule.columns, name.text, connectors::NameCase::sensitive, nullptr)) continue;
      context.sink.emit(diag::ExcludedNeeded(name.text, by).at(rule.span).also(name.span, "needed here"));
    }
  };
  if (const Clause* key = clause_of(place, ClauseKind::key)) {
    for (const ast::Name& name : key->names) needed(name, "KEY");
  }
  const Clause* load = clause_of(place, ClauseKind::load);
  for (std::size_t i = 0; load != nullptr && i < load->phases.size(); ++i) {
    for (const ast::Name& name : load->phases[i].key) needed(name, "INCREMENTAL KEY");
    if (load->phases[i].where)
      each_column(*load->phases[i].where, [&](const auto& name) { needed(name, "the incremental condition"); });
  }
  if (const Clause* partition = clause_of(place, ClauseKind::partition_by)) {
    for (const auto& column : partition->partition_columns)
      each_column(*column.value, [&](const auto& name) { needed(name, "PARTITION BY"); });
    for (const ast::Name& name : partition->names) needed(name, "PARTITION BY");
  }
}

/// SY0004: one event with two actions.
void check_events(Context& context, const Clause& change) {
  std::map<std::string, const ast::ColumnEvent*> seen;
  for (const ast::ColumnEvent& one : change.events) {
    const auto [first, fresh] = seen.emplace(text::upper(one.event.text), &one);
    if (fresh) continue;
    context.sink.emit(diag::ClauseTwice(text::upper(one.event.text), "ON COLUMN CHANGE")
                          .at(one.event.span)
                          .also(first->second->event.span, "first here"));
  }
}

/// SY3015: a reload writes all rows as if they were of one run.
void check_reload(Context& context, const Place& place) {
  const Clause* change = clause_of(place, ClauseKind::on_column_change);
  if (change != nullptr) check_events(context, *change);
  const Clause* partition = clause_of(place, ClauseKind::partition_by);
  if (change == nullptr || partition == nullptr || partition->partition_columns.empty()) return;
  const bool reloads =
      change->word == "RELOAD" || std::any_of(change->events.begin(), change->events.end(),
                                              [](const auto& event) { return text::ascii_iequals(event.action.text, "RELOAD"); });
  if (!reloads) return;
  context.sink.emit(diag::ReloadLosesPartitions()
                        .at(change->span)
                        .also(partition->span, "each run fills its own")
                        .with_help("use EVOLVE, or FAIL and decide when it happens"));
}

std::string rule_verb(ast::ColumnRule::Kind kind) {
  using Kind = ast::ColumnRule::Kind;
  switch (kind) {
    case Kind::exclude:
      return "exclude";
    case Kind::rename:
      return "rename";
    case Kind::cast:
      return "cast";
    case Kind::set:
    case Kind::mask:
      return "give a value to";
    case Kind::add:
      return "add";
  }
  return "";
}

void report_rules(Context& context, const std::string& verb, const ast::ColumnRule& rule, const ast::ColumnRule& first) {
  context.sink.emit(diag::ColumnRuleConflict(verb, bound::to_text(rule.columns))
                        .at(rule.span, "again here")
                        .also(first.span, "first here")
                        .with_help("keep one of them: rules of one list have no order"));
}

/// Two rules of one list about the same columns (SY3018).
void check_rules(Context& context, const Clause& clause) {
  using Kind = ast::ColumnRule::Kind;
  std::map<std::string, const ast::ColumnRule*> seen;
  for (const auto& rule : clause.columns) {
    const std::string columns = bound::to_text(rule.columns);
    const auto [first, fresh] = seen.emplace(rule_verb(rule.kind) + ' ' + columns, &rule);
    if (!fresh && rule.kind != Kind::exclude) report_rules(context, rule_verb(rule.kind), rule, *first->second);
    if (rule.kind == Kind::exclude || rule.kind == Kind::add) continue;
    const auto excluded = std::find_if(clause.columns.begin(), clause.columns.end(), [&](const ast::ColumnRule& other) {
      return other.kind == Kind::exclude && bound::to_text(other.columns) == columns;
    });
    if (excluded != clause.columns.end()) report_rules(context, "exclude and " + rule_verb(rule.kind), rule, *excluded);
  }
}

/// A key twice in one list: neither is the last word.
void check_keys(Context& context, const Clause& clause) {
  std::map<std::string, source::Span> seen;
  for (const ast::Setting& setting : clause.settings) {
    const std::string key = text::ascii_lower(setting.key.text);
    const auto [first, fresh] = seen.emplace(key, setting.key.span);
    if (!fresh)
      context.sink.emit(
          diag::SettingTwice(key, ast::to_string(clause.kind)).at(setting.key.span).also(first->second, "first given here"));
  }
}

void check_page_size(Context& context, const Place& place, const Clause& limits) {
  const connectors::EngineInfo& engine = *place.sync.source->engine;
  if (engine.capabilities.keyset_pages) return;
  const std::string able = engines_where(context.registry, [](const auto& one) { return one.capabilities.keyset_pages; });
  for (const ast::Setting& setting : limits.settings) {
    if (setting.key.text != "page_size") continue;
    context.sink.emit(diag::PageSizeUnsupported(
                          fmt::format("it works for {} sources, `{}` is {}", able, place.sync.source->plan.name, engine.name))
                          .at(setting.span));
  }
}

}  // namespace

void check_clause(Context& context, const Place& place, const Clause& clause) {
  check_rules(context, clause);
  check_keys(context, clause);
  switch (clause.kind) {
    case ClauseKind::naming:
      check_naming(context, place, clause);
      break;
    case ClauseKind::type_mapping:
      check_mapping(context, place, clause);
      break;
    case ClauseKind::create_with:
      for (const auto& item : clause.create) check_create(context, place, item);
      break;
    case ClauseKind::partition_by:
      check_native_partition(context, place, clause);
      break;
    case ClauseKind::load:
      check_phases(context, clause);
      break;
    case ClauseKind::hook:
      check_hook(context, place.sync, clause);
      break;
    case ClauseKind::limits:
      check_page_size(context, place, clause);
      break;
    case ClauseKind::schedule:
      check_references(context, "schedule", clause.names, context.declared.schedules, context.used_schedules);
      check_once(context, clause);
      break;
    case ClauseKind::notify:
      check_references(context, "alert", clause.names, context.declared.alerts, context.used_alerts);
      break;
    case ClauseKind::depends_on: {
      for (const ast::Name& name : clause.names) {
        const bool known = context.declared.syncs.count(name.text) != 0 || context.other_syncs.count(name.text) != 0;
        if (!known) report_unknown(context, "sync", name, names_of(context.declared.syncs));
      }
      break;
    }
    default:
      break;
  }
  check_expressions(context, place, clause);
}

void check_together(Context& context, const Place& place, bool of_sync) {
  const Clause* load = clause_of(place, ClauseKind::load);
  if (load == nullptr && of_sync) {
    context.sink.emit(diag::WriteMissing(place.sync.name, "it has no LOAD")
                          .at(place.sync.span)
                          .with_help("add for example LOAD FULL WRITE RECREATE: it builds each table aside and swaps it in"));
  }
  if (load != nullptr) check_load(context, place, *load);
  if (load != nullptr) check_pair(context, place, *load);
  check_excluded(context, place);
  check_reload(context, place);
  check_distribution(context, place);
  if (of_sync) check_shard_key(context, place);
}

}  // namespace syncline::analyze

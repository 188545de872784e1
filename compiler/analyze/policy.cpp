#include "compiler/analyze/policy.h"

#include <algorithm>

#include "compiler/analyze/options.h"
#include "compiler/bound/expression_text.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

using ast::Clause;
using ast::ClauseKind;
using Entries = std::vector<bound::NotBuilt>;

std::string aspect(ast::ColumnRule::Kind kind) {
  using Kind = ast::ColumnRule::Kind;
  switch (kind) {
    case Kind::exclude:
      return "EXCLUDE";
    case Kind::rename:
      return "RENAME";
    case Kind::cast:
      return "CAST";
    case Kind::set:
    case Kind::mask:
      return "value";
    case Kind::add:
      return "ADD";
  }
  return "";
}

std::string column_key(const ast::ColumnRule& rule) {
  return bound::to_text(rule.columns);
}

/// An EXCLUDE takes the column's other rules along; any other rule brings an excluded column back.
bool gives_way(const ast::ColumnRule& old, const ast::ColumnRule& fresh) {
  using Kind = ast::ColumnRule::Kind;
  if (column_key(old) != column_key(fresh) || (old.kind == Kind::add) != (fresh.kind == Kind::add)) return false;
  return aspect(old.kind) == aspect(fresh.kind) || old.kind == Kind::exclude || fresh.kind == Kind::exclude;
}

void merge_columns(bound::Policy& policy, const Clause& clause, const bound::Origin& origin) {
  auto& rules = policy.columns;
  const auto given_up = [&](const bound::BoundColumnRule& old) {
    return std::any_of(clause.columns.begin(), clause.columns.end(),
                       [&](const auto& fresh) { return gives_way(old.rule, fresh); });
  };
  rules.erase(std::remove_if(rules.begin(), rules.end(), given_up), rules.end());
  for (const auto& rule : clause.columns) rules.push_back({rule, {rule.span, origin.level}});
}

std::string create_key(const ast::CreateItem& item) {
  using Kind = ast::CreateItem::Kind;
  switch (item.kind) {
    case Kind::table_type:
      return "TABLE TYPE";
    case Kind::distribute_hash:
    case Kind::distribute_random:
    case Kind::distribute_replicated:
      return "DISTRIBUTE BY";
    case Kind::order_by:
      return "ORDER BY";
    case Kind::index:
      return "INDEX " + item.name.text;
    case Kind::properties:
      return "PROPERTIES";
    case Kind::comment:
      return "COMMENT";
    case Kind::native:
      return "NATIVE";
  }
  return "";
}

void drop_properties(ast::CreateItem& old, const ast::CreateItem& fresh) {
  auto& kept = old.properties;
  const auto again = [&](const ast::Setting& one) {
    return std::any_of(fresh.properties.begin(), fresh.properties.end(),
                       [&](const auto& other) { return other.key.text == one.key.text; });
  };
  kept.erase(std::remove_if(kept.begin(), kept.end(), again), kept.end());
}

void merge_create(bound::Policy& policy, const Clause& clause, const bound::Origin& origin) {
  for (const ast::CreateItem& fresh : clause.create) {
    const bool properties = fresh.kind == ast::CreateItem::Kind::properties;
    for (auto& old : policy.create) {
      if (properties && old.item.kind == fresh.kind) drop_properties(old.item, fresh);
    }
    const auto given_up = [&](const bound::BoundCreateItem& old) {
      return properties ? old.item.kind == fresh.kind && old.item.properties.empty() : create_key(old.item) == create_key(fresh);
    };
    policy.create.erase(std::remove_if(policy.create.begin(), policy.create.end(), given_up), policy.create.end());
    policy.create.push_back({fresh, {fresh.span, origin.level}});
  }
}

types::WriteMode mode_of(ast::WriteMode mode) {
  return static_cast<types::WriteMode>(mode);
}

void set_load(bound::Policy& policy, const Clause& clause, const bound::Origin& origin) {
  bound::Load load;
  load.span = clause.span;
  load.phases = clause.phases;
  for (const ast::LoadPhase& phase : clause.phases) {
    load.schema = load.schema || phase.kind == ast::LoadPhase::Kind::schema;
    load.full = load.full || phase.kind == ast::LoadPhase::Kind::full;
    load.incremental = load.incremental || phase.kind == ast::LoadPhase::Kind::incremental;
  }
  if (!clause.phases.empty() && clause.phases.front().write) load.mode = mode_of(clause.phases.front().write->mode);
  policy.load = bound::Effective<bound::Load>{load, origin};
}

using plan::ColumnAction;
using plan::ColumnEvent;

ColumnAction column_action(const std::string& word) {
  return word == "RELOAD"   ? ColumnAction::reload
         : word == "EVOLVE" ? ColumnAction::evolve
         : word == "IGNORE" ? ColumnAction::ignore
                            : ColumnAction::fail;
}

void set_column_change(bound::Policy& policy, const Clause& clause, const bound::Origin& origin) {
  bound::ColumnChanges changes;
  if (clause.events.empty()) {
    for (const ColumnEvent event : {ColumnEvent::added, ColumnEvent::dropped, ColumnEvent::retyped})
      changes.actions[event] = column_action(clause.word);
  }
  for (const ast::ColumnEvent& one : clause.events) {
    const std::string name = text::upper(one.event.text);
    const ColumnEvent event = name == "ADDED"     ? ColumnEvent::added
                              : name == "DROPPED" ? ColumnEvent::dropped
                                                  : ColumnEvent::retyped;
    changes.actions[event] = column_action(text::upper(one.action.text));
  }
  policy.column_changes = bound::Effective<bound::ColumnChanges>{std::move(changes), origin};
}

void set_new_table(bound::Policy& policy, const Clause& clause, const bound::Origin& origin) {
  using plan::NewTable;
  policy.new_table = {clause.word == "SYNC"     ? NewTable::sync
                      : clause.word == "IGNORE" ? NewTable::ignore
                                                : NewTable::fail,
                      origin};
}

/// A clause of which only one word has its effect already.
void only(bound::Policy& policy, const Clause& clause, std::string_view built) {
  const std::string name = ast::to_string(clause.kind);
  Entries missing;
  if (clause.word != built)
    missing.push_back({"`" + name + (clause.word.empty() ? "" : " " + clause.word) + "`", clause.span, {}});
  set_not_built(policy, name, std::move(missing));
}

/// DROP is not built: a table that the user may no longer see looks as if it had been dropped.
void set_dropped_table(bound::Policy& policy, const Clause& clause, const bound::Origin& origin) {
  using plan::DroppedTable;
  policy.dropped_table = {clause.word == "FAIL" ? DroppedTable::fail : DroppedTable::keep, origin};
  Entries missing;
  if (clause.word == "DROP") missing.push_back({"`ON DROPPED TABLE DROP`", clause.span, {}});
  set_not_built(policy, "ON DROPPED TABLE", std::move(missing));
}

/// Columns that are added, or the engine's own partitions: the later clause decides.
void set_partition(bound::Policy& policy, const Clause& clause, const bound::Origin& origin) {
  policy.partition.reset();
  policy.native_partition.reset();
  const bool adds = clause.partition_form == Clause::PartitionForm::columns;
  (adds ? policy.partition : policy.native_partition) = bound::Effective<Clause>{clause, origin};
}

void set_filter(bound::Policy& policy, const Clause& clause, const bound::Origin& origin) {
  policy.filter = bound::Effective<ast::Condition>{*clause.condition, origin};
  Entries missing;
  if (clause.condition->covers) missing.push_back({"`COVERS`", clause.condition->covers->span, {}});
  set_not_built(policy, "FILTER", std::move(missing));
}

void set_verify(bound::Policy& policy, const Clause& clause, const bound::Origin& origin) {
  const auto verify = clause.word == "NONE"       ? types::Verify::none
                      : clause.word == "CHECKSUM" ? types::Verify::checksum
                                                  : types::Verify::count;
  policy.verify = {verify, origin};
  Entries missing;
  if (verify == types::Verify::checksum) missing.push_back({"`VERIFY CHECKSUM`", clause.span, {}});
  set_not_built(policy, "VERIFY", std::move(missing));
}

void set_consistency(bound::Policy& policy, const Clause& clause, const bound::Origin& origin) {
  const auto wanted = clause.word == "SYNC"    ? types::Consistency::sync
                      : clause.word == "CHUNK" ? types::Consistency::chunk
                                               : types::Consistency::table;
  policy.consistency = {wanted, origin};
  Entries missing;
  if (wanted == types::Consistency::chunk) missing.push_back({"`CONSISTENT CHUNK`", clause.span, {}});
  set_not_built(policy, "CONSISTENT", std::move(missing));
}

std::vector<std::string> names_of(const std::vector<ast::Name>& names) {
  std::vector<std::string> texts;
  for (const ast::Name& name : names) texts.push_back(name.text);
  return texts;
}

void set_when(bound::Policy& policy, const Clause& clause, const bound::Origin& origin) {
  using Kind = bound::When::Kind;
  bound::When when;
  when.kind = clause.word == "MANUAL" ? Kind::manual : clause.word == "ONCE" ? Kind::once : Kind::recurring;
  when.at = clause.text;
  when.schedules = names_of(clause.names);
  policy.when = {when, origin};
}

/// Clauses that only a scheduler acts on.
void note(bound::Policy& policy, const Clause& clause) {
  if (clause.kind == ClauseKind::schedule && clause.word == "MANUAL") return;
  const std::string text = clause.kind == ClauseKind::schedule
                               ? "SCHEDULE says which windows are due; only `serve` starts runs by itself"
                               : std::string(ast::to_string(clause.kind)) + " acts under `serve` only";
  if (std::find(policy.noted.begin(), policy.noted.end(), text) == policy.noted.end()) policy.noted.push_back(text);
}

}  // namespace

bound::Hook hook_of(const Clause& clause, const bound::Origin& origin) {
  bound::Hook made;
  made.when = clause.word;
  made.before = clause.word.rfind("BEFORE", 0) == 0;
  made.of_run = clause.word.find(" RUN ") != std::string::npos;
  made.on_source = clause.word.find(" SOURCE") != std::string::npos;
  made.text = clause.text;
  made.text_span = clause.text_span;
  made.origin = origin;
  return made;
}

bool merges(ClauseKind kind) {
  return kind == ClauseKind::naming || kind == ClauseKind::columns || kind == ClauseKind::create_with ||
         kind == ClauseKind::limits || kind == ClauseKind::errors || kind == ClauseKind::hook;
}

void set_not_built(bound::Policy& policy, const std::string& key, Entries entries) {
  auto& list = policy.not_built;
  list.erase(std::remove_if(list.begin(), list.end(), [&](const bound::NotBuilt& one) { return one.clause == key; }), list.end());
  for (bound::NotBuilt& one : entries) {
    one.clause = key;
    list.push_back(std::move(one));
  }
}

std::vector<std::string> keys_of(const Clause& clause) {
  const std::string name = ast::to_string(clause.kind);
  if (!merges(clause.kind)) return {name};
  std::vector<std::string> keys;
  for (const auto& item : clause.naming)
    keys.push_back(name + (item.level == ast::NameLevel::table    ? " TABLE"
                           : item.level == ast::NameLevel::schema ? " SCHEMA"
                                                                  : " DATABASE"));
  for (const auto& rule : clause.columns) keys.push_back(name + " " + column_key(rule) + " " + aspect(rule.kind));
  for (const auto& item : clause.create) keys.push_back(name + " " + create_key(item));
  for (const auto& setting : clause.settings) keys.push_back(name + " " + text::ascii_lower(setting.key.text));
  return keys;
}

void apply_clause(bound::Policy& policy, const Clause& clause, const std::string& level, diag::Sink& sink) {
  const bound::Origin origin{clause.span, level};
  if (!merges(clause.kind)) policy.written[clause.kind] = {std::make_shared<const Clause>(clause), origin};
  switch (clause.kind) {
    case ClauseKind::using_template:
      return;
    case ClauseKind::naming:
      for (const auto& item : clause.naming) policy.naming[item.level] = {item.value, {item.span, level}};
      return;
    case ClauseKind::type_mapping:
      policy.type_mapping = bound::Effective<std::string>{clause.names.front().text, origin};
      return;
    case ClauseKind::columns:
      return merge_columns(policy, clause, origin);
    case ClauseKind::key:
      policy.key = bound::Effective<std::vector<std::string>>{names_of(clause.names), origin};
      return;
    case ClauseKind::create_with:
      return merge_create(policy, clause, origin);
    case ClauseKind::partition_by:
      return set_partition(policy, clause, origin);
    case ClauseKind::merge_shards: {
      const auto columns = clause.word == "UNION" ? bound::ShardColumns::all : bound::ShardColumns::same;
      policy.merge_shards = bound::Effective<bound::ShardColumns>{columns, origin};
      return;
    }
    case ClauseKind::filter:
      return set_filter(policy, clause, origin);
    case ClauseKind::load:
      return set_load(policy, clause, origin);
    case ClauseKind::split:
      policy.split = bound::Effective<Clause>{clause, origin};
      return;
    case ClauseKind::on_new_table:
      return set_new_table(policy, clause, origin);
    case ClauseKind::on_dropped_table:
      return set_dropped_table(policy, clause, origin);
    case ClauseKind::on_column_change:
      return set_column_change(policy, clause, origin);
    case ClauseKind::verify:
      return set_verify(policy, clause, origin);
    case ClauseKind::consistent:
      return set_consistency(policy, clause, origin);
    case ClauseKind::deletes:
      return only(policy, clause, "IGNORE");
    case ClauseKind::limits:
    case ClauseKind::errors:
      for (const ast::Setting& setting : clause.settings) apply_option(policy, clause.kind, setting, level, sink);
      return;
    case ClauseKind::hook:
      policy.hooks.push_back(hook_of(clause, origin));
      return;
    case ClauseKind::schedule:
      set_when(policy, clause, origin);
      return note(policy, clause);
    case ClauseKind::priority:
    case ClauseKind::depends_on:
    case ClauseKind::notify:
    case ClauseKind::owner:
      return note(policy, clause);
  }
}

}  // namespace syncline::analyze

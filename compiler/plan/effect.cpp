#include "compiler/plan/effect.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "stdlib/base/text.h"

namespace syncline::plan {
namespace {

using Outcome = Effect::Kind;

/// One source table in one sync; the tables of a shard group share `table`.
struct UnitOfPlan {
  const Plan* plan = nullptr;
  const Sync* sync = nullptr;
  const Table* table = nullptr;
  types::ObjectName source;
  std::string address;
};
using Units = std::map<std::string, UnitOfPlan>;

Units units_of(const Plan& plan) {
  Units units;
  const auto add = [&](const Sync& sync, const Table& table, const types::ObjectName& source) {
    const std::string address = sync.name + "/" + types::to_string(source);
    units[address] = {&plan, &sync, &table, source, address};
  };
  for (const Sync& sync : plan.syncs) {
    for (const Table& table : sync.tables) {
      if (table.members.empty()) add(sync, table, table.source);
      for (const Table& member : table.members) add(sync, table, member.source);
    }
  }
  return units;
}

/// Where a connection leads: what says who one is, or how to behave there, is left out.
std::string place_of(const Plan& plan, const std::string& connection) {
  const auto found = plan.connections.find(connection);
  if (found == plan.connections.end()) return connection;
  std::string text = found->second.engine;
  for (const char* key : {"host", "port", "socket", "path", "database"}) {
    const auto value = found->second.settings.find(key);
    if (value != found->second.settings.end()) text += fmt::format(" {}={}", key, value->second);
  }
  return text;
}

std::string target_place(const UnitOfPlan& unit) {
  return place_of(*unit.plan, unit.sync->target_connection);
}

bool same_target(const UnitOfPlan& one, const UnitOfPlan& other) {
  return one.table->target == other.table->target && target_place(one) == target_place(other);
}

std::string ticked(const std::string& text) {
  return "`" + text::printable(text) + "`";
}

/// What is another in the shape of a target table, in words; `only_added` when a kept table just gets columns.
std::vector<std::string> shape_changes(const types::TableSchema& before, const types::TableSchema& after, bool* only_added) {
  std::vector<std::string> words;
  *only_added = true;
  for (const types::Column& column : before.columns) {
    const types::Column* now = after.find_column(column.name);
    if (now == nullptr) {
      words.push_back("column " + ticked(column.name) + " is gone");
    } else if (now->native.text != column.native.text) {
      words.push_back(fmt::format("column {} is {}, was {}", ticked(column.name), text::printable(now->native.text),
                                  text::printable(column.native.text)));
    } else if (now->nullable != column.nullable) {
      words.push_back("column " + ticked(column.name) + (now->nullable ? " takes NULL" : " is NOT NULL"));
    }
  }
  *only_added = words.empty();
  for (const types::Column& column : after.columns)
    if (before.find_column(column.name) == nullptr)
      words.push_back("column " + ticked(column.name) + " is new (" + text::printable(column.native.text) + ")");
  if (before.primary_key.columns != after.primary_key.columns) {
    words.emplace_back("the primary key");
    *only_added = false;
  }
  types::TableSchema old = before, now = after;
  for (types::TableSchema* schema : {&old, &now}) {
    schema->columns.clear();
    schema->primary_key = {};
  }
  if (types::to_text(old) != types::to_text(now) || before.storage != after.storage ||
      before.create_options != after.create_options) {
    words.emplace_back("indexes, keys or options of the table");
    *only_added = false;
  }
  return words;
}

bool is_blocked(const UnitOfPlan& unit) {
  return unit.table->action == Action::blocked;
}

/// Every load makes or fills the whole table again, so a new shape costs nothing more.
bool keeps_rows(const UnitOfPlan& unit) {
  return std::any_of(unit.table->loads.begin(), unit.table->loads.end(),
                     [](const Load& load) { return load.mode != types::WriteMode::recreate; });
}

std::vector<std::string> behaviour_changes(const UnitOfPlan& before, const UnitOfPlan& after) {
  static const std::map<std::string, std::string> kWords = {{"condition", "the condition"},
                                                            {"load", "LOAD"},
                                                            {"columns", "values of columns"},
                                                            {"limits", "LIMITS or SPLIT"},
                                                            {"errors", "ERRORS"},
                                                            {"hooks", "hooks"},
                                                            {"schedule", "the schedule"},
                                                            {"changes", "ON …, VERIFY or CONSISTENT"}};
  std::vector<std::string> words;
  for (const auto& [subject, text] : after.table->behaviour) {
    const auto old = before.table->behaviour.find(subject);
    const auto word = kWords.find(subject);
    if (old == before.table->behaviour.end() || old->second != text)
      words.push_back(word == kWords.end() ? subject : word->second);
  }
  const auto hooks = [](const Sync& sync) {
    std::string text;
    for (const auto* list : {&sync.before, &sync.after})
      for (const Hook& hook : *list) text += hook.when + hook.text + ";";
    return text;
  };
  const bool named = std::find(words.begin(), words.end(), "hooks") != words.end();
  if (!named && hooks(*before.sync) != hooks(*after.sync)) words.emplace_back("hooks");
  if (place_of(*before.plan, before.sync->source_connection) != place_of(*after.plan, after.sync->source_connection))
    words.emplace_back("the source connection");
  return words;
}

types::WriteMode first_mode(const UnitOfPlan& unit) {
  return unit.table->loads.empty() ? types::WriteMode::append : unit.table->loads.front().mode;
}

void compare(const UnitOfPlan& before, const UnitOfPlan& after, Effect& effect) {
  effect.why = behaviour_changes(before, after);
  if (!effect.why.empty()) effect.kind = Outcome::changed;
  if (!is_blocked(before) && !is_blocked(after)) {
    bool only_added = true;
    const auto shape = shape_changes(before.table->target_schema, after.table->target_schema, &only_added);
    effect.why.insert(effect.why.begin(), shape.begin(), shape.end());
    if (!shape.empty()) effect.kind = only_added && keeps_rows(after) ? Outcome::changed : Outcome::reloaded;
    const bool recreates = first_mode(after) == types::WriteMode::recreate && first_mode(before) != types::WriteMode::recreate;
    if (recreates && !after.table->schema_only) effect.kind = Outcome::reloaded;
  }
  if (same_target(before, after)) return;
  effect.kind = Outcome::renamed;
  effect.old_target = before.table->target;
  if (target_place(before) != target_place(after)) effect.why.insert(effect.why.begin(), "the target connection");
}

/// The same rows to the same place under another sync's name.
const UnitOfPlan* moved_from(const UnitOfPlan& unit, const Units& before, const Units& after) {
  for (const auto& [address, old] : before) {
    const bool same = old.source == unit.source && same_target(old, unit) &&
                      place_of(*old.plan, old.sync->source_connection) == place_of(*unit.plan, unit.sync->source_connection);
    if (same && after.count(address) == 0) return &old;
  }
  return nullptr;
}

Effect effect_of(const UnitOfPlan& unit, const Units& before, const Units& after, std::map<std::string, bool>* taken) {
  Effect effect;
  effect.address = unit.address;
  effect.target = unit.table->target;
  for (const diag::Diagnostic& finding : unit.table->findings)
    if (finding.severity == diag::Severity::error)
      effect.errors.push_back(fmt::format("{} {}", diag::info(finding.code).text, finding.message));
  const auto known = before.find(unit.address);
  const UnitOfPlan* old = known == before.end() ? moved_from(unit, before, after) : &known->second;
  if (old == nullptr) {
    effect.kind = Outcome::added;
    return effect;
  }
  (*taken)[old->address] = true;
  compare(*old, unit, effect);
  if (old->address != unit.address) {
    effect.kind = effect.kind == Outcome::reloaded ? effect.kind : Outcome::changed;
    effect.why.insert(effect.why.begin(), fmt::format("sync `{}` was called `{}`", text::printable(unit.sync->name),
                                                      text::printable(old->sync->name)));
  }
  return effect;
}

struct Shown {
  const char* sign;
  const char* name;
  const char* counted;
};

const Shown& shown(Outcome kind) {
  static const std::array<Shown, 6> kShown = {{{"  +", "added", "to add"},
                                               {"  -", "retired", "to retire"},
                                               {"-/+", "renamed", "renamed"},
                                               {"  >", "reloaded", "to reload"},
                                               {"  ~", "changed", "changed"},
                                               {"  .", "unchanged", "unchanged"}}};
  return kShown[static_cast<std::size_t>(kind)];
}

std::string line_of(const Effect& effect) {
  const std::string target = text::printable(types::to_string(effect.target));
  std::string line = fmt::format("{} {} → {}", shown(effect.kind).sign, text::printable(effect.address), target);
  switch (effect.kind) {
    case Outcome::added:
      line += "  new table: made and copied in full";
      break;
    case Outcome::retired:
      line += "  no longer in a sync: the target table is kept";
      break;
    case Outcome::renamed:
      line +=
          fmt::format("  new target: made and copied in full; {} is kept", text::printable(types::to_string(effect.old_target)));
      break;
    case Outcome::reloaded:
      line += "  copied in full";
      break;
    case Outcome::changed:
    case Outcome::unchanged:
      break;
  }
  if (!effect.why.empty())
    line += fmt::format("{}{}", effect.kind == Outcome::changed ? "  " : ": ", fmt::join(effect.why, "; "));
  for (const std::string& error : effect.errors) line += "\n      error: " + text::printable(error);
  return line + "\n";
}

}  // namespace

const char* to_string(Effect::Kind kind) {
  return shown(kind).name;
}

std::vector<Effect> effects(const Plan& before, const Plan& after) {
  const Units old = units_of(before), now = units_of(after);
  std::map<std::string, bool> taken;
  std::vector<Effect> all;
  for (const auto& [address, unit] : now) all.push_back(effect_of(unit, old, now, &taken));
  for (const auto& [address, unit] : old) {
    if (taken[address]) continue;
    Effect effect;
    effect.kind = Outcome::retired;
    effect.address = address;
    effect.target = unit.table->target;
    all.push_back(std::move(effect));
  }
  std::stable_sort(all.begin(), all.end(), [](const Effect& one, const Effect& other) { return one.address < other.address; });
  return all;
}

bool has_changes(const std::vector<Effect>& effects) {
  return std::any_of(effects.begin(), effects.end(), [](const Effect& effect) { return effect.kind != Outcome::unchanged; });
}

std::string to_text(const std::vector<Effect>& effects, const std::string& against) {
  std::string text = "compared with " + text::printable(against) + ", from scripts and catalogue locks\n";
  std::map<Outcome, std::size_t> counts;
  for (const Effect& effect : effects) {
    ++counts[effect.kind];
    if (effect.kind != Outcome::unchanged || !effect.errors.empty()) text += line_of(effect);
  }
  std::string sums;
  for (const auto& [kind, count] : counts) sums += fmt::format("{}{} {}", sums.empty() ? "" : ", ", count, shown(kind).counted);
  return text + (sums.empty() ? "No tables on either side." : "Effect: " + sums + ".") + " Nothing has been executed.\n";
}

std::string to_json(const std::vector<Effect>& effects, const std::string& against) {
  using Json = nlohmann::ordered_json;
  const auto name = [](const types::ObjectName& object) {
    Json json;
    if (!object.container.empty()) json["container"] = object.container;
    json["table"] = object.table;
    return json;
  };
  Json tables = Json::array();
  for (const Effect& effect : effects) {
    Json json{{"address", effect.address}, {"effect", to_string(effect.kind)}, {"target", name(effect.target)}};
    if (effect.kind == Outcome::renamed) json["old_target"] = name(effect.old_target);
    json["why"] = effect.why;
    json["errors"] = effect.errors;
    tables.push_back(std::move(json));
  }
  const Json whole{{"version", 1}, {"against", against}, {"tables", tables}};
  return whole.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace syncline::plan

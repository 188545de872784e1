#include <fmt/format.h>

#include "compiler/ast/text_parts.h"

namespace syncline::ast {

namespace {

std::string lines(const std::vector<std::string>& items) {
  std::string made;
  for (const std::string& item : items) made += "\n    " + item;
  return made;
}

std::string rule_text(const ColumnRule& rule) {
  static constexpr const char* kWords[] = {"exclude", "rename", "cast", "set", "mask", "add"};
  std::string made = std::string(kWords[static_cast<std::size_t>(rule.kind)]) + " " + text_of(rule.columns);
  if (rule.type) made += " type " + text_of(*rule.type);
  if (rule.value) made += " = " + text_of(rule.value);
  return made;
}

std::string item_text(const CreateItem& item) {
  static constexpr const char* kWords[] = {"table type", "distribute hash", "distribute random", "distribute replicated",
                                           "order by",   "index",           "properties",        "comment",
                                           "native"};
  std::string made = kWords[static_cast<std::size_t>(item.kind)];
  if (!item.name.text.empty()) made += " " + text_of(item.name);
  if (!item.columns.empty()) made += " " + text_of(item.columns);
  if (item.buckets) made += fmt::format(" buckets {}", *item.buckets);
  if (item.method) made += " using " + text_of(*item.method);
  if (!item.properties.empty()) made += " " + text_of(item.properties);
  if (item.comment) made += " " + text_of(item.comment);
  if (item.kind == CreateItem::Kind::native) made += " " + escaped(item.native_text);
  return made;
}

std::string phase_text(const LoadPhase& phase) {
  static constexpr const char* kWords[] = {"schema", "full", "incremental"};
  static constexpr const char* kModes[] = {"recreate", "truncate", "append", "upsert", "overwrite partition"};
  std::string made = kWords[static_cast<std::size_t>(phase.kind)];
  if (phase.up_to_first_window) made += " up to first window";
  if (!phase.into_partition.empty()) made += " into partition " + text_of(phase.into_partition);
  if (phase.where) made += " where " + text_of(*phase.where);
  if (!phase.key.empty()) made += " key " + text_of(phase.key);
  if (phase.lookback) made += " lookback " + text_of(*phase.lookback);
  if (phase.from) made += " from " + phase.from->text;
  if (phase.write) made += std::string(" write ") + kModes[static_cast<std::size_t>(phase.write->mode)];
  return made;
}

std::string partition_text(const Clause& clause) {
  switch (clause.partition_form) {
    case Clause::PartitionForm::range:
      return " range";
    case Clause::PartitionForm::list:
      return " list";
    case Clause::PartitionForm::native:
      return " native";
    default:
      break;
  }
  std::vector<std::string> items;
  for (const PartitionColumn& one : clause.partition_columns) {
    items.push_back(text_of(one.name) + " type " + text_of(one.type) + " = " + text_of(one.value));
  }
  return lines(items);
}

std::string list_text(const Clause& clause) {
  std::vector<std::string> items;
  for (const TemplateUse& one : clause.templates) items.push_back(text_of(one.name) + " " + text_of(one.arguments));
  for (const NamingItem& one : clause.naming) items.push_back(text_of(one.level) + " = " + text_of(one.value));
  for (const ColumnRule& one : clause.columns) items.push_back(rule_text(one));
  for (const CreateItem& one : clause.create) items.push_back(item_text(one));
  for (const LoadPhase& one : clause.phases) items.push_back(phase_text(one));
  for (const ColumnEvent& one : clause.events) items.push_back(one.event.text + " " + one.action.text);
  return lines(items);
}

}  // namespace

std::string text_of(const Clause& clause) {
  std::string made = to_string(clause.kind);
  if (!clause.word.empty()) made += " " + clause.word;
  if (clause.kind == ClauseKind::partition_by) made += partition_text(clause);
  if (!clause.names.empty()) made += " " + text_of(clause.names);
  if (clause.condition) made += " " + text_of(*clause.condition);
  if (clause.quantity) made += " quantity " + text_of(*clause.quantity);
  if (clause.chunks) made += fmt::format(" chunks {}", *clause.chunks);
  if (!clause.settings.empty()) made += " " + text_of(clause.settings);
  if (!clause.text.empty()) made += " " + escaped(clause.text);
  return made + list_text(clause);
}

}  // namespace syncline::ast

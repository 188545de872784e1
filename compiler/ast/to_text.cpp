#include <fmt/format.h>

#include "compiler/ast/statement.h"
#include "compiler/ast/text_parts.h"

namespace syncline::ast {

namespace {

std::string clauses_text(const std::vector<Clause>& clauses) {
  std::string made;
  for (const Clause& clause : clauses) made += "  " + text_of(clause) + "\n";
  return made;
}

std::string trigger_text(const Trigger& trigger) {
  static constexpr const char* kWords[] = {"at", "every hour", "every day", "every week", "every month", "cron"};
  std::string made = std::string("  ") + kWords[static_cast<std::size_t>(trigger.kind)];
  for (const std::int64_t minute : trigger.minutes) made += fmt::format(" minute {}", minute);
  if (!trigger.week_days.empty()) made += " " + text_of(trigger.week_days);
  for (const auto& day : trigger.month_days) made += day ? fmt::format(" day {}", *day) : " last";
  for (const std::string& time : trigger.times) made += " " + escaped(time);
  if (trigger.window) made += " window " + text_of(*trigger.window);
  if (trigger.since_previous) made += " window since previous";
  return made + "\n";
}

struct Texts {
  std::string operator()(const SetStatement& one) const { return "SET " + text_of(one.key) + " = " + text_of(one.value) + "\n"; }
  std::string operator()(const IncludeStatement& one) const { return "INCLUDE " + escaped(one.path) + "\n"; }
  std::string operator()(const ParamStatement& one) const {
    std::string made = "PARAM " + text_of(one.name) + " " + text_of(one.type);
    if (one.default_value) made += " default " + text_of(one.default_value);
    if (one.default_secret) made += " default secret " + escaped(one.default_secret->reference);
    if (one.check) made += " check " + text_of(one.check);
    return made + "\n";
  }
  std::string operator()(const ConnectionStatement& one) const {
    return "CONNECTION " + text_of(one.name) + " " + text_of(one.engine) + " " + text_of(one.settings) + "\n";
  }
  std::string operator()(const TypeMappingStatement& one) const {
    std::string made = "TYPE MAPPING " + text_of(one.name) + " " + text_of(one.from) + " -> " + text_of(one.to) + "\n";
    for (const TypeRule& rule : one.rules) {
      made += "  " + text_of(rule.from) + (rule.when ? " when " + text_of(rule.when) : "") + " -> " + text_of(rule.to) + "\n";
    }
    return made;
  }
  std::string operator()(const ScheduleStatement& one) const {
    std::string made = "SCHEDULE " + text_of(one.name) + "\n";
    for (const Trigger& trigger : one.triggers) made += trigger_text(trigger);
    for (const ScheduleOption& option : one.options) {
      made += "  option " + option.word + (option.text.empty() ? "" : " " + escaped(option.text));
      made += option.quantity ? " " + text_of(*option.quantity) + "\n" : "\n";
    }
    return made;
  }
  std::string operator()(const AlertStatement& one) const {
    std::string made = "ALERT " + text_of(one.name) + "\n";
    for (const AlertEvent& event : one.events) {
      made += "  on " + (event.name ? text_of(*event.name) : "late by " + text_of(*event.late_by)) + "\n";
    }
    for (const AlertSink& sink : one.sinks) {
      made += "  to " + sink.word + " " + (sink.secret ? "secret " + escaped(sink.secret->reference) : escaped(sink.text)) + "\n";
    }
    return made;
  }
  std::string operator()(const TemplateStatement& one) const {
    std::string made = "TEMPLATE " + text_of(one.name);
    for (const TemplateParameter& parameter : one.parameters)
      made += " (" + text_of(parameter.name) + " " + text_of(parameter.type) + ")";
    return made + "\n" + clauses_text(one.clauses);
  }
  std::string operator()(const DefaultsStatement& one) const { return "DEFAULTS\n" + clauses_text(one.clauses); }
  std::string operator()(const SyncStatement& one) const {
    std::string made = "SYNC " + text_of(one.name);
    if (one.renamed_from) made += " renamed from " + text_of(*one.renamed_from);
    made += " from " + text_of(one.from) + " into " + text_of(one.into) + "\n";
    for (const TableItem& item : one.tables)
      made += std::string("  table ") + (item.except ? "except " : "") + text_of(item.pattern) + "\n";
    return made + clauses_text(one.clauses);
  }
  std::string operator()(const OverrideStatement& one) const {
    std::string made = "OVERRIDE " + text_of(one.sync) + " " + text_of(one.level);
    for (const ObjectPattern& pattern : one.patterns) made += " " + text_of(pattern);
    return made + "\n" + clauses_text(one.clauses);
  }
};

}  // namespace

std::string to_text(const Script& script) {
  std::string made;
  for (const Statement& statement : script.statements) made += std::visit(Texts{}, statement.body);
  return made;
}

}  // namespace syncline::ast

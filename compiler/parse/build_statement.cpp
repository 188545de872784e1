#include "compiler/parse/build.h"
#include "compiler/parse/builder.h"

namespace syncline::parse {

Statement build_statement(ParserRuleContext* tree, const TextMap& map, diag::Sink& sink, bool& broken) {
  Builder builder(map, sink);
  Statement made = builder.statement(as<P::StatementContext>(tree));
  broken = builder.broken();
  return made;
}

Statement Builder::statement(P::StatementContext* tree) {
  auto* inner = as<ParserRuleContext>(tree->children[0]);
  const Span first = span(as<TerminalNode>(inner->children[0]));
  Statement made{body(tree), span(tree), first};
  if (tree->typeMappingStatement() != nullptr) made.keyword = join(first, span(as<TerminalNode>(inner->children[1])));
  return made;
}

StatementBody Builder::body(P::StatementContext* tree) {
  if (auto* set = tree->setStatement()) return SetStatement{name(set->identifier()), setting_value(set->settingValue())};
  if (auto* include = tree->includeStatement()) return IncludeStatement{string(include->STRING()), span(include->STRING())};
  if (auto* one = tree->paramStatement()) return param(one);
  if (auto* one = tree->connectionStatement()) {
    return ConnectionStatement{name(one->identifier(0)), name(one->identifier(1)), settings(one->settings())};
  }
  if (auto* one = tree->typeMappingStatement()) return type_mapping(one);
  if (auto* one = tree->scheduleStatement()) return schedule(one);
  if (auto* one = tree->alertStatement()) return alert(one);
  if (auto* one = tree->templateStatement()) return template_statement(one);
  if (auto* one = tree->defaultsStatement()) return DefaultsStatement{clauses(one->clause(), "DEFAULTS")};
  if (auto* one = tree->syncStatement()) return sync(one);
  return override_statement(tree->overrideStatement());
}

StatementBody Builder::param(P::ParamStatementContext* tree) {
  ParamStatement made;
  made.name = name(tree->identifier());
  made.type = type(tree->typeRef());
  const auto expressions = tree->expression();
  std::size_t next = 0;
  if (tree->secret() != nullptr) made.default_secret = secret(tree->secret());
  if (tree->K_DEFAULT() != nullptr && tree->secret() == nullptr) made.default_value = expression(expressions[next++]);
  if (tree->K_CHECK() != nullptr) made.check = expression(expressions[next]);
  return made;
}

StatementBody Builder::type_mapping(P::TypeMappingStatementContext* tree) {
  TypeMappingStatement made{name(tree->identifier(0)), name(tree->identifier(1)), name(tree->identifier(2)), {}};
  for (auto* rule : tree->typeRule()) {
    TypeRule one;
    one.from = type(rule->typeRef(0));
    if (rule->expression() != nullptr) one.when = expression(rule->expression());
    one.to = type(rule->typeRef(1));
    one.span = span(rule);
    made.rules.push_back(std::move(one));
  }
  return made;
}

StatementBody Builder::schedule(P::ScheduleStatementContext* tree) {
  ScheduleStatement made;
  made.name = name(tree->identifier());
  for (auto* one : tree->trigger()) made.triggers.push_back(trigger(one));
  for (auto* one : tree->scheduleOption()) made.options.push_back(schedule_option(one));
  return made;
}

Trigger Builder::trigger(P::TriggerContext* tree) {
  Trigger made;
  made.span = span(tree);
  if (auto* instant = as<P::InstantTriggerContext>(tree)) {
    at(instant->at(), made);
    window(instant->windowSpec(), made);
  } else if (auto* hour = as<P::HourTriggerContext>(tree)) {
    made.kind = Trigger::Kind::every_hour;
    for (auto* leaf : hour->INT()) made.minutes.push_back(integer(leaf));
    window(hour->windowSpec(), made);
  } else if (auto* day = as<P::DayTriggerContext>(tree)) {
    made.kind = Trigger::Kind::every_day;
    at(day->at(), made);
    window(day->windowSpec(), made);
  } else if (auto* week = as<P::WeekTriggerContext>(tree)) {
    made.kind = Trigger::Kind::every_week;
    made.week_days = names(week->identifier());
    at(week->at(), made);
    window(week->windowSpec(), made);
  } else if (auto* month = as<P::MonthTriggerContext>(tree)) {
    made.kind = Trigger::Kind::every_month;
    for (auto* one : month->monthDay()) {
      made.month_days.push_back(one->INT() == nullptr ? std::nullopt : std::optional(integer(one->INT())));
    }
    at(month->at(), made);
    window(month->windowSpec(), made);
  } else if (auto* cron = as<P::CronTriggerContext>(tree)) {
    made.kind = Trigger::Kind::cron;
    made.times = {string(cron->STRING())};
    window(cron->windowSpec(), made);
  }
  return made;
}

void Builder::at(P::AtContext* tree, Trigger& made) const {
  for (auto* leaf : tree->STRING()) made.times.push_back(string(leaf));
}

void Builder::window(P::WindowSpecContext* tree, Trigger& made) const {
  if (tree == nullptr) return;
  made.window = maybe_quantity(tree->quantity());
  made.since_previous = tree->quantity() == nullptr;
}

ScheduleOption Builder::schedule_option(P::ScheduleOptionContext* tree) const {
  ScheduleOption made;
  made.span = span(tree);
  made.quantity = maybe_quantity(tree->quantity());
  const bool two_words = tree->K_CATCH() != nullptr || tree->K_STAGGER() != nullptr;
  made.word = upper(as<TerminalNode>(tree->children[0]));
  if (two_words) made.word += " " + upper(as<TerminalNode>(tree->children[1]));
  if (tree->STRING() != nullptr) {
    made.text = string(tree->STRING());
  } else if (tree->quantity() == nullptr) {
    made.text = upper(last_word(tree));
  }
  return made;
}

StatementBody Builder::alert(P::AlertStatementContext* tree) {
  AlertStatement made;
  made.name = name(tree->identifier());
  for (auto* event : tree->alertEvent()) {
    AlertEvent one;
    if (event->identifier() != nullptr) one.name = name(event->identifier());
    one.late_by = maybe_quantity(event->quantity());
    one.span = span(event);
    made.events.push_back(std::move(one));
  }
  for (auto* sink : tree->alertSink()) {
    AlertSink one;
    one.word = upper(as<TerminalNode>(sink->children[0]));
    if (sink->STRING() != nullptr) one.text = string(sink->STRING());
    if (sink->secret() != nullptr) one.secret = secret(sink->secret());
    one.span = span(sink);
    made.sinks.push_back(std::move(one));
  }
  return made;
}

StatementBody Builder::template_statement(P::TemplateStatementContext* tree) {
  TemplateStatement made;
  made.name = name(tree->identifier());
  if (tree->templateParameters() != nullptr) {
    for (auto* one : tree->templateParameters()->templateParameter()) {
      made.parameters.push_back({name(one->identifier()), type(one->typeRef())});
    }
  }
  made.clauses = clauses(tree->clause(), "TEMPLATE `" + made.name.text + "`");
  return made;
}

StatementBody Builder::sync(P::SyncStatementContext* tree) {
  SyncStatement made;
  const auto words = names(tree->identifier());
  const bool renamed = tree->K_RENAMED() != nullptr;
  made.name = words[0];
  if (renamed) made.renamed_from = words[1];
  made.from = words[renamed ? 2 : 1];
  made.into = words.back();
  for (auto* item : tree->tableList()->tableItem()) {
    made.tables.push_back({item->K_EXCEPT() != nullptr, pattern(item->objectPattern()), span(item)});
  }
  made.clauses = clauses(tree->clause(), "SYNC `" + made.name.text + "`");
  return made;
}

StatementBody Builder::override_statement(P::OverrideStatementContext* tree) {
  OverrideStatement made;
  made.sync = name(tree->identifier());
  made.level = level(tree->nameLevel());
  for (auto* one : tree->objectPattern()) made.patterns.push_back(pattern(one));
  made.clauses = clauses(tree->clause(), "OVERRIDE of `" + made.sync.text + "`");
  return made;
}

}  // namespace syncline::parse

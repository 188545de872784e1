#include <limits>
#include <utility>

#include "compiler/ast/printer.h"

namespace syncline::ast {

namespace {

Doc line() {
  return of_kind(Doc::Kind::line);
}
Doc hard() {
  return of_kind(Doc::Kind::hard);
}

}  // namespace

Doc Printer::statement(const Statement& statement) {
  Doc made = std::visit([this](const auto& one) { return body(one); }, statement.body);
  made << raw();
  return made;
}

Doc Printer::body(const SetStatement& one) {
  Doc made;
  return made << keywords(1) << space() << raw() << space() << raw() << space() << setting_value(one.value);
}

Doc Printer::body(const IncludeStatement&) {
  Doc made;
  return made << keywords(1) << space() << raw();
}

Doc Printer::body(const ParamStatement& one) {
  Doc made;
  made << keywords(1) << space() << raw() << space() << type(one.type);
  if (one.default_secret) made << space() << keywords(2) << space() << raw();
  if (one.default_value) made << space() << keywords(1) << space() << whole(one.default_value);
  if (one.check) made << space() << keywords(1) << space() << raw() << whole(one.check) << raw();
  return made;
}

Doc Printer::body(const ConnectionStatement& one) {
  Doc made;
  return made << keywords(1) << space() << raw() << space() << keywords(1) << space() << raw() << space()
              << settings(one.settings);
}

Doc Printer::body(const TypeMappingStatement& one) {
  Doc made;
  made << keywords(2) << space() << raw() << space() << keywords(1) << space() << raw() << space() << keywords(1) << space()
       << raw();
  return made << space() << list(one.rules.size(), true, [&](std::size_t at) {
           const TypeRule& rule = one.rules[at];
           Doc item;
           item << type(rule.from);
           if (rule.when) item << space() << keywords(1) << space() << whole(rule.when);
           return item << space() << raw() << space() << type(rule.to);
         });
}

/// A trigger a line; the options that follow one another share a line. Triggers and options may be mixed.
Doc Printer::body(const ScheduleStatement& one) {
  Doc made;
  made << keywords(1) << space() << raw();
  Doc inside;
  Doc options;
  std::size_t option_at = 0;
  const auto take_options = [&](std::uint32_t before) {
    for (; option_at < one.options.size() && one.options[option_at].span.begin < before; ++option_at) {
      if (!options.parts.empty()) options << line();
      options << schedule_option(one.options[option_at]);
    }
    if (!options.parts.empty()) inside << hard() << group(std::exchange(options, Doc{}));
  };
  for (const Trigger& each : one.triggers) {
    take_options(each.span.begin);
    inside << hard() << trigger(each);
  }
  take_options(std::numeric_limits<std::uint32_t>::max());
  return made << indent(std::move(inside));
}

Doc Printer::trigger(const Trigger& trigger) {
  Doc made;
  made << keywords(trigger.kind == Trigger::Kind::at || trigger.kind == Trigger::Kind::cron ? 1 : 2);
  switch (trigger.kind) {
    case Trigger::Kind::every_hour:
      made << space() << keywords(2) << space() << names(trigger.minutes.size());
      return made << window(trigger);
    case Trigger::Kind::every_week:
      made << space() << keywords(1) << space() << names(trigger.week_days.size());
      break;
    case Trigger::Kind::every_month: {
      made << space() << keywords(1) << space();
      for (std::size_t at = 0; at < trigger.month_days.size(); ++at) {
        if (at > 0 && feed_.skip(',')) made << glue(",") << space();
        made << (trigger.month_days[at] ? raw() : keywords(1));
      }
      break;
    }
    default:
      break;
  }
  const bool bare = trigger.kind == Trigger::Kind::at || trigger.kind == Trigger::Kind::cron;
  if (!bare) made << space() << keywords(1);
  return made << space() << names(trigger.times.size()) << window(trigger);
}

Doc Printer::window(const Trigger& trigger) {
  Doc made;
  if (trigger.since_previous) return made << space() << keywords(4);
  if (trigger.window) made << space() << keywords(1) << space() << quantity(*trigger.window);
  return made;
}

Doc Printer::schedule_option(const ScheduleOption& option) {
  Doc made;
  if (option.word == "CATCH UP") return made << keywords(3);
  if (option.word == "OVERLAP") return made << keywords(2);
  if (option.quantity) return made << keywords(2) << space() << quantity(*option.quantity);
  return made << keywords(1) << space() << raw();
}

Doc Printer::body(const AlertStatement& one) {
  Doc made;
  made << keywords(1) << space() << raw();
  Doc inside;
  inside << hard() << keywords(1) << space() << list(one.events.size(), true, [&](std::size_t at) {
    Doc item;
    if (!one.events[at].late_by) return raw();
    return item << keywords(2) << space() << quantity(*one.events[at].late_by);
  });
  inside << hard() << keywords(1) << space() << list(one.sinks.size(), true, [&](std::size_t at) {
    Doc item;
    return item << keywords(one.sinks[at].secret ? 2 : 1) << space() << raw();
  });
  return made << indent(std::move(inside));
}

Doc Printer::body(const TemplateStatement& one) {
  Doc made;
  made << keywords(1) << space() << raw();
  if (!one.parameters.empty()) {
    made << space() << list(one.parameters.size(), false, [&](std::size_t at) {
      Doc item;
      return item << raw() << space() << type(one.parameters[at].type);
    });
  }
  return made << space() << keywords(1) << clauses(one.clauses);
}

Doc Printer::body(const DefaultsStatement& one) {
  Doc made;
  return made << keywords(1) << clauses(one.clauses);
}

Doc Printer::body(const SyncStatement& one) {
  Doc made;
  made << keywords(1) << space() << raw();
  if (one.renamed_from) made << space() << keywords(2) << space() << raw();
  made << hard() << keywords(1) << space() << raw() << space() << keywords(1) << space();
  made << list(one.tables.size(), true, [&](std::size_t at) {
    Doc item;
    if (one.tables[at].except) item << keywords(1) << space();
    return item << pattern(one.tables[at].pattern);
  });
  made << hard() << keywords(1) << space() << raw();
  return made << clauses(one.clauses);
}

Doc Printer::body(const OverrideStatement& one) {
  Doc made;
  made << keywords(1) << space() << raw() << space() << keywords(2) << patterns(one.patterns);
  return made << clauses(one.clauses);
}

}  // namespace syncline::ast

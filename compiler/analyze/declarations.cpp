#include <algorithm>

#include "compiler/analyze/context.h"
#include "stdlib/base/hash.h"
#include "stdlib/base/text.h"
#include "stdlib/types/zone.h"

namespace syncline::analyze {
namespace {

template <class S>
void add(Context& context, Names<S>& names, const char* kind, const ast::Name& name, const S& statement) {
  const bool prelude = in_prelude(context.result.sources, name.span.source);
  const auto [found, fresh] = names.emplace(name.text, Declared<S>{&statement, name.span, prelude});
  if (fresh || prelude) return;
  if (found->second.prelude) {
    found->second = Declared<S>{&statement, name.span, false};
    return;
  }
  context.sink.emit(
      diag::DefinedTwice(kind, name.text).at(name.span, "again here").also(found->second.span, "first defined here"));
}

struct Sorter {
  Context& context;
  const ast::Statement& whole;

  void operator()(const ast::SetStatement&) const { context.declared.settings.push_back(&whole); }
  void operator()(const ast::IncludeStatement&) const {}
  void operator()(const ast::ParamStatement& s) const { add(context, context.declared.params, "parameter", s.name, s); }
  void operator()(const ast::ConnectionStatement& s) const {
    add(context, context.declared.connections, "connection", s.name, s);
  }
  void operator()(const ast::TypeMappingStatement& s) const {
    add(context, context.declared.mappings, "type mapping", s.name, s);
  }
  void operator()(const ast::ScheduleStatement& s) const { add(context, context.declared.schedules, "schedule", s.name, s); }
  void operator()(const ast::AlertStatement& s) const { add(context, context.declared.alerts, "alert", s.name, s); }
  void operator()(const ast::TemplateStatement& s) const { add(context, context.declared.templates, "template", s.name, s); }
  void operator()(const ast::SyncStatement& s) const { add(context, context.declared.syncs, "sync", s.name, s); }
  void operator()(const ast::DefaultsStatement& s) const { context.declared.defaults.push_back(&s); }
  void operator()(const ast::OverrideStatement& s) const { context.declared.overrides.push_back(&s); }
};

std::string level_text(const ast::SettingValue& value) {
  return text::ascii_lower(value.text);
}

/// `SET SY1007 = error;`: only warnings, information and classes 4 and 7 may change (DECISIONS 16).
void set_level(Context& context, const ast::SetStatement& set, const diag::CodeInfo& code) {
  const std::string level = level_text(set.value);
  if (level != "error" && level != "warning" && level != "info") {
    return context.sink.emit(diag::SettingType(set.key.text, "error, warning or info", "`" + level + "`").at(set.value.span));
  }
  if (diag::may_relevel(code)) {
    context.unit.severities[std::string(code.text)] = level == "error"  ? diag::Severity::error
                                                      : level == "info" ? diag::Severity::info
                                                                        : diag::Severity::warning;
  } else {
    context.sink.emit(
        diag::SettingType(set.key.text, "its own level", "`" + level + "`")
            .at(set.key.span)
            .with_help("errors of this class cannot be re-levelled; only warnings, information and classes 4 and 7 can"));
  }
}

void set_language(Context& context, const ast::SettingValue& value) {
  const bool one = value.kind == ast::SettingValue::Kind::quantity && value.quantity.number == "1" && value.quantity.unit.empty();
  if (!one) context.sink.emit(diag::LanguageVersion(context.result.sources.slice(value.span)).at(value.span));
}

void set_timezone(Context& context, const ast::SettingValue& value) {
  if (value.kind == ast::SettingValue::Kind::string && types::Zone::find(value.text) != nullptr) {
    context.unit.timezone = value.text;
  } else {
    context.sink.emit(diag::SettingType("timezone", "a zone name such as 'Europe/Berlin'",
                                        "`" + std::string(context.result.sources.slice(value.span)) + "`")
                          .at(value.span));
  }
}

}  // namespace

void report_unknown(Context& context, std::string_view kind, const ast::Name& name, const std::vector<std::string>& candidates) {
  if (context.incomplete) return;
  diag::Diagnostic finding = diag::UnknownName(kind, name.text).at(name.span);
  std::move(finding).did_you_mean(name.text, candidates);
  if (finding.help.empty()) {
    std::move(finding).with_help(candidates.empty() ? "none is declared here or in what is included"
                                                    : "there is " + text::sample_list(candidates, 8));
  }
  context.sink.emit(std::move(finding));
}

void declare(Context& context) {
  for (const ast::Script& script : context.scripts) {
    for (const ast::Statement& statement : script.statements) std::visit(Sorter{context, statement}, statement.body);
  }
}

void bind_settings(Context& context) {
  std::map<std::string, source::Span> seen;
  for (const ast::Statement* statement : context.declared.settings) {
    const auto& set = std::get<ast::SetStatement>(statement->body);
    const std::string key = text::ascii_lower(set.key.text);
    const auto [first, fresh] = seen.emplace(key, set.key.span);
    if (!fresh && key != "language") {
      context.sink.emit(diag::SettingTwice(set.key.text, "SET").at(set.key.span).also(first->second, "first set here"));
    }
    if (key == "language") {
      set_language(context, set.value);
    } else if (key == "timezone") {
      set_timezone(context, set.value);
    } else if (const auto* code = diag::find_code(text::upper(key))) {
      set_level(context, set, *code);
    } else {
      context.sink.emit(diag::UnknownSetting(set.key.text, "SET").at(set.key.span).did_you_mean(key, {"language", "timezone"}));
    }
  }
}

std::string fingerprint(const Context& context) {
  std::vector<std::string> texts;
  for (const ast::Script& script : context.scripts) {
    ast::Script bare = script;
    bare.comments.clear();
    bare.source = 0;
    texts.push_back(ast::to_text(bare));
  }
  std::sort(texts.begin(), texts.end());
  std::string all;
  for (const std::string& one : texts) all += one + '\n';
  for (const auto& [name, parameter] : context.unit.parameters) {
    if (parameter.phase == expr::Phase::plan && parameter.known) all += name + '=' + types::to_text(parameter.value) + '\n';
  }
  return hash::fast_hex(all);
}

}  // namespace syncline::analyze

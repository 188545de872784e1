#include "compiler/analyze/layers.h"

#include <algorithm>
#include <set>

#include "compiler/analyze/expression_walk.h"
#include "compiler/analyze/policy.h"
#include "compiler/analyze/setting_values.h"
#include "compiler/bound/expression_text.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

using ast::Clause;
using ast::ClauseKind;
using Arguments = std::map<std::string, ast::ExprPtr>;

const ast::TemplateParameter* find_parameter(const ast::TemplateStatement& wanted, const std::string& name) {
  for (const auto& parameter : wanted.parameters) {
    if (parameter.name.text == name) return &parameter;
  }
  return nullptr;
}

std::string parameter_type(const ast::TemplateParameter& parameter) {
  return text::ascii_lower(bound::to_text(parameter.type));
}

bool type_fits(const std::string& wanted, expr::Type given) {
  if (given == expr::Type::null) return true;
  if (wanted == "string" || wanted == "text") return given == expr::Type::string;
  if (wanted == "int" || wanted == "integer" || wanted == "bigint") return given == expr::Type::integer;
  if (wanted == "decimal") return given == expr::Type::decimal || given == expr::Type::integer;
  if (wanted == "bool" || wanted == "boolean") return given == expr::Type::boolean;
  return wanted == expr::to_string(given);
}

bool check_argument(Context& context, const ast::TemplateUse& use, const ast::TemplateParameter& parameter,
                    const ast::Expr& value) {
  Scope scope;
  scope.unit = &context.unit;
  scope.what = "argument `" + parameter.name.text + "`";
  scope.latest = expr::Phase::run;
  const auto typed = type_expression(value, scope, context.sink);
  if (!typed || type_fits(parameter_type(parameter), typed->type)) return true;
  context.sink.emit(diag::TemplateArguments(use.name.text, "`" + parameter.name.text + "` is " + parameter_type(parameter) +
                                                               ", this is " + expr::to_string(typed->type))
                        .at(value.span)
                        .also(parameter.name.span, "declared here"));
  return false;
}

ast::ExprPtr parenthesized(const ast::ExprPtr& value) {
  const bool simple = value->args.empty();
  if (simple) return value;
  auto made = std::make_shared<ast::Expr>();
  made->kind = ast::ExprKind::parenthesized;
  made->span = value->span;
  made->args = {value};
  return made;
}

Arguments arguments_of(Context& context, const ast::TemplateUse& use, const ast::TemplateStatement& wanted) {
  Arguments arguments;
  std::vector<std::string> names;
  std::vector<std::string> unfit;
  std::set<std::string> misspelt;  // what unknown ones probably mean
  for (const auto& parameter : wanted.parameters) names.push_back(parameter.name.text);
  for (const auto& argument : use.arguments) {
    const auto* parameter = find_parameter(wanted, argument.name.text);
    if (parameter == nullptr) {
      const auto meant = text::did_you_mean(argument.name.text, names);
      auto finding =
          diag::TemplateArguments(use.name.text, "has no parameter `" + argument.name.text + "`").at(argument.name.span);
      if (meant) std::move(finding).also(find_parameter(wanted, *meant)->name.span, "this is declared");
      context.sink.emit(std::move(finding).did_you_mean(argument.name.text, names));
      if (meant) misspelt.insert(*meant);
    } else if (!arguments.emplace(argument.name.text, parenthesized(argument.value)).second) {
      context.sink.emit(
          diag::TemplateArguments(use.name.text, "`" + argument.name.text + "` is given twice").at(argument.name.span));
    } else if (!check_argument(context, use, *parameter, *argument.value)) {
      unfit.push_back(argument.name.text);
    }
  }
  for (const auto& parameter : wanted.parameters) {
    if (arguments.count(parameter.name.text) != 0 || misspelt.count(parameter.name.text) != 0) continue;
    context.sink.emit(diag::TemplateArguments(use.name.text, "needs `" + parameter.name.text + "`")
                          .at(use.span)
                          .also(parameter.name.span, "declared here")
                          .with_help("USING " + use.name.text + " (" + parameter.name.text + " = …)"));
  }
  for (const std::string& name : unfit) arguments.erase(name);
  return arguments;
}

bool complete(const Arguments& arguments, const ast::TemplateStatement& wanted) {
  return arguments.size() == wanted.parameters.size();
}

void resolve_settings(Context& context, Clause& clause) {
  for (auto& setting : clause.settings) setting.value = resolve(context, setting.value, setting.key.text);
  for (auto& item : clause.create) {
    for (auto& property : item.properties) property.value = resolve(context, property.value, property.key.text);
  }
}

void add_layer(Context& context, std::vector<Layer>& layers, Clause clause, const std::string& level) {
  resolve_settings(context, clause);
  layers.push_back({std::move(clause), level});
}

/// Two templates of one USING that set one clause: never "last wins" (DECISIONS 50).
void check_conflict(Context& context, std::map<ClauseKind, const ast::TemplateUse*>& setters, const Clause& clause,
                    const ast::TemplateUse& use) {
  const auto [first, fresh] = setters.emplace(clause.kind, &use);
  if (fresh || first->second == &use) return;
  context.sink.emit(diag::UsingConflict(first->second->name.text, use.name.text, ast::to_string(clause.kind))
                        .at(use.span)
                        .also(first->second->span, "sets it too"));
}

void expand(Context& context, std::vector<Layer>& layers, const Clause& clause) {
  std::map<ClauseKind, const ast::TemplateUse*> setters;
  for (const ast::TemplateUse& use : clause.templates) {
    context.used_templates.insert(use.name.text);
    const auto found = context.declared.templates.find(use.name.text);
    if (found == context.declared.templates.end()) {
      report_unknown(context, "template", use.name, names_of(context.declared.templates));
      continue;
    }
    const ast::TemplateStatement& wanted = *found->second.statement;
    const Arguments arguments = arguments_of(context, use, wanted);
    if (!complete(arguments, wanted)) continue;
    for (const Clause& one : wanted.clauses) {
      if (one.kind == ClauseKind::using_template) continue;
      check_conflict(context, setters, one, use);
      add_layer(context, layers, substitute(one, arguments), "USING " + use.name.text);
    }
  }
}

void add_own(Context& context, std::vector<Layer>& layers, const std::vector<Clause>& clauses, const std::string& level) {
  for (const Clause& clause : clauses) {
    if (clause.kind == ClauseKind::using_template) expand(context, layers, clause);
  }
  for (const Clause& clause : clauses) {
    if (clause.kind != ClauseKind::using_template) add_layer(context, layers, clause, level);
  }
}

void refuse(Context& context, const Clause& clause, const char* place, const char* help) {
  context.sink.emit(diag::ClauseNotAllowed(ast::to_string(clause.kind), place).at(clause.keyword).with_help(help));
}

void check_override(Context& context, const ast::OverrideStatement& statement) {
  for (const Clause& clause : statement.clauses) {
    const bool run_hook = clause.kind == ClauseKind::hook && clause.word.find(" RUN ") != std::string::npos;
    if (run_hook) refuse(context, clause, "OVERRIDE", "a run has its hooks in the SYNC; TABLE hooks may stand here");
    const bool whole = clause.kind == ClauseKind::consistent && clause.word == "SYNC";
    if (whole) refuse(context, clause, "OVERRIDE", "CONSISTENT SYNC is about all tables: write it in the SYNC");
  }
}

}  // namespace

std::vector<Layer> override_layers(Context& context, const std::vector<Clause>& clauses, const std::string& level) {
  std::vector<Layer> layers;
  add_own(context, layers, clauses, level);
  return layers;
}

std::vector<Layer> layers_of(Context& context, const std::vector<Clause>& clauses, const std::string& level) {
  std::vector<Layer> layers;
  for (const auto* defaults : context.declared.defaults) {
    for (const Clause& clause : defaults->clauses) {
      if (clause.kind != ClauseKind::using_template) add_layer(context, layers, clause, "DEFAULTS");
    }
  }
  add_own(context, layers, clauses, level);
  return layers;
}

void check_places(Context& context) {
  std::map<std::string, source::Span> seen;
  for (const auto* defaults : context.declared.defaults) {
    for (const Clause& clause : defaults->clauses) {
      if (clause.kind == ClauseKind::using_template) refuse(context, clause, "DEFAULTS", "name the template in each SYNC");
      for (const std::string& key : keys_of(clause)) {
        const auto [first, fresh] = seen.emplace(key, clause.span);
        if (!fresh && !(first->second == clause.span))
          context.sink.emit(diag::ClauseTwice(key, "DEFAULTS").at(clause.span).also(first->second, "first here"));
      }
    }
  }
  for (const auto& entry : context.declared.templates) {
    for (const Clause& clause : entry.second.statement->clauses) {
      if (clause.kind == ClauseKind::using_template)
        refuse(context, clause, "TEMPLATE", "templates do not nest: USING a, b takes both");
    }
  }
  for (const auto* statement : context.declared.overrides) check_override(context, *statement);
}

}  // namespace syncline::analyze

#include <algorithm>

#include "compiler/analyze/context.h"
#include "compiler/analyze/expression_walk.h"
#include "compiler/bound/expression_text.h"
#include "stdlib/base/text.h"

namespace syncline::analyze {
namespace {

bool is_lower_word(const ast::TypeRef& type) {
  return type.words.size() == 1 && !type.has_arguments && !type.native_text &&
         text::ascii_lower(type.words[0].text) == type.words[0].text;
}
bool is_variable(const ast::TypeArgument& argument) {
  return argument.type && is_lower_word(*argument.type);
}

std::string head(const ast::TypeRef& type) {
  std::string words;
  for (const ast::Name& word : type.words) words += text::ascii_lower(word.text) + ' ';
  return words + (type.native_text ? text::ascii_lower(*type.native_text) : "");
}

/// Whether every type that `later` matches is matched by `earlier` already.
bool covers(const ast::TypeRule& earlier, const ast::TypeRule& later) {
  if (earlier.when || head(earlier.from) != head(later.from)) return false;
  if (!earlier.from.has_arguments) return true;
  if (!later.from.has_arguments || earlier.from.arguments.size() != later.from.arguments.size()) return false;
  for (std::size_t i = 0; i < earlier.from.arguments.size(); ++i) {
    const auto& wide = earlier.from.arguments[i];
    if (!is_variable(wide) && (!wide.integer || wide.integer != later.from.arguments[i].integer)) return false;
  }
  return true;
}

std::set<std::string> variables(const ast::TypeRef& type) {
  std::set<std::string> names;
  for (const auto& argument : type.arguments) {
    if (is_variable(argument)) names.insert(argument.type->words[0].text);
  }
  return names;
}

void check_rule(Context& context, const ast::TypeRule& rule) {
  const auto known = variables(rule.from);
  const std::vector<std::string> candidates(known.begin(), known.end());
  const auto report = [&](const std::string& name, const source::Span& span) {
    context.sink.emit(diag::RuleVariable(name).at(span).also(rule.from.span, "the left side").did_you_mean(name, candidates));
  };
  for (const auto& argument : rule.to.arguments) {
    if (is_variable(argument) && known.count(argument.type->words[0].text) == 0)
      report(argument.type->words[0].text, argument.span);
  }
  if (!rule.when) return;
  walk(*rule.when, [&](const ast::Expr& part) {
    if (part.kind != ast::ExprKind::path) return;
    if (part.path.size() == 1 && known.count(part.path[0].text) == 0) report(part.path[0].text, part.span);
    if (part.path.size() == 2 && part.path[0].text != "column") report(bound::to_text(part), part.span);
  });
}

void check_reachable(Context& context, const std::vector<ast::TypeRule>& rules) {
  for (std::size_t later = 1; later < rules.size(); ++later) {
    const auto earlier = std::find_if(rules.begin(), rules.begin() + static_cast<std::ptrdiff_t>(later),
                                      [&](const auto& rule) { return covers(rule, rules[later]); });
    if (earlier == rules.begin() + static_cast<std::ptrdiff_t>(later)) continue;
    context.sink.emit(diag::RuleUnreachable(bound::to_text(earlier->from), bound::to_text(rules[later].from))
                          .at(rules[later].span)
                          .also(earlier->span, "matches first")
                          .with_help("put the narrower rule first"));
  }
}

void check_engine(Context& context, const ast::Name& engine) {
  if (engine.text == "logical" || context.registry.find(engine.text) != nullptr) return;
  std::vector<std::string> names = context.registry.names();
  names.emplace_back("logical");
  context.sink.emit(diag::UnknownEngine(engine.text).at(engine.span).did_you_mean(text::ascii_lower(engine.text), names));
}

}  // namespace

void bind_type_mappings(Context& context) {
  for (const auto& [name, declared] : context.declared.mappings) {
    const ast::TypeMappingStatement& mapping = *declared.statement;
    check_engine(context, mapping.from);
    check_engine(context, mapping.to);
    for (const ast::TypeRule& rule : mapping.rules) check_rule(context, rule);
    check_reachable(context, mapping.rules);
    context.unit.mappings[name] = {name, mapping.from.text, mapping.to.text, mapping.rules, declared.span};
  }
}

}  // namespace syncline::analyze

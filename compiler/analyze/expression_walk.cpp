#include "compiler/analyze/expression_walk.h"

namespace syncline::analyze {
namespace {

using Arguments = std::map<std::string, ast::ExprPtr>;

/// Calls `each` for every expression slot of a clause, so that visiting and rewriting agree on where they are.
template <class Clause, class Each>
void each_expression(Clause& clause, const Each& each) {
  for (auto& use : clause.templates) {
    for (auto& argument : use.arguments) each(argument.value);
  }
  for (auto& item : clause.naming) each(item.value);
  for (auto& rule : clause.columns) each(rule.value);
  for (auto& column : clause.partition_columns) each(column.value);
  for (auto& item : clause.create) each(item.comment);
  const auto condition = [&](auto& one) {
    each(one.portable);
    each(one.covers_from);
    each(one.covers_to);
  };
  if (clause.condition) condition(*clause.condition);
  for (auto& phase : clause.phases) {
    for (auto& assignment : phase.into_partition) each(assignment.value);
    if (phase.where) condition(*phase.where);
  }
}

ast::SettingValue literal_of(const ast::Expr& expression, const ast::SettingValue& written) {
  using Kind = ast::SettingValue::Kind;
  ast::SettingValue value = written;
  value.text = expression.text;
  switch (expression.kind) {
    case ast::ExprKind::string:
      value.kind = Kind::string;
      break;
    case ast::ExprKind::integer:
    case ast::ExprKind::decimal:
      value.kind = Kind::quantity;
      value.quantity = {expression.text, {}, {}, written.span};
      break;
    case ast::ExprKind::true_literal:
    case ast::ExprKind::false_literal:
      value.kind = Kind::boolean;
      value.boolean = expression.kind == ast::ExprKind::true_literal;
      break;
    case ast::ExprKind::parameter:
      value.kind = Kind::parameter;
      break;
    case ast::ExprKind::null_literal:
      value.kind = Kind::null;
      break;
    default:
      value = written;
  }
  return value;
}

void substitute_settings(ast::Settings& settings, const Arguments& arguments) {
  for (auto& setting : settings) {
    if (setting.value.kind != ast::SettingValue::Kind::parameter) continue;
    const auto found = arguments.find(setting.value.text);
    if (found != arguments.end()) setting.value = literal_of(*found->second, setting.value);
  }
}

}  // namespace

void walk(const ast::Expr& expression, const Visit& visit) {
  visit(expression);
  for (const auto& part : expression.args) {
    if (part) walk(*part, visit);
  }
}

void walk(const ast::Clause& clause, const Visit& visit) {
  each_expression(clause, [&](const ast::ExprPtr& expression) {
    if (expression) walk(*expression, visit);
  });
}

ast::ExprPtr substitute(const ast::ExprPtr& expression, const Arguments& arguments) {
  if (!expression) return expression;
  if (expression->kind == ast::ExprKind::parameter) {
    const auto found = arguments.find(expression->text);
    return found == arguments.end() ? expression : found->second;
  }
  auto copy = std::make_shared<ast::Expr>(*expression);
  for (auto& part : copy->args) part = substitute(part, arguments);
  return copy;
}

ast::Clause substitute(const ast::Clause& clause, const Arguments& arguments) {
  ast::Clause copy = clause;
  each_expression(copy, [&](ast::ExprPtr& expression) { expression = substitute(expression, arguments); });
  substitute_settings(copy.settings, arguments);
  for (auto& item : copy.create) substitute_settings(item.properties, arguments);
  return copy;
}

}  // namespace syncline::analyze

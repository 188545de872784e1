#include <charconv>

#include "compiler/diag/kinds.h"
#include "compiler/parse/builder.h"

namespace syncline::parse {

// --- words

TerminalNode* Builder::last_word(ParserRuleContext* tree) const {
  return as<TerminalNode>(tree->children.back());
}

Name Builder::name(TerminalNode* leaf) const {
  const std::string_view written = raw(leaf);
  const bool quoted = !written.empty() && written.front() == '"';
  return Name{quoted ? unquoted(written) : std::string(written), quoted, span(leaf)};
}

Name Builder::name(P::IdentifierContext* tree) const {
  const Span where = span(tree);
  const std::string_view written = map_.slice(where);
  const bool quoted = !written.empty() && written.front() == '"';
  return Name{quoted ? unquoted(written) : std::string(written), quoted, where};
}

std::vector<Name> Builder::names(const std::vector<P::IdentifierContext*>& trees) const {
  std::vector<Name> made;
  for (auto* tree : trees) made.push_back(name(tree));
  return made;
}

std::int64_t Builder::integer(TerminalNode* leaf) {
  const std::string_view digits = raw(leaf);
  std::int64_t number = 0;
  const auto end = digits.data() + digits.size();
  if (std::from_chars(digits.data(), end, number).ec == std::errc()) return number;
  broken_ = true;
  sink_.emit(
      diag::UnexpectedToken("a whole number", quoted_for_people(digits), "a number up to 9223372036854775807").at(span(leaf)));
  return 0;
}

Quantity Builder::quantity(P::QuantityContext* tree) const {
  Quantity made;
  made.number = map_.slice(span(tree->number()));
  const auto units = tree->identifier();
  made.unit = units.empty() ? "%" : std::string(map_.slice(span(units[0])));
  if (units.size() > 1) made.per = map_.slice(span(units[1]));
  made.span = span(tree);
  return made;
}

std::optional<Quantity> Builder::maybe_quantity(P::QuantityContext* tree) const {
  return tree == nullptr ? std::nullopt : std::optional(quantity(tree));
}

// --- types, expressions, conditions

TypeRef Builder::type(P::TypeRefContext* tree) {
  TypeRef made;
  made.span = span(tree);
  if (tree->STRING() != nullptr) {
    made.native_text = string(tree->STRING());
    return made;
  }
  for (auto* word : tree->typeWord()) made.words.push_back(name(as<TerminalNode>(word->children[0])));
  made.words_before = made.words.size() - tree->trailing.size();
  made.has_arguments = tree->OPEN() != nullptr;
  for (auto* argument : tree->typeArgument()) {
    TypeArgument one;
    one.span = span(argument);
    if (argument->INT() != nullptr) one.integer = integer(argument->INT());
    if (argument->typeRef() != nullptr) one.type = std::make_shared<const TypeRef>(type(argument->typeRef()));
    made.arguments.push_back(std::move(one));
  }
  return made;
}

ExprPtr Builder::leaf_expr(ExprKind kind, const Span& span, std::string text) {
  Expr made;
  made.kind = kind;
  made.span = span;
  made.text = std::move(text);
  return std::make_shared<const Expr>(std::move(made));
}

ExprPtr Builder::binary(ParserRuleContext* tree, std::string text, ExprPtr left, ExprPtr right) const {
  Expr made;
  made.kind = ExprKind::binary;
  made.span = span(tree);
  made.text = std::move(text);
  made.args = {std::move(left), std::move(right)};
  return std::make_shared<const Expr>(std::move(made));
}

static ExprPtr unary(ExprKind kind, const Span& span, ExprPtr inner) {
  Expr made;
  made.kind = kind;
  made.span = span;
  made.args = {std::move(inner)};
  return std::make_shared<const Expr>(std::move(made));
}

ExprPtr Builder::expression(P::ExpressionContext* tree) {
  if (auto* one = as<P::NotExpressionContext>(tree))
    return unary(ExprKind::logical_not, span(tree), expression(one->expression()));
  if (auto* one = as<P::AndExpressionContext>(tree)) {
    return binary(tree, "AND", expression(one->expression(0)), expression(one->expression(1)));
  }
  if (auto* one = as<P::OrExpressionContext>(tree)) {
    return binary(tree, "OR", expression(one->expression(0)), expression(one->expression(1)));
  }
  return predicate(as<P::PredicateExpressionContext>(tree)->predicate());
}

ExprPtr Builder::predicate(P::PredicateContext* tree) {
  const auto values = tree->value();
  if (tree->children.size() == 1) return value(values[0]);
  if (values.size() == 2 && tree->K_IN() == nullptr) {
    return binary(tree, std::string(raw(as<TerminalNode>(tree->children[1]))), value(values[0]), value(values[1]));
  }
  Expr made;
  made.kind = tree->K_IS() != nullptr     ? ExprKind::is_null
              : tree->K_IN() != nullptr   ? ExprKind::in_list
              : tree->K_LIKE() != nullptr ? ExprKind::like
                                          : ExprKind::between;
  made.span = span(tree);
  made.negated = tree->K_NOT() != nullptr;
  for (auto* one : values) made.args.push_back(value(one));
  if (tree->STRING() != nullptr) made.args.push_back(string_expr(tree->STRING()));
  return std::make_shared<const Expr>(std::move(made));
}

ExprPtr Builder::value(P::ValueContext* tree) {
  if (auto* one = as<P::NegatedValueContext>(tree)) return unary(ExprKind::negate, span(tree), value(one->value()));
  if (auto* one = as<P::PrimaryValueContext>(tree)) return primary(one->primary());
  const std::string symbol(raw(as<TerminalNode>(tree->children[1])));
  return binary(tree, symbol, value(as<P::ValueContext>(tree->children[0])), value(as<P::ValueContext>(tree->children[2])));
}

ExprPtr Builder::primary(P::PrimaryContext* tree) {
  if (auto* one = as<P::LiteralPrimaryContext>(tree)) return literal(one->literal());
  if (auto* one = as<P::ParameterPrimaryContext>(tree)) {
    return leaf_expr(ExprKind::parameter, span(tree), std::string(raw(one->PARAM_REF()).substr(1)));
  }
  if (auto* one = as<P::CallPrimaryContext>(tree)) return call(one->functionCall());
  if (auto* one = as<P::DatePrimaryContext>(tree)) {
    const ExprKind kind = one->K_DATE() != nullptr ? ExprKind::date_literal : ExprKind::timestamp_literal;
    return leaf_expr(kind, span(tree), string(one->STRING()));
  }
  if (auto* one = as<P::IntervalPrimaryContext>(tree)) return interval(one);
  if (auto* one = as<P::CastPrimaryContext>(tree)) {
    Expr made;
    made.kind = ExprKind::cast;
    made.span = span(tree);
    made.args = {expression(one->expression())};
    made.type = type(one->typeRef());
    return std::make_shared<const Expr>(std::move(made));
  }
  if (auto* one = as<P::CasePrimaryContext>(tree)) return branches(one);
  if (auto* one = as<P::GroupPrimaryContext>(tree))
    return unary(ExprKind::parenthesized, span(tree), expression(one->expression()));
  Expr made;
  made.kind = ExprKind::path;
  made.span = span(tree);
  made.path = names(as<P::PathPrimaryContext>(tree)->identifier());
  return std::make_shared<const Expr>(std::move(made));
}

ExprPtr Builder::interval(P::IntervalPrimaryContext* tree) {
  Expr made;
  made.kind = ExprKind::interval;
  made.span = span(tree);
  made.text = map_.slice(span(tree->identifier()));
  const bool counted = tree->INT() != nullptr;
  TerminalNode* leaf = counted ? tree->INT() : tree->PARAM_REF();
  if (counted) integer(leaf);
  made.args = {
      leaf_expr(counted ? ExprKind::integer : ExprKind::parameter, span(leaf), std::string(raw(leaf).substr(counted ? 0 : 1)))};
  return std::make_shared<const Expr>(std::move(made));
}

ExprPtr Builder::branches(P::CasePrimaryContext* tree) {
  Expr made;
  made.kind = ExprKind::case_when;
  made.span = span(tree);
  for (auto* one : tree->expression()) made.args.push_back(expression(one));
  return std::make_shared<const Expr>(std::move(made));
}

ExprPtr Builder::literal(P::LiteralContext* tree) {
  if (tree->STRING() != nullptr) return string_expr(tree->STRING());
  if (tree->number() != nullptr) {
    const ExprKind kind = tree->number()->INT() != nullptr ? ExprKind::integer : ExprKind::decimal;
    return leaf_expr(kind, span(tree), std::string(map_.slice(span(tree))));
  }
  if (tree->K_TRUE() != nullptr) return leaf_expr(ExprKind::true_literal, span(tree));
  return leaf_expr(tree->K_FALSE() != nullptr ? ExprKind::false_literal : ExprKind::null_literal, span(tree));
}

ExprPtr Builder::call(P::FunctionCallContext* tree) {
  Expr made;
  made.kind = ExprKind::call;
  made.span = span(tree);
  made.path = {name(tree->identifier())};
  made.text = made.path[0].text;
  for (auto* one : tree->expression()) made.args.push_back(expression(one));
  return std::make_shared<const Expr>(std::move(made));
}

Condition Builder::condition(P::ConditionContext* tree) {
  Condition made;
  made.span = span(tree);
  if (auto* one = as<P::PortableConditionContext>(tree)) {
    made.portable = expression(one->expression());
    return made;
  }
  auto* native = as<P::NativeConditionContext>(tree);
  made.native_engine = name(native->identifier(0));
  made.native_text = dollar(native->DOLLAR());
  made.native_span = span(native->DOLLAR());
  if (native->K_COVERS() != nullptr) {
    made.covers = name(native->identifier(1));
    made.covers_from = expression(native->expression(0));
    made.covers_to = expression(native->expression(1));
  }
  return made;
}

// --- shared parts

Segment Builder::segment(ParserRuleContext* tree, P::IdentifierContext* name_tree, TerminalNode* regex) const {
  Segment made;
  made.span = span(tree);
  if (name_tree != nullptr) {
    const Name exact = name(name_tree);
    made.text = exact.text;
    made.quoted = exact.quoted;
  } else {
    made.kind = regex != nullptr ? Segment::Kind::regex : Segment::Kind::any;
    if (regex != nullptr) made.text = unquoted(raw(regex).substr(1));
  }
  return made;
}

ObjectPattern Builder::pattern(P::ObjectPatternContext* tree) const {
  ObjectPattern made;
  for (auto* one : tree->segment()) made.segments.push_back(segment(one));
  made.span = span(tree);
  return made;
}

NameLevel Builder::level(P::NameLevelContext* tree) const {
  if (tree->K_DATABASE() != nullptr) return NameLevel::database;
  return tree->K_SCHEMA() != nullptr ? NameLevel::schema : NameLevel::table;
}

Settings Builder::settings(P::SettingsContext* tree) {
  Settings made;
  for (auto* one : tree->setting()) {
    Setting entry;
    entry.key_is_string = one->STRING() != nullptr;
    entry.key = entry.key_is_string ? Name{string(one->STRING()), false, span(one->STRING())} : name(one->identifier());
    entry.value = setting_value(one->settingValue());
    entry.span = span(one);
    made.push_back(std::move(entry));
  }
  return made;
}

SettingValue Builder::literal_value(P::LiteralContext* tree) const {
  SettingValue made;
  if (tree->number() != nullptr) {
    made.kind = SettingValue::Kind::quantity;
    made.quantity = Quantity{std::string(map_.slice(span(tree))), {}, {}, span(tree)};
  } else if (tree->STRING() != nullptr) {
    made.kind = SettingValue::Kind::string;
    made.text = string(tree->STRING());
  } else if (tree->K_NULL() == nullptr) {
    made.kind = SettingValue::Kind::boolean;
    made.boolean = tree->K_TRUE() != nullptr;
  }
  return made;
}

SettingValue Builder::setting_value(P::SettingValueContext* tree) {
  SettingValue made;
  if (auto* one = as<P::LiteralValueContext>(tree)) made = literal_value(one->literal());
  if (auto* one = as<P::QuantityValueContext>(tree)) {
    made.kind = SettingValue::Kind::quantity;
    made.quantity = quantity(one->quantity());
  } else if (auto* negative = as<P::NegativeValueContext>(tree)) {
    made.kind = SettingValue::Kind::negative_number;
    made.quantity = Quantity{std::string(map_.slice(span(negative->number()))), {}, {}, span(tree)};
  } else if (auto* hidden = as<P::SecretValueContext>(tree)) {
    made.kind = SettingValue::Kind::secret;
    made.secret = secret(hidden->secret());
  } else if (auto* parameter = as<P::ParameterValueContext>(tree)) {
    made.kind = SettingValue::Kind::parameter;
    made.text = raw(parameter->PARAM_REF()).substr(1);
  } else if (auto* word = as<P::WordValueContext>(tree)) {
    made.kind = SettingValue::Kind::word;
    made.text = name(word->identifier()).text;
  } else if (auto* list = as<P::ListValueContext>(tree)) {
    made.kind = SettingValue::Kind::list;
    for (auto* item : list->settingValue()) made.list.push_back(setting_value(item));
  }
  made.span = span(tree);
  return made;
}

Assignment Builder::assignment(P::AssignmentContext* tree) {
  return {name(tree->identifier()), expression(tree->expression()), span(tree)};
}

std::vector<Assignment> Builder::assignments(const std::vector<P::AssignmentContext*>& trees) {
  std::vector<Assignment> made;
  for (auto* tree : trees) made.push_back(assignment(tree));
  return made;
}

}  // namespace syncline::parse

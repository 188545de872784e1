#include "compiler/ast/printer.h"

namespace syncline::ast {

namespace {

Doc line() {
  return of_kind(Doc::Kind::line);
}
Doc soft() {
  return of_kind(Doc::Kind::soft);
}

}  // namespace

Doc Printer::keywords(std::size_t count) {
  Doc made;
  for (std::size_t at = 0; at < count; ++at) {
    if (at > 0) made << space();
    made << feed_.keyword();
  }
  return made;
}

Doc Printer::names(std::size_t count) {
  Doc made;
  for (std::size_t at = 0; at < count; ++at) {
    if (at > 0) {
      feed_.skip(',');
      made << glue(",") << line();
    }
    made << raw();
  }
  return group(indent(std::move(made)));
}

Doc Printer::items(std::size_t count, bool may_trail, const std::function<Doc(std::size_t)>& item, bool& forced) {
  Doc inside;
  inside << soft();
  for (std::size_t at = 0; at < count; ++at) {
    inside << item(at);
    const bool comma = feed_.skip(',');
    forced = forced || (comma && at + 1 == count);
    if (at + 1 < count) inside << glue(",") << line();
  }
  if (may_trail) inside << of_kind(Doc::Kind::trailing);
  return inside;
}

Doc Printer::list(std::size_t count, bool may_trail, const std::function<Doc(std::size_t)>& item) {
  Doc made;
  made << raw();
  bool forced = false;
  if (count > 0) made << indent(items(count, may_trail, item, forced)) << soft();
  made << raw();
  Doc whole = group(std::move(made));
  whole.broken = forced;
  return whole;
}

Doc Printer::name_list(std::size_t count) {
  return list(count, true, [this](std::size_t) { return raw(); });
}

Doc Printer::pattern(const ObjectPattern& pattern) {
  Doc made;
  for (std::size_t at = 0; at < pattern.segments.size(); ++at) {
    if (at > 0) made << raw();
    made << raw();
  }
  return made;
}

Doc Printer::patterns(const std::vector<ObjectPattern>& patterns) {
  Doc made;
  for (std::size_t at = 0; at < patterns.size(); ++at) {
    if (at > 0 && feed_.skip(',')) made << glue(",");
    made << line() << pattern(patterns[at]);
  }
  return group(indent(std::move(made)));
}

Doc Printer::type(const TypeRef& type) {
  if (type.native_text) return raw();
  Doc made;
  for (std::size_t at = 0; at <= type.words.size(); ++at) {
    if (at == type.words_before && type.has_arguments) {
      made << list(type.arguments.size(), false, [&](std::size_t which) {
        const TypeArgument& one = type.arguments[which];
        return one.integer ? raw() : this->type(*one.type);
      });
    }
    if (at < type.words.size()) {
      if (at > 0) made << space();
      made << raw();
    }
  }
  return made;
}

Doc Printer::quantity(const Quantity& quantity) {
  Doc made;
  made << raw();
  if (quantity.unit.empty()) return made;
  if (quantity.unit != "%") made << space();
  made << raw();
  if (!quantity.per.empty()) made << space() << keywords(1) << space() << raw();
  return made;
}

Doc Printer::settings(const Settings& settings) {
  return list(settings.size(), true, [&](std::size_t at) {
    Doc made;
    made << raw() << space() << raw() << space() << setting_value(settings[at].value);
    return made;
  });
}

Doc Printer::setting_value(const SettingValue& value) {
  Doc made;
  switch (value.kind) {
    case SettingValue::Kind::quantity:
      return quantity(value.quantity);
    case SettingValue::Kind::negative_number:
      return made << raw() << raw();
    case SettingValue::Kind::secret:
      return made << keywords(1) << space() << raw();
    case SettingValue::Kind::list:
      return list(value.list.size(), true, [&](std::size_t at) { return setting_value(value.list[at]); });
    default:
      return raw();
  }
}

Doc Printer::assignments(const std::vector<Assignment>& assignments) {
  return list(assignments.size(), false, [&](std::size_t at) {
    Doc made;
    made << raw() << space() << raw() << space() << whole(assignments[at].value);
    return made;
  });
}

Doc Printer::whole(const ExprPtr& expr) {
  const bool indents_itself =
      expr->kind == ExprKind::case_when || expr->kind == ExprKind::parenthesized || expr->kind == ExprKind::call;
  return indents_itself ? group(expression(*expr)) : group(indent(expression(*expr)));
}

Doc Printer::expression(const Expr& expr) {
  Doc made;
  switch (expr.kind) {
    case ExprKind::null_literal:
    case ExprKind::true_literal:
    case ExprKind::false_literal:
      return keywords(1);
    case ExprKind::path:
      for (std::size_t at = 0; at < 2 * expr.path.size() - 1; ++at) made << raw();
      return made;
    case ExprKind::call:
      return call(expr);
    case ExprKind::date_literal:
    case ExprKind::timestamp_literal:
      return made << keywords(1) << space() << raw();
    case ExprKind::interval:
      return made << keywords(1) << space() << raw() << space() << raw();
    case ExprKind::cast:
      return made << keywords(1) << raw() << whole(expr.args[0]) << space() << keywords(1) << space() << type(*expr.type)
                  << raw();
    case ExprKind::case_when:
      return branches(expr);
    case ExprKind::parenthesized:
      return parenthesized(expr);
    case ExprKind::negate:
      return made << raw() << expression(*expr.args[0]);
    case ExprKind::logical_not:
      return made << keywords(1) << space() << expression(*expr.args[0]);
    case ExprKind::binary:
      return binary(expr);
    case ExprKind::is_null:
    case ExprKind::in_list:
    case ExprKind::between:
    case ExprKind::like:
      return predicate(expr);
    default:
      return raw();
  }
}

Doc Printer::parenthesized(const Expr& expr) {
  Doc made;
  made << raw();
  Doc inside;
  inside << soft() << expression(*expr.args[0]);
  made << indent(std::move(inside)) << soft() << raw();
  return group(std::move(made));
}

Doc Printer::binary(const Expr& expr) {
  const bool word = expr.text == "AND" || expr.text == "OR";
  const bool compares = expr.text == "=" || expr.text == "<>" || expr.text[0] == '<' || expr.text[0] == '>';
  Doc made;
  if (compares) {
    made << group(expression(*expr.args[0])) << space() << raw() << space() << whole(expr.args[1]);
    return made;
  }
  made << expression(*expr.args[0]) << line() << (word ? keywords(1) : raw()) << space() << expression(*expr.args[1]);
  return made;
}

Doc Printer::predicate(const Expr& expr) {
  Doc made;
  made << group(expression(*expr.args[0])) << space();
  const std::size_t negation = expr.negated ? 1 : 0;
  if (expr.kind == ExprKind::is_null) return made << keywords(2 + negation);
  made << keywords(1 + negation) << space();
  if (expr.kind == ExprKind::like) return made << raw();
  if (expr.kind == ExprKind::in_list) {
    return made << list(expr.args.size() - 1, false, [&](std::size_t at) { return whole(expr.args[at + 1]); });
  }
  return made << whole(expr.args[1]) << space() << keywords(1) << space() << whole(expr.args[2]);
}

Doc Printer::call(const Expr& expr) {
  Doc made;
  made << raw() << list(expr.args.size(), false, [&](std::size_t at) { return whole(expr.args[at]); });
  return made;
}

Doc Printer::branches(const Expr& expr) {
  Doc made;
  made << keywords(1);
  Doc inside;
  for (std::size_t at = 0; at + 1 < expr.args.size(); at += 2) {
    inside << line() << keywords(1) << space() << whole(expr.args[at]);
    inside << space() << keywords(1) << space() << whole(expr.args[at + 1]);
  }
  if (expr.args.size() % 2 != 0) inside << line() << keywords(1) << space() << whole(expr.args.back());
  made << indent(std::move(inside)) << line() << keywords(1);
  return group(std::move(made));
}

Doc Printer::condition(const Condition& condition) {
  if (condition.portable) return whole(condition.portable);
  Doc made;
  made << keywords(1) << space() << raw() << space() << raw();
  if (!condition.covers) return made;
  made << space() << keywords(1) << space() << raw() << space() << keywords(1) << space() << whole(condition.covers_from);
  made << space() << keywords(1) << space() << whole(condition.covers_to);
  return made;
}

}  // namespace syncline::ast

#include "compiler/bound/expression_text.h"

#include "compiler/bound/bound.h"

namespace syncline::bound {
namespace {

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("''") : std::string(1, c);
  return result + "'";
}

template <class List, class Text>
std::string joined(const List& list, const Text& text, const char* separator = ", ") {
  std::string result;
  for (const auto& one : list) result += (result.empty() ? "" : separator) + text(one);
  return result;
}

std::string arguments(const ast::Expr& e, std::size_t first) {
  std::string result;
  for (std::size_t i = first; i < e.args.size(); ++i) result += (i == first ? "" : ", ") + to_text(*e.args[i]);
  return result;
}

std::string case_text(const ast::Expr& e) {
  std::string result = "CASE";
  std::size_t i = 0;
  for (; i + 1 < e.args.size(); i += 2) result += " WHEN " + to_text(*e.args[i]) + " THEN " + to_text(*e.args[i + 1]);
  if (i < e.args.size()) result += " ELSE " + to_text(*e.args[i]);
  return result + " END";
}

std::string predicate(const ast::Expr& e) {
  const std::string left = to_text(*e.args[0]);
  const std::string negation = e.negated ? " NOT" : "";
  switch (e.kind) {
    case ast::ExprKind::is_null:
      return left + (e.negated ? " IS NOT NULL" : " IS NULL");
    case ast::ExprKind::in_list:
      return left + negation + " IN (" + arguments(e, 1) + ")";
    case ast::ExprKind::between:
      return left + negation + " BETWEEN " + to_text(*e.args[1]) + " AND " + to_text(*e.args[2]);
    default:
      return left + negation + " LIKE " + to_text(*e.args[1]);
  }
}

std::string names(const std::vector<ast::Name>& list) {
  return joined(list, [](const ast::Name& name) { return name.text; });
}

std::string settings_text(const ast::Settings& settings) {
  return joined(settings, [](const ast::Setting& one) { return one.key.text + " = " + to_text(one.value); });
}

}  // namespace

std::string to_text(const ast::Expr& e) {
  using Kind = ast::ExprKind;
  switch (e.kind) {
    case Kind::null_literal:
      return "NULL";
    case Kind::true_literal:
      return "TRUE";
    case Kind::false_literal:
      return "FALSE";
    case Kind::integer:
    case Kind::decimal:
      return e.text;
    case Kind::string:
      return quoted(e.text);
    case Kind::parameter:
      return ":" + e.text;
    case Kind::path:
      return joined(
          e.path, [](const ast::Name& name) { return name.text; }, ".");
    case Kind::call:
      return e.text + "(" + arguments(e, 0) + ")";
    case Kind::date_literal:
      return "DATE " + quoted(e.text);
    case Kind::timestamp_literal:
      return "TIMESTAMP " + quoted(e.text);
    case Kind::interval:
      return "INTERVAL " + to_text(*e.args[0]) + " " + e.text;
    case Kind::cast:
      return "CAST(" + to_text(*e.args[0]) + " AS " + to_text(*e.type) + ")";
    case Kind::case_when:
      return case_text(e);
    case Kind::parenthesized:
      return "(" + to_text(*e.args[0]) + ")";
    case Kind::negate:
      return "-" + to_text(*e.args[0]);
    case Kind::logical_not:
      return "NOT " + to_text(*e.args[0]);
    case Kind::binary:
      return to_text(*e.args[0]) + " " + e.text + " " + to_text(*e.args[1]);
    default:
      return predicate(e);
  }
}

std::string to_text(const ast::TypeRef& type) {
  if (type.native_text) return quoted(*type.native_text);
  std::string result;
  for (std::size_t i = 0; i < type.words.size(); ++i) {
    if (i == type.words_before && type.has_arguments) break;
    result += (i == 0 ? "" : " ") + type.words[i].text;
  }
  if (!type.has_arguments) return result;
  result += "(" +
            joined(type.arguments,
                   [](const ast::TypeArgument& one) {
                     return one.integer ? std::to_string(*one.integer) : one.type ? to_text(*one.type) : std::string("?");
                   }) +
            ")";
  for (std::size_t i = type.words_before; i < type.words.size(); ++i) result += " " + type.words[i].text;
  return result;
}

std::string to_text(const ast::Segment& segment) {
  if (segment.kind == ast::Segment::Kind::any) return "*";
  if (segment.kind == ast::Segment::Kind::regex) return "~" + quoted(segment.text);
  return segment.quoted ? "\"" + segment.text + "\"" : segment.text;
}

std::string to_text(const Pattern& pattern) {
  return joined(
      pattern.segments, [](const ast::Segment& one) { return to_text(one); }, ".");
}

std::string to_text(const ast::Condition& condition) {
  if (condition.portable) return to_text(*condition.portable);
  return "NATIVE " + (condition.native_engine ? condition.native_engine->text : "") + " $$" + condition.native_text + "$$";
}

std::string to_text(const ast::ColumnRule& rule) {
  using Kind = ast::ColumnRule::Kind;
  const std::string columns = to_text(rule.columns);
  switch (rule.kind) {
    case Kind::exclude:
      return "EXCLUDE " + columns;
    case Kind::rename:
      return "RENAME " + columns + " TO " + to_text(*rule.value);
    case Kind::cast:
      return "CAST " + columns + " TO " + to_text(*rule.type);
    case Kind::set:
      return "SET " + columns + " = " + to_text(*rule.value);
    case Kind::mask:
      return "MASK " + columns + " USING " + to_text(*rule.value);
    case Kind::add:
      return "ADD " + columns + " " + to_text(*rule.type) + " = " + to_text(*rule.value);
  }
  return columns;
}

std::string to_text(const ast::CreateItem& item) {
  using Kind = ast::CreateItem::Kind;
  const std::string buckets = item.buckets ? " BUCKETS " + std::to_string(*item.buckets) : "";
  switch (item.kind) {
    case Kind::table_type:
      return "TABLE TYPE " + item.name.text;
    case Kind::distribute_hash:
      return "DISTRIBUTE BY HASH (" + names(item.columns) + ")" + buckets;
    case Kind::distribute_random:
      return "DISTRIBUTE BY RANDOM" + buckets;
    case Kind::distribute_replicated:
      return "DISTRIBUTE BY REPLICATED" + buckets;
    case Kind::order_by:
      return "ORDER BY (" + names(item.columns) + ")";
    case Kind::index:
      return "INDEX " + item.name.text + " ON (" + names(item.columns) + ")" + (item.method ? " USING " + item.method->text : "");
    case Kind::properties:
      return "PROPERTIES (" + settings_text(item.properties) + ")";
    case Kind::comment:
      return "COMMENT " + (item.comment ? to_text(*item.comment) : "");
    case Kind::native:
      return "NATIVE $$" + item.native_text + "$$";
  }
  return "?";
}

std::string to_text(const ast::SettingValue& value) {
  using Kind = ast::SettingValue::Kind;
  switch (value.kind) {
    case Kind::quantity:
      return value.quantity.number + (value.quantity.unit.empty() ? "" : " " + value.quantity.unit) +
             (value.quantity.per.empty() ? "" : " PER " + value.quantity.per);
    case Kind::string:
      return quoted(value.text);
    case Kind::boolean:
      return value.boolean ? "true" : "false";
    case Kind::null:
      return "NULL";
    case Kind::secret:
      return "SECRET " + quoted(value.secret.reference);
    case Kind::parameter:
      return ":" + value.text;
    case Kind::list:
      return "[" + joined(value.list, [](const ast::SettingValue& one) { return to_text(one); }) + "]";
    default:
      return value.text;
  }
}

}  // namespace syncline::bound

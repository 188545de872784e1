#include "compiler/ast/text_parts.h"

#include <fmt/format.h>

namespace syncline::ast {

namespace {

const char* label(ExprKind kind) {
  static constexpr const char* kLabels[] = {"null", "true",   "false",     "integer",  "decimal", "string", "parameter", "path",
                                            "call", "date",   "timestamp", "interval", "cast",    "case",   "group",     "negate",
                                            "not",  "binary", "is_null",   "in",       "between", "like"};
  return kLabels[static_cast<std::size_t>(kind)];
}

std::string setting_word(const SettingValue& value) {
  switch (value.kind) {
    case SettingValue::Kind::quantity:
      return text_of(value.quantity);
    case SettingValue::Kind::negative_number:
      return "-" + value.quantity.number;
    case SettingValue::Kind::string:
      return escaped(value.text);
    case SettingValue::Kind::boolean:
      return value.boolean ? "true" : "false";
    case SettingValue::Kind::null:
      return "null";
    case SettingValue::Kind::secret:
      return "secret " + escaped(value.secret.reference);
    case SettingValue::Kind::parameter:
      return ":" + value.text;
    default:
      return value.text;
  }
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string made = "\"";
  for (const char letter : text) {
    if (letter == '\n') {
      made += "\\n";
      continue;
    }
    if (letter == '"' || letter == '\\') made += '\\';
    made += letter;
  }
  return made + "\"";
}

std::string text_of(const Name& name) {
  return name.quoted ? escaped(name.text) : name.text;
}

std::string text_of(const std::vector<Name>& names) {
  std::string made = "(";
  for (const Name& name : names) made += (made.size() == 1 ? "" : " ") + text_of(name);
  return made + ")";
}

std::string text_of(const TypeRef& type) {
  if (type.native_text) return "native " + escaped(*type.native_text);
  std::string made;
  for (std::size_t at = 0; at <= type.words.size(); ++at) {
    if (at == type.words_before && type.has_arguments) {
      made += "(";
      for (const TypeArgument& one : type.arguments) {
        made += (made.back() == '(' ? "" : ", ") + (one.integer ? std::to_string(*one.integer) : text_of(*one.type));
      }
      made += ")";
    }
    if (at < type.words.size()) made += (made.empty() ? "" : " ") + text_of(type.words[at]);
  }
  return made;
}

std::string text_of(const ExprPtr& expr) {
  if (expr == nullptr) return "()";
  std::string made = std::string("(") + label(expr->kind);
  if (expr->negated) made += " not";
  const bool quoted =
      expr->kind == ExprKind::string || expr->kind == ExprKind::date_literal || expr->kind == ExprKind::timestamp_literal;
  if (!expr->text.empty() || quoted) made += " " + (quoted ? escaped(expr->text) : expr->text);
  if (expr->kind == ExprKind::path) {
    for (const Name& part : expr->path) made += " " + text_of(part);
  }
  for (const ExprPtr& arg : expr->args) made += " " + text_of(arg);
  if (expr->type) made += " as " + text_of(*expr->type);
  return made + ")";
}

std::string text_of(const Quantity& quantity) {
  std::string made = quantity.number;
  if (!quantity.unit.empty()) made += (quantity.unit == "%" ? "" : " ") + quantity.unit;
  if (!quantity.per.empty()) made += " per " + quantity.per;
  return made;
}

std::string text_of(const SettingValue& value) {
  if (value.kind != SettingValue::Kind::list) return setting_word(value);
  std::string made = "[";
  for (const SettingValue& one : value.list) made += (made.size() == 1 ? "" : ", ") + text_of(one);
  return made + "]";
}

std::string text_of(const Settings& settings) {
  std::string made = "(";
  for (const Setting& one : settings) {
    made += (made.size() == 1 ? "" : ", ") + (one.key_is_string ? "'" + one.key.text + "'" : text_of(one.key)) + " = " +
            text_of(one.value);
  }
  return made + ")";
}

std::string text_of(const Segment& segment) {
  if (segment.kind == Segment::Kind::any) return "*";
  if (segment.kind == Segment::Kind::regex) return "~" + escaped(segment.text);
  return segment.quoted ? escaped(segment.text) : segment.text;
}

std::string text_of(const ObjectPattern& pattern) {
  std::string made;
  for (const Segment& one : pattern.segments) made += (made.empty() ? "" : ".") + text_of(one);
  return made;
}

std::string text_of(const std::vector<Assignment>& assignments) {
  std::string made = "(";
  for (const Assignment& one : assignments)
    made += (made.size() == 1 ? "" : ", ") + text_of(one.name) + " = " + text_of(one.value);
  return made + ")";
}

std::string text_of(const Condition& condition) {
  if (condition.portable) return text_of(condition.portable);
  std::string made =
      "native " + (condition.native_engine ? text_of(*condition.native_engine) : "") + " " + escaped(condition.native_text);
  if (condition.covers) {
    made += " covers " + text_of(*condition.covers) + " from " + text_of(condition.covers_from) + " to " +
            text_of(condition.covers_to);
  }
  return made;
}

std::string text_of(NameLevel level) {
  if (level == NameLevel::database) return "database";
  return level == NameLevel::schema ? "schema" : "table";
}

}  // namespace syncline::ast

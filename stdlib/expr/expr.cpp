#include "stdlib/expr/expr.h"

#include "stdlib/expr/symbols.h"

namespace syncline::expr {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

std::string constant_text(const types::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return quoted(*text);
  if (std::holds_alternative<types::Date>(value)) return "DATE '" + types::to_text(value) + "'";
  if (std::holds_alternative<types::Timestamp>(value)) return "TIMESTAMP '" + types::to_text(value) + "'";
  if (std::holds_alternative<types::Interval>(value)) return "INTERVAL '" + types::to_text(value) + "'";
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "TRUE" : "FALSE";
  return types::to_text(value);
}

std::string list(const Expr& expr, std::size_t from) {
  std::string out;
  for (auto i = from; i < expr.args.size(); ++i) out += (i == from ? "" : ", ") + to_text(*expr.args[i]);
  return out;
}

std::string case_text(const Expr& expr) {
  std::string out = "CASE";
  for (std::size_t i = 0; i + 1 < expr.args.size(); i += 2)
    out += " WHEN " + to_text(*expr.args[i]) + " THEN " + to_text(*expr.args[i + 1]);
  if (expr.args.size() % 2 == 1) out += " ELSE " + to_text(*expr.args.back());
  return out + " END";
}

std::string secret_text(const Expr& expr) {
  return "SECRET(" + (expr.op == Op::parameter ? ":" + expr.name : std::string("...")) + ")";
}

}  // namespace

const char* to_string(Type type) {
  switch (type) {
    case Type::null:
      return "null";
    case Type::boolean:
      return "bool";
    case Type::integer:
      return "int";
    case Type::decimal:
      return "decimal";
    case Type::string:
      return "string";
    case Type::date:
      return "date";
    case Type::timestamp:
      return "timestamp";
    case Type::interval:
      return "interval";
  }
  return "";
}

std::string to_text(const Expr& expr) {
  const auto arg = [&](std::size_t at) { return to_text(*expr.args.at(at)); };
  const std::string negation = expr.negated ? "NOT " : "";
  switch (expr.op) {
    case Op::constant:
      return expr.secret ? secret_text(expr) : constant_text(expr.value);
    case Op::parameter:
      return expr.secret ? secret_text(expr) : ":" + expr.name;
    case Op::column:
      return expr.name;
    case Op::call:
      return expr.name + "(" + list(expr, 0) + ")";
    case Op::cast:
      return "CAST(" + arg(0) + " AS " + (expr.cast_to ? types::to_string(*expr.cast_to) : "?") + ")";
    case Op::case_when:
      return case_text(expr);
    case Op::negate:
      return "(-" + arg(0) + ")";
    case Op::logical_not:
      return "(NOT " + arg(0) + ")";
    case Op::is_null:
      return "(" + arg(0) + " IS " + negation + "NULL)";
    case Op::in_list:
      return "(" + arg(0) + " " + negation + "IN (" + list(expr, 1) + "))";
    case Op::between:
      return "(" + arg(0) + " " + negation + "BETWEEN " + arg(1) + " AND " + arg(2) + ")";
    case Op::like:
      return "(" + arg(0) + " " + negation + "LIKE " + arg(1) + ")";
    default:
      return "(" + arg(0) + " " + std::string(symbol(expr.op)) + " " + arg(1) + ")";
  }
}

}  // namespace syncline::expr

#include "connectors/sql/condition_writer.h"

#include <fmt/format.h>
#include <charconv>

#include "connectors/api/error.h"
#include "connectors/sql/time_zone.h"
#include "stdlib/expr/symbols.h"
#include "stdlib/types/calendar.h"

namespace syncline::connectors::sql {
namespace {

using expr::Expr;
using expr::Op;
using types::LogicalType;
using types::TypeKind;
using types::Value;

void append(SqlText& out, const SqlText& part) {
  out.text += part.text;
  out.binds.insert(out.binds.end(), part.binds.begin(), part.binds.end());
}

/// A moment or clock time as it has to stand beside a column of this type.
types::Timestamp meet(types::Timestamp value, bool is_clock_time, const LogicalType& against, std::string_view zone) {
  const bool naive = against.kind == TypeKind::timestamp_local || against.kind == TypeKind::date;
  if (naive) return is_clock_time ? value : to_clock_time(value, zone);
  return is_clock_time && against.kind == TypeKind::timestamp ? to_instant(value, zone) : value;
}

/// The constant as it has to stand beside a column of this type: clock time beside naive columns, a moment beside timestamps.
Value meet(const Expr& node, const LogicalType* against, std::string_view zone) {
  const Value& value = node.value;
  if (against == nullptr) return value;
  if (const auto* time = std::get_if<types::Timestamp>(&value)) {
    return meet(*time, node.column_type.kind == TypeKind::timestamp_local, *against, zone);
  }
  const auto* day = std::get_if<types::Date>(&value);
  if (day == nullptr || (against->kind != TypeKind::timestamp && against->kind != TypeKind::timestamp_local)) return value;
  const types::Timestamp midnight{day->days * types::kMicrosPerDay};
  return meet(midnight, true, *against, zone);
}

}  // namespace

ConditionWriter::ConditionWriter(const Dialect& dialect, std::string_view naive_timezone)
    : dialect_(dialect), naive_timezone_(naive_timezone) {}

SqlText ConditionWriter::write(const Expr& expr) const {
  return render(expr, nullptr);
}

bool ConditionWriter::spells(std::string_view function) const {
  return function == "trunc" ? has_trunc() : !spelling(function).empty();
}

SqlText ConditionWriter::constant(const Value& value, const LogicalType* /*against*/) const {
  return {"?", {value}};
}

SqlText ConditionWriter::column(const Expr& node) const {
  return {dialect_.quote(std::string_view(node.name)), {}};
}

std::string_view ConditionWriter::spelling(std::string_view /*function*/) const {
  return {};
}

SqlText ConditionWriter::trunc(const SqlText& /*operand*/, std::string_view /*unit*/, const Expr& /*node*/) const {
  throw_unsupported("`trunc` over a column");
}

SqlText ConditionWriter::cast(const SqlText& /*operand*/, const Expr& node) const {
  throw_unsupported("CAST to " + to_string(node.cast_to.value_or(LogicalType{})) + " over a column");
}

SqlText ConditionWriter::concat(const SqlText& left, const SqlText& right) const {
  return fill("({1} || {2})", {left, right});
}

SqlText ConditionWriter::arithmetic(std::string_view op, const SqlText& left, const SqlText& right,
                                    const LogicalType* /*left_type*/, const LogicalType* /*right_type*/) const {
  return fill(fmt::format("({{1}} {} {{2}})", op), {left, right});
}

SqlText ConditionWriter::divide(const SqlText& left, const SqlText& right) const {
  return fill("({1} / {2})", {left, right});
}

SqlText ConditionWriter::like(const SqlText& operand, const SqlText& pattern, bool negated) const {
  return fill(negated ? "({1} NOT LIKE {2} ESCAPE '\\')" : "({1} LIKE {2} ESCAPE '\\')", {operand, pattern});
}

SqlText ConditionWriter::compare(std::string_view op, const SqlText& left, const SqlText& right, const LogicalType* /*left_type*/,
                                 const LogicalType* /*right_type*/) const {
  return fill("({1} " + std::string(op) + " {2})", {left, right});
}

SqlText ConditionWriter::render(const Expr& node, const LogicalType* against) const {
  switch (node.op) {
    case Op::constant:
      return render_constant(node, against);
    case Op::parameter:
      throw_unsupported(":" + node.name + " without a value");
    case Op::column:
      return column(node);
    case Op::call:
      return render_call(node, against);
    case Op::cast:
      return cast(render(*node.args.at(0), nullptr), node);
    case Op::case_when:
      return render_case(node, against);
    case Op::negate:
      return fill("(-{1})", {render(*node.args.at(0), against)});
    case Op::logical_not:
      return fill("(NOT {1})", {render(*node.args.at(0), nullptr)});
    case Op::is_null:
      return fill(node.negated ? "({1} IS NOT NULL)" : "({1} IS NULL)", {render(*node.args.at(0), nullptr)});
    case Op::in_list:
      return render_in(node);
    case Op::between:
      return render_between(node);
    case Op::like:
      return like(render(*node.args.at(0), nullptr), render(*node.args.at(1), column_type_of(*node.args[0])), node.negated);
    default:
      return expr::is_comparison(node.op) ? render_comparison(node) : render_binary(node, against);
  }
}

SqlText ConditionWriter::render_constant(const Expr& node, const LogicalType* against) const {
  if (types::is_null(node.value)) return {"NULL", {}};
  if (std::holds_alternative<types::Interval>(node.value)) throw_unsupported("an interval beside a column");
  return constant(meet(node, against, naive_timezone_), against);
}

SqlText ConditionWriter::render_comparison(const Expr& node) const {
  const LogicalType* left = column_type_of(*node.args.at(0));
  const LogicalType* right = column_type_of(*node.args.at(1));
  return compare(expr::symbol(node.op), render(*node.args[0], right), render(*node.args[1], left), left, right);
}

SqlText ConditionWriter::render_in(const Expr& node) const {
  const LogicalType* type = column_type_of(*node.args.at(0));
  std::vector<SqlText> items;
  for (std::size_t i = 1; i < node.args.size(); ++i) items.push_back(render(*node.args[i], type));
  return in_list(render(*node.args[0], nullptr), items, node.negated, type);
}

SqlText ConditionWriter::in_list(const SqlText& operand, const std::vector<SqlText>& items, bool negated,
                                 const LogicalType* /*type*/) const {
  SqlText out = fill(negated ? "({1} NOT IN (" : "({1} IN (", {operand});
  append(out, fill("{*}", items));
  out.text += "))";
  return out;
}

SqlText ConditionWriter::render_between(const Expr& node) const {
  const LogicalType* type = column_type_of(*node.args.at(0));
  const SqlText operand = render(*node.args[0], column_type_of(*node.args.at(1)));
  const SqlText low = compare(">=", operand, render(*node.args[1], type), type, column_type_of(*node.args[1]));
  const SqlText high = compare("<=", operand, render(*node.args.at(2), type), type, column_type_of(*node.args[2]));
  return fill(node.negated ? "(NOT ({1} AND {2}))" : "({1} AND {2})", {low, high});
}

SqlText ConditionWriter::render_case(const Expr& node, const LogicalType* against) const {
  SqlText out{"(CASE", {}};
  std::size_t i = 0;
  for (; i + 1 < node.args.size(); i += 2) {
    append(out, fill(" WHEN {1} THEN {2}", {render(*node.args[i], nullptr), render(*node.args[i + 1], against)}));
  }
  if (i < node.args.size()) append(out, fill(" ELSE {1}", {render(*node.args[i], against)}));
  out.text += " END)";
  return out;
}

SqlText ConditionWriter::render_call(const Expr& node, const LogicalType* against) const {
  if (node.name == "trunc" && has_trunc() && node.args.size() == 2) {
    const auto* unit = std::get_if<std::string>(&node.args[1]->value);
    if (unit == nullptr) throw_unsupported("`trunc` with a unit that is no constant");
    return trunc(render(*node.args[0], nullptr), *unit, node);
  }
  const std::string_view pattern = spelling(node.name);
  if (pattern.empty()) throw_unsupported("`" + node.name + "` over a column");
  const LogicalType* type = column_type_of(node);
  std::vector<SqlText> arguments;
  arguments.reserve(node.args.size());
  for (const auto& argument : node.args) arguments.push_back(render(*argument, type == nullptr ? against : type));
  return fill(pattern, arguments);
}

SqlText ConditionWriter::render_binary(const Expr& node, const LogicalType* against) const {
  const LogicalType* left_type = column_type_of(*node.args.at(0));
  const LogicalType* right_type = column_type_of(*node.args.at(1));
  const bool logical = node.op == Op::logical_and || node.op == Op::logical_or;
  const SqlText left = render(*node.args[0], logical ? nullptr : (right_type == nullptr ? against : right_type));
  const SqlText right = render(*node.args[1], logical ? nullptr : (left_type == nullptr ? against : left_type));
  switch (node.op) {
    case Op::logical_and:
    case Op::logical_or:
      return fill(fmt::format("({{1}} {} {{2}})", expr::symbol(node.op)), {left, right});
    case Op::add:
    case Op::subtract:
    case Op::multiply:
      return arithmetic(expr::symbol(node.op), left, right, left_type, right_type);
    case Op::divide:
      return divide(left, right);
    case Op::concat:
      return concat(left, right);
    default:
      throw_unsupported("this operator over a column");
  }
}

SqlText fill(std::string_view pattern, const std::vector<SqlText>& arguments) {
  SqlText out;
  while (!pattern.empty()) {
    const auto open = pattern.find('{');
    out.text += pattern.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = pattern.find('}', open);
    const auto index = pattern.substr(open + 1, close - open - 1);
    if (index == "*") {
      for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (i > 0) out.text += ", ";
        append(out, arguments[i]);
      }
    } else {
      std::size_t number = 0;
      std::from_chars(index.data(), index.data() + index.size(), number);
      append(out, arguments.at(number - 1));
    }
    pattern.remove_prefix(close + 1);
  }
  return out;
}

void throw_unsupported(std::string_view what) {
  throw ConnectorError(ErrorKind::unsupported, std::string(what) + " cannot be evaluated by the source");
}

const LogicalType* column_type_of(const Expr& node) {
  switch (node.op) {
    case Op::column:
      return &node.column_type;
    case Op::cast:
      return node.cast_to.has_value() ? &*node.cast_to : nullptr;
    case Op::call:
    case Op::negate:
    case Op::add:
    case Op::subtract:
    case Op::multiply:
      for (const auto& argument : node.args) {
        if (const LogicalType* type = column_type_of(*argument)) return type;
      }
      return nullptr;
    case Op::case_when:
      for (std::size_t i = 1; i < node.args.size(); i += 2) {
        if (const LogicalType* type = column_type_of(*node.args[i])) return type;
      }
      return nullptr;
    default:
      return nullptr;
  }
}

}  // namespace syncline::connectors::sql

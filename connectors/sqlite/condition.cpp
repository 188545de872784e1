#include "connectors/sqlite/condition.h"

#include <algorithm>
#include <array>

#include "stdlib/types/calendar.h"
#include "stdlib/types/decimal.h"

namespace syncline::connectors::sqlite {
namespace {

using types::LogicalType;
using types::TypeKind;

bool on_calendar(TypeKind kind) {
  return kind == TypeKind::date || kind == TypeKind::timestamp || kind == TypeKind::timestamp_local;
}
bool is_decimal(const LogicalType* type) {
  return type != nullptr && type->kind == TypeKind::decimal;
}
bool is_integer(TypeKind kind) {
  return kind == TypeKind::tinyint || kind == TypeKind::smallint || kind == TypeKind::integer || kind == TypeKind::bigint ||
         kind == TypeKind::year || kind == TypeKind::boolean;
}

std::string micros(const std::string& column) {
  return "syncline_micros(" + column + ")";
}

SqlText bound(types::Value value) {
  return {"?", {std::move(value)}};
}

struct Spelling {
  std::string_view function;
  std::string_view sql;
};
constexpr std::array<Spelling, 2> kSpellings{{{"coalesce", "coalesce({*})"}, {"nullif", "nullif({*})"}}};

}  // namespace

SqlText SqliteCondition::constant(const types::Value& value, const LogicalType* against) const {
  if (const auto* day = std::get_if<types::Date>(&value)) return bound(day->days * types::kMicrosPerDay);
  if (const auto* moment = std::get_if<types::Timestamp>(&value)) return bound(moment->micros);
  if (const auto* number = std::get_if<types::Decimal>(&value)) {
    const auto whole = types::decimal::to_int64(number->text);
    if (!is_decimal(against) && whole.has_value()) return bound(*whole);
    return is_decimal(against) ? bound(number->text) : SqlText{"CAST(? AS REAL)", {number->text}};
  }
  return bound(value);
}

SqlText SqliteCondition::column(const expr::Expr& node) const {
  const SqlText name = ConditionWriter::column(node);
  return on_calendar(node.column_type.kind) ? SqlText{micros(name.text), {}} : name;
}

std::string_view SqliteCondition::spelling(std::string_view function) const {
  const auto* found =
      std::find_if(kSpellings.begin(), kSpellings.end(), [&](const auto& entry) { return entry.function == function; });
  return found == kSpellings.end() ? std::string_view() : found->sql;
}

SqlText SqliteCondition::trunc(const SqlText& operand, std::string_view unit, const expr::Expr& node) const {
  const LogicalType* type = sql::column_type_of(*node.args.at(0));
  const bool instant = type != nullptr && type->kind == TypeKind::timestamp;
  return sql::fill("syncline_trunc({1}, {2}, {3})",
                   {operand, bound(std::string(unit)), bound(instant ? naive_timezone() : std::string("UTC"))});
}

SqlText SqliteCondition::cast(const SqlText& operand, const expr::Expr& node) const {
  const LogicalType* from = sql::column_type_of(*node.args.at(0));
  const TypeKind to = node.cast_to->kind;
  if (from != nullptr) {
    if (from->kind == to) return operand;
    if (is_integer(from->kind) && (to == TypeKind::string || to == TypeKind::decimal))
      return sql::fill("CAST({1} AS TEXT)", {operand});
    if (is_integer(from->kind) && is_integer(to) && to != TypeKind::boolean) return operand;
    if (from->kind == TypeKind::date && to == TypeKind::timestamp_local) return operand;
    if (from->kind == TypeKind::timestamp_local && to == TypeKind::date)
      return sql::fill("syncline_trunc({1}, 'day', 'UTC')", {operand});
  }
  return ConditionWriter::cast(operand, node);
}

SqlText SqliteCondition::divide(const SqlText& /*left*/, const SqlText& /*right*/) const {
  sql::throw_unsupported("division over a column");
}

SqlText SqliteCondition::arithmetic(std::string_view op, const SqlText& left, const SqlText& right, const LogicalType* left_type,
                                    const LogicalType* right_type) const {
  for (const LogicalType* type : {left_type, right_type}) {
    if (type == nullptr || is_integer(type->kind) || type->kind == TypeKind::float32 || type->kind == TypeKind::float64) continue;
    sql::throw_unsupported("arithmetic over a column of type " + to_string(*type));
  }
  return ConditionWriter::arithmetic(op, left, right, left_type, right_type);
}

SqlText SqliteCondition::compare(std::string_view op, const SqlText& left, const SqlText& right, const LogicalType* left_type,
                                 const LogicalType* right_type) const {
  if (!is_decimal(left_type) && !is_decimal(right_type)) return ConditionWriter::compare(op, left, right, left_type, right_type);
  return sql::fill("(syncline_compare({1}, {2}) " + std::string(op) + " 0)", {left, right});
}

SqlText SqliteCondition::in_list(const SqlText& operand, const std::vector<SqlText>& items, bool negated,
                                 const LogicalType* type) const {
  if (!is_decimal(type)) return ConditionWriter::in_list(operand, items, negated, type);
  SqlText any = compare("=", operand, items.at(0), type, nullptr);
  for (std::size_t i = 1; i < items.size(); ++i)
    any = sql::fill("({1} OR {2})", {any, compare("=", operand, items[i], type, nullptr)});
  return negated ? sql::fill("(NOT {1})", {any}) : any;
}

std::string ordered_column(const std::string& column, const types::LogicalType& type) {
  if (on_calendar(type.kind)) return micros(column);
  return is_decimal(&type) ? column + " COLLATE syncline_decimal" : column;
}

}  // namespace syncline::connectors::sqlite

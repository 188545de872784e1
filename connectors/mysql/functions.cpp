#include "connectors/mysql/functions.h"

#include "connectors/mysql/dialect.h"

namespace syncline::connectors::mysql {
namespace {

using types::TypeKind;

std::string_view trunc_pattern(std::string_view unit) {
  if (unit == "hour") return "CAST(DATE_FORMAT({1}, '%Y-%m-%d %H:00:00') AS DATETIME)";
  if (unit == "day") return "CAST(DATE({1}) AS DATETIME)";
  if (unit == "week") return "CAST(DATE({1}) - INTERVAL WEEKDAY({1}) DAY AS DATETIME)";
  if (unit == "month") return "CAST(DATE_FORMAT({1}, '%Y-%m-01') AS DATETIME)";
  if (unit == "quarter") return "CAST(MAKEDATE(YEAR({1}), 1) + INTERVAL (QUARTER({1}) - 1) QUARTER AS DATETIME)";
  if (unit == "year") return "CAST(DATE_FORMAT({1}, '%Y-01-01') AS DATETIME)";
  return {};
}

std::string cast_target(const types::LogicalType& type) {
  switch (type.kind) {
    case TypeKind::tinyint:
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint:
      return type.is_unsigned ? "UNSIGNED" : "SIGNED";
    case TypeKind::decimal:
      return type.precision < 0
                 ? "DECIMAL(65, 30)"
                 : "DECIMAL(" + std::to_string(type.precision) + ", " + std::to_string(std::max(type.scale, 0)) + ")";
    case TypeKind::string:
      return "CHAR";
    case TypeKind::date:
      return "DATE";
    case TypeKind::timestamp_local:
      return "DATETIME(" + std::to_string(type.scale < 0 ? 6 : type.scale) + ")";
    default:
      return {};
  }
}

}  // namespace

// Numbers and moments stand as typed literals: a bound decimal would reach the server as text and be compared as a double.
SqlText MysqlConditionWriter::constant(const types::Value& value, const types::LogicalType* /*against*/) const {
  if (std::holds_alternative<std::string>(value)) return {"?", {value}};
  return {dialect().literal(value), {}};
}

std::string_view MysqlConditionWriter::spelling(std::string_view function) const {
  return function == "coalesce" ? std::string_view("COALESCE({*})") : std::string_view();
}

SqlText MysqlConditionWriter::trunc(const SqlText& operand, std::string_view unit, const expr::Expr& node) const {
  const auto* type = sql::column_type_of(node);
  const bool instant = type != nullptr && type->kind == TypeKind::timestamp;
  if (instant && naive_timezone() != "UTC") sql::throw_unsupported("`trunc` of an instant in a time zone other than UTC");
  const auto pattern = trunc_pattern(unit);
  if (pattern.empty()) sql::throw_unsupported("`trunc` by " + std::string(unit));
  return sql::fill(pattern, {operand});
}

SqlText MysqlConditionWriter::cast(const SqlText& operand, const expr::Expr& node) const {
  const auto target = node.cast_to ? cast_target(*node.cast_to) : std::string();
  if (target.empty()) return ConditionWriter::cast(operand, node);
  return sql::fill("CAST({1} AS " + target + ")", {operand});
}

SqlText MysqlConditionWriter::concat(const SqlText& left, const SqlText& right) const {
  return sql::fill("CONCAT({1}, {2})", {left, right});
}

SqlText MysqlConditionWriter::like(const SqlText& operand, const SqlText& pattern, bool negated) const {
  return sql::fill(negated ? "({1} NOT LIKE {2} ESCAPE '\\\\')" : "({1} LIKE {2} ESCAPE '\\\\')", {operand, pattern});
}

}  // namespace syncline::connectors::mysql

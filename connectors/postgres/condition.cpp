#include "connectors/postgres/condition.h"

#include "connectors/postgres/dialect.h"
#include "connectors/postgres/functions.h"
#include "stdlib/types/calendar.h"

namespace syncline::connectors::postgres {

SqlText ConditionSpelling::constant(const types::Value& value, const types::LogicalType* against) const {
  const bool naive = against != nullptr && against->kind == types::TypeKind::timestamp_local;
  if (const auto* text = std::get_if<std::string>(&value); text != nullptr && against != nullptr) return {quote_text(*text), {}};
  if (const auto* instant = std::get_if<types::Timestamp>(&value); instant != nullptr && naive) {
    return {"'" + types::format_timestamp(instant->micros, 6) + "'::timestamp", {}};
  }
  return {dialect().literal(value), {}};
}

std::string_view ConditionSpelling::spelling(std::string_view function) const {
  return function_spelling(function);
}

SqlText ConditionSpelling::trunc(const SqlText& operand, std::string_view unit, const expr::Expr& /*node*/) const {
  return {"date_trunc(" + quote_text(unit) + ", " + operand.text + ")", {}};
}

SqlText ConditionSpelling::cast(const SqlText& operand, const expr::Expr& node) const {
  const std::string type = node.cast_to ? cast_type(*node.cast_to) : std::string();
  if (type.empty())
    sql::throw_unsupported("a CAST to " + (node.cast_to ? types::to_string(*node.cast_to) : std::string("nothing")));
  return {"CAST(" + operand.text + " AS " + type + ")", {}};
}

std::string cast_type(const types::LogicalType& type) {
  using types::TypeKind;
  switch (type.kind) {
    case TypeKind::boolean:
      return "boolean";
    case TypeKind::tinyint:
      return "smallint";
    case TypeKind::smallint:
      return type.is_unsigned ? "integer" : "smallint";
    case TypeKind::integer:
      return type.is_unsigned ? "bigint" : "integer";
    case TypeKind::bigint:
      return type.is_unsigned ? "numeric(20,0)" : "bigint";
    case TypeKind::decimal:
      if (type.precision < 0) return "numeric";
      return "numeric(" + std::to_string(type.precision) + "," + std::to_string(type.scale < 0 ? 0 : type.scale) + ")";
    case TypeKind::float32:
      return "real";
    case TypeKind::float64:
      return "double precision";
    case TypeKind::string:
      return type.length < 0 ? "text" : "varchar(" + std::to_string(type.length) + ")";
    case TypeKind::bytes:
      return "bytea";
    case TypeKind::date:
      return "date";
    case TypeKind::time:
      return "time";
    case TypeKind::timestamp:
      return "timestamptz";
    case TypeKind::timestamp_local:
      return "timestamp";
    case TypeKind::interval:
      return "interval";
    case TypeKind::year:
      return "smallint";
    case TypeKind::uuid:
      return "uuid";
    case TypeKind::json:
      return "json";
    default:
      return {};
  }
}

}  // namespace syncline::connectors::postgres

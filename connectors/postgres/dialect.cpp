#include "connectors/postgres/dialect.h"

#include "connectors/api/error.h"
#include "connectors/postgres/condition.h"
#include "connectors/postgres/ddl.h"
#include "connectors/sql/lists.h"
#include "stdlib/base/hash.h"
#include "stdlib/base/text.h"
#include "stdlib/types/calendar.h"

namespace syncline::connectors::postgres {
namespace {

constexpr std::size_t kMaxNameBytes = 63;

void refuse_unspeakable(std::string_view text, const char* what) {
  if (text.find('\0') != std::string_view::npos) {
    throw ConnectorError(ErrorKind::unsupported, std::string("PostgreSQL cannot hold a NUL character in ") + what);
  }
  if (!text::valid_utf8(text)) throw ConnectorError(ErrorKind::unsupported, std::string("invalid UTF-8 in ") + what);
}

std::string interval_text(const types::Interval& value) {
  return std::to_string(value.months) + " months " + std::to_string(value.days) + " days " + std::to_string(value.micros) +
         " microseconds";
}

struct LiteralWriter {
  std::string operator()(std::monostate) const { return "NULL"; }
  std::string operator()(bool value) const { return value ? "TRUE" : "FALSE"; }
  std::string operator()(std::int64_t value) const {
    return value < 0 ? "('" + std::to_string(value) + "'::bigint)" : std::to_string(value);
  }
  std::string operator()(const types::Decimal& value) const { return quote_text(value.text) + "::numeric"; }
  std::string operator()(const std::string& value) const { return quote_text(value) + "::text"; }
  std::string operator()(types::Date value) const { return "'" + types::format_date(value.days) + "'::date"; }
  std::string operator()(types::Timestamp value) const {
    const bool bounded = value.micros != types::kTimestampInfinity && value.micros != types::kTimestampMinusInfinity;
    return "'" + types::format_timestamp(value.micros, 6) + (bounded ? "+00" : "") + "'::timestamptz";
  }
  std::string operator()(const types::Interval& value) const { return "'" + interval_text(value) + "'::interval"; }
};

}  // namespace

std::string PostgresDialect::quote(std::string_view identifier) const {
  refuse_unspeakable(identifier, "a name");
  return sql::quoted(identifier, '"');
}

std::string PostgresDialect::quote(const types::ObjectName& name) const {
  return name.container.empty() ? quote(name.table) : quote(name.container) + "." + quote(name.table);
}

std::string PostgresDialect::literal(const types::Value& value) const {
  return std::visit(LiteralWriter{}, value);
}

SqlText PostgresDialect::condition(const expr::Expr& expr, std::string_view naive_timezone) const {
  return ConditionSpelling(*this, naive_timezone).write(expr);
}

bool PostgresDialect::supports(std::string_view function) const {
  return ConditionSpelling(*this, "UTC").spells(function);
}

std::vector<std::string> PostgresDialect::ddl(const LoadTable& table) const {
  return load_statements(table);
}

std::string PostgresDialect::create_container(std::string_view container) const {
  return "CREATE SCHEMA " + quote(container);
}

const PostgresDialect& dialect() {
  static const PostgresDialect instance;
  return instance;
}

std::string quote_text(std::string_view text) {
  refuse_unspeakable(text, "a text");
  return sql::quoted(text, '\'');
}

std::string fitted_name(const std::string& name) {
  if (name.size() <= kMaxNameBytes) return name;
  return std::string(text::truncate_utf8(name, kMaxNameBytes - 9)) + "_" + hash::fast_hex(name).substr(0, 8);
}

}  // namespace syncline::connectors::postgres

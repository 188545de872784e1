#include "connectors/mysql/dialect.h"

#include "connectors/api/error.h"
#include "connectors/mysql/ddl.h"
#include "connectors/mysql/functions.h"
#include "connectors/sql/lists.h"
#include "connectors/sql/partition.h"
#include "stdlib/base/text.h"
#include "stdlib/types/calendar.h"

namespace syncline::connectors::mysql {
namespace {

struct LiteralWriter {
  std::string operator()(std::monostate /*null*/) const { return "NULL"; }
  std::string operator()(bool value) const { return value ? "TRUE" : "FALSE"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(const types::Decimal& value) const {
    if (value.text.empty() || value.text.find_first_not_of("0123456789.-") != std::string::npos) {
      throw ConnectorError(ErrorKind::unsupported, "MySQL has no number " + text::printable(value.text));
    }
    return value.text;
  }
  std::string operator()(const std::string& value) const { return quote_text(value); }
  std::string operator()(types::Date value) const { return "DATE '" + types::format_date(value.days) + "'"; }
  std::string operator()(types::Timestamp value) const { return "TIMESTAMP '" + types::format_timestamp(value.micros, 6) + "'"; }
  std::string operator()(const types::Interval& /*value*/) const {
    throw ConnectorError(ErrorKind::unsupported, "MySQL has no interval values");
  }
};

void add_rename_ddl(std::vector<std::string>& statements, const LoadTable& table) {
  statements.push_back(create_table(table.desired, table.desired.name, Keys::primary, {}));
  auto indexes = add_indexes(table.desired, table.desired.name);
  if (!indexes.empty()) statements.push_back(std::move(indexes));
}

}  // namespace

std::string quote_text(std::string_view text) {
  std::string out = "'";
  out.reserve(text.size() + 2);
  for (const char c : text) {
    if (c == '\0') {
      out += "\\0";
      continue;
    }
    if (c == '\'' || c == '\\') out += c;
    out += c;
  }
  return out + "'";
}

std::string MysqlDialect::quote(std::string_view identifier) const {
  if (identifier.find('\0') != std::string_view::npos || !text::valid_utf8(identifier)) {
    throw ConnectorError(ErrorKind::unsupported, "`" + text::printable(identifier) + "` cannot be a name in MySQL");
  }
  return sql::quoted(identifier, '`');
}

std::string MysqlDialect::quote(const types::ObjectName& name) const {
  const auto table = quote(std::string_view(name.table));
  return name.container.empty() ? table : quote(std::string_view(name.container)) + "." + table;
}

std::string MysqlDialect::literal(const types::Value& value) const {
  return std::visit(LiteralWriter{}, value);
}

SqlText MysqlDialect::condition(const expr::Expr& expr, std::string_view naive_timezone) const {
  return MysqlConditionWriter(*this, naive_timezone).write(expr);
}

bool MysqlDialect::supports(std::string_view function) const {
  return MysqlConditionWriter(*this, "UTC").spells(function);
}

std::vector<std::string> MysqlDialect::ddl(const LoadTable& table) const {
  std::vector<std::string> statements;
  const bool keeps = table.mode != types::WriteMode::recreate && table.existing.has_value();
  if (!keeps) {
    add_rename_ddl(statements, table);
  } else if (auto altered = alter_columns(table, table.desired.name, {}); !altered.empty()) {
    statements.push_back(std::move(altered));
  }
  if (keeps && table.publish == types::Publish::partition)
    statements.push_back(sql::shown_partition_delete(*this, table, column_literal));
  return statements;
}

std::string MysqlDialect::create_container(std::string_view container) const {
  return "CREATE DATABASE " + quote(container) + " CHARACTER SET utf8mb4";
}

const MysqlDialect& dialect() {
  static const MysqlDialect instance;
  return instance;
}

}  // namespace syncline::connectors::mysql

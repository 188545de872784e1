#include "connectors/sqlite/dialect.h"

#include "connectors/api/error.h"
#include "connectors/sql/lists.h"
#include "connectors/sqlite/condition.h"
#include "connectors/sqlite/ddl.h"
#include "connectors/sqlite/session.h"

namespace syncline::connectors::sqlite {
namespace {

class SqliteDialect final : public Dialect {
 public:
  [[nodiscard]] std::string quote(std::string_view identifier) const override { return sqlite::quote(identifier); }
  [[nodiscard]] std::string quote(const types::ObjectName& name) const override { return sqlite::quote(name.table); }

  [[nodiscard]] std::string literal(const types::Value& value) const override {
    if (types::is_null(value)) return "NULL";
    if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "1" : "0";
    if (std::holds_alternative<std::int64_t>(value)) return types::to_text(value);
    const std::string text = types::to_text(value);
    if (text.find('\0') != std::string::npos)
      throw ConnectorError(ErrorKind::unsupported, "SQLite has no literal for text with NUL");
    return sql::quoted(text, '\'');
  }

  [[nodiscard]] SqlText condition(const expr::Expr& expr, std::string_view naive_timezone) const override {
    return SqliteCondition(*this, naive_timezone).write(expr);
  }
  [[nodiscard]] bool supports(std::string_view function) const override { return SqliteCondition(*this, "UTC").spells(function); }

  [[nodiscard]] std::vector<std::string> ddl(const LoadTable& table) const override { return load_ddl(table); }
  [[nodiscard]] std::string create_container(std::string_view /*container*/) const override {
    throw ConnectorError(ErrorKind::unsupported, "SQLite has no schemas: a file is one database");
  }
};

}  // namespace

const Dialect& dialect() {
  static const SqliteDialect instance;
  return instance;
}

}  // namespace syncline::connectors::sqlite

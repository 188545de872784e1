#pragma once
#include <string>
#include <string_view>

#include "connectors/api/dialect.h"

namespace syncline::connectors::postgres {

/// PostgreSQL's spelling of names, values, conditions and DDL. Stateless.
class PostgresDialect final : public Dialect {
 public:
  [[nodiscard]] std::string quote(std::string_view identifier) const override;
  [[nodiscard]] std::string quote(const types::ObjectName& name) const override;
  [[nodiscard]] std::string literal(const types::Value& value) const override;
  [[nodiscard]] SqlText condition(const expr::Expr& expr, std::string_view naive_timezone) const override;
  [[nodiscard]] bool supports(std::string_view function) const override;
  [[nodiscard]] std::vector<std::string> ddl(const LoadTable& table) const override;
  [[nodiscard]] std::string create_container(std::string_view container) const override;
};

const PostgresDialect& dialect();
/// `'it''s'`: a string without a type. Throws ConnectorError(unsupported) for NUL and invalid UTF-8.
std::string quote_text(std::string_view text);
/// Identifier parts joined by `_`, cut to 63 bytes with a hash of the whole behind when too long.
std::string fitted_name(const std::string& name);

}  // namespace syncline::connectors::postgres

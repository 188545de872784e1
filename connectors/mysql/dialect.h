#pragma once
#include "connectors/api/dialect.h"

namespace syncline::connectors::mysql {

/// A string literal; safe while NO_BACKSLASH_ESCAPES is off and the session speaks utf8mb4 (client.cpp pins both).
std::string quote_text(std::string_view text);

class MysqlDialect final : public Dialect {
 public:
  using Dialect::quote;
  [[nodiscard]] std::string quote(std::string_view identifier) const override;
  [[nodiscard]] std::string quote(const types::ObjectName& name) const override;
  [[nodiscard]] std::string literal(const types::Value& value) const override;
  [[nodiscard]] SqlText condition(const expr::Expr& expr, std::string_view naive_timezone) const override;
  [[nodiscard]] bool supports(std::string_view function) const override;
  [[nodiscard]] std::vector<std::string> ddl(const LoadTable& table) const override;
  [[nodiscard]] std::string create_container(std::string_view container) const override;
};

const MysqlDialect& dialect();

}  // namespace syncline::connectors::mysql
